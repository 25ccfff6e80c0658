import { AwsError, notServed, type OwnService } from "../http";
import type { Organizations } from "../organizations/organizations";
import { actionOf } from "../protocols/errors";
import { stackInstanceOperations } from "./instances";
import {
  createStackSetStore,
  instancesOf,
  readOperation,
  type StackSet,
  type StackSetContext,
  type StackSetHandler,
  stackSetId,
  stackSetOf,
} from "./model";
import {
  members,
  type Query,
  type QueryOutput,
  queryAnswer,
  readQuery,
  requireText,
  validationError,
} from "./query";
import { readContent } from "./template";

/** https://docs.aws.amazon.com/organizations/latest/userguide/services-that-can-integrate-cloudformation.html */
const trustedService = "member.org.stacksets.cloudformation.amazonaws.com";

/** @throws {AwsError} ValidationError, for whoever may not deploy to the organization */
function requireServiceManaged({ query, call, organizations }: StackSetContext): void {
  if (query.text("PermissionModel") !== "SERVICE_MANAGED") {
    throw new AwsError(
      400,
      "NotImplemented",
      "the sandbox serves stack sets with PermissionModel SERVICE_MANAGED only",
    );
  }
  if (query.text("CallAs") === "DELEGATED_ADMIN") {
    throw validationError("Account used is not a delegated administrator");
  }
  if (!organizations.isManagement(call.account)) {
    throw validationError(
      "You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set",
    );
  }
  if (!organizations.trusts(call.account, trustedService)) {
    throw validationError("You must enable organizations access to operate a service managed stack set");
  }
}

/** What both creating and updating say of a stack set. */
function readSettings(query: Query) {
  const isAutomatic = query.text("AutoDeployment.Enabled") === "true";
  return {
    description: query.text("Description") ?? "",
    content: readContent(query),
    tags: query.pairs("Tags", "Key", "Value"),
    isAutomatic,
    retainsStacks: query.text("AutoDeployment.RetainStacksOnAccountRemoval") === "true",
    managedExecution: query.text("ManagedExecution.Active") === "true",
  };
}

const createStackSet: StackSetHandler = (context) => {
  const { query, call, store } = context;
  const { account, region } = call;
  const name = requireText(query, "StackSetName");
  requireServiceManaged(context);
  if (store.find(account, region, name)) {
    throw new AwsError(409, "NameAlreadyExistsException", `StackSet ${name} already exists`);
  }
  const stackSet: StackSet = { name, account, region, ...readSettings(query), targets: [], operations: [] };
  store.put(stackSet);
  return { StackSetId: stackSetId(stackSet) };
};

const updateStackSet: StackSetHandler = (context) => {
  const stackSet = stackSetOf(context);
  requireServiceManaged(context);
  const operation = readOperation(context, stackSet, "UPDATE");
  const operations = [...stackSet.operations, operation];
  context.store.put({ ...stackSet, ...readSettings(context.query), operations });
  return { OperationId: operation.id };
};

const deleteStackSet: StackSetHandler = (context) => {
  const { call, query, store, organizations } = context;
  const stackSet = store.find(call.account, call.region, requireText(query, "StackSetName"));
  if (!stackSet) return {};
  if (instancesOf(stackSet, organizations).length > 0) {
    throw new AwsError(409, "StackSetNotEmptyException", "StackSet is not empty");
  }
  store.remove(stackSet);
  return {};
};

function pairs(map: ReadonlyMap<string, string>, key: string, value: string): QueryOutput {
  return members([...map].map(([name, content]) => ({ [key]: name, [value]: content })));
}

function automation({ isAutomatic, retainsStacks }: StackSet): QueryOutput {
  return { Enabled: String(isAutomatic), RetainStacksOnAccountRemoval: String(retainsStacks) };
}

const describeStackSet: StackSetHandler = (context) => {
  const stackSet = stackSetOf(context);
  const { name, account, region, description, content, tags, targets, managedExecution } = stackSet;
  const id = stackSetId(stackSet);
  return {
    StackSet: {
      StackSetName: name,
      StackSetId: id,
      StackSetARN: `arn:aws:cloudformation:${region}:${account}:stackset/${id}`,
      Status: "ACTIVE",
      ...(description && { Description: description }),
      TemplateBody: content.template,
      Parameters: pairs(content.parameters, "ParameterKey", "ParameterValue"),
      Capabilities: members(content.capabilities),
      Tags: pairs(tags, "Key", "Value"),
      PermissionModel: "SERVICE_MANAGED",
      // AWS says which roles it uses by itself; a stack set cannot choose them.
      AdministrationRoleARN: `arn:aws:iam::${account}:role/aws-service-role/stacksets.cloudformation.amazonaws.com/AWSServiceRoleForCloudFormationStackSetsOrgAdmin`,
      ExecutionRoleName: `stacksets-exec-${id.slice(-12)}`,
      AutoDeployment: automation(stackSet),
      ManagedExecution: { Active: String(managedExecution) },
      OrganizationalUnitIds: members([...new Set(targets.map(({ unit }) => unit))]),
      Regions: members([...new Set(targets.map((target) => target.region))]),
    },
  };
};

const listStackSets: StackSetHandler = ({ call, store }) => ({
  Summaries: members(
    store.list(call.account, call.region).map((stackSet) => ({
      StackSetName: stackSet.name,
      StackSetId: stackSetId(stackSet),
      Status: "ACTIVE",
      PermissionModel: "SERVICE_MANAGED",
      AutoDeployment: automation(stackSet),
    })),
  ),
});

/** Stack sets themselves. */
const stackSetOperations: Readonly<Record<string, StackSetHandler>> = {
  CreateStackSet: createStackSet,
  UpdateStackSet: updateStackSet,
  DeleteStackSet: deleteStackSet,
  DescribeStackSet: describeStackSet,
  ListStackSets: listStackSets,
};

const operations: Readonly<Record<string, StackSetHandler>> = {
  ...stackSetOperations,
  ...stackInstanceOperations,
};

/**
 * CloudFormation, as far as service-managed stack sets need it. An operation is done as soon as it was asked for; no
 * stack is made: in the sandbox, no role has to be there to be assumed.
 */
export function createStackSets(organizations: Organizations): OwnService {
  const store = createStackSetStore();
  return {
    operations: Object.keys(operations),
    handle: async (call) => {
      const action = actionOf(call);
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (!operation) throw notServed(`cloudformation ${action}`);
      return queryAnswer(action, operation({ query: readQuery(call), call, store, organizations }));
    },
  };
}
