import type { ExtensionFacts } from "../../fleet/model";
import { isMadeByMeridian } from "../../fleet/resource-types";

/** Types that hold data which is gone with them, whatever an extension says. */
const data = new Set([
  ...["aws_cloudwatch_log_group", "aws_cloudfront_key_value_store", "aws_dynamodb_table"],
  ...["aws_dynamodb_table_replica", "aws_dynamodb_global_table", "aws_s3_bucket", "aws_s3_directory_bucket"],
  ...["aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_secretsmanager_secret"],
  ...["aws_ssm_parameter", "aws_sqs_queue", "aws_kinesis_stream", "aws_efs_file_system", "aws_ebs_volume"],
  ...["aws_ecr_repository", "aws_opensearch_domain", "aws_cognito_user_pool", "aws_backup_vault"],
  ...["aws_organizations_account", "aws_route53_zone", "aws_timestreamwrite_table", "aws_s3tables_table"],
]);
/** Names of types that can hold nothing: how something else is set up, or who may reach it. */
const settings = /_(parameter|subnet|security|option|user|placement)_?group$/;

/** Types that others reach by an address which is another one when they are made again. */
const addresses = new Set([
  ...["aws_lambda_function_url", "aws_cloudfront_distribution", "aws_api_gateway_rest_api"],
  ...["aws_apigatewayv2_api", "aws_apigatewayv2_domain_name", "aws_lb", "aws_alb", "aws_elb", "aws_eip"],
  ...[
    "aws_route53_record",
    "aws_globalaccelerator_accelerator",
    "aws_appsync_graphql_api",
    "aws_nat_gateway",
  ],
]);

/** What lies nowhere in particular, or everywhere, and holds nothing of a viewer's. */
const placeless = new Set([
  "aws_cloudfront_key_value_store",
  "aws_organizations_account",
  "aws_route53_zone",
]);

/** Which types of resource hold data. */
export interface DataTypes {
  /** Whether what a resource of this type holds is gone with it. */
  readonly holdsData: (type: string) => boolean;
  /** Whether a resource of this type holds data in the region that it is made in. */
  readonly holdsDataInRegion: (type: string) => boolean;
}

/**
 * What is known of types, with what a fleet's extensions say of theirs. Where one says that a type holds no data, a type of
 * the list above does all the same. What nobody knows holds data: such as that of an extension that is gone from main.ts.
 */
export function dataTypesOf(extensions: readonly Pick<ExtensionFacts, "resourceTypes">[]): DataTypes {
  const told = (type: string) => extensions.flatMap(({ resourceTypes }) => resourceTypes[type] ?? []);
  const holdsData = (type: string) => {
    const facts = told(type);
    if (data.has(type) || facts.some((fact) => fact.holdsData)) return true;
    return facts.length === 0 && !isMadeByMeridian(type) && !settings.test(type);
  };
  const isPlaceless = (type: string) =>
    placeless.has(type) || told(type).some(({ scope }) => scope === "global");
  return { holdsData, holdsDataInRegion: (type) => holdsData(type) && !isPlaceless(type) };
}

/** Whether a resource of this type answers at an address. */
export function hasAddress(type: string): boolean {
  return addresses.has(type);
}
