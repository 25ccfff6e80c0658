import type { EdgeRun } from "../../../sandbox/lambda/at-edge";
import { arn, front, type Handler, header, post, type Request, settings, sha256, trust } from "./edge-front";
import { createCachePolicy, createDistribution, sandbox, visit } from "./support";

test("it may change the path, the query string, headers and the body", async () => {
  const { cloudfront, seen } = await front((request) => ({
    ...request,
    uri: "/new",
    querystring: "q=2",
    headers: {
      ...request.headers,
      "X-New": [{ value: "1" }, { value: "2" }],
      "x-gone": [],
      [header]: [{ key: header, value: sha256("another") }],
    },
    body: { ...request.body, action: "replace", encoding: "text", data: "another" },
  }));
  expect((await visit(cloudfront, "/old?q=1", { ...post, headers: { "x-gone": "1" } })).status).toBe(200);
  expect(seen[0]?.request).toMatchObject({ path: "/v1/new?q=2", body: Buffer.from("another") });
  expect(seen[0]?.request.headers).toMatchObject({ "x-new": "1, 2", "content-length": "7" });
  expect(seen[0]?.request.headers).not.toHaveProperty("x-gone");
});

test("it may leave out what it does not change", async () => {
  const { cloudfront, seen } = await front(({ method, uri, headers }) => ({ method, uri, headers }));
  expect((await visit(cloudfront, "/p?q=1")).status).toBe(200);
  expect(seen[0]?.request.path).toBe("/v1/p?q=1");
});

describe("a result that does not hold is a 502", () => {
  const readOnly = "The function tried to add, delete, or change a read-only header.";
  const withHeader = (name: string, value: unknown) => (request: Request) => ({
    ...request,
    headers: { ...request.headers, [name]: value },
  });
  test.each<readonly [string, Handler, string]>([
    ["a read-only header, changed", withHeader("via", [{ value: "x" }]), readOnly],
    ["a read-only header, added", withHeader("if-none-match", [{ value: "x" }]), readOnly],
    ["a read-only header, gone", withHeader("content-length", undefined), readOnly],
    ["a header that is not allowed", withHeader("x-edge-a", [{ value: "x" }]), "not allowed: x-edge-a"],
    ["CloudFront's id", withHeader("x-amz-cf-id", [{ value: "x" }]), "not allowed: x-amz-cf-id"],
    ["a header with a line end", withHeader("x-a", [{ value: "a\r\nb: c" }]), "header x-a has a character"],
    [
      "a header that is no list",
      withHeader("x-a", { value: "x" }),
      "The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must be an array.",
    ],
    ["another method", (request) => ({ ...request, method: "GET" }), "method, which is read-only"],
    ["a path without a slash", (request) => ({ ...request, uri: "x" }), "uri"],
    ["a path that is too long", (request) => ({ ...request, uri: `/${"x".repeat(8192)}` }), "too long"],
    ["a query with a blank", (request) => ({ ...request, querystring: "a b" }), "query string"],
    [
      "another origin",
      (request) => ({ ...request, origin: { custom: { ...request.origin.custom, path: "/x" } } }),
      "The sandbox does not let a function change the origin",
    ],
    ["nothing", () => undefined, "The Lambda function returned invalid JSON"],
    ["a list", () => [], "The JSON output must be an object type."],
    ["a status that is none", () => ({ status: "100" }), "status"],
    ["a body that is too large", () => ({ status: "200", body: "x".repeat(1_048_577) }), "maximum size"],
    ["a body that is no base64", () => ({ status: "200", body: "?", bodyEncoding: "base64" }), "The body is"],
    [
      "a response with its length",
      () => ({ status: "200", headers: { "content-length": [{ value: "0" }] } }),
      readOnly,
    ],
  ])("%s", async (_what, handler, words) => {
    const { cloudfront, seen, logs } = await front(handler);
    expect(await visit(cloudfront, "/", post)).toMatchObject({
      status: 502,
      headers: { "x-cache": "LambdaValidationError from cloudfront", server: "CloudFront" },
      text: expect.stringContaining(words),
    });
    expect(logs.join()).toContain(words);
    expect(seen).toEqual([]);
  });
});

test("it may answer instead of the origin", async () => {
  const { cloudfront, seen } = await front(() => ({
    status: "413",
    statusDescription: "Content Too Large",
    headers: {
      "content-type": [{ key: "Content-Type", value: "application/json" }],
      "set-cookie": [{ value: "a=1" }, { value: "b=2" }],
    },
    body: Buffer.from('{"message":"too large"}').toString("base64"),
    bodyEncoding: "base64",
  }));
  expect(await visit(cloudfront, "/", post)).toMatchObject({
    status: 413,
    headers: {
      "content-type": "application/json",
      "set-cookie": ["a=1", "b=2"],
      "x-cache": "LambdaGeneratedResponse from cloudfront",
    },
    text: '{"message":"too large"}',
  });
  expect(seen).toEqual([]);
});

test("its answer goes into the cache", async () => {
  let runs = 0;
  const { cloudfront } = await front(() => {
    runs++;
    return {
      status: 302,
      headers: { location: [{ value: "/x" }], "cache-control": [{ value: "max-age=60" }] },
    };
  });
  await createDistribution(cloudfront, {
    ...{ reference: "cached", aliases: ["cached.example.com"], lambdas: [{ arn }] },
    cachePolicy: await createCachePolicy(cloudfront),
  });
  const get = { method: "GET", host: "cached.example.com", path: "/", headers: {}, body: Buffer.alloc(0) };
  const answers = [await cloudfront.request(get), await cloudfront.request(get)];
  expect(answers.map(({ status, headers }) => [status, headers["x-cache"]])).toEqual([
    [302, "LambdaGeneratedResponse from cloudfront"],
    [302, "Hit from cloudfront"],
  ]);
  expect(runs).toBe(1);
});

test("its answer is no reason to ask the second origin", async () => {
  const group = { members: ["a", "b"], statusCodes: [503] };
  const { cloudfront, events } = await front(() => ({ status: "503" }), {
    ...{ target: "reads", methods: ["GET", "HEAD"], group },
  });
  expect((await visit(cloudfront)).status).toBe(503);
  expect(events).toHaveLength(1);
});

test.each<readonly [EdgeRun, object]>([
  [
    { kind: "failed", message: "Task timed out after 5.00 seconds" },
    {
      status: 503,
      headers: { "x-cache": "LambdaExecutionError from cloudfront" },
      text: expect.stringContaining(
        "The Lambda function associated with the CloudFront distribution is invalid",
      ),
    },
  ],
  [{ kind: "throttled" }, { status: 503, headers: { "x-cache": "LambdaLimitExceeded from cloudfront" } }],
])("a run that comes to nothing (%j) is a 503", async (run, expected) => {
  const { cloudfront, seen } = sandbox(
    {},
    {
      trustPolicy: async () => trust,
      lambdas: { find: () => ({ settings, codeSize: 1 }), run: async () => run, associate: () => {} },
    },
  );
  await createDistribution(cloudfront, { lambdas: [{ arn }] });
  expect(await visit(cloudfront)).toMatchObject(expected);
  expect(seen).toEqual([]);
});
