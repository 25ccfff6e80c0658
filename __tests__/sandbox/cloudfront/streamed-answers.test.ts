import { Readable } from "node:stream";
import { cachingOptimized, createDistribution, createFunction, originXml, sandbox, visit } from "./support";

const long = "a".repeat(2000);

function streamed(status: number, body = long) {
  const rest = Readable.from([Buffer.from("the rest")]);
  return { status, headers: { "content-type": "text/plain" }, body: Buffer.from(body), rest };
}

it("neither compresses nor measures what it has not read to the end", async () => {
  const { cloudfront } = sandbox({ a: () => streamed(200) });
  await createDistribution(cloudfront, { cachePolicy: cachingOptimized });
  const { headers, text, rest } = await visit(cloudfront, "/", { headers: { "accept-encoding": "gzip" } });
  expect(headers).not.toHaveProperty("content-encoding");
  expect(headers).not.toHaveProperty("content-length");
  expect(text).toBe(long);
  expect(rest?.destroyed).toBe(false);
});

it("lets go of the answer of an origin that it fails over from", async () => {
  const failed = streamed(503);
  const { cloudfront } = sandbox({ a: () => failed });
  await createDistribution(cloudfront, {
    target: "reads",
    group: { members: ["a", "b"], statusCodes: [503] },
    methods: ["GET", "HEAD"],
  });
  expect((await visit(cloudfront)).text).toBe('{"from":"b"}');
  expect(failed.rest.destroyed).toBe(true);
});

it("lets go of what a function has put another body in the place of", async () => {
  const replaced = streamed(200);
  const { cloudfront } = sandbox({ a: () => replaced });
  const code = "function handler({ response }) { response.body = 'mine'; return response; }";
  await createDistribution(cloudfront, {
    functions: { "viewer-response": await createFunction(cloudfront, code) },
  });
  const { text, headers } = await visit(cloudfront);
  expect([text, headers["content-length"]]).toEqual(["mine", "4"]);
  expect(replaced.rest.destroyed).toBe(true);
});

it("lets go of an answer that comes too late", async () => {
  const late = streamed(200);
  const { cloudfront } = sandbox({ a: () => new Promise((resolve) => setTimeout(resolve, 1200, late)) });
  await createDistribution(cloudfront, { origins: [originXml("a", "eu-central-1", "", 1)] });
  expect((await visit(cloudfront)).status).toBe(504);
  await new Promise((resolve) => late.rest.once("close", resolve));
});
