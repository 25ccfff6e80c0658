import { frontAccount } from "../front-account";
import { logRegion } from "../log-region";
import type { CellEntry, FleetFile } from "../schema/fleet-file";
import { sortBy } from "../sort";
import { managementRegion } from "./model";
import { isBelowAny } from "./units";

/** Which regions an account uses, and for what. */
export interface RegionUse {
  /** Where anything may be called, sorted: the account's zone, its targets, its log buckets, the state it holds. */
  readonly regions: readonly string[];
  /** Whether it holds a front, with certificates and web ACLs in us-east-1. */
  readonly front: boolean;
  /** Regions of the stack set that makes its deploy role, sorted. */
  readonly bootstrap: readonly string[];
  /** The bucket of another account that its deploy role keeps state in. */
  readonly state?: StatePlace;
}

/** Where Terraform's state lies. */
export interface StatePlace {
  readonly bucket: string;
  readonly region: string;
}

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
  const regions = sortBy(Object.entries(cell.targets), ([name]) => name).flatMap(([, written]) => written);
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
  return sorted(bootstrap.operation?.regionOrder ?? [managementRegion]);
}
