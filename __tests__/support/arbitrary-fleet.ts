import { regionCodes } from "../../fleet/geography/regions";
import type { CellEntry, FleetFile, TableEntry } from "../../fleet/schema/fleet-file";
import { fc } from "./properties";

/** Names at their limits are the ones that collide: few letters, hyphens, and the greatest length. */
export const legalName = fc.oneof(
  fc.stringMatching(/^[ab]([ab-]{0,3}[ab])?$/),
  fc.stringMatching(/^[a-z]([a-z0-9-]{36,38}[a-z0-9])$/),
);

const accountIds = (count: number) =>
  fc.uniqueArray(fc.stringMatching(/^[1-9][0-9]{11}$/), { minLength: count, maxLength: count });

const someRegions = fc.uniqueArray(fc.constantFrom(...regionCodes), { minLength: 1, maxLength: 3 });

/** Fleets with the shape that the schema allows and the references that the checks ask for. */
export const legalFleet: fc.Arbitrary<FleetFile> = fc
  .record({
    accounts: fc.uniqueArray(legalName, { minLength: 1, maxLength: 3 }),
    services: fc.uniqueArray(legalName, { minLength: 1, maxLength: 2 }),
    cells: fc.uniqueArray(legalName, { minLength: 1, maxLength: 3 }),
    fleet: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/),
  })
  .chain(({ accounts, cells, fleet, services }) =>
    fc.record({
      fleet: fc.constant(fleet),
      accounts: accountIds(accounts.length).map((ids) =>
        Object.fromEntries(accounts.map((name, index) => [name, { id: ids[index] ?? "" }])),
      ),
      services: fc.constant(
        Object.fromEntries(
          services.map((name, index) => [name, { source: "index.ts", routes: [`/${index}/*`] }]),
        ),
      ),
      cells: fc
        .tuple(...cells.map(() => cellEntry(accounts)))
        .map((entries) => Object.fromEntries(entries.map((entry, index) => [cells[index] ?? "", entry]))),
    }),
  );

function cellEntry(accounts: readonly string[]): fc.Arbitrary<CellEntry> {
  return fc.record({
    stage: fc.constant("staging"),
    stackPer: fc.constantFrom("target" as const, "account" as const),
    front: fc.record({ account: fc.constantFrom(...accounts) }),
    targets: fc
      .subarray([...accounts], { minLength: 1 })
      .chain((names) =>
        fc
          .tuple(...names.map(() => someRegions))
          .map((regions) => Object.fromEntries(names.map((name, index) => [name, regions[index] ?? []]))),
      ),
  });
}

const tableKey = fc.constantFrom<TableEntry["key"]>(
  { id: "string" },
  { customer: "string", order: "number" },
  { order: "number", customer: "string" },
);

/** What a table can be beside its replicas. */
const someTable: fc.Arbitrary<TableEntry> = fc.record(
  {
    key: tableKey,
    indexes: fc.dictionary(fc.constantFrom("by-day", "by-id"), fc.record({ key: tableKey }), { maxKeys: 2 }),
    recovery: fc.constantFrom("off", "1d", "35d", { staging: "off" }),
    stream: fc.constantFrom("keys" as const, "new-and-old" as const),
    ttl: fc.constant("expiresAt"),
    kmsKey: fc.constant("arn:aws:kms:{region}:{account}:key/mrk-0123"),
  },
  { requiredKeys: ["key"] },
);

/** Legal fleets with tables. Where a cell has several accounts, no table can be shared: replicas are in one. */
export const tabledFleet: fc.Arbitrary<FleetFile> = legalFleet.chain((file) => {
  const cells = Object.entries(file.cells);
  const canShare = cells.every(([, { targets }]) => Object.keys(targets).length === 1);
  const replicate = canShare
    ? fc.constantFrom("cell" as const, "none" as const)
    : fc.constant("none" as const);
  const table = fc.tuple(someTable, replicate).map(([entry, replicate]) => ({ ...entry, replicate }));
  return fc
    .record({
      tables: fc.dictionary(legalName, table, { minKeys: 1, maxKeys: 3 }),
      home: fc.nat(),
      access: fc.constantFrom("read" as const, "write" as const, "read-write" as const),
    })
    .map(({ access, home, tables }) => ({
      ...file,
      tables,
      services: Object.fromEntries(
        Object.entries(file.services).map(([name, service]) => [
          name,
          { ...service, tables: Object.fromEntries(Object.keys(tables).map((name) => [name, access])) },
        ]),
      ),
      cells: Object.fromEntries(
        cells.map(([name, cell]) => {
          const regions = Object.values(cell.targets).flat();
          return [name, { ...cell, home: regions[home % regions.length] }];
        }),
      ),
    }));
});

/** The same data with the keys of every map in another order, but for those in which the order is what they say. */
export function shuffleKeys<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, rank: random() }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(
    // A table's key: the first is the partition key.
    entries.map(({ key, item }) => [key, key === "key" ? item : shuffleKeys(item, random)]),
  ) as T;
}
