import { call, createTestLambda, frankfurt, functionOf, send, type TestLambda, zip } from "./helpers";

const helloSource = "exports.handler = async () => 'hello'";
const functionsPath = "/2015-03-31/functions";
const ireland = { ...frankfurt, region: "eu-west-1" };
const other = { ...frankfurt, account: "222222222222" };

let test: TestLambda;
beforeEach(() => {
  test = createTestLambda();
});
afterEach(() => test.close());

const create = (settings = {}, place = frankfurt) =>
  send(test.lambda, place, "POST", functionsPath, functionOf(helloSource, settings));

describe("a function", () => {
  it("reads back as it was sent", async () => {
    const sent = {
      Description: "says hello",
      MemorySize: 256,
      Timeout: 10,
      Environment: { Variables: { GREETING: "hello" } },
      Architectures: ["arm64"],
      LoggingConfig: { LogFormat: "JSON", LogGroup: "/fleet/hello" },
      EphemeralStorage: { Size: 1024 },
      TracingConfig: { Mode: "Active" },
      DeadLetterConfig: { TargetArn: "arn:aws:sqs:eu-central-1:111111111111:dead" },
    };
    await create({
      ...sent,
      Tags: { owner: "platform" },
      Layers: ["arn:aws:lambda:eu-central-1:1:layer:x:1"],
    });
    const { Configuration, Tags } = await send(test.lambda, frankfurt, "GET", `${functionsPath}/hello`);
    expect(Configuration).toMatchObject({
      ...sent,
      FunctionArn: "arn:aws:lambda:eu-central-1:111111111111:function:hello",
      Layers: [{ Arn: "arn:aws:lambda:eu-central-1:1:layer:x:1" }],
      State: "Active",
      LastUpdateStatus: "Successful",
      Version: "$LATEST",
    });
    expect(Tags).toEqual({ owner: "platform" });
  });

  it("keeps what an update leaves out", async () => {
    await create({ MemorySize: 256, Environment: { Variables: { A: "1" } } });
    await send(test.lambda, frankfurt, "PUT", `${functionsPath}/hello/configuration`, { Timeout: 7 });
    const { Configuration } = await send(test.lambda, frankfurt, "GET", `${functionsPath}/hello`);
    expect(Configuration).toMatchObject({
      Timeout: 7,
      MemorySize: 256,
      Environment: { Variables: { A: "1" } },
    });
  });

  it("is another one in another account or region", async () => {
    await create({ MemorySize: 128 });
    await create({ MemorySize: 256 }, ireland);
    await create({ MemorySize: 512 }, other);
    const sizes = await Promise.all(
      [frankfurt, ireland, other].map(async (place) => {
        const { MemorySize } = await send(test.lambda, place, "GET", `${functionsPath}/hello/configuration`);
        return MemorySize;
      }),
    );
    expect(sizes).toEqual([128, 256, 512]);
    await send(test.lambda, ireland, "DELETE", `${functionsPath}/hello`);
    expect(test.lambda.functions().map(({ account, region }) => `${account} ${region}`)).toEqual([
      "111111111111 eu-central-1",
      "222222222222 eu-central-1",
    ]);
  });

  it.each([
    ["python3.13", { Runtime: "python3.13" }, "Node.js"],
    ["a variable that Lambda sets", { Environment: { Variables: { AWS_REGION: "x" } } }, "AWS_REGION"],
    ["4 KB of variables", { Environment: { Variables: { A: "x".repeat(4096) } } }, "4KB"],
  ])("is refused with %s", async (_, settings, message) => {
    await expect(create(settings)).rejects.toMatchObject({
      status: 400,
      code: "InvalidParameterValueException",
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [
      { MemorySize: 127 },
      "Value '127' at 'memorySize' failed to satisfy constraint",
      "greater than or equal to 128",
    ],
    [{ MemorySize: 10_241 }, "Value '10241' at 'memorySize'", "less than or equal to 10240"],
    [{ Timeout: 0 }, "Value '0' at 'timeout'", "greater than or equal to 1"],
    [{ Timeout: 901 }, "Value '901' at 'timeout'", "less than or equal to 900"],
  ])("with %j is refused, as is an update to it", async (settings, what, limit) => {
    const refusal = {
      status: 400,
      code: "ValidationException",
      message: expect.stringMatching(new RegExp(`${what}.*Member must have value ${limit}`)),
    };
    await expect(create(settings)).rejects.toMatchObject(refusal);
    await create({ MemorySize: 10_240, Timeout: 900 });
    const path = `${functionsPath}/hello/configuration`;
    await expect(send(test.lambda, frankfurt, "PUT", path, settings)).rejects.toMatchObject(refusal);
  });

  it("takes whole numbers only", async () => {
    await expect(create({ Timeout: 1.5 })).rejects.toMatchObject({ code: "SerializationException" });
  });

  it("is created once", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ status: 409, code: "ResourceConflictException" });
  });

  it("is addressed by name or ARN, of the caller's own account", async () => {
    await create();
    const get = (reference: string) =>
      send(test.lambda, frankfurt, "GET", `${functionsPath}/${encodeURIComponent(reference)}/configuration`);
    const arn = "arn:aws:lambda:eu-central-1:111111111111:function:hello";
    expect(await get(`${arn}:1`)).toMatchObject({ Version: "1", FunctionArn: `${arn}:1` });
    await expect(get(arn.replace("111111111111", "222222222222"))).rejects.toMatchObject({ status: 403 });
    await expect(get("hallo")).rejects.toMatchObject({ status: 404, code: "ResourceNotFoundException" });
  });
});

describe("publishing", () => {
  const publish = () => send(test.lambda, frankfurt, "POST", `${functionsPath}/hello/versions`, {});

  it("makes no new version when nothing changed", async () => {
    await create();
    expect(await publish()).toMatchObject({ Version: "1" });
  });

  it("makes a new version of new code, and keeps the old one", async () => {
    const { CodeSha256 } = await create();
    const ZipFile = zip({ "index.js": "exports.handler = async () => 'bye'" });
    await send(test.lambda, frankfurt, "PUT", `${functionsPath}/hello/code`, { ZipFile });
    expect(await publish()).toMatchObject({ Version: "2" });
    const { Versions } = await send(test.lambda, frankfurt, "GET", `${functionsPath}/hello/versions`);
    expect(Versions).toMatchObject([
      { Version: "$LATEST", FunctionArn: expect.stringMatching(/:hello:\$LATEST$/) },
      { Version: "1", CodeSha256 },
      { Version: "2", CodeSha256: expect.not.stringMatching(String(CodeSha256)) },
    ]);
  });

  it("never uses a number twice", async () => {
    await create();
    await send(test.lambda, frankfurt, "DELETE", `${functionsPath}/hello`);
    expect(await create()).toMatchObject({ Version: "2" });
  });
});

describe("aliases, URLs, permissions, tags and concurrency", () => {
  beforeEach(() => create());

  it("moves an alias, to versions that exist only", async () => {
    await send(test.lambda, frankfurt, "POST", `${functionsPath}/hello/aliases`, {
      Name: "live",
      FunctionVersion: "1",
    });
    const alias = `${functionsPath}/hello/aliases/live`;
    const { RoutingConfig, ...shown } = await send(test.lambda, frankfurt, "PUT", alias, {
      RoutingConfig: {},
    });
    expect(shown).toMatchObject({ Name: "live", FunctionVersion: "1", Description: "" });
    expect(RoutingConfig).toBeUndefined();
    await expect(send(test.lambda, frankfurt, "PUT", alias, { FunctionVersion: "9" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      test.lambda.handle(call(frankfurt, "DELETE", `${functionsPath}/hello?Qualifier=1`)),
    ).rejects.toMatchObject({ status: 409 });
  });

  it("gives each qualifier a URL of its own, the same one each time", async () => {
    await send(test.lambda, frankfurt, "POST", `${functionsPath}/hello/aliases`, {
      Name: "live",
      FunctionVersion: "1",
    });
    const url = "/2021-10-31/functions/hello/url";
    const add = (path: string) => send(test.lambda, frankfurt, "POST", path, { AuthType: "AWS_IAM" });
    const { FunctionUrl: latest } = await add(url);
    const { FunctionUrl: live } = await add(`${url}?Qualifier=live`);
    expect(live).toMatch(/^https:\/\/[a-z0-9]{32}\.lambda-url\.eu-central-1\.on\.aws\/$/);
    expect(latest).not.toBe(live);
    await send(test.lambda, frankfurt, "DELETE", `${url}?Qualifier=live`);
    expect((await add(`${url}?Qualifier=live`)).FunctionUrl).toBe(live);
  });

  it("keeps a policy per qualifier", async () => {
    const policy = `${functionsPath}/hello/policy`;
    const permission = {
      StatementId: "front",
      Action: "lambda:InvokeFunctionUrl",
      Principal: "cloudfront.amazonaws.com",
      SourceArn: "arn:aws:cloudfront::222222222222:distribution/*",
      FunctionUrlAuthType: "AWS_IAM",
    };
    await send(test.lambda, frankfurt, "POST", `${policy}?Qualifier=1`, permission);
    await expect(
      send(test.lambda, frankfurt, "POST", `${policy}?Qualifier=1`, permission),
    ).rejects.toMatchObject({
      status: 409,
    });
    const { Policy } = await send(test.lambda, frankfurt, "GET", `${policy}?Qualifier=1`);
    expect(JSON.parse(String(Policy)).Statement).toEqual([
      {
        Sid: "front",
        Effect: "Allow",
        Principal: { Service: "cloudfront.amazonaws.com" },
        Action: "lambda:InvokeFunctionUrl",
        Resource: "arn:aws:lambda:eu-central-1:111111111111:function:hello:1",
        Condition: {
          StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" },
          ArnLike: { "AWS:SourceArn": "arn:aws:cloudfront::222222222222:distribution/*" },
        },
      },
    ]);
    await expect(send(test.lambda, frankfurt, "GET", policy)).rejects.toMatchObject({ status: 404 });
    await send(test.lambda, frankfurt, "DELETE", `${policy}/front?Qualifier=1`);
    await expect(send(test.lambda, frankfurt, "GET", `${policy}?Qualifier=1`)).rejects.toMatchObject({
      status: 404,
    });
  });

  it("keeps tags and reserved concurrency", async () => {
    const tags = `/2017-03-31/tags/${encodeURIComponent("arn:aws:lambda:eu-central-1:111111111111:function:hello")}`;
    await send(test.lambda, frankfurt, "POST", tags, { Tags: { a: "1", b: "2" } });
    await send(test.lambda, frankfurt, "DELETE", `${tags}?tagKeys=a`);
    await send(test.lambda, frankfurt, "PUT", "/2017-10-31/functions/hello/concurrency", {
      ReservedConcurrentExecutions: 5,
    });
    expect(await send(test.lambda, frankfurt, "GET", `${functionsPath}/hello`)).toMatchObject({
      Tags: { b: "2" },
      Concurrency: { ReservedConcurrentExecutions: 5 },
    });
  });
});

it("refuses what it does not serve, and names it", async () => {
  const path = "/2018-10-31/layers/x/versions";
  await expect(test.lambda.handle(call(frankfurt, "POST", path, {}))).rejects.toMatchObject({
    status: 400,
    code: "NotImplemented",
    message: expect.stringContaining(`lambda POST ${path}`),
  });
});
