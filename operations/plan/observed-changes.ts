import { isMap } from "../../fleet/values";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";

/**
 * What somebody changed outside of Terraform, of all that `terraform plan -refresh-only` finds different. The rest is the
 * provider's: after a deploy it writes nothing where a read says `""` or `[]`, it counts versions and times, and what one
 * resource makes is seen in another one, as a role's policies are in the role.
 *
 * @returns the resources that differ, without what only the provider tells apart
 */
export function observedChanges(plan: TerraformPlan): readonly ResourceChange[] {
  const policies = ownPolicies(plan);
  const parts = ownParts(plan);
  const configured = (of: unknown, type: string) =>
    withoutOwn(withoutParts(without(of, type), type, parts), type, policies);
  return (plan.resource_drift ?? []).flatMap((resource) => {
    const { change, type } = resource;
    if (change.after === null) return [resource];
    const [before, after] = alike(configured(change.before, type), configured(change.after, type));
    if (JSON.stringify(before) === JSON.stringify(after)) return [];
    return [{ ...resource, change: { ...change, before, after, after_unknown: {} } }];
  });
}

/**
 * Attributes that change by themselves with each deploy or each use, and with nothing that anybody configures in that
 * resource. What a version, a time or an entity tag stands for is in other attributes.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lambda_function#attribute-reference
 */
const counted: Readonly<Record<string, readonly string[]>> = {
  aws_cloudfront_cache_policy: ["etag"],
  aws_cloudfront_distribution: ["etag", "in_progress_validation_batches", "last_modified_time", "status"],
  aws_cloudfront_function: ["etag", "live_stage_etag", "status"],
  aws_cloudfront_key_value_store: ["etag", "last_modified_time"],
  aws_cloudfront_origin_access_control: ["etag"],
  aws_cloudfront_response_headers_policy: ["etag"],
  aws_dynamodb_table: ["stream_arn", "stream_label"],
  aws_lambda_function: ["last_modified", "qualified_arn", "qualified_invoke_arn", "version"],
  aws_organizations_organization: ["accounts", "non_master_accounts"],
  aws_organizations_organizational_unit: ["accounts"],
};

function without(of: unknown, type: string): unknown {
  const names = counted[type];
  if (!names || !isMap(of)) return of;
  return Object.fromEntries(Object.entries(of).filter(([key]) => !names.includes(key)));
}

/**
 * Attributes of a bucket that are there for those who have no resource of the type behind it, which says the same.
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/s3_bucket
 */
const bucketParts: Readonly<Record<string, string>> = {
  acceleration_status: "aws_s3_bucket_accelerate_configuration",
  acl: "aws_s3_bucket_acl",
  cors_rule: "aws_s3_bucket_cors_configuration",
  grant: "aws_s3_bucket_acl",
  lifecycle_rule: "aws_s3_bucket_lifecycle_configuration",
  logging: "aws_s3_bucket_logging",
  object_lock_configuration: "aws_s3_bucket_object_lock_configuration",
  policy: "aws_s3_bucket_policy",
  replication_configuration: "aws_s3_bucket_replication_configuration",
  request_payer: "aws_s3_bucket_request_payment_configuration",
  server_side_encryption_configuration: "aws_s3_bucket_server_side_encryption_configuration",
  versioning: "aws_s3_bucket_versioning",
  website: "aws_s3_bucket_website_configuration",
};

/** A bucket without what other resources of its stack configure: they say themselves what is no longer as deployed. */
function withoutParts(of: unknown, type: string, parts: ReadonlySet<string>): unknown {
  if (type !== "aws_s3_bucket" || !isMap(of)) return of;
  const isPart = (key: string) => parts.has(`${bucketParts[key]} ${of.id}`);
  return Object.fromEntries(Object.entries(of).filter(([key]) => !isPart(key)));
}

/** `<type> <bucket>` of what configures a bucket. */
function ownParts({ prior_state }: TerraformPlan): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { type, values = {} } of prior_state?.values?.root_module?.resources ?? [])
    if (type.startsWith("aws_s3_bucket_")) found.add(`${type} ${values.bucket}`);
  return found;
}

/** Names and ARNs of the policies that resources of the stack put on roles, by role. */
function ownPolicies({ prior_state }: TerraformPlan): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { type, values = {} } of prior_state?.values?.root_module?.resources ?? []) {
    const policy =
      type === "aws_iam_role_policy"
        ? values.name
        : type === "aws_iam_role_policy_attachment"
          ? values.policy_arn
          : undefined;
    const { role } = values;
    if (typeof policy !== "string" || typeof role !== "string") continue;
    found.set(role, (found.get(role) ?? new Set()).add(policy));
  }
  return found;
}

/** A role without what other resources of its stack put on it: they say themselves when that is no longer as deployed. */
function withoutOwn(of: unknown, type: string, policies: ReadonlyMap<string, ReadonlySet<string>>): unknown {
  if (type !== "aws_iam_role" || !isMap(of)) return of;
  const own = policies.get(String(of.name));
  if (!own) return of;
  const isOwn = (each: unknown) => own.has(String(isMap(each) ? each.name : each));
  const rest = (list: unknown) => (Array.isArray(list) ? list.filter((each) => !isOwn(each)) : list);
  return { ...of, inline_policy: rest(of.inline_policy), managed_policy_arns: rest(of.managed_policy_arns) };
}

/** Two sides of a value without what is nothing in both: which nothing it is, is the provider's matter. */
function alike(before: unknown, after: unknown): readonly [unknown, unknown] {
  if (isNothing(before) && isNothing(after)) return [null, null];
  if (isMap(before) && isMap(after)) {
    const pairs = [...new Set([...Object.keys(before), ...Object.keys(after)])].map(
      (key) => [key, ...alike(before[key], after[key])] as const,
    );
    return [
      Object.fromEntries(pairs.map(([key, left]) => [key, left])),
      Object.fromEntries(pairs.map(([key, , right]) => [key, right])),
    ];
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return [before, after];
  if (before.length === 1 && after.length === 1) {
    const [left, right] = alike(before[0], after[0]);
    return [[left], [right]];
  }
  // Elements of a set have no places by which they could be held against each other.
  return [before.map(withoutNothing), after.map(withoutNothing)];
}

function withoutNothing(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(withoutNothing);
  if (!isMap(of)) return of;
  const kept = Object.entries(of).filter(([, value]) => !isNothing(value));
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutNothing(value)]));
}

/** Whether a value is one that the provider may as well leave out. */
function isNothing(of: unknown): boolean {
  if (of === null || of === undefined || of === "" || of === 0 || of === false) return true;
  return Array.isArray(of) ? of.length === 0 : isMap(of) && Object.values(of).every(isNothing);
}
