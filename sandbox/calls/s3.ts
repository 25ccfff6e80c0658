import type { AwsCall } from "../http";

/** What a part of a bucket's configuration is called in IAM: to read it, to write it, and to take it away. */
const bucketParts: Readonly<Record<string, readonly [get: string, put: string, remove?: string]>> = {
  accelerate: ["GetAccelerateConfiguration", "PutAccelerateConfiguration"],
  acl: ["GetBucketAcl", "PutBucketAcl"],
  cors: ["GetBucketCORS", "PutBucketCORS"],
  encryption: ["GetEncryptionConfiguration", "PutEncryptionConfiguration"],
  lifecycle: ["GetLifecycleConfiguration", "PutLifecycleConfiguration"],
  location: ["GetBucketLocation", "CreateBucket"],
  logging: ["GetBucketLogging", "PutBucketLogging"],
  notification: ["GetBucketNotification", "PutBucketNotification"],
  "object-lock": ["GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration"],
  ownershipControls: ["GetBucketOwnershipControls", "PutBucketOwnershipControls"],
  policy: ["GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"],
  policyStatus: ["GetBucketPolicyStatus", "PutBucketPolicy"],
  publicAccessBlock: ["GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"],
  replication: ["GetReplicationConfiguration", "PutReplicationConfiguration"],
  requestPayment: ["GetBucketRequestPayment", "PutBucketRequestPayment"],
  tagging: ["GetBucketTagging", "PutBucketTagging"],
  uploads: ["ListBucketMultipartUploads", "ListBucketMultipartUploads"],
  versioning: ["GetBucketVersioning", "PutBucketVersioning"],
  versions: ["ListBucketVersions", "ListBucketVersions"],
  website: ["GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite"],
};

const objectParts: typeof bucketParts = {
  acl: ["GetObjectAcl", "PutObjectAcl"],
  attributes: ["GetObjectAttributes", "GetObjectAttributes"],
  tagging: ["GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"],
  uploadId: ["ListMultipartUploadParts", "PutObject", "AbortMultipartUpload"],
};

function bucketAction(method: string, query: URLSearchParams): string | undefined {
  switch (method) {
    case "GET":
    case "HEAD":
      return "ListBucket";
    case "PUT":
      return "CreateBucket";
    case "DELETE":
      return "DeleteBucket";
    default:
      return query.has("delete") ? "DeleteObject" : undefined;
  }
}

function objectAction(method: string, query: URLSearchParams): string | undefined {
  const version = query.has("versionId") ? "Version" : "";
  switch (method) {
    case "GET":
    case "HEAD":
      return `GetObject${version}`;
    case "PUT":
      return "PutObject";
    case "DELETE":
      return `DeleteObject${version}`;
    default:
      return query.has("uploads") ? "PutObject" : undefined;
  }
}

function partAction(parts: typeof bucketParts, method: string, query: URLSearchParams): string | undefined {
  const name = Object.keys(parts).find((one) => query.has(one));
  const [get, put, remove = put] = (name !== undefined && parts[name]) || [];
  if (method === "GET" || method === "HEAD") return get;
  return method === "DELETE" ? remove : put;
}

/** What is asked of the object that a copy is made of: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
function copied(source: string | undefined): readonly string[] {
  if (source === undefined) return [];
  return [source.includes("?versionId=") ? "GetObjectVersion" : "GetObject"];
}

/**
 * What IAM asks of a call to S3, without the prefix; undefined for an operation that is not in the tables. The bucket
 * is the first part of the path, as every client writes it that has an address for an endpoint. Names are those of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export function s3Actions({ method, path, headers }: AwsCall): readonly string[] | undefined {
  const [pathname = "", search] = path.split("?");
  const [, bucket = "", ...key] = pathname.split("/");
  const query = new URLSearchParams(search);
  if (bucket === "") return ["ListAllMyBuckets"];
  const isObject = key.join("/") !== "";
  const [parts, plain] = isObject ? [objectParts, objectAction] : [bucketParts, bucketAction];
  const action = partAction(parts, method, query) ?? plain(method, query);
  if (action === undefined) return undefined;
  return [
    action,
    ...copied(headers["x-amz-copy-source"]),
    ...(headers["x-amz-tagging"] === undefined || method !== "PUT" ? [] : ["PutObjectTagging"]),
  ];
}
