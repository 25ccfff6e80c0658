import type { Fleet } from "../../fleet/model";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";
import type { FleetPlan } from "../plan/plan-fleet";
import { decidedLast } from "./narrowing";
import { comesLast } from "./withdrawals";

/** What a run is about. */
export interface RunSubject {
  readonly fleet: Fleet;
  /** Plans of stacks that the fleet file has. */
  readonly plan: FleetPlan;
  /** Names of stacks that an earlier run deployed and did not verify. */
  readonly unverified: ReadonlySet<string>;
  /** Orphans that are taken away, whatever their plans came to. None where orphans are left as they are. */
  readonly orphans: readonly FleetStack[];
  /** Whether one of these is in an account that the fleet file does not have any more. */
  readonly accountsLeave: boolean;
}

/**
 * When the turn of a stack comes in a run, in this order. Orphans are taken away between the first two.
 *
 * - `first`: nothing else has to happen before it.
 * - `held`: the foundation, where orphans are in accounts that leave the fleet. Once it is deployed, the roles that destroy
 *   them may be gone, or shut out of the state.
 * - `withdrawing`: data that takes something away, which nobody may use any more by then.
 * - `deciding`: what decides about deploys, where it may take from their roles what all else still needs.
 */
export type Turn = "first" | "held" | "withdrawing" | "deciding";

/** By name, the turn of each stack of the fleet file that a run does something with; in the order of {@link fleetStacks}. */
export function turnsOf(subject: RunSubject): ReadonlyMap<string, Turn> {
  const { accountsLeave, fleet, orphans, plan, unverified } = subject;
  const deciding = decidedLast({ planned: plan.planned.values(), removed: orphans });
  const isConcerned = ({ name }: FleetStack) =>
    plan.planned.has(name) || plan.failed.has(name) || unverified.has(name);
  const turnOf = ({ cell, name }: FleetStack): Turn => {
    if (deciding.has(name)) return "deciding";
    if (accountsLeave && cell === undefined) return "held";
    return comesLast(plan.planned.get(name)) ? "withdrawing" : "first";
  };
  const concerned = fleetStacks(fleet).filter(isConcerned);
  return new Map(concerned.map((stack) => [stack.name, turnOf(stack)]));
}
