import type { ServiceHandler } from "../http";
import { type MotoCall, motoCall } from "../moto/proxy";

/** Where a pipeline is. */
export interface PipelinePlace {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** An object in a bucket. */
export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
}

/** A version of an object. */
export interface ObjectVersion {
  /** Absent where the bucket keeps no versions. */
  readonly versionId?: string;
  readonly eTag: string;
}

/** What a pipeline uses of S3 and SNS. */
export interface Surroundings {
  /** What is there; undefined where nothing is. */
  readonly version: (
    place: PipelinePlace,
    object: ObjectRef,
    versionId?: string,
  ) => Promise<ObjectVersion | undefined>;
  /** @throws S3 does not copy it */
  readonly copy: (
    place: PipelinePlace,
    from: ObjectRef & { readonly versionId?: string },
    to: ObjectRef & { readonly kmsKey?: string },
  ) => Promise<void>;
  /**
   * Publishes a message.
   *
   * @returns the addresses that AWS would send a mail to
   * @throws SNS does not take it, as where there is no such topic
   */
  readonly publish: (topicArn: string, subject: string, message: string) => Promise<readonly string[]>;
}

/** S3 and SNS as moto serves them. */
export function createSurroundings(moto: ServiceHandler): Surroundings {
  const s3 = ({ account, region }: PipelinePlace, call: Pick<MotoCall, "method" | "path" | "headers">) =>
    moto(motoCall({ service: "s3", account, region, accessKeyId: account, body: "", ...call }));
  const sns = async (topicArn: string, parameters: Readonly<Record<string, string>>): Promise<string> => {
    const [, , , region = "", account = ""] = topicArn.split(":");
    const { body, status } = await moto(
      motoCall({
        ...{ service: "sns", account, region, accessKeyId: account, method: "POST", path: "/" },
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ Version: "2010-03-31", TopicArn: topicArn, ...parameters }).toString(),
      }),
    );
    if (status !== 200) throw new Error(`SNS answered ${status} for ${topicArn}: ${body}`);
    return body.toString();
  };
  return {
    async version(place, object, versionId) {
      const query = versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`;
      const { headers, status } = await s3(place, { method: "HEAD", path: `${pathOf(object)}${query}` });
      if (status !== 200) return undefined;
      const { etag, "x-amz-version-id": version } = headers;
      const known = version === undefined || version === "null" ? undefined : String(version);
      return { versionId: known, eTag: String(etag).replaceAll('"', "") };
    },
    async copy(place, { versionId, ...from }, { kmsKey, ...to }) {
      const query = versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`;
      const { body, status } = await s3(place, {
        method: "PUT",
        path: pathOf(to),
        headers: {
          "x-amz-copy-source": `${pathOf(from)}${query}`,
          ...(kmsKey !== undefined && {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": kmsKey,
          }),
        },
      });
      if (status !== 200) throw new Error(`S3 answered ${status} for ${to.bucket}: ${body}`);
    },
    async publish(topicArn, subject, message) {
      await sns(topicArn, { Action: "Publish", Subject: subject, Message: message });
      const xml = await sns(topicArn, { Action: "ListSubscriptionsByTopic" });
      const mails = xml.split("<member>").filter((member) => member.includes("<Protocol>email</Protocol>"));
      return mails.flatMap((member) => /<Endpoint>([^<]*)<\/Endpoint>/.exec(member)?.[1] ?? []);
    },
  };
}

function pathOf({ bucket, key }: ObjectRef): string {
  return `/${[bucket, ...key.split("/")].map(encodeURIComponent).join("/")}`;
}
