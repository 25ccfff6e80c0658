import { createHash } from "node:crypto";

/** What joins the parts of a name. No part may contain it, so two different things never get one name. */
const separator = "_";

/** Characters of the hash that a shortened name ends in: 40 bits. */
const hashLength = 10;

/**
 * Joins parts into one name of at most `maxLength` characters.
 *
 * A longer one keeps its beginning and ends in a hash over all of it. Parts are names of the fleet file
 * (`[a-z0-9-]`) or region codes, so the result holds `[a-z0-9_-]` only, which every AWS name used here allows.
 *
 * @example joinName(64, "acme", "globex", "hello") // "acme_globex_hello"
 */
export function joinName(maxLength: number, ...parts: readonly string[]): string {
  const whole = parts.join(separator);
  if (whole.length <= maxLength) return whole;
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, hashLength);
  return `${whole.slice(0, maxLength - hashLength - 1)}${separator}${hash}`;
}

/** Length limits of AWS and Terraform, in characters. */
export const nameLimits = {
  /** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
  function: 64,
  /** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
  role: 64,
  /** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html */
  originAccessControl: 64,
  /** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html */
  edgeFunction: 64,
  /** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html */
  cachePolicy: 128,
  /** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateKeyValueStore.html */
  keyValueStore: 64,
  /** https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html */
  webAcl: 128,
  /** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
  bucket: 63,
  /** https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html */
  serviceControlPolicy: 128,
  /** Without `alias/`. https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
  keyAlias: 250,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html */
  table: 255,
  /** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html */
  buildProject: 150,
  /** https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
  topic: 256,
  /** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
  eventRule: 64,
  /** A stack's name is a folder and a file name; 128 leaves room below the 255 bytes of common file systems. */
  stack: 128,
} as const;

/** The provider alias of a target. Region codes are a closed list, so `_` for `-` keeps aliases apart. */
export function targetAlias(account: string, region: string): string {
  return `${account}_${region}`.replaceAll("-", "_");
}

/** Name of the stack that holds one target, e.g. `globex_globex_eu-central-1`. */
export function targetStackName(cell: string, account: string, region: string): string {
  return joinName(nameLimits.stack, cell, account, region);
}

/** Name of the stack that holds all targets of one account of a cell, e.g. `staging_staging_all`. */
export function accountStackName(cell: string, account: string): string {
  return joinName(nameLimits.stack, cell, account, "all");
}

/** Name of the stack that holds a cell's front, e.g. `globex_front`. Two parts only, so no account can be called like it. */
export function frontStackName(cell: string): string {
  return joinName(nameLimits.stack, cell, "front");
}

/**
 * Name of the stack that holds the bucket of a front's access logs, e.g. `globex_front_logs_eu-central-1`. A bucket
 * cannot move, so another region is another stack. Four parts: no target's stack has as many.
 */
export function logStackName(cell: string, region: string): string {
  return joinName(nameLimits.stack, cell, "front", "logs", region);
}

/**
 * Name of the stack that holds what a cell's regions share, e.g. `globex_data`. Like the front's it has two parts, so no
 * account can be called like it.
 */
export function dataStackName(cell: string): string {
  return joinName(nameLimits.stack, cell, "data");
}

/**
 * Name of the stack that holds the tables of one target that no other shares, e.g. `globex_data_globex_eu-central-1`. Four
 * parts: no target's stack has as many, and the logs' has `front` in second place.
 */
export function targetDataStackName(cell: string, account: string, region: string): string {
  return joinName(nameLimits.stack, cell, "data", account, region);
}

/**
 * The output of every stack that says what it was deployed with, to the end. Names of other outputs are provider aliases,
 * which begin with an account's name, or those of the front.
 */
export const fingerprintOutput = "meridian_fingerprint";

/** The output of every stack that says what its last deploy began with, however that ended. */
export const begunOutput = "meridian_begun";

/** Name of a service's function, the same in every region of the cell, e.g. `acme_globex_hello`. */
export function functionName(fleet: string, cell: string, service: string): string {
  return joinName(nameLimits.function, fleet, cell, service);
}

/** Name of a function's execution role. IAM is global in an account, so the region is part of it. */
export function roleName(fleet: string, cell: string, service: string, region: string): string {
  return joinName(nameLimits.role, fleet, cell, service, region);
}

/** Name of what exists once per cell, or once for each `part` of it, within the limit given, e.g. `acme_globex`. */
export function cellName(maxLength: number, fleet: string, cell: string, ...part: readonly string[]): string {
  return joinName(maxLength, fleet, cell, ...part);
}

/** What the names of all functions begin with that hash bodies for fronts. The empty part keeps them apart: no cell is called so. */
export function hashFunctionPrefix(fleet: string): string {
  return [fleet, "", "bodies", ""].join(separator);
}

/** Name of the function that hashes bodies for a cell's front, and of its role, e.g. `acme__bodies_globex`. */
export function hashFunctionName(fleet: string, cell: string): string {
  return joinName(nameLimits.function, fleet, "", "bodies", cell);
}

/** What a front's log bucket is named after. */
export interface LogBucketParts {
  readonly fleet: string;
  readonly cell: string;
  readonly accountId: string;
  readonly region: string;
}

/**
 * Name of the bucket that a front's access logs go to. Bucket names are the same for all of AWS and know no `_`, so
 * it always ends in a hash, over account and region, too. S3 keeps some beginnings to itself, so it starts with ours.
 *
 * @example "logs-acme-globex-4a5d0e3f21"
 */
export function logBucketName({ accountId, cell, fleet, region }: LogBucketParts): string {
  const whole = [fleet, cell, accountId, region].join(separator);
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, hashLength);
  return `${`logs-${fleet}-${cell}`.slice(0, nameLimits.bucket - hashLength - 1)}-${hash}`;
}

/** What an extension's name for something is made of. */
export interface ExtensionNameParts {
  readonly fleet: string;
  readonly cell: string;
  readonly extension: string;
  /** What it is the name of. */
  readonly part: string;
  /** What tells it from the same in another place: a region, `front` or `cell`. Empty where nothing has to. */
  readonly place: string;
}

/**
 * Name in AWS of what an extension adds. Four parts or more, the first that of the fleet; only roles of functions have four,
 * too, and end in a region, which no `part` is.
 *
 * @example extensionName(64, { fleet: "acme", cell: "globex", extension: "mail-queue", part: "queue", place: "" })
 * // "acme_globex_mail-queue_queue"
 */
export function extensionName(
  maxLength: number,
  { cell, extension, fleet, part, place }: ExtensionNameParts,
): string {
  return joinName(maxLength, fleet, cell, extension, part, ...(place === "" ? [] : [place]));
}

/**
 * Name of a bucket that an extension adds. As that of a log bucket: it ends in a hash over account and region, too, and
 * begins with a word of ours.
 *
 * @example "own-acme-globex-uploads-files-4a5d0e3f21"
 */
export function extensionBucketName(
  parts: ExtensionNameParts,
  where: { readonly accountId: string; readonly region: string },
): string {
  const { cell, extension, fleet, part, place } = parts;
  const whole = [fleet, cell, extension, part, place, where.accountId, where.region].join(separator);
  const hash = createHash("sha256").update(whole).digest("hex").slice(0, hashLength);
  const start = `own-${fleet}-${cell}-${extension}-${part}`.slice(0, nameLimits.bucket - hashLength - 1);
  return `${start}-${hash}`;
}
