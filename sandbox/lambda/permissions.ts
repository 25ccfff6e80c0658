import { randomUUID } from "node:crypto";
import { AwsError } from "../http";
import type { Body } from "./configuration";
import { functionArn, latestVersion } from "./names";
import {
  type FunctionState,
  type Operation,
  type OperationContext,
  ok,
  type Policy,
  resolveVersion,
  type Statement,
} from "./store";

const noSuchResource = () =>
  new AwsError(404, "ResourceNotFoundException", "The resource you requested does not exist.");

/** Lambda writes an account id as that account's root, and leaves other principals as they are. */
function principalOf(principal: string): Statement["Principal"] {
  if (principal === "*") return "*";
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  return principal.startsWith("arn:") ? { AWS: principal } : { Service: principal };
}

/** The conditions by which AddPermission's parameters appear in the policy. */
function conditionOf(body: Body): Statement["Condition"] {
  const equals = {
    ...(body.SourceAccount ? { "AWS:SourceAccount": String(body.SourceAccount) } : {}),
    ...(body.PrincipalOrgID ? { "aws:PrincipalOrgID": String(body.PrincipalOrgID) } : {}),
    ...(body.FunctionUrlAuthType ? { "lambda:FunctionUrlAuthType": String(body.FunctionUrlAuthType) } : {}),
    ...(body.EventSourceToken ? { "lambda:EventSourceToken": String(body.EventSourceToken) } : {}),
  };
  const condition = {
    ...(Object.keys(equals).length > 0 && { StringEquals: equals }),
    ...(body.SourceArn ? { ArnLike: { "AWS:SourceArn": String(body.SourceArn) } } : {}),
    ...(body.InvokedViaFunctionUrl === true && { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
  };
  return Object.keys(condition).length > 0 ? condition : undefined;
}

/** A change says which revision of the policy it is meant for, if it wants to be sure. */
function checkRevision(policy: Policy | undefined, revisionId: unknown): void {
  if (revisionId && policy && policy.revisionId !== revisionId) {
    throw new AwsError(
      412,
      "PreconditionFailedException",
      "The RevisionId provided does not match the latest RevisionId. Call the GetPolicy API to retrieve the latest RevisionId",
    );
  }
}

function put(state: FunctionState, qualifier: string, statements: readonly Statement[]): FunctionState {
  const policies = new Map(state.policies);
  if (statements.length === 0) policies.delete(qualifier);
  else policies.set(qualifier, { statements, revisionId: randomUUID() });
  return { ...state, policies };
}

function target({ store, id, qualifier = latestVersion }: OperationContext) {
  const state = store.get(id);
  resolveVersion(state, qualifier);
  return { state, qualifier, policy: state.policies.get(qualifier) };
}

/** AddPermission: one statement more in the policy of the function, or of the version or alias that is named. */
export const addPermission: Operation = (context) => {
  const { store, id, body } = context;
  const { state, qualifier, policy } = target(context);
  checkRevision(policy, body.RevisionId);
  const sid = String(body.StatementId ?? "");
  const before = policy?.statements ?? [];
  if (before.some(({ Sid }) => Sid === sid)) {
    throw new AwsError(
      409,
      "ResourceConflictException",
      `The statement id (${sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const statement: Statement = {
    Sid: sid,
    Effect: "Allow",
    Principal: principalOf(String(body.Principal)),
    Action: String(body.Action),
    Resource: functionArn(id, qualifier),
    Condition: conditionOf(body),
  };
  store.put(put(state, qualifier, [...before, statement]));
  return ok({ Statement: JSON.stringify(statement) }, 201);
};

/** RemovePermission. */
export const removePermission: Operation = (context) => {
  const { store, item, query } = context;
  const { state, qualifier, policy } = target(context);
  if (!policy?.statements.some(({ Sid }) => Sid === item)) throw noSuchResource();
  checkRevision(policy, query.get("RevisionId"));
  store.put(
    put(
      state,
      qualifier,
      policy.statements.filter(({ Sid }) => Sid !== item),
    ),
  );
  return ok(undefined, 204);
};

/** GetPolicy. */
export const getPolicy: Operation = (context) => {
  const { policy } = target(context);
  if (!policy) throw noSuchResource();
  const document = { Version: "2012-10-17", Id: "default", Statement: policy.statements };
  return ok({ Policy: JSON.stringify(document), RevisionId: policy.revisionId });
};
