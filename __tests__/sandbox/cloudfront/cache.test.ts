import { Unreachable } from "../../../sandbox/http";
import {
  api,
  cachingDisabled,
  cachingOptimized,
  createCachePolicy,
  createDistribution,
  createFunction,
  errorResponsesXml,
  json,
  sandbox,
  visit,
} from "./support";

/** A front whose origin counts its answers, at a clock that tests set. */
async function counting(cacheControl: string, policy: "country" | "optimized" = "country") {
  let now = Date.UTC(2026, 0, 1);
  let count = 0;
  const answer = () =>
    json(200, { count: ++count }, cacheControl === "" ? {} : { "cache-control": cacheControl });
  const { cloudfront } = sandbox({ a: answer }, { now: () => now });
  const cachePolicy = policy === "optimized" ? cachingOptimized : await createCachePolicy(cloudfront);
  const { id } = await createDistribution(cloudfront, { cachePolicy });
  const get = async (path = "/", headers: Readonly<Record<string, string>> = {}, method = "GET") => {
    const response = await visit(cloudfront, path, { headers, method });
    return [response.headers["x-cache"]?.toString().split(" ")[0], response.text] as const;
  };
  return { cloudfront, id, get, wait: (seconds: number) => (now += seconds * 1000) };
}

test("a response is served again until its time is over", async () => {
  const { get, wait, cloudfront } = await counting("max-age=30");
  expect(await get()).toEqual(["Miss", '{"count":1}']);
  wait(29);
  expect(await get()).toEqual(["Hit", '{"count":1}']);
  expect((await visit(cloudfront)).headers.age).toBe("29");
  wait(1);
  expect(await get()).toEqual(["Miss", '{"count":2}']);
});

test("the policy's maximum wins over the origin", async () => {
  const { get, wait } = await counting("max-age=3600");
  await get();
  wait(60);
  expect((await get())[0]).toBe("Miss");
});

test.each(["", "no-store", "private, max-age=30", "no-cache"])(
  "with a default and minimum of 0, %p is not cached",
  async (cacheControl) => {
    const { get } = await counting(cacheControl);
    await get();
    expect((await get())[0]).toBe("Miss");
  },
);

test("without a word from the origin the policy's default holds", async () => {
  const { get, wait } = await counting("", "optimized");
  await get();
  wait(86_399);
  expect((await get())[0]).toBe("Hit");
});

test("the key holds what the policy names, and no more", async () => {
  const { get } = await counting("max-age=30");
  await get("/", { "cloudfront-viewer-country": "DE", "x-h": "1" });
  expect((await get("/?q=1", { "cloudfront-viewer-country": "DE", "x-h": "2" }))[0]).toBe("Hit");
  expect((await get("/", { "cloudfront-viewer-country": "FR" }))[0]).toBe("Miss");
  expect((await get("/other", { "cloudfront-viewer-country": "DE" }))[0]).toBe("Miss");
  expect((await get("/", { "cloudfront-viewer-country": "DE", "accept-encoding": "br" }))[0]).toBe("Miss");
});

test("writes are never cached", async () => {
  const { get } = await counting("max-age=30");
  await get("/", {}, "POST");
  expect((await get("/", {}, "POST"))[0]).toBe("Miss");
});

describe("a header that a viewer request function adds", () => {
  async function zoned(headers: readonly string[]) {
    let count = 0;
    const answer = () => json(200, { count: ++count }, { "cache-control": "max-age=30" });
    const { cloudfront, seen } = sandbox({ a: answer });
    const cachePolicy = await createCachePolicy(cloudfront, { headers: [...headers] });
    const arn = await createFunction(
      cloudfront,
      "function handler(e) { e.request.headers['x-zone'] = { value: e.request.querystring.zone.value }; return e.request; }",
    );
    await createDistribution(cloudfront, {
      cachePolicy,
      originRequestPolicy: "",
      functions: { "viewer-request": arn },
    });
    const get = async (zone: string, headers = {}) =>
      (await visit(cloudfront, `/?zone=${zone}`, { headers })).text;
    return { seen, get };
  }

  test("is in the key where the cache policy names it, whatever the viewer says", async () => {
    const { get } = await zoned(["X-Zone"]);
    expect(await get("eu")).toBe('{"count":1}');
    expect(await get("us")).toBe('{"count":2}');
    expect(await get("eu", { "x-zone": "us" })).toBe('{"count":1}');
    expect(await get("us", { "x-zone": "eu" })).toBe('{"count":2}');
  });

  test("reaches the origin where the cache policy names it", async () => {
    const named = await zoned(["X-Zone"]);
    await named.get("eu", { "x-zone": "us" });
    expect(named.seen[0]?.request.headers["x-zone"]).toBe("eu");
    const other = await zoned(["X-Other"]);
    await other.get("eu");
    expect(other.seen[0]?.request.headers["x-zone"]).toBeUndefined();
  });

  test("is not in the key where no policy names it", async () => {
    const { get } = await zoned(["X-Other"]);
    expect([await get("eu"), await get("us")]).toEqual(['{"count":1}', '{"count":1}']);
  });
});

test("an answer that a viewer request function made is never cached", async () => {
  const { cloudfront, seen } = sandbox();
  const cachePolicy = await createCachePolicy(cloudfront);
  const arn = await createFunction(
    cloudfront,
    `function handler(e) {
      if (!e.request.headers["x-pass"]) {
        return { statusCode: 200, headers: { "cache-control": { value: "max-age=30" } }, body: "edge" };
      }
      return e.request;
    }`,
  );
  await createDistribution(cloudfront, { cachePolicy, functions: { "viewer-request": arn } });
  expect((await visit(cloudfront)).text).toBe("edge");
  expect((await visit(cloudfront, "/", { headers: { "x-pass": "1" } })).text).toBe('{"from":"a"}');
  expect(seen).toHaveLength(1);
});

/** A front whose origin fails in a given way; says for how many seconds the failure was kept. */
async function keptFor(status: number, cacheControl = "", more = "", cachePolicy?: string): Promise<number> {
  let now = Date.UTC(2026, 0, 1);
  let asked = 0;
  const answer = () => {
    asked++;
    if (status === 0) throw new Unreachable("down");
    return json(status, {}, cacheControl === "" ? {} : { "cache-control": cacheControl });
  };
  const { cloudfront } = sandbox({ a: answer }, { now: () => now });
  await createDistribution(cloudfront, {
    cachePolicy: cachePolicy ?? (await createCachePolicy(cloudfront)),
    more,
  });
  const start = now;
  const first = await visit(cloudfront);
  for (; asked === 1; now += 1000) {
    const { status, headers } = await visit(cloudfront);
    expect([status, headers["x-cache"]]).toEqual([first.status, "Error from cloudfront"]);
  }
  return (now - start) / 1000 - 1;
}

describe("errors", () => {
  test.each([404, 410, 414, 500, 501, 502, 503, 504])("%i is kept for ten seconds", async (status) => {
    expect(await keptFor(status)).toBe(10);
  });

  test("so is an origin that cannot be reached", async () => {
    expect(await keptFor(0)).toBe(10);
    expect(await keptFor(0, "", errorResponsesXml({ 502: 0 }))).toBe(0);
  });

  test.each([400, 403, 405, 412, 415])("%i is kept only with an age", async (status) => {
    expect(await keptFor(status)).toBe(0);
    expect(await keptFor(status, "s-maxage=2, max-age=1")).toBe(10);
    expect(await keptFor(status, "max-age=15")).toBe(15);
  });

  test.each([401, 416, 429])("%i is never kept", async (status) => {
    expect(await keptFor(status, "max-age=15")).toBe(0);
  });

  test("the origin's age wins where it is longer, up to the policy's maximum", async () => {
    expect(await keptFor(500, "max-age=20")).toBe(20);
    expect(await keptFor(500, "max-age=3600")).toBe(60);
    expect(await keptFor(500, "max-age=20", errorResponsesXml({ 500: 0 }))).toBe(20);
  });

  test("an origin can keep some out of the cache, and not others", async () => {
    expect(await keptFor(404, "no-store")).toBe(0);
    expect(await keptFor(501, "private")).toBe(0);
    expect(await keptFor(503, "no-store")).toBe(10);
  });

  test("the distribution says how long, by status code", async () => {
    const more = errorResponsesXml({ 500: 0, 503: 3, 504: "" });
    expect(await keptFor(500, "", more)).toBe(0);
    expect(await keptFor(503, "no-cache", more)).toBe(3);
    expect(await keptFor(504, "", more)).toBe(10);
    expect(await keptFor(502, "", more)).toBe(10);
  });

  test("one with a page of the distribution's own is not kept, as the sandbox shows no such pages", async () => {
    const page = "<ResponsePagePath>/sorry</ResponsePagePath><ResponseCode>200</ResponseCode>";
    expect(await keptFor(503, "", errorResponsesXml({ 503: 5 }, page))).toBe(0);
  });

  test("a policy that disables caching keeps none", async () => {
    expect(await keptFor(503, "", "", cachingDisabled)).toBe(0);
  });

  test("those of writes are not kept", async () => {
    const { cloudfront, seen } = sandbox({ a: () => json(503, {}) });
    await createDistribution(cloudfront, { cachePolicy: await createCachePolicy(cloudfront) });
    for (const method of ["POST", "POST"]) await visit(cloudfront, "/", { method });
    expect(seen).toHaveLength(2);
  });
});

test("an invalidation empties what its paths cover", async () => {
  const { get, cloudfront, id } = await counting("max-age=30");
  await get("/a/1");
  await get("/b");
  const batch =
    "<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/a/*</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>";
  await api(cloudfront, "POST", `/distribution/${id}/invalidation`, batch);
  expect((await get("/a/1"))[0]).toBe("Miss");
  expect((await get("/b"))[0]).toBe("Hit");
});
