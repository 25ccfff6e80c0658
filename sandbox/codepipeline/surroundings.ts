import type { CallLog } from "../calls/calls";
import type { AskAws } from "../codebuild/aws";
import type { Identity } from "../gateway/identities";
import { AwsError, type HttpResponse, type ServiceHandler } from "../http";
import { mayBeAssumedBy } from "../iam/trust";
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

/** S3 and SNS as a pipeline's role reaches them. */
export interface PipelineAws {
  /** What is there; undefined where nothing is. */
  readonly version: (object: ObjectRef, versionId?: string) => Promise<ObjectVersion | undefined>;
  /** @throws S3 does not copy it */
  readonly copy: (
    from: ObjectRef & { readonly versionId?: string },
    to: ObjectRef & { readonly kmsKey?: string },
  ) => Promise<void>;
  /** @throws SNS does not take the message, as where there is no such topic */
  readonly publish: (topicArn: string, subject: string, message: string) => Promise<void>;
}

/** What pipelines stand on, beside the builds. */
export interface Surroundings {
  /**
   * Becomes a pipeline's role.
   *
   * @throws {AwsError} the role does not trust CodePipeline
   */
  readonly as: (roleArn: string, place: PipelinePlace) => Promise<PipelineAws>;
  /** @throws {AwsError} the role is there, and does not trust CodePipeline */
  readonly requireTrust: (roleArn: string) => Promise<void>;
  /** The addresses that AWS would send a mail to. This is the sandbox's own question, and nobody's call. */
  readonly mailsOf: (topicArn: string) => Promise<readonly string[]>;
  /**
   * Records what CodePipeline calls of CodeBuild as a pipeline's role, which here does not go the way of a call: StartBuild
   * knows no sources of a pipeline.
   */
  readonly recordBuildCall: (roleArn: string, place: PipelinePlace, operation: string) => void;
}

/** What the sandbox gives to {@link createSurroundings}. */
export interface SurroundingsOptions {
  /** Who serves calls, and records them. */
  readonly ask: AskAws;
  readonly assumeRole: (roleArn: string, region: string, session: string) => Promise<Identity>;
  /** Who may assume a role, as its JSON; undefined where there is no such role, which then is not looked at. */
  readonly trustPolicy?: (roleArn: string) => Promise<string | undefined>;
  /** Records a call that is not made. @default nobody does */
  readonly record?: CallLog["record"];
  /** Who serves SNS. */
  readonly moto: ServiceHandler;
}

const service = "codepipeline.amazonaws.com";

/** AWS as the sandbox serves it. */
export function createSurroundings(options: SurroundingsOptions): Surroundings {
  const { ask, assumeRole, moto, record, trustPolicy } = options;

  async function requireTrust(roleArn: string): Promise<void> {
    const policy = await trustPolicy?.(roleArn);
    if (policy === undefined || mayBeAssumedBy(policy, service)) return;
    // As https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-projects-studio-updates.html quotes it.
    throw new AwsError(
      400,
      "InvalidStructureException",
      `CodePipeline is not authorized to perform AssumeRole on role ${roleArn}`,
    );
  }

  return {
    requireTrust,
    async as(roleArn, { region }) {
      await requireTrust(roleArn);
      // How AWS calls its sessions is from memory: by the time, in milliseconds.
      const { accessKeyId, account } = await assumeRole(roleArn, region, String(Date.now()));
      return awsOf((call) => ask(motoCall({ region, account, accessKeyId, ...call })));
    },
    async mailsOf(topicArn) {
      const [, , , region = "", account = ""] = topicArn.split(":");
      const own = { region, account, accessKeyId: account };
      const { body } = await moto(motoCall({ ...own, ...snsCall(topicArn, "ListSubscriptionsByTopic") }));
      const mails = body
        .toString()
        .split("<member>")
        .filter((member) => member.includes("<Protocol>email</Protocol>"));
      return mails.flatMap((member) => /<Endpoint>([^<]*)<\/Endpoint>/.exec(member)?.[1] ?? []);
    },
    recordBuildCall(roleArn, { account, region }, operation) {
      const call = motoCall({
        ...{ service: "codebuild", account, region, accessKeyId: account, method: "POST", path: "/" },
        ...{ headers: { "x-amz-target": `CodeBuild_20161006.${operation}` }, body: "{}" },
      });
      record?.(call, roleArn);
    },
  };
}

type RoleCall = Pick<MotoCall, "service" | "method" | "path" | "headers" | "body"> & {
  readonly region?: string;
};

function snsCall(
  topicArn: string,
  action: string,
  parameters: Readonly<Record<string, string>> = {},
): RoleCall {
  const [, , , region = ""] = topicArn.split(":");
  return {
    ...{ service: "sns", region, method: "POST", path: "/" },
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      ...{ Action: action, Version: "2010-03-31", TopicArn: topicArn },
      ...parameters,
    }).toString(),
  };
}

function awsOf(call: (call: RoleCall) => Promise<HttpResponse>): PipelineAws {
  const s3 = (one: Pick<MotoCall, "method" | "path" | "headers">) =>
    call({ service: "s3", body: "", ...one });
  const queryOf = (versionId: string | undefined) =>
    versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`;
  return {
    async version(object, versionId) {
      const path = `${pathOf(object)}${queryOf(versionId)}`;
      const { headers, status } = await s3({ method: "HEAD", path });
      if (status !== 200) return undefined;
      const { etag, "x-amz-version-id": version } = headers;
      const known = version === undefined || version === "null" ? undefined : String(version);
      return { versionId: known, eTag: String(etag).replaceAll('"', "") };
    },
    async copy({ versionId, ...from }, { kmsKey, ...to }) {
      const { body, status } = await s3({
        method: "PUT",
        path: pathOf(to),
        headers: {
          "x-amz-copy-source": `${pathOf(from)}${queryOf(versionId)}`,
          ...(kmsKey !== undefined && {
            "x-amz-server-side-encryption": "aws:kms",
            "x-amz-server-side-encryption-aws-kms-key-id": kmsKey,
          }),
        },
      });
      if (status !== 200) throw new Error(`S3 answered ${status} for ${to.bucket}: ${body}`);
    },
    async publish(topicArn, subject, message) {
      const { body, status } = await call(
        snsCall(topicArn, "Publish", { Subject: subject, Message: message }),
      );
      if (status !== 200) throw new Error(`SNS answered ${status} for ${topicArn}: ${body}`);
    },
  };
}

function pathOf({ bucket, key }: ObjectRef): string {
  return `/${[bucket, ...key.split("/")].map(encodeURIComponent).join("/")}`;
}
