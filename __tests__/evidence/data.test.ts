import { type CellData, cellData, checkData, dataMeanwhile } from "../../evidence/data";
import { cellOutage } from "../../evidence/outage";
import { tablesFile } from "../support/tables";
import { drillSpoiled, violation } from "./spoiled-drill";
import { onlyCell, onlyOf, type Spoiled, synthesizedOf } from "./support";

const made = onlyCell(tablesFile);
const regions = ["eu-central-1", "eu-north-1", "eu-west-1"];

/** Where the tables of the fleet are, after a test has had its way with the JSON. */
function dataOf(spoil?: (stacks: Readonly<Record<string, Spoiled>>) => void): CellData {
  const data = cellData(synthesizedOf(made.fleet, spoil), made.cell);
  if (!data) throw new Error("the cell has tables");
  return data;
}

const problems = (spoil?: (stacks: Readonly<Record<string, Spoiled>>) => void) =>
  checkData(synthesizedOf(made.fleet, spoil), made.cell).map(({ message }) => message);

test("what is in each region and what is apart is read off the JSON", () => {
  expect(dataOf().tables).toEqual([
    { table: "acme_globex_orders", kind: "copies", regions, home: "eu-west-1" },
    { table: "acme_globex_visits", kind: "apart", regions },
  ]);
  const fewer = dataOf(({ globex_data }) => {
    onlyOf(globex_data, "aws_dynamodb_table").replica.shift();
  });
  expect(fewer.tables[0]?.regions).toEqual(["eu-north-1", "eu-west-1"]);
});

test("what that means is said of the kinds of tables that there are", () => {
  expect(dataOf().notes).toEqual([
    expect.stringMatching(/usually within a second, and AWS promises no time/),
    expect.stringMatching(/the last writer wins/),
    expect.stringMatching(/^after a drain/),
    expect.stringMatching(/had not sent when it was cut off is missing elsewhere until it is back/),
    expect.stringMatching(/\(MRSC\) it would take exactly three regions .* version 6 of the provider/),
    expect.stringMatching(/^nothing is copied between regions/),
  ]);
  const one = onlyCell({
    ...tablesFile,
    cells: { globex: { stage: "production", targets: { globex: ["eu-central-1"] } } },
  });
  expect(cellData(synthesizedOf(one.fleet), one.cell)).toEqual({
    tables: ["orders", "visits"].map((name) => ({
      table: `acme_globex_${name}`,
      kind: "single",
      regions: ["eu-central-1"],
    })),
    notes: [],
  });
});

test("a cell without tables has nothing to say", () => {
  const { tables: _, ...rest } = tablesFile;
  const none = onlyCell({ ...rest, services: { hello: { source: "index.ts" } } });
  expect(cellData(synthesizedOf(none.fleet), none.cell)).toBeUndefined();
});

test("what an extension adds to a cell that has no table otherwise is told, too", () => {
  const { tables: _, ...rest } = tablesFile;
  const { cell, fleet } = onlyCell({ ...rest, services: { hello: { source: "index.ts" } } });
  const extensions = [{ name: "sessions", adds: ["cell" as const], deploy: [], resourceTypes: {} }];
  const stacks = synthesizedOf({ ...fleet, extensions }, ({ globex_data }) => {
    const sessions = { provider: "aws.globex_eu_west_1", name: "sessions" };
    globex_data.resource = { aws_dynamodb_table: { sessions } };
  });
  expect(cellData(stacks, cell, extensions)?.tables).toMatchObject([{ table: "sessions", kind: "single" }]);
  expect(cellData(stacks, cell)).toBeUndefined();
});

describe("it is a violation", () => {
  test("to send requests to a region that has not got the tables", async () => {
    const drill = await drillSpoiled(({ globex_data }) => {
      onlyOf(globex_data, "aws_dynamodb_table").replica.pop();
    }, made);
    expect(violation(drill, "data", false)).toEqual({
      property: "data",
      message: "acme_globex_orders is not in eu-north-1 of account globex, where functions look for it",
      cases: 1,
    });
    expect(drill.data?.tables).toHaveLength(2);
  });

  test("to have a table under another name, or elsewhere", () => {
    expect(problems()).toEqual([]);
    const renamed = problems(({ "globex_data_globex_eu-west-1": stack }) => {
      onlyOf(stack, "aws_dynamodb_table").name = "acme_globex_visit";
    });
    expect(renamed).toEqual([
      "acme_globex_visits is not in eu-west-1 of account globex, where functions look for it",
    ]);
  });

  test("to have several tables where the fleet file says one with replicas", () => {
    const split = problems(({ globex_data }) => {
      const { orders } = globex_data.resource.aws_dynamodb_table;
      globex_data.resource.aws_dynamodb_table.more = { ...orders, replica: [] };
    });
    expect(split).toEqual(["acme_globex_orders is 2 tables, and a drain would not find what is in another"]);
  });
});

describe("in an outage or a drain", () => {
  const data = dataOf();
  const [orders, visits] = ["acme_globex_orders", "acme_globex_visits"];

  test.each([
    [
      "a region that is down keeps what it had not sent, and what is apart",
      { down: ["eu-central-1"], drained: [] },
      [
        `${orders}: goes on in eu-north-1, eu-west-1; what eu-central-1 had not sent, usually the last second, is missing until it is back`,
        `${visits}: what was written in eu-central-1 is there only, and nobody is answered from there`,
      ],
    ],
    [
      "a drained region goes on sending",
      { down: [], drained: ["eu-central-1"] },
      [
        `${orders}: goes on in eu-north-1, eu-west-1, with all that eu-central-1 has sent`,
        `${visits}: what was written in eu-central-1 is there only, and nobody is answered from there`,
      ],
    ],
    [
      "nothing works with a table where no region is left",
      { down: regions, drained: [] },
      [
        `${orders}: no region is left that works with it`,
        `${visits}: what was written in ${regions.join(", ")} is there only, and nobody is answered from there`,
      ],
    ],
    ["other regions touch no table", { down: ["us-east-1"], drained: [] }, []],
  ])("%s", (_, state, lines) => {
    expect(dataMeanwhile(data, state)).toEqual(lines);
  });

  test("the state of a cell says so", async () => {
    const state = { down: ["eu-north-1"], drained: [] };
    const outage = await cellOutage(synthesizedOf(made.fleet), made.cell, state);
    expect(outage?.data).toEqual(dataMeanwhile(data, state));
  });
});
