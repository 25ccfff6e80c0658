import type { CellStack } from "../cell-stacks";
import type { Fleet } from "../model";

/** Names of the stacks around a fleet. No part of a cell's stack names stands alone, so none is called like them. */
export const aroundStacks = {
  organization: "organization",
  accounts: "accounts",
  controlTower: "control-tower",
  identity: "identity",
  bootstrap: "bootstrap",
  budgets: "budgets",
  state: "state",
  stateReplica: "state_replica",
} as const;

/** The stacks around a fleet, in the order to deploy them, each with those that must be deployed before it. */
export function stacksAround(fleet: Fleet): readonly CellStack[] {
  const { accounts, bootstrap, budgets, controlTower, identity, organization, state, stateReplica } =
    aroundStacks;
  const replica = fleet.stateBucket?.replica ? [stateReplica] : [];
  const afterAccounts = [
    ...(fleet.organization?.controlTower ? [controlTower] : []),
    ...(fleet.identity ? [identity] : []),
    ...(fleet.bootstrap ? [bootstrap] : []),
    ...(fleet.budgets ? [budgets] : []),
  ];
  return [
    ...(fleet.organization
      ? [
          { name: organization, after: [] },
          { name: accounts, after: [organization] },
        ]
      : []),
    ...afterAccounts.map((name) => ({ name, after: [organization, accounts] })),
    ...replica.map((name) => ({ name, after: [] })),
    ...(fleet.stateBucket ? [{ name: state, after: replica }] : []),
  ];
}
