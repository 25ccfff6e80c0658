import type { Account } from "./account";
import { globalRegion } from "./geography/regions";
import type { Cell, Fleet, Target } from "./model";
import { dataStackName, targetDataStackName } from "./names";

/** Names of the foundation's stacks. No part of a cell's stack names stands alone, so none is called like them. */
export const foundationStacks = {
  organization: "organization",
  accounts: "accounts",
  landingZone: "landing-zone",
  controlTower: "control-tower",
  identity: "identity",
  bootstrap: "bootstrap",
  budgets: "budgets",
  state: "state",
  stateReplica: "state_replica",
  pipeline: "pipeline",
} as const;

type FoundationStack = (typeof foundationStacks)[keyof typeof foundationStacks];

/** What a stack is for: one of the foundation's, or a part of a cell. */
export type StackKind = FoundationStack | "data" | "target" | "front-logs" | "front";

/** A Terraform stack, with a state of its own. */
export interface FleetStack {
  readonly name: string;
  readonly kind: StackKind;
  /** Its deploy role deploys it. */
  readonly account: Account;
  /** Regions of its providers, each once, sorted. More than one only where a stack holds all targets of an account. */
  readonly regions: readonly string[];
  /** Name of the cell that it is a part of; absent in the foundation, like `stage` and `tenant`. */
  readonly cell?: string;
  readonly stage?: string;
  readonly tenant?: string;
  /** Names of the stacks that must be deployed right before it; what these come after is not repeated. */
  readonly after: readonly string[];
}

/**
 * All stacks of a fleet, in an order to deploy them: the foundation, then what stands alone in each cell, then each front
 * after all that its cell needs. Stacks of cells come after none of the foundation, so that a cell can be deployed while
 * us-east-1 is down.
 */
export function fleetStacks(fleet: Fleet): readonly FleetStack[] {
  const ofCells = fleet.cells.flatMap((cell) => cellStacks(cell, fleet.extensions));
  return [
    ...organizationStacks(fleet),
    ...stateStacks(fleet),
    ...pipelineStacks(fleet),
    ...ofCells.filter(({ after }) => after.length === 0),
    ...ofCells.filter(({ after }) => after.length > 0),
  ];
}

function organizationStacks({ bootstrap, budgets, identity, organization }: Fleet): readonly FleetStack[] {
  if (!organization) return [];
  const entry = (name: FoundationStack, after: readonly string[], region = globalRegion): FleetStack => ({
    name,
    kind: name,
    account: organization.management,
    regions: [region],
    after,
  });
  const { accounts, landingZone } = foundationStacks;
  const { controlTower } = organization;
  return [
    entry(foundationStacks.organization, []),
    entry(accounts, [foundationStacks.organization]),
    ...(controlTower?.landingZone ? [entry(landingZone, [accounts], controlTower.homeRegion)] : []),
    ...(controlTower
      ? [
          entry(
            foundationStacks.controlTower,
            [controlTower.landingZone ? landingZone : accounts],
            controlTower.homeRegion,
          ),
        ]
      : []),
    ...(identity ? [entry(foundationStacks.identity, [accounts], identity.region)] : []),
    ...(bootstrap ? [entry(foundationStacks.bootstrap, [accounts], bootstrap.region)] : []),
    ...(budgets ? [entry(foundationStacks.budgets, [accounts])] : []),
  ];
}

function stateStacks({ stateBucket }: Fleet): readonly FleetStack[] {
  if (!stateBucket) return [];
  const { account, region, replica } = stateBucket;
  const entry = (name: FoundationStack, where: string, after: readonly string[]): FleetStack => ({
    name,
    kind: name,
    account,
    regions: [where],
    after,
  });
  const { state, stateReplica } = foundationStacks;
  if (!replica) return [entry(state, region, [])];
  return [entry(stateReplica, replica.region, []), entry(state, region, [stateReplica])];
}

/** In no order with the others: a pipeline brings itself up to date when all else is done. */
function pipelineStacks({ pipeline }: Fleet): readonly FleetStack[] {
  if (!pipeline) return [];
  const { account, region } = pipeline;
  const name = foundationStacks.pipeline;
  return [{ name, kind: name, account, regions: [region], after: [] }];
}

/**
 * The stacks of a cell: its data's, those of its targets, the front's log bucket, the front. Targets name tables and come
 * after none of their stacks: while the home region is down, a target elsewhere can be changed.
 *
 * @param extensions of the fleet: what they add once to each cell lies with its data
 */
export function cellStacks(
  { front, home, name: cell, stage, tables, targets, tenant }: Cell,
  extensions: Fleet["extensions"],
): readonly FleetStack[] {
  const entry = (
    kind: StackKind,
    name: string,
    account: Account,
    regions: readonly string[],
    after: readonly string[] = [],
  ): FleetStack => ({ name, kind, account, regions, cell, stage, tenant, after });
  const byStack = new Map<string, Target[]>();
  for (const target of targets) byStack.set(target.stack, [...(byStack.get(target.stack) ?? []), target]);
  const before = [
    ...[...byStack].map(([name, held]) => {
      const regions = [...new Set(held.map(({ region }) => region))].sort();
      return entry("target", name, (held[0] as Target).account, regions);
    }),
    ...(front.logs ? [entry("front-logs", front.logs.stack, front.account, [front.logs.region])] : []),
  ];
  const after = before.map(({ name }) => name);
  const adds = extensions.some((extension) => extension.adds.includes("cell"));
  const isShared = adds || tables.some(({ replicate }) => replicate === "cell");
  const own = tables.some(({ replicate }) => replicate === "none") ? targets : [];
  const data = [
    ...(home && isShared ? [entry("data", dataStackName(cell), home.account, [home.region])] : []),
    ...own.map(({ account, region }) =>
      entry("data", targetDataStackName(cell, account.name, region), account, [region]),
    ),
  ];
  return [...data, ...before, entry("front", front.stack, front.account, [globalRegion], after)];
}
