import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import { withoutHidden } from "./attributes";
import { documentOf, documentRisks, permissionDocument, unreadable } from "./document-risks";
import type { RiskDraft } from "./risk";
import type { ResourceChange } from "./terraform-plan";
import { kindOf, subjectOf } from "./wording";

/** Where a resource keeps its policy, and which of its attributes says whose it is. */
interface PolicyPart {
  readonly attribute: string;
  readonly holder?: string;
  /** A policy that other things are only kept from by. */
  readonly onlyDenies?: true;
}

const identity = (attribute: string, holder: string): PolicyPart => ({ attribute, holder });
const policy = (holder?: string): PolicyPart => ({ attribute: "policy", holder });

const policyParts: Readonly<Record<string, PolicyPart>> = {
  aws_backup_vault_policy: policy("backup_vault_name"),
  aws_cloudwatch_log_resource_policy: { attribute: "policy_document", holder: "policy_name" },
  aws_dynamodb_resource_policy: policy("resource_arn"),
  aws_ecr_repository_policy: policy("repository"),
  aws_iam_group_policy: identity("policy", "group"),
  aws_iam_policy: policy("name"),
  aws_iam_role: { attribute: "assume_role_policy", holder: "name" },
  aws_iam_role_policy: identity("policy", "role"),
  aws_iam_user_policy: identity("policy", "user"),
  aws_kms_key: policy(),
  aws_kms_key_policy: policy("key_id"),
  aws_organizations_policy: { attribute: "content", holder: "name", onlyDenies: true },
  aws_organizations_resource_policy: { attribute: "content" },
  aws_s3_bucket_policy: policy("bucket"),
  aws_secretsmanager_secret_policy: policy("secret_arn"),
  aws_sns_topic_policy: policy("arn"),
  aws_sqs_queue_policy: policy("queue_url"),
  aws_ssoadmin_permission_set_inline_policy: identity("inline_policy", "permission_set_arn"),
};

/** Resources that join a policy, or a right, to somebody: who, and what is joined. */
const attachments: Readonly<Record<string, readonly [who: string, what: string]>> = {
  aws_iam_group_policy_attachment: ["group", "policy_arn"],
  aws_iam_role_policy_attachment: ["role", "policy_arn"],
  aws_iam_user_policy_attachment: ["user", "policy_arn"],
  aws_ssoadmin_account_assignment: ["principal_id", "permission_set_arn"],
  aws_ssoadmin_customer_managed_policy_attachment: [
    "permission_set_arn",
    "customer_managed_policy_reference",
  ],
  aws_ssoadmin_managed_policy_attachment: ["permission_set_arn", "managed_policy_arn"],
};

/** Names and ids of what a plan makes: a permission of something new is not one that becomes wider. */
export function madeNames(changes: readonly ResourceChange[]): ReadonlySet<string> {
  const keys = ["name", "function_name", "bucket", "id", "arn", "key_id", "url"];
  const made = changes.filter(({ change, type }) => kindOf(change) === "create" && !isGrant(type));
  return new Set(
    made.flatMap(({ change }) => {
      const { after } = change;
      return isMap(after) ? keys.map((key) => after[key]).filter((value) => typeof value === "string") : [];
    }),
  );
}

function isGrant(type: string): boolean {
  return type === "aws_lambda_permission" || (/_policy$/.test(type) && type !== "aws_iam_policy");
}

/** What is known of the plan that a resource is in. */
export interface PermissionContext {
  readonly stack: FleetStack;
  readonly region: string | undefined;
  readonly aliases: readonly string[];
  readonly made: ReadonlySet<string>;
}

/** Permissions that become wider, or open to everybody. */
export function permissionRisks(resource: ResourceChange, context: PermissionContext): readonly RiskDraft[] {
  const { change, type } = resource;
  const subject = subjectOf(resource.address, context.aliases);
  const before = withoutHidden(change.before, change.before_sensitive);
  const after = withoutHidden(change.after, change.after_sensitive);
  const attachment = attachments[type];
  if (attachment) return attachedRisks(subject, attachment, before, after, context);
  if (type === "aws_organizations_policy_attachment")
    return before && !after ? detached(subject, before) : [];
  if (type === "aws_lambda_function_url") return openUrl(subject, before, after);
  if (type === "aws_lambda_permission") {
    return documentRisks(subject, permissionDocument(before), permissionDocument(after), {
      ...context,
      isNew: isMade(after?.function_name, resource, "function_name", context),
    });
  }
  const boundary = [
    ...(type === "aws_iam_role" || type === "aws_iam_user" ? boundaryRisks(subject, before, after) : []),
    ...(type === "aws_iam_role" && before && after ? innerRisks(subject, before, after, context) : []),
  ];
  const part = policyParts[type];
  if (!part) return boundary;
  const { attribute, holder, onlyDenies } = part;
  const [was, is] = [change.before, change.after].map((side) => (isMap(side) ? side[attribute] : undefined));
  const isHidden = [change.before_sensitive, change.after_sensitive].some((marks) =>
    marked(marks, attribute),
  );
  if (was === is && !marked(change.after_unknown, attribute)) return boundary;
  const isNew =
    isNewResource(type, change) ||
    (holder !== undefined && !before && isMade(after?.[holder], resource, holder, context));
  if (isHidden || marked(change.after_unknown, attribute)) {
    if (isNew) return boundary;
    const because = isHidden ? "is marked as sensitive" : "is known only after the apply";
    return [...boundary, unreadable(subject, because)];
  }
  const documents = [was, is].map(documentOf);
  return [
    ...boundary,
    ...documentRisks(subject, documents[0], documents[1], { ...context, isNew, onlyDenies }),
  ];
}

/** A new role, key or policy has no permission that could become wider. */
function isNewResource(type: string, { actions, before }: ResourceChange["change"]): boolean {
  return before === null && actions.includes("create") && !isGrant(type);
}

/** Whether that which a permission belongs to is made by the same plan. */
function isMade(
  name: unknown,
  { change }: ResourceChange,
  holder: string,
  { made }: PermissionContext,
): boolean {
  if (change.before !== null) return false;
  if (typeof name === "string") return made.has(name) || made.has(name.split("/").at(-1) ?? "");
  return marked(change.after_unknown, holder);
}

function marked(marks: unknown, attribute: string): boolean {
  const of = isMap(marks) ? marks[attribute] : marks;
  return of === true || (typeof of === "object" && of !== null && JSON.stringify(of).includes("true"));
}

type Values = Readonly<Record<string, unknown>>;

function attachedRisks(
  subject: string,
  [who, what]: readonly [string, string],
  before: Values | undefined,
  after: Values | undefined,
  { made }: PermissionContext,
): readonly RiskDraft[] {
  const [holder, joined] = [after?.[who], after?.[what]];
  if (!after || (before && before[who] === holder && before[what] === joined)) return [];
  if (holder === undefined || (typeof holder === "string" && made.has(holder))) return [];
  const target = typeof after.target_id === "string" ? ` in the account ${after.target_id}` : "";
  const allowed = typeof joined === "string" ? joined : "a policy that is made with it";
  return [
    {
      code: "permission-wider",
      subject,
      message: (say) => say(`${String(holder)} may newly do what ${allowed} allows${target}`),
    },
  ];
}

function detached(subject: string, { policy_id, target_id }: Values): readonly RiskDraft[] {
  const message: RiskDraft["message"] = (say) =>
    say(`${String(target_id)} may newly do what the service control policy ${String(policy_id)} denied`);
  return [{ code: "permission-wider", subject, message }];
}

/** Policies that a role itself holds or names. */
function innerRisks(
  subject: string,
  before: Values,
  after: Values,
  context: PermissionContext,
): readonly RiskDraft[] {
  const [held, holds] = [before, after].map(
    ({ inline_policy: policies }) =>
      new Map(
        (Array.isArray(policies) ? policies : [])
          .filter(isMap)
          .map(({ name, policy }) => [String(name), documentOf(policy)] as const),
      ),
  ) as [Map<string, ReturnType<typeof documentOf>>, Map<string, ReturnType<typeof documentOf>>];
  const [named, names] = [before, after].map(({ managed_policy_arns: arns }) =>
    Array.isArray(arns) ? arns : [],
  );
  return [
    ...[...holds].flatMap(([name, document]) =>
      documentRisks(subject, held.get(name), document, { ...context, isNew: false }),
    ),
    ...(names ?? [])
      .filter((arn) => !named?.includes(arn))
      .map(
        (arn): RiskDraft => ({
          ...{ code: "permission-wider", subject },
          message: (say) => `${say(subject)} may newly do what ${say(String(arn))} allows`,
        }),
      ),
  ];
}

function boundaryRisks(
  subject: string,
  before: Values | undefined,
  after: Values | undefined,
): readonly RiskDraft[] {
  const [was, is] = [before?.permissions_boundary, after?.permissions_boundary];
  if (!before || !after || !was || was === is) return [];
  if (is) return [unreadable(subject, "its boundary is another policy")];
  const message: RiskDraft["message"] = (say) =>
    `${say(subject)} may newly do what its boundary ${say(String(was))} kept it from`;
  return [{ code: "permission-wider", subject, message }];
}

/** A URL that asks for no signature answers everybody. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
function openUrl(
  subject: string,
  before: Values | undefined,
  after: Values | undefined,
): readonly RiskDraft[] {
  if (after?.authorization_type !== "NONE" || before?.authorization_type === "NONE") return [];
  return [
    {
      code: "public-principal",
      subject,
      message: (say) => `${say(subject)} would answer everybody, without a signature`,
    },
  ];
}
