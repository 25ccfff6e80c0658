import { createHash } from "node:crypto";
import type { OriginRequestEvent } from "../../../sandbox/cloudfront/lambda-events";
import type { HttpRequest, HttpResponse } from "../../../sandbox/http";
import type { EdgeRun } from "../../../sandbox/lambda/at-edge";
import {
  createAccessControl,
  createDistribution,
  type DistributionOptions,
  originXml,
  ownAccount,
  sandbox,
} from "./support";

export type Event = OriginRequestEvent["Records"][0]["cf"];
export type Request = Event["request"];
/** What a function makes of a request. */
export type Handler = (request: Request) => unknown;

export const arn = `arn:aws:lambda:us-east-1:${ownAccount}:function:hash:1`;
export const sha256 = (body: string | Buffer) => createHash("sha256").update(body).digest("hex");
/** The header that CloudFront signs. */
export const header = "x-amz-content-sha256";

/** Puts the hash of the body into it. */
export const hashes: Handler = (request) => {
  if (request.headers[header] || request.method === "DELETE") return request;
  const bytes = Buffer.from(request.body?.data ?? "", "base64");
  return {
    ...request,
    headers: { ...request.headers, [header]: [{ key: header, value: sha256(bytes) }] },
  };
};

/** Settings of a function that may run at the edge, and the trust of its role. */
export const settings = {
  ...{ Role: `arn:aws:iam::${ownAccount}:role/hash`, Handler: "index.handler", Runtime: "nodejs22.x" },
  ...{ Description: "", Timeout: 5, MemorySize: 128, Architectures: ["x86_64"] },
  ...{ LoggingConfig: { LogFormat: "Text", LogGroup: "" }, EphemeralStorage: { Size: 512 } },
  TracingConfig: { Mode: "PassThrough" },
};
export const trust = JSON.stringify({
  Statement: {
    ...{ Effect: "Allow", Action: "sts:AssumeRole" },
    Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
  },
});

/** A front that runs `handler` on origin-request, and signs what it sends to origin `a`. */
export async function front(
  handler: Handler,
  options: DistributionOptions = {},
  answers: Readonly<Record<string, (request: HttpRequest) => HttpResponse>> = {},
) {
  const events: Event[] = [];
  const logs: string[] = [];
  const run = async (_arn: string, event: unknown): Promise<EdgeRun> => {
    const { cf } = JSON.parse(JSON.stringify(event)).Records[0];
    events.push(structuredClone(cf));
    return { kind: "returned", result: JSON.parse(JSON.stringify(handler(cf.request)) ?? "null") };
  };
  const { cloudfront, seen } = sandbox(answers, {
    log: ({ message }) => logs.push(message),
    trustPolicy: async () => trust,
    lambdas: { find: () => ({ settings, codeSize: 1 }), run, associate: () => {} },
  });
  const control = `<OriginAccessControlId>${await createAccessControl(cloudfront)}</OriginAccessControlId>`;
  const custom =
    "<CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>X-Key</HeaderName><HeaderValue>k</HeaderValue></OriginCustomHeader></Items></CustomHeaders><OriginPath>/v1</OriginPath>";
  const { id, domain } = await createDistribution(cloudfront, {
    lambdas: [{ arn }],
    origins: [originXml("a", "eu-central-1", control + custom, 7), originXml("b", "us-east-1", control)],
    ...options,
  });
  return { cloudfront, seen, events, logs, id, domain };
}

export const post = { method: "POST", body: "hello" };
