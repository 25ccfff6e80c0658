import type { Lookup } from "./lookups/model";

/** Loads what looks for things of some types, and with it the SDK of one service. */
type Load = () => Promise<Readonly<Record<string, Lookup>>>;

const lambda: Load = async () => (await import("./lookups/lambda")).lambdaLookups;
const iam: Load = async () => (await import("./lookups/iam")).iamLookups;
const logs: Load = async () => (await import("./lookups/logs")).logsLookups;
const cloudFront: Load = async () => (await import("./lookups/cloudfront")).cloudFrontLookups;
const dynamoDb: Load = async () => (await import("./lookups/dynamodb")).dynamoDbLookups;
const domain: Load = async () => (await import("./lookups/domain")).domainLookups;
const identity: Load = async () => (await import("./lookups/identity")).identityLookups;
const management: Load = async () => (await import("./lookups/management")).managementLookups;
const organizations: Load = async () => (await import("./lookups/organizations")).organizationLookups;
const pipeline: Load = async () => (await import("./lookups/pipeline")).pipelineLookups;
const storage: Load = async () => (await import("./lookups/storage")).storageLookups;

/**
 * What to do about each type before it is created: to look for it, or nothing, because its create is a put that finds what
 * is there. Types that are not here are left to Terraform, and to AWS's own errors.
 *
 * Read off the create functions of hashicorp/aws 5.100.0:
 * https://github.com/hashicorp/terraform-provider-aws/tree/v5.100.0/internal/service
 */
const kinds: Readonly<Record<string, Load | "put">> = {
  aws_cloudwatch_log_group: logs,
  aws_iam_role: iam,
  aws_iam_role_policy: "put",
  aws_lambda_alias: lambda,
  aws_lambda_function: lambda,
  aws_lambda_function_url: lambda,
  aws_lambda_permission: lambda,

  aws_acm_certificate: domain,
  aws_acm_certificate_validation: "put",
  aws_cloudfront_cache_policy: cloudFront,
  aws_cloudfront_distribution: cloudFront,
  aws_cloudfront_function: cloudFront,
  aws_cloudfront_key_value_store: cloudFront,
  aws_cloudfront_origin_access_control: cloudFront,
  aws_route53_record: domain,
  aws_wafv2_web_acl: domain,

  aws_dynamodb_table: dynamoDb,
  aws_kms_alias: storage,
  aws_kms_key: storage,
  aws_s3_bucket: storage,
  aws_s3_bucket_lifecycle_configuration: "put",
  aws_s3_bucket_ownership_controls: "put",
  aws_s3_bucket_policy: "put",
  aws_s3_bucket_public_access_block: "put",
  aws_s3_bucket_replication_configuration: "put",
  aws_s3_bucket_server_side_encryption_configuration: "put",
  aws_s3_bucket_versioning: "put",

  aws_cloudwatch_event_rule: "put",
  aws_cloudwatch_event_target: "put",
  aws_codebuild_project: pipeline,
  aws_codepipeline: pipeline,
  aws_sns_topic: "put",
  aws_sns_topic_policy: "put",
  aws_sns_topic_subscription: "put",

  aws_budgets_budget: management,
  aws_cloudformation_stack_set: management,
  aws_cloudformation_stack_set_instance: management,
  aws_identitystore_group: identity,
  aws_organizations_account: organizations,
  aws_organizations_organization: organizations,
  aws_organizations_organizational_unit: organizations,
  aws_organizations_policy: organizations,
  aws_organizations_policy_attachment: organizations,
  aws_ssoadmin_account_assignment: identity,
  aws_ssoadmin_managed_policy_attachment: identity,
  aws_ssoadmin_permission_set: identity,
  aws_ssoadmin_permission_set_inline_policy: "put",
};

/** How a type is treated; `unknown` where nothing is known of it. */
export function treatmentOf(type: string): "lookup" | "put" | "unknown" {
  const kind = kinds[type];
  if (kind === undefined) return "unknown";
  return kind === "put" ? kind : "lookup";
}

/** What looks for things of a type; undefined where nothing has to, or nothing can. */
export async function lookupOf(type: string): Promise<Lookup | undefined> {
  const kind = kinds[type];
  return typeof kind === "function" ? (await kind())[type] : undefined;
}
