import type { Fleet } from "../fleet/model";
import type { cellTypes } from "../fleet/resource-types";
import { edgeFunctions } from "./edge-function";
import type { Block, Stack } from "./stack";

/** What a type of resource can hold of viewers' data, and where AWS keeps it. */
export interface TypeKnowledge {
  /** `regional`: in the region of its provider. `global`: wherever AWS runs the service. `state`: nothing in AWS. */
  readonly scope: "regional" | "global" | "state";
  /** Whether data of viewers can be in it. */
  readonly holdsData: boolean;
  /** What it can hold, or what AWS keeps of it. A sentence without a full stop. */
  readonly what: string;
  /** AWS's word for it. */
  readonly source: string;
  /** Extensions that say so, with commas; absent where Meridian does. */
  readonly saidBy?: string;
}

const aws = "https://docs.aws.amazon.com";
const cloudFront = `${aws}/AmazonCloudFront/latest/DeveloperGuide`;
const lambda = `${aws}/lambda/latest/dg`;
const dynamoDb = `${aws}/amazondynamodb/latest/developerguide`;
const s3 = `${aws}/AmazonS3/latest/userguide`;
const globalServices = `${aws}/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html`;

const settings = (what: string, source: string): TypeKnowledge => ({
  scope: "regional",
  holdsData: false,
  what,
  source,
});

const everywhere = (holdsData: boolean, what: string, source: string): TypeKnowledge => ({
  scope: "global",
  holdsData,
  what,
  source,
});

const types: Readonly<Record<string, TypeKnowledge>> = {
  aws_lambda_function: {
    scope: "regional",
    holdsData: true,
    what: "requests while they are being answered, in memory and in /tmp of its execution environments; in memory the secrets that it has read, in the same region; the code and the environment variables. Traces, where tracing is active, go to X-Ray in the same region",
    source: `${lambda}/lambda-runtime-environment.html`,
  },
  aws_lambda_alias: settings("a version number", `${lambda}/configuration-aliases.html`),
  aws_lambda_function_url: settings("a host name", `${lambda}/urls-configuration.html`),
  aws_lambda_permission: settings(
    "who may call the function",
    `${lambda}/access-control-resource-based.html`,
  ),
  aws_cloudwatch_log_group: {
    scope: "regional",
    holdsData: true,
    what: "whatever the handlers log, for as long as the group keeps it",
    source: `${aws}/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html`,
  },
  aws_dynamodb_table: {
    scope: "regional",
    holdsData: true,
    what: "items, in the table and in its indexes, until they are deleted",
    source: `${dynamoDb}/HowItWorks.CoreComponents.html`,
  },
  aws_s3_bucket: {
    scope: "regional",
    holdsData: true,
    what: "access logs: viewers' addresses, paths and user agents",
    source: `${cloudFront}/standard-logs-reference.html`,
  },
  aws_s3_bucket_lifecycle_configuration: settings(
    "after how many days files are deleted",
    `${s3}/object-lifecycle-mgmt.html`,
  ),
  aws_s3_bucket_ownership_controls: settings("who owns the files", `${s3}/about-object-ownership.html`),
  aws_s3_bucket_policy: settings("who may read and write the bucket", `${s3}/bucket-policies.html`),
  aws_s3_bucket_public_access_block: settings(
    "that nothing is public",
    `${s3}/access-control-block-public-access.html`,
  ),
  aws_s3_bucket_server_side_encryption_configuration: settings(
    "how files are encrypted",
    `${s3}/serv-side-encryption.html`,
  ),
  aws_iam_role: everywhere(
    false,
    "names and permissions; copied to every region, managed from us-east-1",
    globalServices,
  ),
  aws_iam_role_policy: everywhere(
    false,
    "permissions; copied to every region, managed from us-east-1",
    globalServices,
  ),
  aws_cloudfront_distribution: everywhere(
    true,
    "requests and answers in transit, in the clear, at the edge location that the viewer reached; cacheable answers, there and in regional caches",
    `${cloudFront}/HowCloudFrontWorks.html`,
  ),
  aws_cloudfront_cache_policy: everywhere(
    false,
    "what a cache key is made of",
    `${cloudFront}/controlling-the-cache-key.html`,
  ),
  aws_cloudfront_function: everywhere(
    false,
    "the router's code: routes, regions, and which countries belong to which zone",
    `${cloudFront}/cloudfront-functions.html`,
  ),
  aws_cloudfront_key_value_store: everywhere(
    false,
    "names of drained regions, since when each is drained, and the reason that was given",
    `${cloudFront}/kvs-with-functions.html`,
  ),
  aws_cloudfront_origin_access_control: everywhere(
    false,
    "how calls to the functions are signed",
    `${cloudFront}/private-content-restricting-access-to-lambda.html`,
  ),
  aws_acm_certificate: everywhere(
    false,
    "the domain name, the certificate and its key: in us-east-1 and at edge locations",
    `${cloudFront}/cnames-and-https-requirements.html`,
  ),
  aws_acm_certificate_validation: {
    scope: "state",
    holdsData: false,
    what: "nothing in AWS: Terraform waits for the certificate",
    source: `${aws}/acm/latest/userguide/dns-validation.html`,
  },
  aws_route53_record: everywhere(false, "domain names", globalServices),
  terraform_remote_state: {
    scope: "state",
    holdsData: false,
    what: "nothing in AWS: Terraform reads host names from the state of another stack",
    source: "https://developer.hashicorp.com/terraform/language/state/remote-state-data",
  },
  aws_partition: {
    scope: "state",
    holdsData: false,
    what: "nothing in AWS: the provider knows what AWS calls this part of itself",
    source: "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/data-sources/partition",
  },
} satisfies Record<Exclude<(typeof cellTypes)[number], "aws_wafv2_web_acl">, TypeKnowledge>;

const webAcl = (samples: boolean): TypeKnowledge =>
  everywhere(
    samples,
    samples
      ? "rules; counts; samples of requests with viewers' addresses and headers, for three hours, in us-east-1"
      : "rules and counts; the sampling of requests is off",
    `${aws}/waf/latest/APIReference/API_GetSampledRequests.html`,
  );

/** A table's stream: in the table's region, as each replica's is in its own. */
export const tableStream: TypeKnowledge = {
  scope: "regional",
  holdsData: true,
  what: "each change of an item for 24 hours, with as much of the item before and after as the stream is to tell",
  source: `${dynamoDb}/Streams.html`,
};

/** What a table can be put back to. Only a restore takes it to another region, and that is a call of its own. */
export const tableBackups: TypeKnowledge = {
  scope: "regional",
  holdsData: true,
  what: "the items as they were at any second of the days that it goes back, also after the items are deleted",
  source: `${dynamoDb}/PointInTimeRecovery_Howitworks.html`,
};

/** What nobody knows. */
export const unknownType: TypeKnowledge = {
  scope: "regional",
  holdsData: true,
  what: "not known to Meridian, so assumed to hold data",
  source: "",
};

/** A Lambda function that a distribution runs: kept in us-east-1, and copied to where viewers are. */
const edgeFunction = everywhere(
  true,
  "bodies of requests, in memory, near the viewer, while they are hashed; its code",
  `${cloudFront}/lambda-edge-how-it-works.html`,
);

/**
 * What is known of a resource of a stack, by Meridian first and by the extensions otherwise. What nobody knows is taken to
 * hold data, in its provider's region.
 */
export function knowledgeOf(
  stack: Stack,
  { address, attributes, type }: Block,
  extensions: Fleet["extensions"] = [],
): TypeKnowledge {
  if (type === "aws_lambda_function" && edgeFunctions(stack).has(address)) return edgeFunction;
  if (type === "aws_wafv2_web_acl" && attributes.scope === "CLOUDFRONT")
    return webAcl(takesSamples(attributes));
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  return known ?? saidOf(type, extensions) ?? unknownType;
}

/** What extensions say of a type; where they do not agree, that it holds data. */
function saidOf(type: string, extensions: Fleet["extensions"]): TypeKnowledge | undefined {
  const said = extensions.flatMap(({ name, resourceTypes }) => {
    const facts = Object.hasOwn(resourceTypes, type) ? resourceTypes[type] : undefined;
    return facts ? [{ name, facts }] : [];
  });
  const { facts } = said.find(({ facts }) => facts.holdsData) ?? said[0] ?? {};
  if (!facts) return undefined;
  const { holdsData, scope = "regional", source = "", what } = facts;
  return { scope, holdsData, what, source, saidBy: said.map(({ name }) => name).join(", ") };
}

/** Whether a web ACL, or one of its rules, keeps samples of requests. */
function takesSamples(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(takesSamples);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, inner]) =>
    key === "sampled_requests_enabled" ? inner !== false : takesSamples(inner),
  );
}
