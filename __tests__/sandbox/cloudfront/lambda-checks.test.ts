import type { EdgeVersion } from "../../../sandbox/lambda/at-edge";
import { child, items, text } from "../../../sandbox/protocols/xml";
import {
  api,
  type BehaviourOptions,
  createDistribution,
  createFunction,
  distributionXml,
  type LambdaOptions,
  ownAccount,
  sandbox,
} from "./support";

const arnOf = (version: string, { region = "us-east-1", account = ownAccount } = {}) =>
  `arn:aws:lambda:${region}:${account}:function:hash${version}`;
const hash = arnOf(":1");
const role = `arn:aws:iam::${ownAccount}:role/hash`;
const trusting = (...services: readonly string[]) =>
  JSON.stringify({
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: services } }],
  });

const settings: EdgeVersion["settings"] = {
  Role: role,
  Handler: "index.handler",
  Runtime: "nodejs22.x",
  Description: "",
  Timeout: 5,
  MemorySize: 128,
  Architectures: ["x86_64"],
  LoggingConfig: { LogFormat: "Text", LogGroup: "/aws/lambda/hash" },
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: "PassThrough" },
  // As the provider sends them where there are none.
  DeadLetterConfig: { TargetArn: "" },
  VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
  Layers: [],
  Environment: { Variables: {} },
};

interface Given {
  readonly settings?: object;
  readonly codeSize?: number;
  readonly trust?: string;
}

/** A CloudFront with the function `hash`, of which version 1 is published. */
function cloudFrontWith({
  settings: changed = {},
  codeSize = 1000,
  trust = trusting("lambda.amazonaws.com", "edgelambda.amazonaws.com"),
}: Given = {}) {
  return sandbox(
    {},
    {
      trustPolicy: async (roleArn) => (roleArn === role ? trust : undefined),
      lambdas: {
        find: (arn) => (arn === hash ? { settings: { ...settings, ...changed }, codeSize } : undefined),
        run: async () => ({ kind: "throttled" }),
        associate: () => {},
      },
    },
  ).cloudfront;
}

async function refusal(behaviour: BehaviourOptions, given?: Given) {
  return api(cloudFrontWith(given), "POST", "/distribution", distributionXml(behaviour)).then(
    () => ({ code: "none", status: 0, message: "" }),
    ({ code, status, message }) => ({ code, status, message }),
  );
}

const refused = (message: string) => ({ code: "InvalidLambdaFunctionAssociation", status: 400, message });
const containing = (words: string) => expect.stringContaining(words);

test("a numbered version in us-east-1 is taken, and read back as it was sent", async () => {
  const cloudfront = cloudFrontWith();
  const { id, etag } = await createDistribution(cloudfront, { lambdas: [{ arn: hash }] });
  const associationsOf = async () => {
    const { xml } = await api(cloudfront, "GET", `/distribution/${id}`);
    const behaviour = child(xml, "DistributionConfig", "DefaultCacheBehavior");
    return items(child(behaviour, "LambdaFunctionAssociations"), "LambdaFunctionAssociation");
  };
  const association = { LambdaFunctionARN: hash, EventType: "origin-request", IncludeBody: "true" };
  expect(await associationsOf()).toEqual([association]);
  const without = { lambdas: [{ arn: hash, includeBody: false }] };
  await api(cloudfront, "PUT", `/distribution/${id}/config`, distributionXml(without), { ifMatch: etag });
  expect(await associationsOf()).toEqual([{ ...association, IncludeBody: "false" }]);
  const { xml } = await api(cloudfront, "GET", "/distribution");
  expect(text(items(xml, "DistributionSummary")[0] ?? "", "Id")).toBe(id);
});

test.each<readonly [string, LambdaOptions]>([
  ["no version", { arn: arnOf("") }],
  ["$LATEST", { arn: arnOf(":$LATEST") }],
  ["an alias", { arn: arnOf(":live") }],
])("%s is refused", async (_what, association) => {
  expect(await refusal({ lambdas: [association] })).toEqual(
    refused(
      `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${association.arn}`,
    ),
  );
});

test.each([
  ["another region", arnOf(":1", { region: "eu-west-1" }), "must be in region 'us-east-1'. ARN: arn:aws"],
  ["another account", arnOf(":1", { account: "222222222222" }), "owned by the same account"],
  ["a version that does not exist", arnOf(":2"), "does not exist"],
])("%s is refused", async (_what, arn, words) => {
  expect(await refusal({ lambdas: [{ arn }] })).toEqual(refused(containing(words)));
});

test.each<readonly [string, object, string]>([
  [
    "environment variables",
    { Environment: { Variables: { KEY: "value" } } },
    `The function cannot have environment variables. Function: ${hash}`,
  ],
  [
    "arm64",
    { Architectures: ["arm64"] },
    `Lambda@Edge does not support functions with an architecture of arm64. Function: ${hash}`,
  ],
  ["layers", { Layers: ["arn:aws:lambda:us-east-1:111111111111:layer:l:1"] }, "cannot have layers"],
  ["a VPC", { VpcConfig: { SubnetIds: ["subnet-1"] } }, "cannot be in a VPC"],
  ["a dead letter queue", { DeadLetterConfig: { TargetArn: "arn:aws:sqs:::q" } }, "dead letter queue"],
  ["X-Ray", { TracingConfig: { Mode: "Active" } }, "X-Ray"],
  ["ephemeral storage", { EphemeralStorage: { Size: 1024 } }, "512 MB of ephemeral storage"],
  [
    "more than 30 seconds",
    { Timeout: 31 },
    `The function timeout is larger than the maximum allowed for functions that are triggered by a CloudFront event: 31 Max allowed: 30 Function: ${hash}`,
  ],
])("a function with %s is refused", async (_what, changed, words) => {
  expect(await refusal({ lambdas: [{ arn: hash }] }, { settings: changed })).toEqual(
    refused(containing(words)),
  );
});

test("a function on origin-request may have all of Lambda's memory, 30 seconds and 50 MB of code", async () => {
  const given = { settings: { MemorySize: 10_240, Timeout: 30 }, codeSize: 50 * 1_048_576 };
  expect(await refusal({ lambdas: [{ arn: hash }] }, given)).toMatchObject({ code: "none" });
  expect(await refusal({ lambdas: [{ arn: hash }] }, { codeSize: 50 * 1_048_576 + 1 })).toEqual(
    refused(containing("code size")),
  );
});

test.each([
  ["seconds", { Timeout: 6 }, "6 Max allowed: 5"],
  ["memory", { MemorySize: 256 }, "256 Max allowed: 128"],
])("a function on viewer-request may have less %s", async (_what, changed, words) => {
  const lambdas = [{ arn: hash, event: "viewer-request" }];
  expect(await refusal({ lambdas }, { settings: changed })).toEqual(refused(containing(words)));
});

test.each([
  ["does not trust the edge", trusting("lambda.amazonaws.com")],
  ["trusts nothing but the edge", trusting("edgelambda.amazonaws.com")],
  ["has no trust policy", ""],
])("a role that %s is refused", async (_what, trust) => {
  expect(await refusal({ lambdas: [{ arn: hash }] }, { trust })).toEqual(
    refused(
      `The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role: ${role}`,
    ),
  );
});

test("a role that does not exist is refused", async () => {
  expect(await refusal({ lambdas: [{ arn: hash }] }, { settings: { Role: `${role}2` } })).toEqual(
    refused(containing("must be assumable")),
  );
});

test("a behaviour has one function for an event type", async () => {
  expect(await refusal({ lambdas: [{ arn: hash }, { arn: hash }] })).toEqual(
    refused(containing("only one function for each event type: origin-request")),
  );
});

test("an event type that there is not is refused", async () => {
  expect(await refusal({ lambdas: [{ arn: hash, event: "request" }] })).toEqual(
    refused(containing("event type is not valid")),
  );
});

test("a body is for requests only", async () => {
  expect(await refusal({ lambdas: [{ arn: hash, event: "origin-response" }] })).toEqual(
    refused(containing("IncludeBody")),
  );
});

test("viewer events take CloudFront functions or Lambda functions, origin events do not mind", async () => {
  const cloudfront = cloudFrontWith();
  const functions = {
    "viewer-request": await createFunction(cloudfront, "function handler(e) { return e.request; }"),
  };
  const create = (event: string) =>
    api(
      cloudfront,
      "POST",
      "/distribution",
      distributionXml({ functions, lambdas: [{ arn: hash, event, includeBody: false }] }),
    );
  await expect(create("viewer-response")).rejects.toMatchObject(refused(containing("viewer events")));
  expect((await create("origin-request")).status).toBe(201);
});

test("what the sandbox does not run is not taken", async () => {
  const lambdas = [{ arn: hash, event: "origin-response", includeBody: false }];
  expect(await refusal({ lambdas })).toMatchObject({ code: "UnsupportedOperation", status: 400 });
});

test("an update is looked at like a creation", async () => {
  const cloudfront = cloudFrontWith();
  const { id, etag } = await createDistribution(cloudfront);
  const config = distributionXml({ lambdas: [{ arn: arnOf(":2") }] });
  await expect(
    api(cloudfront, "PUT", `/distribution/${id}/config`, config, { ifMatch: etag }),
  ).rejects.toMatchObject({ code: "InvalidLambdaFunctionAssociation" });
});
