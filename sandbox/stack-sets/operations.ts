import type { AwsCall } from "../http";
import type { Organizations } from "../organizations/organizations";
import {
  type OperationPreferences,
  type StackSet,
  type StackSetOperation,
  type StackSetStore,
  uuid,
} from "./model";
import { type Query, type QueryOutput, requireText } from "./query";

/** What an operation of CloudFormation works with. */
export interface StackSetContext {
  readonly query: Query;
  readonly call: AwsCall;
  readonly store: StackSetStore;
  readonly organizations: Organizations;
}

/** One operation of CloudFormation: gives what stands in its answer. */
export type StackSetHandler = (context: StackSetContext) => QueryOutput;

/** The single values of operation preferences. */
const COUNTS = [
  "FailureToleranceCount",
  "FailureTolerancePercentage",
  "MaxConcurrentCount",
  "MaxConcurrentPercentage",
  "RegionConcurrencyType",
  "ConcurrencyMode",
] as const;

/** The stack set that a call is about. */
export function stackSetOf({ query, call, store }: StackSetContext): StackSet {
  return store.require(call.account, call.region, requireText(query, "StackSetName"));
}

function readPreferences(query: Query): OperationPreferences {
  const counts = new Map<string, string>();
  for (const name of COUNTS) {
    const value = query.text(`OperationPreferences.${name}`);
    if (value !== undefined) counts.set(name, value);
  }
  return { counts, regionOrder: query.list("OperationPreferences.RegionOrder") };
}

/** The operation that a call is: done as soon as it was asked for. */
export function readOperation(
  { query }: StackSetContext,
  stackSet: Pick<StackSet, "name" | "operations">,
  action: StackSetOperation["action"],
): StackSetOperation {
  return {
    id: query.text("OperationId") ?? uuid(`operation ${stackSet.name} ${stackSet.operations.length}`),
    action,
    preferences: readPreferences(query),
    units: query.list("DeploymentTargets.OrganizationalUnitIds"),
    retainsStacks: query.text("RetainStacks") === "true",
  };
}

/** How an operation is described, preferences as they were sent. */
export function describePreferences({ counts, regionOrder }: OperationPreferences): QueryOutput {
  return {
    ...Object.fromEntries(counts),
    ...(regionOrder.length > 0 && { RegionOrder: { member: regionOrder } }),
  };
}
