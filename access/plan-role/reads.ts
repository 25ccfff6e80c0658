import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { listOf, statementsOf } from "../../fleet/policy-document";
import { matchesAction } from "../policy/match";

/** What names of operations begin with that only look: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const lookingPrefixes = ["BatchGet", "Describe", "Get", "Head", "List", "View"];

/** Of these, what an action with wildcards is narrowed to. The others are rare, and `BatchGet` mostly reads data. */
const narrowingPrefixes = ["Describe", "Get", "List"];

/**
 * Operations that are called like a look at what there is, and give away what is in it: items, objects, log lines, values of
 * secrets, and credentials. A plan needs none of them.
 */
export const dataReads: readonly string[] = [
  "codeartifact:GetAuthorizationToken",
  "dynamodb:BatchGetItem",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "ecr:BatchGetImage",
  "ecr:GetAuthorizationToken",
  "kinesis:GetRecords",
  "logs:GetLogEvents",
  "logs:GetLogRecord",
  "logs:GetQueryResults",
  "redshift:GetClusterCredentials*",
  "secretsmanager:BatchGetSecretValue",
  "secretsmanager:GetSecretValue",
];

/** Reads of objects: of a state, a plan needs them. */
export const objectReads: readonly string[] = ["s3:GetObject*"];

/**
 * What policies allow, as far as it only looks at what there is. Conditions stay as they are, and so do resources. What is the
 * same of several things is one statement, for which reason none has a name.
 */
export function readsOf(policies: readonly NamedPolicy[]): readonly Statement[] {
  const merged = new Map<string, Statement>();
  for (const statement of policies.flatMap(({ document }) => statementsOf(document))) {
    if (statement.Effect !== "Allow") continue;
    const { Action: all, Resource, Sid: _, ...rest } = statement;
    const Action = [...new Set(listOf(all).flatMap(readActions))].sort();
    if (Action.length === 0) continue;
    const key = JSON.stringify([Action, rest]);
    const resources = [...listOf(merged.get(key)?.Resource), ...listOf(Resource)];
    merged.set(key, { ...rest, Action, Resource: [...new Set(resources)].sort() });
  }
  return [...merged.values()];
}

/**
 * An action as far as it only looks; with wildcards, what it may still mean: `sqs:*` becomes `sqs:Get*`, `sqs:List*` and
 * `sqs:Describe*`. What may mean any service at all is nothing, as IAM takes no wildcard in a service's name.
 *
 * @example readActions("sqs:*Attributes") // ["sqs:Describe*Attributes", "sqs:Get*Attributes", "sqs:List*Attributes"]
 */
export function readActions(action: string): readonly string[] {
  const [service = "", operation = ""] = action.split(":");
  if (operation === "" || /[*?]/.test(service)) return [];
  const head = operation.split(/[*?]/)[0] ?? "";
  if (lookingPrefixes.some((prefix) => startsWith(head, prefix))) {
    const isData = [...dataReads, ...objectReads].some((pattern) => matchesAction(pattern, action));
    return isData ? [] : [action];
  }
  const rest = operation.slice(head.length);
  if (!rest.startsWith("*")) return [];
  return narrowingPrefixes
    .filter((prefix) => startsWith(prefix, head))
    .map((prefix) => `${service}:${prefix}${rest}`);
}

/** IAM does not mind the case of actions. */
function startsWith(text: string, beginning: string): boolean {
  return text.toLowerCase().startsWith(beginning.toLowerCase());
}
