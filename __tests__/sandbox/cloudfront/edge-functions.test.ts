import { text } from "../../../sandbox/protocols/xml";
import {
  api,
  createCachePolicy,
  createDistribution,
  createFunction,
  type DistributionOptions,
  json,
  sandbox,
  visit,
} from "./support";

/** A front whose default behaviour runs `body` as its handler. */
async function front(
  body: string,
  more: DistributionOptions = {},
  event = "viewer-request",
  statusOfA = 200,
) {
  const messages: string[] = [];
  const { cloudfront, seen } = sandbox(
    { a: () => json(statusOfA, { from: "a" }, { "x-origin": "a", "x-amzn-requestid": "r" }) },
    { log: (entry) => messages.push(entry.message) },
  );
  const arn = await createFunction(
    cloudfront,
    `import cf from 'cloudfront';\nasync function handler(event) { ${body} }`,
  );
  await createDistribution(cloudfront, { functions: { [event]: arn }, ...more });
  return { cloudfront, seen, messages };
}

test("the event shows the request and the distribution", async () => {
  const { cloudfront, messages } = await front("console.log(JSON.stringify(event)); return event.request;");
  await visit(cloudfront, "/p?a=1&a=2&b=", {
    headers: { cookie: "s=1; t=x=y", "x-h": "v", "x-amz-cf-id": "forged" },
  });
  const event = JSON.parse(messages[0] ?? "");
  expect(event).toMatchObject({
    version: "1.0",
    context: { eventType: "viewer-request", distributionId: expect.stringMatching(/^E/) },
    viewer: { ip: "127.0.0.1" },
    request: {
      method: "GET",
      uri: "/p",
      querystring: { a: { value: "1", multiValue: [{ value: "1" }, { value: "2" }] }, b: { value: "" } },
      cookies: { s: { value: "1" }, t: { value: "x=y" } },
    },
  });
  expect(event.request.headers).toEqual({ host: { value: "staging.localhost" }, "x-h": { value: "v" } });
});

test("the viewer's country is shown only where a policy of the behaviour names it", async () => {
  const say =
    "return { statusCode: 200, body: JSON.stringify(event.request.headers['cloudfront-viewer-country'] || null) };";
  const headers = { "cloudfront-viewer-country": "DE" };
  const without = await front(say);
  expect((await visit(without.cloudfront, "/", { headers })).text).toBe("null");
  const { cloudfront } = sandbox();
  const cachePolicy = await createCachePolicy(cloudfront);
  const arn = await createFunction(cloudfront, `async function handler(event) { ${say} }`);
  await createDistribution(cloudfront, { cachePolicy, functions: { "viewer-request": arn } });
  expect((await visit(cloudfront, "/", { headers })).text).toBe('{"value":"DE"}');
  expect((await visit(cloudfront)).text).toBe("null");
});

test("the edge location's region is known only where the request says it", async () => {
  const { cloudfront } = await front(
    "return { statusCode: 200, body: JSON.stringify([typeof cf.edgeLocation.region, cf.edgeLocation.region]) };",
  );
  expect((await visit(cloudfront)).text).toBe('["undefined",null]');
  const headers = { "x-sandbox-edge-region": "eu-west-1" };
  expect((await visit(cloudfront, "/", { headers })).text).toBe('["string","eu-west-1"]');
});

test("a function answers by itself", async () => {
  const { cloudfront, seen } = await front(
    "return { statusCode: 403, statusDescription: 'Forbidden', headers: { 'x-reason': { value: 'zone' } }, cookies: { c: { value: '1', attributes: 'Secure' } }, body: { encoding: 'base64', data: 'aGk=' } };",
  );
  const response = await visit(cloudfront);
  expect(response).toMatchObject({
    status: 403,
    text: "hi",
    headers: {
      "x-reason": "zone",
      "set-cookie": ["c=1; Secure"],
      "x-cache": "FunctionGeneratedResponse from cloudfront",
    },
  });
  expect(seen).toEqual([]);
});

test("a function changes path, query string, headers and cookies", async () => {
  const { cloudfront, seen } = await front(`
    var r = event.request;
    r.uri = '/new'; r.querystring = { q: { value: '2' } }; r.headers['x-h'] = { value: 'v' };
    r.cookies.c = { value: '1' }; delete r.headers['x-gone']; return r;`);
  await visit(cloudfront, "/old?q=1", { headers: { "x-gone": "1", cookie: "s=2" } });
  expect(seen[0]?.request.path).toBe("/new?q=2");
  expect(seen[0]?.request.headers).toMatchObject({ "x-h": "v", cookie: "s=2; c=1" });
  expect(seen[0]?.request.headers["x-gone"]).toBeUndefined();
});

test("a query string that the function leaves alone stays as it was sent", async () => {
  const { cloudfront, seen } = await front("return event.request;");
  await visit(cloudfront, "/?b&a=1&b=%20&a");
  expect(seen[0]?.request.path).toBe("/?b&a=1&b=%20&a");
});

test("a function chooses the origin", async () => {
  const { cloudfront } = await front("cf.selectRequestOriginById('b'); return event.request;");
  expect((await visit(cloudfront)).text).toBe('{"from":"b"}');
});

test("a function chooses a pair: reads fail over, writes do not", async () => {
  const { cloudfront, seen } = await front(
    "cf.createRequestOriginGroup({ originIds: [{ originId: 'a' }, { originId: 'b' }], failoverCriteria: { statusCodes: [503] } }); return event.request;",
    {},
    "viewer-request",
    503,
  );
  expect((await visit(cloudfront)).text).toBe('{"from":"b"}');
  expect((await visit(cloudfront, "/", { method: "DELETE" })).status).toBe(503);
  expect(seen.map(({ request }) => request.host.slice(0, 1))).toEqual(["a", "b", "a"]);
});

test.each([
  ["throw new Error('boom');", 503, "FunctionExecutionError", "boom"],
  [
    "cf.selectRequestOriginById('c'); return event.request;",
    503,
    "FunctionExecutionError",
    "no origin with the id c",
  ],
  ["while (true) {}", 503, "FunctionExecutionError", "did not end"],
  ["return 'x';", 502, "FunctionValidationError", "invalid value"],
  ["event.request.method = 'PUT'; return event.request;", 502, "FunctionValidationError", "method"],
  [
    "event.request.headers.host = { value: 'x' }; return event.request;",
    502,
    "FunctionValidationError",
    "read-only",
  ],
  [
    "event.request.headers['x-amz-cf-id'] = { value: 'x' }; return event.request;",
    502,
    "FunctionValidationError",
    "x-amz-cf-id",
  ],
])("%s gives the viewer %i, and the log says why", async (body, status, result, reason) => {
  const { cloudfront, seen, messages } = await front(body);
  const response = await visit(cloudfront);
  expect(response).toMatchObject({ status, headers: { "x-cache": `${result} from cloudfront` } });
  expect(messages.at(-1)).toContain(reason);
  expect(seen).toEqual([]);
});

test("the live stage runs, not a draft", async () => {
  const { cloudfront } = await front("return { statusCode: 201 };");
  const { etag } = await api(cloudfront, "GET", "/function/route/describe");
  const draft = `<A><FunctionConfig><Comment/><Runtime>cloudfront-js-2.0</Runtime></FunctionConfig><FunctionCode>${Buffer.from(
    "function handler() { return { statusCode: 202 }; }",
  ).toString("base64")}</FunctionCode></A>`;
  const updated = await api(cloudfront, "PUT", "/function/route", draft, { ifMatch: etag });
  expect((await visit(cloudfront)).status).toBe(201);
  await api(cloudfront, "POST", "/function/route/publish", "", { ifMatch: updated.etag });
  expect((await visit(cloudfront)).status).toBe(202);
});

test("a function reads its key-value store, as other code left it", async () => {
  const { cloudfront } = sandbox();
  const { xml } = await api(cloudfront, "POST", "/key-value-store", "<A><Name>drain</Name></A>");
  const store = text(xml, "ARN");
  const arn = await createFunction(
    cloudfront,
    "import cf from 'cloudfront'; async function handler(e) { return { statusCode: 200, body: await cf.kvs().get('k') }; }",
    { store },
  );
  await createDistribution(cloudfront, { functions: { "viewer-request": arn } });
  expect((await visit(cloudfront)).status).toBe(503);
  cloudfront.keyValueStore(store)?.put("k", "value");
  expect((await visit(cloudfront)).text).toBe("value");
});

test("a viewer response function changes headers and keeps the body; an origin's error passes it by", async () => {
  const body = "var r = event.response; r.headers['x-seen'] = r.headers['x-origin']; return r;";
  const fine = await front(body, {}, "viewer-response");
  expect(await visit(fine.cloudfront)).toMatchObject({ text: '{"from":"a"}', headers: { "x-seen": "a" } });
  const failing = await front(body, {}, "viewer-response", 500);
  expect((await visit(failing.cloudfront)).headers["x-seen"]).toBeUndefined();
});

test("headers that are kept from functions pass them by", async () => {
  const say = (what: string) =>
    `console.log(Object.keys(event.${what}.headers).join()); return event.${what};`;
  const asked = await front(say("request"));
  await visit(asked.cloudfront, "/", { headers: { "x-real-ip": "192.0.2.1", "x-forwarded-proto": "http" } });
  expect(asked.messages).toEqual(["host"]);
  expect(asked.seen[0]?.request.headers).toMatchObject({
    ...{ "x-real-ip": "192.0.2.1", "x-forwarded-proto": "http" },
  });
  const answered = await front(say("response"), {}, "viewer-response");
  expect((await visit(answered.cloudfront)).headers).toMatchObject({ "x-amzn-requestid": "r" });
  expect(answered.messages).toEqual(["content-type,x-origin"]);
});
