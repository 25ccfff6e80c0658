import { type AwsCall, AwsError } from "../http";
import { uuid } from "../ids";
import type { Organizations } from "../organizations/organizations";
import { type Query, type QueryOutput, requireText } from "./query";
import type { StackSetContent } from "./template";

/** Where a stack set is deployed to. */
export interface StackSetTarget {
  /** A root or unit. */
  readonly unit: string;
  readonly region: string;
  /** The accounts below the unit when it was deployed to. */
  readonly accounts: readonly string[];
  readonly overrides: ReadonlyMap<string, string>;
  /** The last operation on it. */
  readonly operation: string;
}

/** How an operation was to go about it, as it was sent. */
export interface OperationPreferences {
  readonly counts: ReadonlyMap<string, string>;
  readonly regionOrder: readonly string[];
}

/** Something that was done to a stack set. */
export interface StackSetOperation {
  readonly id: string;
  readonly action: "CREATE" | "UPDATE" | "DELETE";
  readonly preferences: OperationPreferences;
  readonly units: readonly string[];
  readonly retainsStacks: boolean;
}

/** A stack set of an organization's management account. */
export interface StackSet {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly description: string;
  readonly content: StackSetContent;
  readonly tags: ReadonlyMap<string, string>;
  readonly isAutomatic: boolean;
  readonly retainsStacks: boolean;
  readonly managedExecution: boolean;
  readonly targets: readonly StackSetTarget[];
  readonly operations: readonly StackSetOperation[];
}

/** The stack of a stack set in one account and region. */
export interface StackInstance {
  readonly account: string;
  readonly region: string;
  /** The root or unit that was deployed to, as CloudFormation names it. */
  readonly unit: string;
  readonly target: StackSetTarget;
}

/** `<name>:<uuid>` */
export function stackSetId({ name, account, region }: StackSet): string {
  return `${name}:${uuid(`stack set ${account} ${region} ${name}`)}`;
}

/** The ARN of the stack behind an instance. */
export function stackId(stackSet: StackSet, { account, region }: StackInstance): string {
  const stack = `StackSet-${stackSet.name}-${uuid(`${stackSetId(stackSet)} ${account} ${region}`)}`;
  return `arn:aws:cloudformation:${region}:${account}:stack/${stack}/${uuid(stack)}`;
}

/**
 * The instances of a stack set as they are now. With automatic deployment, whoever is below a unit has its instance, and
 * whoever left it, or was closed, has none: StackSets follows moves on its own.
 */
export function instancesOf(stackSet: StackSet, organizations: Organizations): readonly StackInstance[] {
  const found = new Map<string, StackInstance>();
  for (const target of stackSet.targets) {
    const { unit, region } = target;
    const accounts = stackSet.isAutomatic
      ? organizations.accountsBelow(stackSet.account, unit)
      : target.accounts;
    for (const account of accounts) {
      const key = `${account}/${region}`;
      if (!found.has(key)) found.set(key, { account, region, unit, target });
    }
  }
  return [...found.values()];
}

/** The stack sets of the sandbox. */
export interface StackSetStore {
  readonly list: (account: string, region: string) => readonly StackSet[];
  readonly find: (account: string, region: string, name: string) => StackSet | undefined;
  /** @throws {AwsError} StackSetNotFoundException */
  readonly require: (account: string, region: string, nameOrId: string) => StackSet;
  /** Keeps a new stack set, or puts it in the place of the one with its name. */
  readonly put: (stackSet: StackSet) => void;
  readonly remove: (stackSet: StackSet) => void;
}

/** No stack set yet. */
export function createStackSetStore(): StackSetStore {
  const stackSets = new Map<string, StackSet>();
  const key = (account: string, region: string, name: string) => `${account}/${region}/${name}`;
  const find = (account: string, region: string, name: string) =>
    stackSets.get(key(account, region, name.split(":")[0] ?? ""));
  return {
    list: (account, region) =>
      [...stackSets.values()].filter((one) => one.account === account && one.region === region),
    find,
    require(account, region, nameOrId) {
      const stackSet = find(account, region, nameOrId);
      if (stackSet) return stackSet;
      throw new AwsError(404, "StackSetNotFoundException", `StackSet ${nameOrId} not found`);
    },
    put: (stackSet) => stackSets.set(key(stackSet.account, stackSet.region, stackSet.name), stackSet),
    remove: ({ account, region, name }) => stackSets.delete(key(account, region, name)),
  };
}

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
const countNames = [
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
  for (const name of countNames) {
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
