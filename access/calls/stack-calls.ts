import type { Cell, Fleet } from "../../fleet/model";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import { logCalls } from "./bucket";
import { dataCalls } from "./data";
import { extensionCalls } from "./extension";
import { frontCalls } from "./front";
import type { Call, StackCalls } from "./model";
import { pipelineCalls } from "./pipeline";
import { backendCalls, stateBucketCalls, stateReplicaCalls } from "./state";
import { targetCalls } from "./target";

/**
 * What Terraform calls with the stacks of a fleet's cells, of its state and of its pipeline, as the deploy role of each stack's account: to
 * make, read, change, tag and destroy all that is in them, as hashicorp/aws 5.100.0 does it, and to read and write their
 * state, what a deploy looks up before, and what extensions say of their own resources. For a front that includes what its
 * drains need, and for a target what a deploy asks that verifies it. `sts:GetCallerIdentity`, which the provider calls first,
 * is left out: no policy can deny it.
 *
 * The stacks of the organization are not among them: they are run in the management account, which no service control
 * policy binds.
 */
export function stackCalls(fleet: Fleet): readonly StackCalls[] {
  const cells = new Map(fleet.cells.map((cell) => [cell.name, cell]));
  return fleetStacks(fleet).flatMap((stack) => {
    const own = callsOf(fleet, stack, cells.get(stack.cell ?? ""));
    if (!own) return [];
    const { account, name } = stack;
    return [{ stack: name, account, calls: [...backendCalls(fleet, name, account), ...own] }];
  });
}

/** What a stack's own resources need; undefined for the organization's. */
function callsOf(fleet: Fleet, stack: FleetStack, cell: Cell | undefined): readonly Call[] | undefined {
  const { kind } = stack;
  const { pipeline, stateBucket } = fleet;
  if (kind === "state" && stateBucket) return stateBucketCalls(fleet, stateBucket);
  if (kind === "state_replica" && stateBucket) return stateReplicaCalls(fleet, stateBucket);
  if (kind === "pipeline" && pipeline) return pipelineCalls(fleet, pipeline);
  const own = cell && cellCalls(cell, stack);
  return cell && own && [...own, ...extensionCalls(fleet, stack, cell)];
}

function cellCalls(cell: Cell, { kind, name }: FleetStack): readonly Call[] | undefined {
  if (kind === "data") return dataCalls(cell, name);
  if (kind === "front") return frontCalls(cell);
  if (kind === "front-logs") return cell.front.logs && logCalls(cell.front.logs);
  return cell.targets.filter(({ stack }) => stack === name).flatMap((target) => targetCalls(cell, target));
}
