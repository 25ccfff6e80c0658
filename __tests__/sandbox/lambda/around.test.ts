import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../bundles/bundle";
import { sourceMaps } from "../../../fleet/resolve";
import { call, createTestLambda, deploy, frankfurt, get, json, type TestLambda } from "./helpers";

const owner = {
  kind: "principal",
  account: "111111111111",
  arn: "arn:aws:sts::111111111111:assumed-role/x/y",
} as const;

let test: TestLambda;
let folder: string;
beforeAll(() => {
  test = createTestLambda();
  folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  mkdirSync(join(folder, "src"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await test.close();
});

/** Bundles a source as a fleet's cells do, and deploys it; returns what calls its URL. */
async function running(name: string, code: string, exposeRegion = true) {
  const source = join(folder, "src", name);
  writeFileSync(source, code);
  const [runtime, handler] = ["nodejs20.x", "index.handler"] as const;
  const { zip } = await bundle({
    service: "hello",
    source,
    folder,
    handler,
    runtime,
    exposeRegion,
    hasSecrets: false,
  });
  const host = await deploy(test.lambda, frankfurt, "", {
    FunctionName: name.replace(".", "-"),
    Runtime: runtime,
    Code: { ZipFile: Buffer.from(zip).toString("base64") },
    Environment: { Variables: sourceMaps },
  });
  return () => test.lambda.urls.request(get(host), owner);
}

it.each([
  [
    "promise.ts",
    "export const handler = async (): Promise<unknown> => ({ statusCode: 201, body: 'x' });",
    201,
    "x",
  ],
  [
    "callback.js",
    "exports.handler = (e, c, done) => { setTimeout(done, 1, null, { a: 1 }) };",
    200,
    '{"a":1}',
  ],
  ["module.mjs", "export const handler = async () => 'text';", 200, '"text"'],
])("an answer of %s names the region", async (name, code, status, body) => {
  const answer = await (await running(name, code))();
  expect(answer).toMatchObject({ status, headers: { "x-meridian-region": "eu-central-1" } });
  expect(answer.body.toString()).toBe(body);
});

it("is the answer of before but for the header", async () => {
  const code = "export const handler = async () => ({ message: 'hi', list: [1] });";
  const plain = await (await running("plain.ts", code, false))();
  const named = await (await running("named.ts", code))();
  expect(plain.headers["x-meridian-region"]).toBeUndefined();
  expect(named.body.equals(plain.body)).toBe(true);
  expect(named.headers["content-type"]).toBe(plain.headers["content-type"]);
});

it("a stack trace names the source's file and line", async () => {
  await running(
    "broken.ts",
    `interface Event { readonly fail: boolean }

function fail(): never {
  throw new RangeError("no");
}

export async function handler(event: Event) {
  return event.fail ? fail() : {};
}
`,
  );
  const path = "/2015-03-31/functions/broken-ts/invocations?Qualifier=live";
  for (const event of [{ fail: true }, { fail: true, requestContext: { http: {} } }]) {
    const { errorType, trace } = json(await test.lambda.handle(call(frankfurt, "POST", path, event)));
    expect(errorType).toBe("RangeError");
    const frames = (trace as string[]).filter((line) => /^\s+at /.test(line));
    expect(frames[0]).toMatch(/src\/broken\.ts:4:9/);
    expect(frames[1]).toMatch(/src\/broken\.ts:8:/);
  }
});
