import { count } from "../../fleet/wording";
import { withoutHash } from "./local-words";
import type { Attribute, Change } from "./picture-schema";

/** What people call a resource, and what the ids of ours end in. */
const nouns: Readonly<Record<string, readonly [noun: string, ending?: string]>> = {
  aws_cloudfront_distribution: ["distribution", "distribution"],
  aws_cloudfront_function: ["router", "router"],
  aws_cloudfront_key_value_store: ["key-value store", "store"],
  aws_cloudfront_cache_policy: ["cache policy", "cache"],
  aws_cloudfront_origin_access_control: ["origin access control", "access"],
  aws_cloudwatch_event_rule: ["rule", "rule"],
  aws_cloudwatch_log_group: ["log group", "logs"],
  aws_codebuild_project: ["project", "project"],
  aws_codepipeline: ["pipeline", "pipeline"],
  aws_dynamodb_table: ["table", "table"],
  aws_iam_role: ["role", "role"],
  aws_iam_role_policy: ["policy", "policy"],
  aws_kms_key: ["key", "key"],
  aws_lambda_alias: ["alias", "alias"],
  aws_lambda_function: ["function", "function"],
  aws_lambda_function_url: ["function URL", "url"],
  aws_lambda_permission: ["permission"],
  aws_organizations_policy: ["service control policy"],
  aws_s3_bucket: ["bucket", "bucket"],
  aws_s3_bucket_policy: ["bucket policy", "policy"],
  aws_sns_topic: ["topic", "topic"],
  aws_sns_topic_policy: ["topic policy", "policy"],
  aws_sns_topic_subscription: ["subscription"],
};

/** What people call an attribute. */
const attributeNames: Readonly<Record<string, string>> = {
  assume_role_policy: "trust policy",
  deletion_protection_enabled: "deletion protection",
  filename: "code",
  hash_key: "partition key",
  memory_size: "memory",
  policy: "policy",
  range_key: "sort key",
  reserved_concurrent_executions: "reserved concurrency",
  retention_in_days: "retention",
  source_code_hash: "code",
};

/**
 * What people call what an address stands for.
 *
 * @example subjectOf("aws_lambda_function.globex_eu_central_1_hello_function_1A2B3C4D", ["globex_eu_central_1"]) // "function hello"
 */
export function subjectOf(address: string, aliases: readonly string[] = []): string {
  const [first = "", ...rest] = withoutHash(address).split(".");
  if (first === "output") return `output ${rest.join(".")}`;
  if (rest.length === 0) return first;
  const known = nouns[first];
  const [noun = first.replace(/^aws_/, "").replaceAll("_", " "), ending] = known ?? [];
  const start = ["{target}", ...aliases].find((alias) => rest[0]?.startsWith(`${alias}_`));
  const name = start === undefined ? rest.join(".") : rest.join(".").slice(start.length + 1);
  const short = ending === undefined ? name : name.replace(new RegExp(`_?${ending}$`), "");
  return short === "" ? noun : `${noun} ${short}`;
}

/** What people call an attribute, by its path. */
export function attributeName(path: string): string {
  const [first = ""] = path.split(/[.[]/);
  const variable = /^environment\.variables\.(.+)$/.exec(path)?.[1];
  if (variable !== undefined) return `environment ${variable}`;
  const tag = /^tags(?:_all)?\.(.+)$/.exec(path)?.[1];
  if (tag !== undefined) return `tag ${tag}`;
  return attributeNames[first] ?? path.replace(/^value\.?/, "") ?? path;
}

/**
 * The attributes that tell a change. What the provider only knows after the apply follows from the rest, where there is any.
 */
export function tellingAttributes({ attributes }: Pick<Change, "attributes">): readonly Attribute[] {
  const known = attributes.filter(({ unknown, replaces }) => !unknown || replaces);
  return known.length > 0 ? known : attributes;
}

/** Whether a change only follows from another one. */
export function isConsequence(change: Change): boolean {
  if (change.type === "output") return true;
  const isUpdate = change.actions.length === 1 && change.actions[0] === "update";
  return isUpdate && change.attributes.every(({ unknown }) => unknown);
}

/** A value in a line of text. */
export function valueText(value: Attribute["before"]): string {
  if (value === undefined || value === null || value === "") return "nothing";
  return String(value);
}

/** Longest value that a title shows. */
const titleValue = 24;

/**
 * Adds what a group's changes are, in a few words, without how many stacks it is in.
 *
 * @param words for what happens, where it is told otherwise than in a plan
 */
export function titleOf(
  changes: readonly Change[],
  recordsOnly: boolean,
  words: Partial<Readonly<Record<keyof typeof verbs, string>>> = {},
): string {
  if (recordsOnly) return changes.length === 0 ? "records only" : `records only: ${named(changes)}`;
  const telling = changes.filter((change) => !isConsequence(change));
  const told = telling.length > 0 ? telling : changes;
  const parts = (["destroy", "replace", "update", "create", "other"] as const).flatMap((kind) => {
    const alike = told.filter((change) => kindOf(change) === kind);
    return alike.length === 0 ? [] : [phrase(kind, alike, { ...verbs, ...words })];
  });
  return parts.join("; ");
}

/** What happens, in one word. */
export function kindOf({
  actions,
}: {
  readonly actions: readonly string[];
}): "create" | "update" | "replace" | "destroy" | "other" {
  const [deletes, creates] = [actions.includes("delete"), actions.includes("create")];
  if (deletes && creates) return "replace";
  if (deletes) return "destroy";
  if (creates) return "create";
  return actions.includes("update") ? "update" : "other";
}

const verbs = {
  create: "new: ",
  replace: "replaced: ",
  destroy: "destroyed: ",
  other: "recorded: ",
};

function phrase(
  kind: ReturnType<typeof kindOf>,
  changes: readonly Change[],
  words: Readonly<Record<keyof typeof verbs, string>>,
): string {
  if (kind !== "update") return `${words[kind]}${named(changes)}`;
  const [first, ...more] = [...changes].sort((a, b) => rank(a) - rank(b)) as [Change, ...Change[]];
  const rest = more.length > 0 ? `, and ${count(more.length, "more change")}` : "";
  return `${updatePhrase(first)}${rest}`;
}

/** Functions are what a fleet is about. */
function rank({ type }: Change): number {
  return type === "aws_lambda_function" ? 0 : 1;
}

function updatePhrase(change: Change): string {
  const attributes = tellingAttributes(change);
  const subject = change.subject.replace(/^function /, "");
  const names = [...new Set(attributes.map(({ path }) => attributeName(path)))];
  const [only] = attributes;
  if (attributes.length === 1 && only) {
    const { after, before, hidden, unknown } = only;
    const values = [before, after].map(valueText);
    const fits = !hidden && !unknown && values.every((text) => text.length <= titleValue);
    return `${names[0]} of ${subject}${fits ? ` ${values[0]} to ${values[1]}` : ""}`;
  }
  if (names.length === 0) return subject;
  const listed =
    names.length > 3 ? `${names.slice(0, 2).join(", ")} and ${names.length - 2} more` : names.join(", ");
  return `${listed} of ${subject}`;
}

function named(changes: readonly Change[]): string {
  const names = [...changes].sort((a, b) => rank(a) - rank(b)).map(({ subject }) => subject);
  return names.length > 2 ? `${names[0]} and ${names.length - 1} more` : names.join(", ");
}
