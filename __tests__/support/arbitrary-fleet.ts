import { regionCodes } from "../../fleet/geography/regions";
import { computeTypes, limits } from "../../fleet/limits";
import type { CellEntry, FleetFile } from "../../fleet/schema/fleet-file";
import type { PipelineEntry } from "../../fleet/schema/pipeline";
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
      tables: tablesFor(accounts.length),
      accounts: accountIds(accounts.length).map((ids) =>
        Object.fromEntries(accounts.map((name, index) => [name, { id: ids[index] ?? "" }])),
      ),
      services: fc.constant(
        Object.fromEntries(
          services.map((name, index) => [
            name,
            { source: "index.ts", routes: [`/${index}/*`], tables: { orders: "read-write" as const } },
          ]),
        ),
      ),
      cells: fc
        .tuple(...cells.map(() => cellEntry(accounts)))
        .map((entries) => Object.fromEntries(entries.map((entry, index) => [cells[index] ?? "", entry]))),
    }),
  );

type Tables = NonNullable<FleetFile["tables"]>;
type Key = Tables[string]["key"];
type Recovery = NonNullable<Tables[string]["recovery"]>;

/** A table whose key needs another order than that of the names. Only cells in one account share it among their regions. */
function tablesFor(accounts: number): fc.Arbitrary<Tables> {
  return fc.record({
    orders: fc.record({
      key: fc.constantFrom<Key>({ order: "string", customer: "string" }, { order: "string" }),
      indexes: fc.constant({
        "by-state": { key: { state: "string", order: "string" }, projection: "keys" },
        "by-customer": { key: { customer: "string" }, projection: ["total", "state"] },
      } as const),
      replicate: fc.constant(accounts === 1 ? "cell" : "none"),
      recovery: fc.constantFrom<Recovery>("7d", { staging: "off" }),
    }),
  });
}

function cellEntry(accounts: readonly string[]): fc.Arbitrary<CellEntry> {
  return cellWithoutHome(accounts).map((cell) => ({ ...cell, home: Object.values(cell.targets)[0]?.at(-1) }));
}

function cellWithoutHome(accounts: readonly string[]): fc.Arbitrary<CellEntry> {
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

/** Pipelines in an account, some of whose stages, or the foundation, wait for an approval. */
export function legalPipeline(account: string, stages: readonly string[]): fc.Arbitrary<PipelineEntry> {
  const people = fc.subarray(["a@example.com", "b@example.com"]);
  return fc.record({
    account: fc.constant(account),
    region: fc.constantFrom("eu-central-1", "us-west-2"),
    source: fc.constantFrom<PipelineEntry["source"]>(
      { bucket: "acme-sources", key: "fleet.zip" },
      {
        connection: "arn:aws:codeconnections:eu-central-1:000000000002:connection/1a2b",
        ...{ repository: "acme/fleet", branch: "main" },
      },
    ),
    approvals: fc
      .subarray(["foundation", ...stages])
      .chain((some) =>
        fc
          .tuple(...some.map(() => people))
          .map((all) => Object.fromEntries(some.map((stage, index) => [stage, all[index] ?? []]))),
      ),
    shards: fc.option(fc.integer({ min: 1, max: limits.shards }), { nil: undefined }),
    computeType: fc.option(fc.constantFrom(...computeTypes), { nil: undefined }),
  });
}

/** The same data with the keys of every map in another order, but for keys of tables: of those the order is meant. */
export function shuffleKeys<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, rank: random() }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(
    entries.map(({ key, item }) => [key, key === "key" ? item : shuffleKeys(item, random)]),
  ) as T;
}
