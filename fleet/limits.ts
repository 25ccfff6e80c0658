/** Runtimes that can run the bundles and that hashicorp/aws 5.100.0 accepts. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html */
export const runtimes = ["nodejs18.x", "nodejs20.x", "nodejs22.x"] as const;

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export const architectures = ["arm64", "x86_64"] as const;

/** Days that CloudWatch Logs accepts. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
export const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Status codes that CloudFront can fail over on. https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_StatusCodes.html */
export const failoverCodes = [400, 403, 404, 416, 429, 500, 502, 503, 504] as const;

/** Methods that a distribution can let through. https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html */
export const methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What an attribute of a key can hold. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
export const attributeTypes = ["string", "number", "binary"] as const;

/** What a function may do with a table. */
export const tableAccesses = ["read", "write", "read-write"] as const;

/** What a table's stream can tell of a change. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html */
export const tableStreams = ["new-and-old", "new", "old", "keys"] as const;

/** Sizes of a Linux build. https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html */
export const computeTypes = [
  "BUILD_GENERAL1_SMALL",
  "BUILD_GENERAL1_MEDIUM",
  "BUILD_GENERAL1_LARGE",
  "BUILD_GENERAL1_XLARGE",
  "BUILD_GENERAL1_2XLARGE",
] as const;

/**
 * Hours of one build. CodeBuild's API takes 36, but its quotas and those of CodePipeline's action still say 8.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
 * https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 */
const buildHours = 8;

/** Quotas and ranges of AWS, and what Meridian measured itself. */
export const limits = {
  /** MB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  memory: { min: 128, max: 10_240 },
  /** Seconds. */
  timeout: { min: 1, max: 900 },
  /** MB. */
  ephemeralStorage: { min: 512, max: 10_240 },
  layers: 5,
  /** Bytes, keys and values together. */
  environment: 4_096,
  /** Bytes of a directly uploaded zip. */
  bundleZipped: 50 * 1024 * 1024,
  /** Bytes of function and layers, unzipped. */
  bundleUnzipped: 250 * 1024 * 1024,
  /** Characters of a path pattern. https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html */
  routeLength: 255,
  /** Per distribution. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
  origins: 100,
  /** Per distribution, the default one not counted. */
  behaviours: 75,
  /** Seconds that CloudFront waits for an answer without a raised quota. */
  originReadTimeout: 60,
  /** Seconds that CloudFront keeps an answer. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html */
  ttl: { min: 1, max: 31_536_000 },
  /** Requests in five minutes. https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
  rateLimit: { min: 10, max: 2_000_000_000 },
  /** Bytes of a CloudFront function. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
  edgeFunction: 10 * 1024,
  /** Bytes of a value in a CloudFront KeyValueStore: same page. */
  keyValueStoreValue: 1024,
  /** Global secondary indexes of a table, unless AWS has raised the quota. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
  tableIndexes: 20,
  /** Attributes that all indexes of a table list together. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html */
  projectedAttributes: 100,
  /** Attributes that one index lists: same page. */
  projectedByIndex: 20,
  /** Characters of a service control policy. https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
  serviceControlPolicy: 5_120,
  /** Service control policies attached to one unit or account, AWS's own FullAWSAccess among them: same page. */
  policiesPerTarget: 5,
  /** Subscribers of one notification by e-mail. https://docs.aws.amazon.com/cost-management/latest/userguide/management-limits.html */
  budgetSubscribers: 10,
  /** Thresholds of one budget; one notification more is for the forecast. */
  budgetThresholds: 9,
  /** Characters of a permission set's name. https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html */
  permissionSetName: 32,
  /** Bytes of a permission set's statements without white space. https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html */
  permissionSetStatements: 10_240,
  /** Managed policies of a permission set: same page. */
  managedPolicies: 20,
  /** Managed policies of a role, and so of a permission set, unless AWS has raised the quota of the account: same page. */
  managedPoliciesPerRole: 10,
  /** Characters of a managed policy, white space not counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  managedPolicy: 6_144,
  /** Characters of a role's inline policies together, white space not counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  inlinePolicies: 10_240,
  /** Characters of the policy that says who may assume a role, white space not counted: same page. */
  trustPolicy: 2_048,
  /** Bytes of a template that CloudFormation is given as it is. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
  template: 51_200,
  /** Characters of an account's e-mail address. https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html */
  accountEmail: { min: 6, max: 64 },
  /** Characters. Roles name keys by it, and IAM takes 10,240 characters in a role's policies. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  statePrefix: 100,
  /** Accounts that the policy of the state's bucket has room for. https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
  stateAccounts: 545,
  /** Builds that deploy a wave side by side, fewer than the 100 of one batch. https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
  shards: 50,
  /** People who are told of one approval. */
  approvers: 20,
  /** Minutes of one build. */
  buildMinutes: buildHours * 60,
  /** Actions of one stage of a pipeline. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
  actionsPerStage: 50,
  /** Stages of a pipeline: same page. */
  pipelineStages: 50,
  /** Seconds that a build of a pipeline waits between two waves: an hour less than it may take, which is for it to begin. */
  pipelineBake: (buildHours - 1) * 3600,
  /** Aliases in one stack above which a plan gets slow and large; each costs about 10 CPU-s and 105–180 MB. */
  aliasesPerStack: 20,
} as const;
