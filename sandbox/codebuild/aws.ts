import type { Identity } from "../gateway/identities";
import type { AwsCall, HttpResponse } from "../http";
import { motoCall } from "../moto/proxy";
import type { BuildZip } from "./builds";

/** Calls AWS, as the sandbox serves it. */
export type AskAws = (call: AwsCall) => Promise<HttpResponse>;

/** AWS as a build's role reaches it: what CodeBuild itself does for a build, it does with the build's role. */
export interface RoleAws {
  /** @throws {Error} S3 refuses it */
  readonly getObject: (zip: BuildZip) => Promise<Buffer>;
  /**
   * @param kmsKey that encrypts it. @default the bucket's own
   * @throws {Error} S3 refuses it
   */
  readonly putObject: (zip: BuildZip, body: Buffer, kmsKey: string | undefined) => Promise<void>;
  /** Calls an operation of CloudWatch Logs; throws what that refuses. */
  readonly logs: (action: string, input: object) => Promise<void>;
}

/** Makes calls as a session of a role, from a region. */
export function asRole(
  ask: AskAws,
  { accessKeyId, account }: Pick<Identity, "accessKeyId" | "account">,
  region: string,
): RoleAws {
  const call = async (
    request: Pick<Parameters<typeof motoCall>[0], "service" | "method" | "path" | "body" | "headers">,
  ) => {
    const response = await ask(motoCall({ ...request, region, account, accessKeyId }));
    if (response.status < 300) return response;
    const text = response.body.toString();
    const [, xml, json] = /<Code>([^<]+)|"__type":\s*"([^"]+)/.exec(text) ?? [];
    const code = xml ?? json ?? `status ${response.status}`;
    throw new Error(`${request.service} ${request.method} ${request.path}: ${code}`);
  };
  const pathOf = ({ bucket, key }: BuildZip) =>
    `/${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
  return {
    async getObject(zip) {
      const { body } = await call({ service: "s3", method: "GET", path: pathOf(zip), body: "" });
      return body;
    },
    async putObject(zip, body, kmsKey) {
      const headers: Record<string, string> = {
        "content-type": "application/zip",
        ...(kmsKey && {
          "x-amz-server-side-encryption": "aws:kms",
          "x-amz-server-side-encryption-aws-kms-key-id": kmsKey,
        }),
      };
      await call({ service: "s3", method: "PUT", path: pathOf(zip), body, headers });
    },
    async logs(action, input) {
      await call({
        ...{ service: "logs", method: "POST", path: "/", body: JSON.stringify(input) },
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `Logs_20140328.${action}`,
        },
      });
    },
  };
}
