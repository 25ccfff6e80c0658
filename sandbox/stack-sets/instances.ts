import { AwsError } from "../http";
import { creationTime } from "../organizations/model";
import {
  describePreferences,
  instancesOf,
  readOperation,
  type StackInstance,
  type StackSet,
  type StackSetContext,
  type StackSetHandler,
  type StackSetOperation,
  type StackSetTarget,
  stackId,
  stackSetId,
  stackSetOf,
} from "./model";
import { members, type QueryOutput, requireText, validationError } from "./query";

/**
 * The units and regions that a call is about.
 *
 * @throws {AwsError} ValidationError, where it names accounts, no unit, or no region
 */
function requireTargets({ query }: StackSetContext) {
  const [account] = query.list("Accounts");
  if (account !== undefined && !/^\d{12}$/.test(account)) {
    // Terraform's provider does that when a target's operation preferences or parameters change.
    throw validationError(
      `1 validation error detected: Value '[${account}]' at 'accounts' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9]{12}$`,
    );
  }
  const units = query.list("DeploymentTargets.OrganizationalUnitIds");
  if (units.length === 0) {
    throw validationError(
      "StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target",
    );
  }
  if (query.list("DeploymentTargets.Accounts").length > 0) {
    throw new AwsError(
      400,
      "NotImplemented",
      "the sandbox deploys stack sets to whole units, and not to some of their accounts",
    );
  }
  const regions = query.list("Regions");
  if (regions.length === 0) throw validationError("At least one region must be specified");
  return { units, regions };
}

function record(
  { store }: StackSetContext,
  stackSet: StackSet,
  operation: StackSetOperation,
  targets: readonly StackSetTarget[],
): QueryOutput {
  store.put({ ...stackSet, targets, operations: [...stackSet.operations, operation] });
  return { OperationId: operation.id };
}

const createInstances: StackSetHandler = (context) => {
  const { query, call, organizations } = context;
  const stackSet = stackSetOf(context);
  const { units, regions } = requireTargets(context);
  const missing = units.find((unit) => !organizations.hasUnit(call.account, unit));
  if (missing) throw validationError(`Organizational unit ${missing} not found in organization`);
  const operation = readOperation(context, stackSet, "CREATE");
  const overrides = query.pairs("ParameterOverrides", "ParameterKey", "ParameterValue");
  const added = units.flatMap((unit) =>
    regions.map((region) => {
      const accounts = organizations.accountsBelow(call.account, unit);
      return { unit, region, accounts, overrides, operation: operation.id };
    }),
  );
  const kept = stackSet.targets.filter(
    (old) => !added.some(({ unit, region }) => unit === old.unit && region === old.region),
  );
  return record(context, stackSet, operation, [...kept, ...added]);
};

/** @throws {AwsError} ValidationError, where the stack set was never deployed to one of the units */
function requireDeployed({ targets }: StackSet, units: readonly string[]): void {
  const missing = units.find((unit) => !targets.some((target) => target.unit === unit));
  if (missing) throw validationError(`Organizational unit ${missing} not found in StackSet`);
}

const updateInstances: StackSetHandler = (context) => {
  const stackSet = stackSetOf(context);
  const { units, regions } = requireTargets(context);
  requireDeployed(stackSet, units);
  const operation = readOperation(context, stackSet, "UPDATE");
  const overrides = context.query.pairs("ParameterOverrides", "ParameterKey", "ParameterValue");
  const targets = stackSet.targets.map((target) =>
    units.includes(target.unit) && regions.includes(target.region)
      ? { ...target, overrides, operation: operation.id }
      : target,
  );
  return record(context, stackSet, operation, targets);
};

const deleteInstances: StackSetHandler = (context) => {
  const stackSet = stackSetOf(context);
  const { units, regions } = requireTargets(context);
  requireDeployed(stackSet, units);
  const operation = readOperation(context, stackSet, "DELETE");
  const targets = stackSet.targets.filter(
    ({ unit, region }) => !units.includes(unit) || !regions.includes(region),
  );
  return record(context, stackSet, operation, targets);
};

function describe(stackSet: StackSet, instance: StackInstance) {
  return {
    StackSetId: stackSetId(stackSet),
    Account: instance.account,
    Region: instance.region,
    StackId: stackId(stackSet, instance),
    OrganizationalUnitId: instance.unit,
    Status: "CURRENT",
    StackInstanceStatus: { DetailedStatus: "SUCCEEDED" },
    DriftStatus: "NOT_CHECKED",
    LastOperationId: instance.target.operation,
  };
}

const listInstances: StackSetHandler = (context) => {
  const { query, organizations } = context;
  const stackSet = stackSetOf(context);
  const [account, region] = [query.text("StackInstanceAccount"), query.text("StackInstanceRegion")];
  const found = instancesOf(stackSet, organizations)
    .filter((instance) => account === undefined || instance.account === account)
    .filter((instance) => region === undefined || instance.region === region);
  return { Summaries: members(found.map((instance) => describe(stackSet, instance))) };
};

const describeInstance: StackSetHandler = (context) => {
  const { query, organizations } = context;
  const stackSet = stackSetOf(context);
  const account = requireText(query, "StackInstanceAccount");
  const region = requireText(query, "StackInstanceRegion");
  const instance = instancesOf(stackSet, organizations).find(
    (one) => one.account === account && one.region === region,
  );
  if (!instance) {
    throw new AwsError(
      404,
      "StackInstanceNotFoundException",
      `Stack instance not found for StackSet ${stackSet.name} in account ${account}, region ${region}`,
    );
  }
  const overrides = [...instance.target.overrides].map(([name, value]) => ({
    ParameterKey: name,
    ParameterValue: value,
  }));
  return { StackInstance: { ...describe(stackSet, instance), ParameterOverrides: members(overrides) } };
};

const describeOperation: StackSetHandler = (context) => {
  const stackSet = stackSetOf(context);
  const id = requireText(context.query, "OperationId");
  const operation = stackSet.operations.find((one) => one.id === id);
  if (!operation) throw new AwsError(404, "OperationNotFoundException", `Operation ${id} not found`);
  const time = new Date(creationTime * 1000).toISOString();
  return {
    StackSetOperation: {
      OperationId: id,
      StackSetId: stackSetId(stackSet),
      Action: operation.action,
      Status: "SUCCEEDED",
      OperationPreferences: describePreferences(operation.preferences),
      DeploymentTargets: { OrganizationalUnitIds: members(operation.units) },
      RetainStacks: String(operation.retainsStacks),
      CreationTimestamp: time,
      EndTimestamp: time,
    },
  };
};

/** What a stack set has in which account, and what was done to get there. */
export const stackInstanceOperations: Readonly<Record<string, StackSetHandler>> = {
  CreateStackInstances: createInstances,
  UpdateStackInstances: updateInstances,
  DeleteStackInstances: deleteInstances,
  ListStackInstances: listInstances,
  DescribeStackInstance: describeInstance,
  DescribeStackSetOperation: describeOperation,
};
