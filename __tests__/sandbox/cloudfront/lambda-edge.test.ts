import { createHash } from "node:crypto";
import type { OriginRequestEvent } from "../../../sandbox/cloudfront/lambda-events";
import { type HttpRequest, type HttpResponse, Unreachable } from "../../../sandbox/http";
import type { EdgeRun } from "../../../sandbox/lambda/at-edge";
import {
  createAccessControl,
  createCachePolicy,
  createDistribution,
  createFunction,
  type DistributionOptions,
  json,
  originXml,
  ownAccount,
  sandbox,
  visit,
} from "./support";

type Event = OriginRequestEvent["Records"][0]["cf"];
type Request = Event["request"];
type Handler = (request: Request) => unknown;

const arn = `arn:aws:lambda:us-east-1:${ownAccount}:function:hash:1`;
const sha256 = (body: string | Buffer) => createHash("sha256").update(body).digest("hex");
const header = "x-amz-content-sha256";

/** Puts the hash of the body into the header that CloudFront signs. */
const hashes: Handler = (request) => {
  if (request.headers[header] || request.method === "DELETE") return request;
  const bytes = Buffer.from(request.body?.data ?? "", "base64");
  return {
    ...request,
    headers: { ...request.headers, [header]: [{ key: header, value: sha256(bytes) }] },
  };
};

const settings = {
  ...{ Role: `arn:aws:iam::${ownAccount}:role/hash`, Handler: "index.handler", Runtime: "nodejs22.x" },
  ...{ Description: "", Timeout: 5, MemorySize: 128, Architectures: ["x86_64"] },
  ...{ LoggingConfig: { LogFormat: "Text", LogGroup: "" }, EphemeralStorage: { Size: 512 } },
  TracingConfig: { Mode: "PassThrough" },
};
const trust = JSON.stringify({
  Statement: {
    ...{ Effect: "Allow", Action: "sts:AssumeRole" },
    Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
  },
});

/** A front that runs `handler` on origin-request, and signs what it sends to origin `a`. */
async function front(
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

const post = { method: "POST", body: "hello" };
const requestOf = ({ request }: Event): Request => request;

test("the event is that of the developer guide", async () => {
  const { cloudfront, events, id, domain } = await front((request) => request);
  const response = await visit(cloudfront, "/p%20q?a=1&b", {
    ...post,
    headers: { [header]: sha256("hello"), "x-h": "1", authorization: "Bearer t", cookie: "c=1; d=2" },
  });
  const host = "a.lambda-url.eu-central-1.on.aws";
  expect(events).toEqual([
    {
      config: {
        distributionDomainName: domain,
        distributionId: id,
        eventType: "origin-request",
        requestId: response.headers["x-amz-cf-id"],
      },
      request: {
        body: { action: "read-only", data: "aGVsbG8=", encoding: "base64", inputTruncated: false },
        clientIp: "127.0.0.1",
        headers: {
          host: [{ key: "host", value: host }],
          "user-agent": [{ key: "user-agent", value: "Amazon CloudFront" }],
          [header]: [{ key: header, value: sha256("hello") }],
          "x-h": [{ key: "x-h", value: "1" }],
          authorization: [{ key: "authorization", value: "Bearer t" }],
          cookie: [{ key: "cookie", value: "c=1; d=2" }],
          "content-length": [{ key: "content-length", value: "5" }],
          "x-forwarded-for": [{ key: "x-forwarded-for", value: "127.0.0.1" }],
          via: [{ key: "via", value: expect.stringContaining("(CloudFront)") }],
        },
        method: "POST",
        origin: {
          custom: {
            customHeaders: { "x-key": [{ key: "x-key", value: "k" }] },
            domainName: host,
            keepaliveTimeout: 5,
            path: "/v1",
            port: 443,
            protocol: "https",
            readTimeout: 7,
            sslProtocols: [],
          },
        },
        querystring: "a=1&b",
        uri: "/p%20q",
      },
    },
  ]);
});

describe("a function that hashes", () => {
  test.each([
    ["text", "hello"],
    ["bytes that are no text", Buffer.from([0xff, 0x00, 0xc3, 0x28])],
    ["no body", ""],
  ])("lets %s be signed", async (_what, body) => {
    const { cloudfront, seen } = await front(hashes);
    for (const method of ["POST", "PUT", "PATCH"]) {
      expect((await visit(cloudfront, "/", { method, body })).status).toBe(200);
    }
    expect(seen.map(({ request }) => request.headers[header])).toEqual(Array(3).fill(sha256(body)));
    expect(seen[0]?.request.body).toEqual(Buffer.from(body));
    expect(seen[0]?.request.headers).toMatchObject({ "x-key": "k", "x-amz-cf-id": expect.any(String) });
  });

  test("leaves a viewer's wrong hash to be refused", async () => {
    const { cloudfront, seen } = await front(hashes);
    const wrong = await visit(cloudfront, "/", { ...post, headers: { [header]: sha256("other") } });
    expect(wrong).toMatchObject({
      status: 403,
      headers: { "x-amzn-errortype": "InvalidSignatureException", "x-cache": "Error from cloudfront" },
    });
    expect((await visit(cloudfront, "/", { headers: { [header]: sha256("other") } })).status).toBe(403);
    expect(seen).toEqual([]);
  });

  test("sees the first megabyte, and the origin gets all", async () => {
    const body = Buffer.alloc(1_048_577, 1);
    const { cloudfront, events, seen } = await front(hashes);
    expect((await visit(cloudfront, "/", { method: "POST", body })).status).toBe(403);
    expect(Buffer.from(events[0]?.request.body?.data ?? "", "base64").length).toBe(1_048_576);
    expect(events[0]?.request.body?.inputTruncated).toBe(true);
    const headers = { [header]: sha256(body) };
    expect((await visit(cloudfront, "/", { method: "POST", body, headers })).status).toBe(200);
    expect(seen[0]?.request.body.length).toBe(body.length);
    const whole = await front(hashes);
    await visit(whole.cloudfront, "/", { method: "POST", body: body.subarray(1) });
    expect(whole.events[0]?.request.body?.inputTruncated).toBe(false);
  });

  test("does not see the body of a DELETE", async () => {
    const { cloudfront, events, seen } = await front(hashes);
    expect((await visit(cloudfront, "/", { method: "DELETE", body: "hello" })).status).toBe(403);
    expect(events[0]?.request.body).toMatchObject({ data: "", inputTruncated: false });
    expect((await visit(cloudfront, "/", { method: "DELETE" })).status).toBe(200);
    const headers = { [header]: sha256("hello") };
    expect((await visit(cloudfront, "/", { method: "DELETE", body: "hello", headers })).status).toBe(200);
    expect(seen[1]?.request.body.toString()).toBe("hello");
  });
});

test("no body is shown for a read, or where the association does not say so", async () => {
  const { cloudfront, events } = await front((request) => request);
  for (const method of ["GET", "HEAD", "OPTIONS"]) await visit(cloudfront, "/", { method });
  const bodyless = await front((request) => request, { lambdas: [{ arn, includeBody: false }] });
  await visit(bodyless.cloudfront, "/", post);
  expect([...events, ...bodyless.events].map((event) => "body" in requestOf(event))).toEqual(
    Array(4).fill(false),
  );
});

test("it runs after the viewer request function, for the origin that this chose", async () => {
  const { cloudfront, events, seen } = await front((request) => request);
  const route = await createFunction(
    cloudfront,
    `import cf from 'cloudfront';
     function handler(event) { cf.selectRequestOriginById('b'); event.request.uri = '/x'; return event.request; }`,
  );
  await createDistribution(cloudfront, {
    reference: "second",
    lambdas: [{ arn }],
    functions: { "viewer-request": route },
  });
  await cloudfront.request({
    ...{ method: "GET", host: cloudfront.distributions()[1]?.domain ?? "", path: "/", headers: {} },
    body: Buffer.alloc(0),
  });
  expect(events[0]?.request).toMatchObject({
    uri: "/x",
    origin: { custom: { domainName: "b.lambda-url.us-east-1.on.aws" } },
  });
  expect(seen[0]?.request.host).toMatch(/^b\./);
});

test("on a failover it runs again, for the second origin", async () => {
  const unreachable = () => {
    throw new Unreachable("eu-central-1 is down");
  };
  const { cloudfront, events } = await front(
    (request) => request,
    {
      ...{ target: "reads", methods: ["GET", "HEAD"] },
      group: { members: ["a", "b"], statusCodes: [503] },
    },
    { a: unreachable },
  );
  expect((await visit(cloudfront)).text).toBe('{"from":"b"}');
  expect(events.map((event) => requestOf(event).origin.custom.domainName.slice(0, 1))).toEqual(["a", "b"]);
});

test("what is in the cache does not reach it", async () => {
  const answers = { a: () => json(200, {}, { "cache-control": "max-age=60" }) };
  const { cloudfront, events } = await front((request) => request, {}, answers);
  await createDistribution(cloudfront, {
    ...{ reference: "cached", aliases: ["cached.example.com"], lambdas: [{ arn }] },
    cachePolicy: await createCachePolicy(cloudfront),
  });
  const get = { method: "GET", host: "cached.example.com", path: "/", headers: {}, body: Buffer.alloc(0) };
  await cloudfront.request(get);
  expect((await cloudfront.request(get)).headers["x-cache"]).toBe("Hit from cloudfront");
  expect(events).toHaveLength(1);
});

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

test("what it adds needs no policy to reach the origin", async () => {
  const { cloudfront, events, seen } = await front(hashes, { originRequestPolicy: "" });
  const headers = { [header]: sha256("other"), "x-h": "1" };
  expect((await visit(cloudfront, "/", { ...post, headers })).status).toBe(200);
  expect(events[0]?.request.headers).not.toHaveProperty("x-h");
  expect(seen[0]?.request.headers[header]).toBe(sha256("hello"));
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
