import { type Block, providerOf } from "./blocks";
import { extensionAt, type Mistake } from "./errors";

/** Where a name is unique. */
type Range = "region" | "account" | "aws";

/**
 * Types whose name AWS takes once, and the attribute that holds it. Not those whose names are unique in something else, such
 * as an inline policy in its role, or not at all.
 *
 * - IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names
 * - S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
const named: Readonly<Record<string, { readonly attribute: string; readonly within: Range }>> = {
  aws_cloudfront_cache_policy: { attribute: "name", within: "account" },
  aws_cloudfront_function: { attribute: "name", within: "account" },
  aws_cloudfront_key_value_store: { attribute: "name", within: "account" },
  aws_cloudfront_origin_access_control: { attribute: "name", within: "account" },
  aws_cloudfront_origin_request_policy: { attribute: "name", within: "account" },
  aws_cloudfront_response_headers_policy: { attribute: "name", within: "account" },
  aws_cloudwatch_dashboard: { attribute: "dashboard_name", within: "account" },
  aws_cloudwatch_event_bus: { attribute: "name", within: "region" },
  aws_cloudwatch_log_group: { attribute: "name", within: "region" },
  aws_cloudwatch_metric_alarm: { attribute: "alarm_name", within: "region" },
  aws_dynamodb_table: { attribute: "name", within: "region" },
  aws_ecs_cluster: { attribute: "name", within: "region" },
  aws_iam_group: { attribute: "name", within: "account" },
  aws_iam_instance_profile: { attribute: "name", within: "account" },
  aws_iam_policy: { attribute: "name", within: "account" },
  aws_iam_role: { attribute: "name", within: "account" },
  aws_iam_user: { attribute: "name", within: "account" },
  aws_kinesis_stream: { attribute: "name", within: "region" },
  aws_kms_alias: { attribute: "name", within: "region" },
  aws_lambda_function: { attribute: "function_name", within: "region" },
  aws_s3_bucket: { attribute: "bucket", within: "aws" },
  aws_scheduler_schedule_group: { attribute: "name", within: "region" },
  aws_secretsmanager_secret: { attribute: "name", within: "region" },
  aws_sfn_state_machine: { attribute: "name", within: "region" },
  aws_sns_topic: { attribute: "name", within: "region" },
  aws_sqs_queue: { attribute: "name", within: "region" },
  aws_ssm_parameter: { attribute: "name", within: "region" },
};

/**
 * The names that the stacks of an app give, to find one that an extension gives twice. Within each cell only: its stacks are
 * always in one app, and those of others may be in another thread's.
 */
export class TakenNames {
  private readonly takers = new Map<string, string>();

  /** What is wrong with a block whose name another has. */
  mistake({ attributes, path, type }: Block, json: unknown, cell: string): Mistake | undefined {
    const rule = named[type];
    const name = rule && attributes[rule.attribute];
    // One that is only known when it is deployed is made from another, or by AWS.
    if (!rule || typeof name !== "string" || name.includes("${")) return undefined;
    const key = [cell, type, placeOf(attributes.provider, json, rule.within), name].join(" ");
    const taker = this.takers.get(key);
    this.takers.set(key, path);
    if (taker === undefined || (extensionAt(path) ?? extensionAt(taker)) === undefined) return undefined;
    return {
      what: `the ${rule.attribute} "${name}" of ${type} is that of ${taker}, too`,
      why: `AWS takes it once in ${rangeWords[rule.within]}: one of the two cannot be made`,
      fix: fixes[rule.within],
    };
  }
}

const rangeWords: Readonly<Record<Range, string>> = {
  region: "a region of an account",
  account: "an account, whatever the region",
  aws: "all of AWS",
};

const fixes: Readonly<Record<Range, string>> = {
  region: "take the name from the context's name(), with another word for each",
  account: "take the name from the context: name(word, { global: true }) has the region in it",
  aws: "take the name from the context's bucketName()",
};

/** The account and region of a provider, as far as they keep names apart. */
function placeOf(provider: unknown, json: unknown, within: Range): string {
  if (within === "aws") return "";
  const own = providerOf(json, provider);
  const account = JSON.stringify(own?.allowed_account_ids);
  return within === "account" ? account : `${account} ${own?.region}`;
}
