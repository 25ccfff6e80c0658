/** Types that the stacks of cells are made of, data sources among them: `evidence/` says of each what it can hold. */
export const cellTypes = [
  "aws_acm_certificate",
  "aws_acm_certificate_validation",
  "aws_cloudfront_cache_policy",
  "aws_cloudfront_distribution",
  "aws_cloudfront_function",
  "aws_cloudfront_key_value_store",
  "aws_cloudfront_origin_access_control",
  "aws_cloudwatch_log_group",
  "aws_dynamodb_table",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_lambda_alias",
  "aws_lambda_function",
  "aws_lambda_function_url",
  "aws_lambda_permission",
  "aws_partition",
  "aws_route53_record",
  "aws_s3_bucket",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
  "aws_wafv2_web_acl",
  "terraform_remote_state",
] as const;

/** Types of resources that only the foundation has. */
const foundationTypes = [
  "aws_budgets_budget",
  "aws_cloudformation_stack_set",
  "aws_cloudformation_stack_set_instance",
  "aws_cloudwatch_event_rule",
  "aws_cloudwatch_event_target",
  "aws_codebuild_project",
  "aws_codepipeline",
  "aws_controltower_control",
  "aws_controltower_landing_zone",
  "aws_identitystore_group",
  "aws_kms_alias",
  "aws_kms_key",
  "aws_organizations_account",
  "aws_organizations_organization",
  "aws_organizations_organizational_unit",
  "aws_organizations_policy",
  "aws_organizations_policy_attachment",
  "aws_s3_bucket_replication_configuration",
  "aws_s3_bucket_versioning",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sns_topic_subscription",
  "aws_ssoadmin_account_assignment",
  "aws_ssoadmin_managed_policy_attachment",
  "aws_ssoadmin_permission_set",
  "aws_ssoadmin_permission_set_inline_policy",
] as const;

const inCells: ReadonlySet<string> = new Set(cellTypes);
const anywhere: ReadonlySet<string> = new Set([...cellTypes, ...foundationTypes]);

/** Whether Meridian makes resources of a type, in whatever stack. */
export function isMadeByMeridian(type: string): boolean {
  return anywhere.has(type);
}

/**
 * Whether Meridian knows what a resource of a cell can hold, whoever makes it. Of web ACLs it knows those of CloudFront, which
 * it makes.
 */
export function isKnownInCells(type: string, attributes: Readonly<Record<string, unknown>>): boolean {
  return inCells.has(type) && (type !== "aws_wafv2_web_acl" || attributes.scope === "CLOUDFRONT");
}
