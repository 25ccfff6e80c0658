import { createHash } from "node:crypto";
import { type CloudFront, createCloudFront } from "../../../sandbox/cloudfront/cloudfront";
import {
  api,
  createAccessControl,
  createDistribution,
  type DistributionOptions,
  distributionXml,
  originXml,
  visit,
} from "../cloudfront/support";
import {
  createTestLambda,
  deploy,
  frankfurt,
  functionOf,
  type Place,
  send,
  type TestLambda,
} from "./helpers";

const virginia: Place = { account: "111111111111", region: "us-east-1" };
const arnOf = (version: number, name = "hash") =>
  `arn:aws:lambda:us-east-1:111111111111:function:${name}:${version}`;
const functions = "/2015-03-31/functions";
const trust = JSON.stringify({
  Statement: {
    ...{ Effect: "Allow", Action: "sts:AssumeRole" },
    Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
  },
});

/** Hashes bodies, and does other things where the path asks for them. */
const code = `
const { createHash } = require("node:crypto");
exports.handler = async (event) => {
  const { request } = event.Records[0].cf;
  if (request.uri === "/throw") throw new Error("on purpose");
  if (request.uri === "/wait") await new Promise((resolve) => setTimeout(resolve, 60_000));
  if (request.uri === "/hold") await new Promise((resolve) => setTimeout(resolve, 500));
  if (request.uri === "/version") return { status: "200", body: process.env.AWS_LAMBDA_FUNCTION_VERSION };
  const key = "x-amz-content-sha256";
  const value = createHash("sha256").update(Buffer.from(request.body?.data ?? "", "base64")).digest("hex");
  request.headers[key] = [{ key, value }];
  return request;
};`;

/** Says what arrived. */
const echo = `exports.handler = async (event) => ({
  statusCode: 200,
  body: require("node:crypto").createHash("sha256").update(Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8")).digest("hex"),
});`;

let local: TestLambda;
let cloudfront: CloudFront;
let logs: string[];
let front: DistributionOptions;

beforeAll(async () => {
  local = createTestLambda();
  const { lambda } = local;
  logs = [];
  cloudfront = createCloudFront(lambda.urls, {
    lambdas: lambda.atEdge,
    trustPolicy: async () => trust,
    log: ({ message }) => logs.push(message),
  });
  const host = await deploy(lambda, frankfurt, echo);
  const id = host.split(".")[0] ?? "";
  const control = await createAccessControl(cloudfront);
  const origin = originXml(id, "eu-central-1", `<OriginAccessControlId>${control}</OriginAccessControlId>`);
  await send(lambda, virginia, "POST", functions, functionOf(code, { FunctionName: "hash", Timeout: 1 }));
  front = { target: id, origins: [origin], lambdas: [{ arn: arnOf(1) }] };
  const { arn } = await createDistribution(cloudfront, front);
  for (const Action of ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]) {
    await send(lambda, frankfurt, "POST", `${functions}/hello/policy?Qualifier=live`, {
      ...{
        StatementId: Action.replace(":", ""),
        Action,
        Principal: "cloudfront.amazonaws.com",
        SourceArn: arn,
      },
    });
  }
});
afterAll(() => local.close());

const destroy = (path: string) => send(local.lambda, virginia, "DELETE", `${functions}/${path}`);

/** Puts another configuration into the front's place. */
async function change(options: DistributionOptions) {
  const [{ id = "" } = {}] = cloudfront.distributions();
  const { etag } = await api(cloudfront, "GET", `/distribution/${id}`);
  const body = distributionXml({ ...front, ...options });
  return api(cloudfront, "PUT", `/distribution/${id}/config`, body, { ifMatch: etag });
}

test("a function runs between viewer and origin, and its hash is what CloudFront signs", async () => {
  const body = Buffer.from(Array.from({ length: 900_000 }, (_, index) => (index * 7919) % 256));
  const answer = await visit(cloudfront, "/", { method: "POST", body });
  expect(answer).toMatchObject({ status: 200, text: createHash("sha256").update(body).digest("hex") });
});

test("an exception is logged, and a 503 for the viewer", async () => {
  expect(await visit(cloudfront, "/throw")).toMatchObject({
    status: 503,
    headers: { "x-cache": "LambdaExecutionError from cloudfront" },
  });
  expect(logs).toContain("on purpose");
});

test("so is a function that does not end in time", async () => {
  expect((await visit(cloudfront, "/wait")).status).toBe(503);
  expect(logs.at(-1)).toContain("Task timed out after 1.00 seconds");
});

test("above its reserved concurrency it is throttled", async () => {
  await send(local.lambda, virginia, "PUT", "/2017-10-31/functions/hash/concurrency", {
    ReservedConcurrentExecutions: 1,
  });
  const answers = await Promise.all([visit(cloudfront, "/hold"), visit(cloudfront, "/hold")]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 503]);
  expect(answers.map(({ headers }) => headers["x-cache"])).toContain("LambdaLimitExceeded from cloudfront");
  await send(local.lambda, virginia, "DELETE", "/2017-10-31/functions/hash/concurrency");
});

test("an outage of us-east-1 does not stop it", async () => {
  local.outages.begin("us-east-1");
  expect((await visit(cloudfront, "/", { method: "POST", body: "hello" })).status).toBe(200);
  local.outages.end("us-east-1");
});

test("new code changes nothing until a distribution names its version", async () => {
  const { ZipFile } = functionOf(`${code}\n// 2`).Code;
  await send(local.lambda, virginia, "PUT", `${functions}/hash/code`, { ZipFile, Publish: true });
  expect((await visit(cloudfront, "/version")).text).toBe("1");
  await change({ lambdas: [{ arn: arnOf(2) }] });
  expect((await visit(cloudfront, "/version")).text).toBe("2");
});

describe("replicas", () => {
  const refused = (version: number) => ({
    code: "InvalidParameterValueException",
    status: 400,
    message: `Lambda was unable to delete ${arnOf(version)} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`,
  });

  test("neither the function nor a version that had an association can be deleted", async () => {
    await expect(destroy("hash")).rejects.toMatchObject(refused(1));
    await expect(destroy("hash?Qualifier=1")).rejects.toMatchObject(refused(1));
    await expect(destroy("hash?Qualifier=2")).rejects.toMatchObject(refused(2));
  });

  test("when the time is over, what no distribution names can", async () => {
    local.lambda.replicas.setSeconds(0);
    await destroy("hash?Qualifier=1");
    await expect(destroy("hash")).rejects.toMatchObject(refused(2));
  });

  test("after the distribution is gone, the function can go once its replicas have", async () => {
    local.lambda.replicas.setSeconds(60);
    await change({ lambdas: [{ arn: arnOf(2) }], enabled: false });
    const [{ id = "" } = {}] = cloudfront.distributions();
    const { etag } = await api(cloudfront, "GET", `/distribution/${id}`);
    await api(cloudfront, "DELETE", `/distribution/${id}`, "", { ifMatch: etag });
    await expect(destroy("hash")).rejects.toMatchObject(refused(2));
    local.lambda.replicas.setSeconds(0);
    await destroy("hash");
  });
});
