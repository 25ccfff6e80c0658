import { timeToLive } from "../../../sandbox/cloudfront/cache";
import type { CachePolicy } from "../../../sandbox/cloudfront/policies";
import {
  api,
  CACHING_OPTIMIZED,
  createCachePolicy,
  createDistribution,
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
  const cachePolicy = policy === "optimized" ? CACHING_OPTIMIZED : await createCachePolicy(cloudfront);
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

test("writes and errors are never cached", async () => {
  const { get } = await counting("max-age=30");
  await get("/", {}, "POST");
  expect((await get("/", {}, "POST"))[0]).toBe("Miss");
  expect(timeToLive(json(500, {}, { "cache-control": "max-age=9" }), { maxTtl: 60 } as CachePolicy, 0)).toBe(
    0,
  );
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
