import { Unreachable } from "../../../sandbox/http";
import { arn, type Event, front, hashes, header, post, type Request, sha256 } from "./edge-front";
import { createCachePolicy, createDistribution, createFunction, json, visit } from "./support";

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

test("what it adds needs no policy to reach the origin", async () => {
  const { cloudfront, events, seen } = await front(hashes, { originRequestPolicy: "" });
  const headers = { [header]: sha256("other"), "x-h": "1" };
  expect((await visit(cloudfront, "/", { ...post, headers })).status).toBe(200);
  expect(events[0]?.request.headers).not.toHaveProperty("x-h");
  expect(seen[0]?.request.headers[header]).toBe(sha256("hello"));
});
