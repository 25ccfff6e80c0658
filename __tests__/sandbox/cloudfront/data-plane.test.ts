import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { Unreachable } from "../../../sandbox/http";
import {
  cachingDisabled,
  createAccessControl,
  createCachePolicy,
  createDistribution,
  json,
  originXml,
  sandbox,
  visit,
} from "./support";

const failoverGroup = { members: ["a", "b"], statusCodes: [500, 503, 504] };
const reads = { target: "reads", group: failoverGroup, methods: ["GET", "HEAD", "OPTIONS"] };
const unreachable = () => {
  throw new Unreachable("eu-central-1 is down");
};

test("the first pattern that fits decides, then the default", async () => {
  const { cloudfront } = sandbox();
  await createDistribution(cloudfront, {
    target: "a",
    ordered: { "/api/*": { target: "b" }, "/api/x": { target: "a" } },
  });
  expect((await visit(cloudfront, "/api/x?q=/")).text).toBe('{"from":"b"}');
  expect((await visit(cloudfront, "/Api/x")).text).toBe('{"from":"a"}');
});

test("a method that the behaviour does not allow is a 403 of CloudFront's", async () => {
  const { cloudfront, seen } = sandbox();
  await createDistribution(cloudfront, { methods: ["GET", "HEAD"] });
  expect(await visit(cloudfront, "/", { method: "POST" })).toMatchObject({
    status: 403,
    headers: { "x-cache": "Error from cloudfront", server: "CloudFront" },
    text: expect.stringContaining("not configured to allow the HTTP request method"),
  });
  expect(seen).toEqual([]);
});

test("the origin gets its own host, the viewer's headers and CloudFront's", async () => {
  const { cloudfront, seen } = sandbox();
  const header =
    "<CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>X-Key</HeaderName><HeaderValue>k</HeaderValue></OriginCustomHeader></Items></CustomHeaders><OriginPath>/v1</OriginPath>";
  await createDistribution(cloudfront, { origins: [originXml("a", "eu-central-1", header)] });
  const { headers } = await visit(cloudfront, "/p?q=1", {
    headers: {
      "cloudfront-viewer-country": "DE",
      "x-amz-cf-id": "forged",
      "x-sandbox-a": "1",
      connection: "keep-alive",
      authorization: "Bearer t",
      "x-forwarded-for": "192.0.2.1",
      "user-agent": "test",
    },
  });
  const { request, caller } = seen[0] ?? {};
  expect(request).toMatchObject({ host: "a.lambda-url.eu-central-1.on.aws", path: "/v1/p?q=1" });
  expect(request?.headers).toEqual({
    host: "a.lambda-url.eu-central-1.on.aws",
    authorization: "Bearer t",
    "user-agent": "test",
    "x-forwarded-for": "192.0.2.1, 127.0.0.1",
    via: expect.stringMatching(/cloudfront\.net \(CloudFront\)$/),
    "x-amz-cf-id": headers["x-amz-cf-id"],
    "x-key": "k",
  });
  expect(caller).toEqual({ kind: "anonymous" });
  expect(headers).toMatchObject({ "x-cache": "Miss from cloudfront", "x-amz-cf-pop": "SBX50-P1" });
});

test("the country reaches the origin where the cache policy names it", async () => {
  const { cloudfront, seen } = sandbox();
  await createDistribution(cloudfront, { cachePolicy: await createCachePolicy(cloudfront) });
  await visit(cloudfront, "/", { headers: { "cloudfront-viewer-country": "de" } });
  await visit(cloudfront, "/", { headers: { "cloudfront-viewer-country": "nowhere" } });
  expect(seen.map(({ request }) => request.headers["cloudfront-viewer-country"])).toEqual(["DE", undefined]);
});

test("without an origin request policy only what CloudFront adds reaches the origin", async () => {
  const { cloudfront, seen } = sandbox();
  await createDistribution(cloudfront, { originRequestPolicy: "" });
  await visit(cloudfront, "/?q=1", { headers: { "x-h": "1", cookie: "a=1", "user-agent": "test" } });
  expect(seen[0]?.request.path).toBe("/");
  expect(Object.keys(seen[0]?.request.headers ?? {}).sort()).toEqual(
    ["host", "user-agent", "via", "x-amz-cf-id", "x-forwarded-for"].sort(),
  );
  expect(seen[0]?.request.headers["user-agent"]).toBe("Amazon CloudFront");
});

describe("signed origins", () => {
  async function signed() {
    const { cloudfront, seen } = sandbox();
    const control = await createAccessControl(cloudfront);
    const origin = originXml(
      "a",
      "eu-central-1",
      `<OriginAccessControlId>${control}</OriginAccessControlId>`,
    );
    const { arn } = await createDistribution(cloudfront, { origins: [origin] });
    return { cloudfront, seen, arn };
  }

  test("the distribution calls, and the viewer's Authorization is overwritten", async () => {
    const { cloudfront, seen, arn } = await signed();
    await visit(cloudfront, "/", { headers: { authorization: "Bearer t" } });
    expect(seen[0]?.caller).toEqual({ kind: "distribution", arn });
    expect(seen[0]?.request.headers.authorization).toBeUndefined();
  });

  test("a write needs the hash of its body", async () => {
    const { cloudfront, seen } = await signed();
    const write = (hash?: string) =>
      visit(cloudfront, "/", {
        method: "POST",
        body: "hello",
        headers: hash === undefined ? {} : { "x-amz-content-sha256": hash },
      });
    expect(await write()).toMatchObject({
      status: 403,
      headers: { "content-type": "application/json", "x-amzn-errortype": "InvalidSignatureException" },
      text: expect.stringContaining("The request signature we calculated does not match"),
    });
    expect((await write("0".repeat(64))).status).toBe(403);
    expect(seen).toEqual([]);
    expect((await write(createHash("sha256").update("hello").digest("hex"))).status).toBe(200);
    expect(seen[0]?.request.body.toString()).toBe("hello");
  });
});

test("a viewer's Host that is let through is refused by the function URL", async () => {
  const { cloudfront } = sandbox();
  await createDistribution(cloudfront, { originRequestPolicy: "216adef6-5c7f-47e4-b989-5492eafa07d3" });
  expect((await visit(cloudfront)).status).toBe(403);
});

describe("failover", () => {
  test.each([
    ["one of the status codes", () => json(500, {})],
    ["no connection", unreachable],
    ["no answer in time", () => new Promise<never>(() => {})],
  ])("on %s the second origin answers", async (_what, a) => {
    const { cloudfront, seen } = sandbox({ a });
    const origins = [originXml("a", "eu-central-1", "", 1), originXml("b", "us-east-1")];
    await createDistribution(cloudfront, { ...reads, origins });
    expect(await visit(cloudfront)).toMatchObject({ status: 200, text: '{"from":"b"}' });
    expect(seen.map(({ request }) => request.host.slice(0, 1))).toEqual(["a", "b"]);
  });

  test("on another status code it does not", async () => {
    const { cloudfront } = sandbox({ a: () => json(404, {}) });
    await createDistribution(cloudfront, reads);
    expect(await visit(cloudfront)).toMatchObject({
      status: 404,
      headers: { "x-cache": "Error from cloudfront" },
    });
  });

  test("no connection counts as 503, so that a group without 503 does not fail over", async () => {
    const { cloudfront } = sandbox({ a: unreachable });
    await createDistribution(cloudfront, { ...reads, group: { ...failoverGroup, statusCodes: [500] } });
    expect((await visit(cloudfront)).status).toBe(502);
  });

  test("OPTIONS fails over only where it is cached", async () => {
    const { cloudfront } = sandbox({ a: () => json(503, {}) });
    await createDistribution(cloudfront, reads);
    expect((await visit(cloudfront, "/", { method: "OPTIONS" })).status).toBe(503);
  });

  test("when both fail, the second one's failure is the answer", async () => {
    const { cloudfront } = sandbox({ a: () => json(500, {}), b: unreachable });
    await createDistribution(cloudfront, reads);
    expect(await visit(cloudfront)).toMatchObject({
      status: 502,
      headers: { "x-cache": "Error from cloudfront" },
    });
  });

  test("without a group an origin that is down is a 502, and a slow one a 504", async () => {
    const { cloudfront } = sandbox({ a: unreachable, b: () => new Promise<never>(() => {}) });
    const origins = [originXml("a", "eu-central-1"), originXml("b", "us-east-1", "", 1)];
    await createDistribution(cloudfront, { origins, ordered: { "/slow": { target: "b" } } });
    expect((await visit(cloudfront)).status).toBe(502);
    expect((await visit(cloudfront, "/slow")).status).toBe(504);
  });
});

test("AWS's security headers are added; an origin's own win where the policy does not override", async () => {
  const { cloudfront } = sandbox({
    a: () => json(200, {}, { "x-frame-options": "DENY", "x-content-type-options": "x" }),
  });
  await createDistribution(cloudfront);
  expect((await visit(cloudfront)).headers).toMatchObject({
    "strict-transport-security": "max-age=31536000",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "x-xss-protection": "1; mode=block",
    "referrer-policy": "strict-origin-when-cross-origin",
  });
});

describe("compression", () => {
  const body = "x".repeat(2000);
  const page = (more: Readonly<Record<string, string>> = {}) => ({
    status: 200,
    headers: { "content-type": "text/html; charset=utf-8", etag: '"1"', ...more },
    body: Buffer.from(body),
  });

  async function ask(encoding: string, response = page(), cachePolicy?: string) {
    const { cloudfront } = sandbox({ a: () => response });
    await createDistribution(cloudfront, {
      cachePolicy: cachePolicy ?? (await createCachePolicy(cloudfront)),
    });
    return visit(cloudfront, "/", { headers: { "accept-encoding": encoding } });
  }

  test("brotli before gzip, with a weak ETag", async () => {
    const both = await ask("gzip, br");
    expect(both.headers).toMatchObject({ "content-encoding": "br", etag: 'W/"1"', vary: "Accept-Encoding" });
    expect(both.headers["content-length"]).toBe(String(both.body.length));
    expect(brotliDecompressSync(both.body).toString()).toBe(body);
    expect(gunzipSync((await ask("gzip, br;q=0")).body).toString()).toBe(body);
  });

  test.each([
    ["a viewer that takes none", "identity", page(), undefined],
    ["a type that CloudFront does not compress", "gzip", page({ "content-type": "image/png" }), undefined],
    ["a body under 1,000 bytes", "gzip", { ...page(), body: Buffer.from("x".repeat(999)) }, undefined],
    ["a body that is compressed already", "gzip", page({ "content-encoding": "zstd" }), undefined],
    ["a policy that disables caching", "gzip", page(), cachingDisabled],
  ])("not for %s", async (_what, encoding, response, policy) => {
    const { body: sent } = await ask(encoding, response, policy);
    expect(sent.equals(response.body)).toBe(true);
  });
});

test("HEAD has no body, and a disabled distribution answers 403", async () => {
  const { cloudfront } = sandbox();
  await createDistribution(cloudfront);
  expect(await visit(cloudfront, "/", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  const off = sandbox().cloudfront;
  await createDistribution(off, { enabled: false });
  expect((await visit(off)).status).toBe(403);
});
