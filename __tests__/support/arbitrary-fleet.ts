import { regionCodes } from "../../fleet/geography/regions";
import type { CellEntry, FleetFile } from "../../fleet/schema/fleet-file";
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

/** The same data with the keys of every map in another order. */
export function shuffleKeys<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, random)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, item]) => ({ key, item, rank: random() }));
  entries.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(entries.map(({ key, item }) => [key, shuffleKeys(item, random)])) as T;
}
