import { resolveFleet } from "../../fleet/resolve";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { tableEnvironment } from "../../fleet/tables";

const file: FleetFile = {
  fleet: "acme",
  accounts: { web: { id: "111111111111" }, more: { id: "222222222222" } },
  tables: {
    orders: { key: { order: "string", customer: "string" }, recovery: { production: "7d", staging: "off" } },
    visits: { key: { path: "string" }, replicate: "none", stream: "keys" },
  },
  services: { hello: { source: "a.ts", tables: { orders: "read" } } },
  cells: {
    one: {
      stage: "production",
      targets: { web: ["eu-central-1"] },
      services: { hello: { tables: { visits: "write" } } },
    },
    staging: { stage: "staging", targets: { web: ["eu-central-1", "eu-west-1"] }, home: "eu-west-1" },
    test: {
      stage: "test",
      targets: { web: ["eu-central-1"], more: ["eu-west-1"] },
      front: { account: "web" },
      home: "eu-west-1",
    },
    two: {
      stage: "production",
      targets: { web: ["eu-central-1", "eu-west-1"] },
      services: { hello: { tables: { orders: "read-write" } } },
    },
  },
};

const { cells } = resolveFleet(file);
const cellOf = (name: string) => cells.find((cell) => cell.name === name) ?? fail(name);

function fail(name: string): never {
  throw new Error(`no cell ${name}`);
}

test("a cell says with what tables a service works there, and how, one by one", () => {
  const usesIn = (cell: string) => cellOf(cell).services.map(({ tables }) => tables);
  expect(usesIn("staging")).toEqual([[{ table: "orders", access: "read" }]]);
  expect(usesIn("two")).toEqual([[{ table: "orders", access: "read-write" }]]);
  expect(usesIn("one")).toEqual([
    [
      { table: "orders", access: "read" },
      { table: "visits", access: "write" },
    ],
  ]);
});

test("a service learns the names of its own tables only", () => {
  const variablesIn = (name: string) => {
    const cell = cellOf(name);
    return cell.services.map((service) => tableEnvironment(cell, service));
  };
  expect(variablesIn("staging")).toEqual([{ TABLE_ORDERS: "acme_staging_orders" }]);
  expect(variablesIn("one")).toEqual([{ TABLE_ORDERS: "acme_one_orders", TABLE_VISITS: "acme_one_visits" }]);
});

test("the first attribute of a key is the partition key, whatever the names", () => {
  expect(cellOf("one").tables.find(({ name }) => name === "orders")?.key).toEqual({
    partition: { name: "order", type: "string" },
    sort: { name: "customer", type: "string" },
  });
});

test("recovery goes by the stage, and is on where nothing is said of it", () => {
  const daysIn = (cell: string) => cellOf(cell).tables.map(({ recoveryDays }) => recoveryDays);
  expect([daysIn("one"), daysIn("staging"), daysIn("test")]).toEqual([
    [7, 35],
    [undefined, 35],
    [35, 35],
  ]);
});

test("a table has the stream that replicas need, now or one day, and else the one that is written", () => {
  const streamsIn = (cell: string) => cellOf(cell).tables.map(({ stream }) => stream);
  expect(streamsIn("one")).toEqual(["new-and-old", "keys"]);
  expect(streamsIn("two")).toEqual(["new-and-old", "keys"]);
});

test("home is the only region, or the one that is written, in the account that has it", () => {
  const homeOf = (cell: string) => {
    const { home } = cellOf(cell);
    return home && `${home.account.name} ${home.region}`;
  };
  expect(["one", "staging", "test", "two"].map(homeOf)).toEqual([
    "web eu-central-1",
    "web eu-west-1",
    "more eu-west-1",
    undefined,
  ]);
});
