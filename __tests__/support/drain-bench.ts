import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { type Change, type ChangedCell, changeDrains } from "../../operations/drains/change-drains";
import { drainRegion, undrainRegion } from "../../operations/drains/decision";
import type { FailedCell } from "../../operations/drains/open-cells";
import { quietCaller } from "./caller";
import { fleetOf, smallFile } from "./fleet";
import { type LocalAws, startLocalAws } from "./local-aws";

/** A time, and a drain since then. */
export const since = "2026-11-21T10:00:00Z";
export const disk = { region: "eu-central-1", since, reason: "disk full" };

/** Two cells, each with eu-central-1 and one region more. */
export const cell = { stage: "staging", targets: { globex: ["eu-central-1", "eu-west-1"] } };
export const file: FleetFile = {
  ...smallFile,
  accounts: { globex: { id: "333333333333", deployRole: "deployer" }, initech: { id: "444444444444" } },
  cells: { globex: cell, initech: { ...cell, targets: { initech: ["eu-central-1", "us-east-1"] } } },
};
export const fleet = fleetOf(file);

/** What each test has to itself. */
export interface DrainBench {
  aws: LocalAws;
  /** CDKTF's output folder is in it. */
  folder: string;
  /** ARNs of the key-value stores, by cell. */
  stores: Readonly<Record<string, string>>;
}

type DrainMore = {
  readonly force?: boolean;
  readonly drain?: typeof disk;
  readonly fleet?: Fleet;
  readonly store?: string;
} & Partial<Change>;

/** Gives every test of a file a local AWS with the stores of {@link fleet}, which this process then calls. */
export function drainBench() {
  const before = { ...process.env };
  const bench = {} as DrainBench;
  beforeEach(async () => {
    bench.folder = mkdtempSync(join(tmpdir(), "meridian-drains-"));
    bench.aws = await startLocalAws();
    Object.assign(process.env, bench.aws.env, { CDKTF_OUTPUT: join(bench.folder, "cdktf.out") });
    const made = fleet.cells.map(async ({ front, name }) => [
      name,
      await bench.aws.createStore(front.account.id, front.keyValueStore),
    ]);
    bench.stores = Object.fromEntries(await Promise.all(made));
  });
  afterEach(async () => {
    process.env = { ...before };
    await bench.aws.close();
    rmSync(bench.folder, { recursive: true, force: true });
  });
  const storeOf = (name: string) => bench.aws.cloudFront.keyValueStore(bench.stores[name] ?? "");
  return { bench, storeOf, drainedIn: (name: string) => storeOf(name)?.get("drained") };
}

/** Drains {@link disk}, or another, in all cells. */
export function drain(more: DrainMore = {}) {
  const { drain: wanted = disk, fleet: where = fleet, force = false, store, ...change } = more;
  const lookup = { fleet: where, cells: where.cells, takenOut: wanted.region, store };
  return changeDrains(lookup, { decide: drainRegion(wanted, force), ...change }, quietCaller);
}

/** Takes it back. */
export function undrain() {
  const lookup = { fleet, cells: fleet.cells, takenOut: disk.region };
  return changeDrains(lookup, { decide: undrainRegion(disk.region) }, quietCaller);
}

/** What was done in a cell, or what was wrong. */
export function summary(done: ChangedCell | FailedCell) {
  return "error" in done ? [done.cell.name, done.error.what] : [done.cell.name, done.changed, done.drain];
}
