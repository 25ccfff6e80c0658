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
 * What policies allow, as far as it only looks at what there is. Conditions stay as they are, and so do resources. Each action
 * is in one statement with all that it is for, and those for the same share one, for which reason none has a name.
 */
export function readsOf(policies: readonly NamedPolicy[]): readonly Statement[] {
  const allowed = policies
    .flatMap(({ document }) => statementsOf(document))
    .filter(({ Effect }) => Effect === "Allow")
    .map(({ Sid: _, ...statement }) => ({
      ...statement,
      Action: listOf(statement.Action).flatMap(readActions),
    }))
    .flatMap(({ Action, ...rest }) => Action.map((action) => ({ ...rest, Action: action })));
  return joinedBy("Action", joinedBy("Resource", allowed));
}

/** Makes one statement of those that differ in one part alone, in the order of the first ones. */
function joinedBy(part: "Action" | "Resource", statements: readonly Statement[]): readonly Statement[] {
  const joined = new Map<string, Statement>();
  for (const { [part]: own, ...rest } of statements) {
    const key = JSON.stringify(rest);
    const all = new Set([...listOf(joined.get(key)?.[part]), ...listOf(own)]);
    // Whatever else there is, it is among all.
    joined.set(key, { ...rest, [part]: all.has("*") ? ["*"] : [...all].sort() } as Statement);
  }
  return [...joined.values()];
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
