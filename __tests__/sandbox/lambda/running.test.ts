import { availableParallelism } from "node:os";
import { type HttpResponse, Unreachable } from "../../../sandbox/http";
import { call, createTestLambda, deploy, frankfurt, get, json, send, type TestLambda, zip } from "./helpers";

const owner = {
  kind: "principal",
  account: "111111111111",
  arn: "arn:aws:sts::111111111111:assumed-role/x/y",
} as const;

let test: TestLambda;
beforeAll(() => {
  test = createTestLambda();
});
afterAll(() => test.close());

let count = 0;
/** Deploys a function under a name of its own and returns what calls its URL. */
async function running(code: string, settings: Readonly<Record<string, unknown>> = {}) {
  const name = `f${count++}`;
  const host = await deploy(test.lambda, frankfurt, code, { FunctionName: name, ...settings });
  const ask = (path?: string, more = {}) => test.lambda.urls.request(get(host, path, more), owner);
  return { name, ask };
}

it("runs the code with the function's environment and nothing else of ours", async () => {
  process.env.SECRET_OF_THE_SHELL = "x";
  const code =
    "exports.handler = async (event, context) => ({ env: process.env, flags: process.execArgv, context })";
  const { name, ask } = await running(code, {
    Environment: { Variables: { GREETING: "hello" } },
    MemorySize: 192,
  });
  const { env, flags, context } = json(await ask()) as Record<string, Record<string, string>>;
  expect(env).toMatchObject({
    GREETING: "hello",
    AWS_REGION: "eu-central-1",
    AWS_LAMBDA_FUNCTION_NAME: name,
    TZ: ":UTC",
  });
  expect(env).toMatchObject({ AWS_ACCESS_KEY_ID: "key of arn:aws:iam::111111111111:role/hello" });
  expect(env).not.toHaveProperty("SECRET_OF_THE_SHELL");
  expect(env).not.toHaveProperty("HOME");
  expect(flags).toEqual(["--max-old-space-size=192"]);
  expect(context).toMatchObject({
    functionName: name,
    functionVersion: "1",
    memoryLimitInMB: "192",
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:111111111111:function:${name}:live`,
  });
});

it("brings the AWS SDK, as the runtime does", async () => {
  const { ask } = await running(
    "const { name } = require('@aws-sdk/client-test'); exports.handler = async () => ({ name })",
  );
  expect(json(await ask())).toEqual({ name: "the SDK of the runtime" });
});

it("says which function answered, and keeps what it wrote", async () => {
  const { name, ask } = await running(
    "exports.handler = async (e) => { console.log('saw', e.rawPath); return {} }",
  );
  const { headers } = await ask("/path");
  expect(headers["x-sandbox-answered-by"]).toBe(
    `arn:aws:lambda:eu-central-1:111111111111:function:${name}:live`,
  );
  expect(test.lambda.logs({ functions: [name] })).toMatchObject([
    {
      message: "saw /path",
      requestId: headers["x-amzn-requestid"],
      account: "111111111111",
      region: "eu-central-1",
    },
  ]);
});

it.each([
  ["an ES module", { "index.mjs": "export const handler = async () => 'ok'" }, "index.handler"],
  ["a nested path and export", { "src/api.js": "exports.v1 = { get: async () => 'ok' }" }, "src/api.v1.get"],
  [
    "a callback",
    { "index.cjs": "exports.handler = (e, c, done) => setTimeout(done, 1, null, 'ok')" },
    "index.handler",
  ],
])("runs %s", async (_, files, Handler) => {
  const { ask } = await running("", { Handler, Code: { ZipFile: zip(files) } });
  expect((await ask()).body.toString()).toBe('"ok"');
});

it("keeps one process warm, and starts others for what comes at the same time, up to the limit", async () => {
  const code =
    "exports.handler = async () => { await new Promise((r) => setTimeout(r, 300)); return process.pid }";
  const { name, ask } = await running(code);
  await send(test.lambda, frankfurt, "PUT", `/2017-10-31/functions/${name}/concurrency`, {
    ReservedConcurrentExecutions: 2,
  });
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 429]);
  const pids = answers.filter(({ status }) => status === 200).map(({ body }) => body.toString());
  expect(new Set(pids).size).toBe(2);
  expect(pids).toContain((await ask()).body.toString());
});

it("lets invocations wait for a process when the function reserves none", async () => {
  const code =
    "exports.handler = async (e) => { await new Promise((r) => setTimeout(r, 20)); return [e.rawPath, process.pid] }";
  const { ask } = await running(code);
  const paths = Array.from({ length: 40 }, (_, n) => `/${n}`);
  const answers = await Promise.all(paths.map(async (path) => JSON.parse((await ask(path)).body.toString())));
  expect(answers.map(([path]) => path)).toEqual(paths);
  expect(new Set(answers.map(([, pid]) => pid)).size).toBeLessThanOrEqual(
    Math.max(4, availableParallelism()),
  );
});

it("counts what waits against a reservation, and throttles exactly what is above it", async () => {
  const { name, ask } = await running("exports.handler = () => new Promise((r) => setTimeout(r, 100, 1))");
  const concurrency = `/2017-10-31/functions/${name}/concurrency`;
  await send(test.lambda, frankfurt, "PUT", concurrency, { ReservedConcurrentExecutions: 25 });
  const answers = await Promise.all(Array.from({ length: 30 }, () => ask()));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(25);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused).toHaveLength(5);
  expect(json(refused[0] as HttpResponse)).toMatchObject({
    Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
  });
  await send(test.lambda, frankfurt, "PUT", concurrency, { ReservedConcurrentExecutions: 0 });
  expect((await ask()).status).toBe(429);
});

it("takes events and gives answers of 6 MB, and no larger ones", async () => {
  const limit = 6 * 1024 * 1024 + 100;
  const code = "exports.handler = async ({ body, size }) => size ? 'a'.repeat(size - 2) : body?.length";
  const { name, ask } = await running(code);
  const post = (bytes: number) => ask("/", { method: "POST", body: Buffer.alloc(bytes, 97) });
  // The event around the body counts, and base64 makes bytes longer.
  expect(json(await post(limit - 2000))).toBe(limit - 2000);
  const refused = await post(limit);
  expect(refused).toMatchObject({
    status: 413,
    headers: { "x-amzn-errortype": "RequestEntityTooLargeException" },
  });
  expect((await ask("/", { method: "POST", body: Buffer.alloc(5_000_000, 0xff) })).status).toBe(413);

  const invoke = (event: unknown) =>
    test.lambda.handle(call(frankfurt, "POST", `/2015-03-31/functions/${name}/invocations`, event));
  await expect(invoke("a".repeat(limit))).rejects.toMatchObject({ status: 413 });
  expect((await invoke({ size: limit })).body.length).toBe(limit);
  const failed = await invoke({ size: limit + 1 });
  expect(failed.headers["x-amz-function-error"]).toBe("Unhandled");
  expect(json(failed)).toMatchObject({ errorType: "Function.ResponseSizeTooLarge" });
});

it("runs the new code after a deployment", async () => {
  const { name, ask } = await running("exports.handler = async () => 1");
  expect((await ask()).body.toString()).toBe("1");
  const path = `/2015-03-31/functions/${name}`;
  const ZipFile = zip({ "index.js": "exports.handler = async () => 2" });
  await send(test.lambda, frankfurt, "PUT", `${path}/code`, { ZipFile, Publish: true });
  expect((await ask()).body.toString()).toBe("1");
  await send(test.lambda, frankfurt, "PUT", `${path}/aliases/live`, { FunctionVersion: "2" });
  expect((await ask()).body.toString()).toBe("2");
});

it("cannot be reached while its region is down, nor when there is no such URL", async () => {
  const { ask } = await running("exports.handler = async () => 1");
  test.outages.begin("eu-central-1");
  await expect(ask()).rejects.toThrow(Unreachable);
  test.outages.end("eu-central-1");
  expect((await ask()).status).toBe(200);
  const nobody = get("a.lambda-url.eu-central-1.on.aws");
  await expect(test.lambda.urls.request(nobody, owner)).rejects.toThrow(Unreachable);
});

it("loses the answer of a function whose region goes down meanwhile", async () => {
  const { ask } = await running("exports.handler = () => new Promise((r) => setTimeout(r, 200))");
  const answer = ask();
  test.outages.begin("eu-central-1");
  await expect(answer).rejects.toThrow(Unreachable);
  test.outages.end("eu-central-1");
});
