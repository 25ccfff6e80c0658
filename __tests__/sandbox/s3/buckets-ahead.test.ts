import type { AwsCall, HttpResponse } from "../../../sandbox/http";
import { withBucketsAhead } from "../../../sandbox/s3/buckets-ahead";

const account = "888888888888";
const state = { bucket: "state", region: "eu-central-1", account, accessKeyId: "ASIAOWNER" };

const call = (method: string, path: string, more: Partial<AwsCall> = {}): AwsCall => ({
  ...{ service: "s3", region: "eu-central-1", account, method, host: "127.0.0.1", path, headers: {} },
  body: Buffer.alloc(0),
  ...more,
});

/** S3 as moto serves it, as far as it matters here: who made which bucket, and that nobody makes it twice. */
function moto() {
  const made = new Map<string, AwsCall>();
  const others: AwsCall[] = [];
  const answer = (status: number): HttpResponse => ({ status, headers: {}, body: Buffer.from("moto's") });
  const { make, s3 } = withBucketsAhead(async (passed) => {
    const isBucket = /^\/[^/?]+$/.test(passed.path);
    if (passed.method === "HEAD" && isBucket) return answer(made.has(passed.path) ? 200 : 404);
    if (passed.method !== "PUT" || !isBucket) {
      others.push(passed);
      return answer(200);
    }
    if (made.has(passed.path)) return answer(409);
    made.set(passed.path, passed);
    return answer(200);
  });
  const status = async (method: string, path: string, more?: Partial<AwsCall>) =>
    (await s3(call(method, path, more))).status;
  return { made, make, others, status };
}

it("makes the bucket in its account and region", async () => {
  const { made, make } = moto();
  await make(state);
  const creation = made.get("/state");
  expect(creation?.headers.authorization).toMatch(/Credential=ASIAOWNER\/\d{8}\/eu-central-1\/s3\//);
  expect(creation?.body.toString()).toContain("<LocationConstraint>eu-central-1</LocationConstraint>");
});

it("keeps objects in it, and calls it absent, until its owner makes it: once", async () => {
  const { make, others, status } = moto();
  await make(state);
  expect(await status("HEAD", "/state")).toBe(404);
  expect(await status("PUT", "/state/acme/state.tfstate?x-id=PutObject")).toBe(200);
  expect(await status("GET", "/state?list-type=2")).toBe(200);
  expect(others).toHaveLength(2);

  expect(await status("PUT", "/state")).toBe(200);
  expect(await status("HEAD", "/state")).toBe(200);
  expect(await status("PUT", "/state")).toBe(409);
});

it("is no help to anybody else who makes it", async () => {
  const { make, status } = moto();
  await make(state);
  expect(await status("PUT", "/state", { account: "111111111111" })).toBe(409);
  expect(await status("PUT", "/state", { region: "eu-west-1" })).toBe(409);
  expect(await status("HEAD", "/state")).toBe(404);
});

it("says so when the bucket cannot be made", async () => {
  const { make } = withBucketsAhead(async () => ({
    status: 400,
    headers: {},
    body: Buffer.from("bad name"),
  }));
  await expect(make(state)).rejects.toThrow("400 bad name");
});
