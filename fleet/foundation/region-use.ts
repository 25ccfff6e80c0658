import { frontAccount, logRegion, targetAccounts } from "../front-place";
import { globalRegion } from "../geography/regions";
import type { CellEntry, FleetFile } from "../schema/fleet-file";
import { sortBy } from "../values";
import { stackRegions } from "./bootstrap";
import type { Member, RegionUse, StatePlace, Unit } from "./model";
import { isBelow, isBelowAny } from "./units";

/** Whether an account uses any region that the fleet file knows of. What is unknown cannot be kept to its regions. */
export function isUsed({ front, regions }: RegionUse): boolean {
  return front || regions.length > 0;
}

/** What several accounts use together. */
export function union(uses: readonly RegionUse[]): RegionUse {
  return {
    regions: sorted(uses.flatMap(({ regions }) => regions)),
    front: uses.some(({ front }) => front),
    bootstrap: sorted(uses.flatMap(({ bootstrap }) => bootstrap)),
    state: uses.find(({ state }) => state)?.state,
  };
}

/**
 * What every account of the fleet file uses, by name. Cells count that wait for the ids of their accounts, so that the
 * guardrail need not change when these come. A closed account uses nothing.
 */
export function regionUses(file: FleetFile): ReadonlyMap<string, RegionUse> {
  const cells = cellUses(file);
  const open = Object.entries(file.accounts).filter(([, { closed }]) => !closed);
  return new Map(
    sortBy(open, ([name]) => name).map(([name, { zone }]) => [
      name,
      {
        regions: sorted([
          ...((zone !== undefined && file.zones?.[zone]?.regions) || []),
          ...(cells.get(name)?.regions ?? []),
          ...heldState(file, name),
          ...(file.pipeline?.account === name ? [file.pipeline.region] : []),
        ]),
        front: cells.get(name)?.front ?? false,
        bootstrap: bootstrapRegions(file, name),
        state: usedState(file, name),
      },
    ]),
  );
}

const sorted = (regions: readonly string[]) => [...new Set(regions)].sort();

/** What cells use of each account, in one pass: a large fleet has as many cells as accounts. */
function cellUses(file: FleetFile): ReadonlyMap<string, { readonly regions: string[]; front: boolean }> {
  const uses = new Map<string, { readonly regions: string[]; front: boolean }>();
  const useOf = (account: string) => {
    const use = uses.get(account) ?? { regions: [], front: false };
    uses.set(account, use);
    return use;
  };
  for (const cell of Object.values(file.cells)) {
    for (const [account, regions] of Object.entries(cell.targets)) useOf(account).regions.push(...regions);
    const front = useOf(frontAccount(cell) ?? "");
    front.front = true;
    front.regions.push(...logRegions(file, cell));
  }
  return uses;
}

function logRegions(file: FleetFile, cell: CellEntry): readonly string[] {
  if (!cell.front?.logs) return [];
  const regions = targetAccounts(cell).flatMap((account) => cell.targets[account] ?? []);
  const zone = cell.zone ?? [...(cell.zones ?? [])].sort()[0];
  const region = logRegion(regions, zone === undefined ? undefined : file.zones?.[zone]?.regions);
  return region === undefined ? [] : [region];
}

function heldState({ state }: FleetFile, account: string): readonly string[] {
  if (state?.account !== account) return [];
  return [state.region, state.replica].flatMap((region) => region ?? []);
}

/** Deploy roles keep their own state in a bucket that Meridian makes; elsewhere one role may do it for all. */
function usedState({ accounts, state }: FleetFile, account: string): StatePlace | undefined {
  if (state?.bucket === undefined || state.region === undefined || state.account === account)
    return undefined;
  const role = state.backend === "s3" ? state.role : undefined;
  const usesIt =
    role === undefined ? state.account !== undefined : role.split(":")[4] === accounts[account]?.id;
  return usesIt ? { bucket: state.bucket, region: state.region } : undefined;
}

function bootstrapRegions({ accounts, bootstrap }: FleetFile, account: string): readonly string[] {
  const unit = accounts[account]?.unit;
  if (!bootstrap || unit === undefined) return [];
  if (bootstrap.units && !isBelowAny(unit, bootstrap.units)) return [];
  return sorted(stackRegions(bootstrap));
}

/** A unit that holds accounts, and what these and all accounts below it use. */
export interface UnitUse {
  readonly unit: string;
  readonly use: RegionUse;
}

/** What is used by each unit that holds accounts that use anything. A unit's policy binds all accounts below it. */
export function unitUses(
  units: readonly Unit[],
  members: readonly Member[],
  uses: ReadonlyMap<string, RegionUse>,
): readonly UnitUse[] {
  const known = members.flatMap(({ name, unit }) => {
    const use = uses.get(name);
    return use && isUsed(use) ? [{ unit, use }] : [];
  });
  return units
    .filter(({ path }) => known.some(({ unit }) => unit === path))
    .map(({ path }) => {
      const below = members.filter(({ unit }) => isBelow(unit, path));
      return { unit: path, use: union(below.flatMap(({ name }) => uses.get(name) ?? [])) };
    });
}

/** Regions in which anything at all may be called, for a guardrail that knows regions only. Sorted. */
export function allowedRegions({ bootstrap, front, regions, state }: RegionUse): readonly string[] {
  const all = [...regions, ...bootstrap, ...(front ? [globalRegion] : []), ...(state ? [state.region] : [])];
  return [...new Set(all)].sort();
}
