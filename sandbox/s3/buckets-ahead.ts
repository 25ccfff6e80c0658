import { type AwsCall, AwsError, type HttpResponse, type ServiceHandler } from "../http";
import { motoCall } from "../moto/proxy";
import { globalRegion } from "../services";

/** A bucket that is there before the stack that makes it, because that stack keeps its own state in it. */
export interface BucketAhead {
  readonly bucket: string;
  readonly region: string;
  /** Id of the account that is to own it. */
  readonly account: string;
  /** An access key of that account. */
  readonly accessKeyId: string;
}

/** S3 with such buckets. */
export interface BucketsAhead {
  readonly s3: ServiceHandler;
  /** @throws the bucket cannot be made */
  readonly make: (bucket: BucketAhead) => Promise<void>;
}

/**
 * Lets objects be kept in a bucket that nobody has made yet. Until its owner makes it, it is not there for whoever asks
 * (the AWS provider does, before it makes one in us-east-1); from then on it is a bucket like any other.
 *
 * @param moto who serves S3 otherwise
 */
export function withBucketsAhead(moto: ServiceHandler): BucketsAhead {
  const ahead = new Map<string, BucketAhead>();
  const absent: HttpResponse = { status: 404, headers: {}, body: Buffer.alloc(0) };
  return {
    async s3(call) {
      const found = ahead.get(bucketItself(call) ?? "");
      if (found && call.method === "HEAD") return absent;
      if (!found || call.method !== "PUT") return moto(call);
      if (call.account !== found.account || call.region !== found.region) return moto(call);
      ahead.delete(found.bucket);
      return { status: 200, headers: { location: `/${found.bucket}` }, body: Buffer.alloc(0) };
    },
    async make(bucket) {
      const { status, body } = await moto(creation(bucket));
      if (status !== 200)
        throw new AwsError(
          400,
          "SandboxError",
          `moto did not make the bucket ${bucket.bucket}: ${status} ${body}`,
        );
      ahead.set(bucket.bucket, bucket);
    },
  };
}

/** The bucket that a call is about, if it is about the bucket itself: none of its objects, none of its settings. */
function bucketItself({ path, service }: AwsCall): string | undefined {
  const { pathname, searchParams } = new URL(path, "http://127.0.0.1");
  // SDKs say in the query which operation they call.
  const settings = [...searchParams.keys()].filter((name) => name !== "x-id");
  return service === "s3" && settings.length === 0 ? /^\/([^/]+)\/?$/.exec(pathname)?.[1] : undefined;
}

function creation({ bucket, region, account, accessKeyId }: BucketAhead): AwsCall {
  const place = `<LocationConstraint>${region}</LocationConstraint>`;
  return motoCall({
    ...{ service: "s3", region, account, accessKeyId, method: "PUT", path: `/${bucket}` },
    // A bucket in S3's first region is made without a constraint; S3 refuses one that names it.
    body: region === globalRegion ? "" : `<CreateBucketConfiguration>${place}</CreateBucketConfiguration>`,
  });
}
