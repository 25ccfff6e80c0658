import type { Account, Cell, Fleet } from "../../fleet/model";
import { logCalls } from "./bucket";
import { frontCalls } from "./front";
import type { Call, StackCalls } from "./model";
import { backendCalls, stateStackCalls } from "./state";
import { targetCalls } from "./target";

/**
 * What Terraform calls with the stacks of a fleet's cells and of its state, as the deploy role of each stack's account: to
 * make, read, change, tag and destroy all that is in them, as hashicorp/aws 5.100.0 does it, and to read and write their
 * state. For a front that includes what its drains need. `sts:GetCallerIdentity`, which the provider calls first, is left
 * out: no policy can deny it.
 *
 * The stacks of the organization are not among them: they are run in the management account, which no service control
 * policy binds.
 */
export function stackCalls(fleet: Fleet): readonly StackCalls[] {
  return [
    ...(fleet.stateBucket ? stateStackCalls(fleet, fleet.stateBucket) : []),
    ...fleet.cells.flatMap((cell) => cellCalls(fleet, cell)),
  ];
}

function cellCalls(fleet: Fleet, cell: Cell): readonly StackCalls[] {
  const { front, targets } = cell;
  const { account, logs } = front;
  const owners = new Map(targets.map((target) => [target.stack, target.account]));
  const entry = (stack: string, owner: Account, calls: readonly Call[]): StackCalls => ({
    stack,
    account: owner,
    calls: [...backendCalls(fleet, stack, owner), ...calls],
  });
  return [
    ...[...owners].map(([stack, owner]) =>
      entry(
        stack,
        owner,
        targets.filter((target) => target.stack === stack).flatMap((target) => targetCalls(cell, target)),
      ),
    ),
    ...(logs ? [entry(logs.stack, account, logCalls(logs))] : []),
    entry(front.stack, account, frontCalls(cell)),
  ];
}
