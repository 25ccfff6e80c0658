import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCloudFront } from "../../sandbox/cloudfront/cloudfront";
import { createGateway } from "../../sandbox/gateway/gateway";
import { createIdentities } from "../../sandbox/gateway/identities";
import { type RunningServer, startServer } from "../../sandbox/gateway/server";
import { notServed } from "../../sandbox/http";
import {
  cachingOptimized,
  createAccessControl,
  createDistribution,
  createFunction,
  originXml,
} from "./cloudfront/support";
import { createTestLambda, deploy, frankfurt, get, send, type TestLambda } from "./lambda/helpers";

const owner = { kind: "principal", account: "111111111111", arn: "arn:aws:iam::111111111111:root" } as const;

/** Does what the path says: a number is milliseconds until the second chunk, `/until?<file>` waits for a file. */
const code = `
const { existsSync } = require("node:fs");
const { streamifyResponse, HttpResponseStream } = awslambda;
const metadata = { statusCode: 201, headers: { "Content-Type": "text/plain", "x-a": "b" }, cookies: ["c=1", "d=2"] };
exports.handler = streamifyResponse(async ({ rawPath, rawQueryString }, stream, context) => {
  const path = rawPath.slice(1);
  if (path === "raw") { stream.write({ an: "object" }); stream.end(context.functionName); return; }
  if (path === "typed") { stream.setContentType("text/html"); stream.end("<p>"); return; }
  if (path === "early-failure") throw new Error("too early");
  if (path === "never") return;
  if (path === "status") { HttpResponseStream.from(stream, { statusCode: 99 }).write("x"); stream.end(); return; }
  if (path === "endless") { HttpResponseStream.from(stream, { a: "x".repeat(20000) }).write("x"); stream.end(); return; }
  const answer = HttpResponseStream.from(stream, metadata);
  if (path === "empty") { answer.end(); return; }
  if (path === "large") {
    for (let n = 0; n < 70; n++) answer.write(Buffer.alloc(100000, 97));
    answer.end();
    return;
  }
  answer.write("one ");
  if (path === "failure") { await new Promise((r) => setTimeout(r, 100)); throw new Error("too late"); }
  if (path === "hang") return new Promise(() => {});
  while (path === "until" && !existsSync(rawQueryString)) await new Promise((r) => setTimeout(r, 5));
  setTimeout(() => answer.end("two"), Number(path) || 0);
});`;

let test: TestLambda;
let server: RunningServer;
let url: string;

beforeAll(async () => {
  test = createTestLambda();
  const { lambda, outages } = test;
  url = await deploy(lambda, frankfurt, code, { Timeout: 2 });
  await invokeMode("RESPONSE_STREAM");
  for (const action of ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]) {
    await send(lambda, frankfurt, "POST", "/2015-03-31/functions/hello/policy?Qualifier=live", {
      StatementId: action.split(":")[1],
      Action: action,
      Principal: "cloudfront.amazonaws.com",
    });
  }
  const cloudFront = createCloudFront(lambda.urls);
  const signed = `<OriginAccessControlId>${await createAccessControl(cloudFront)}</OriginAccessControlId>`;
  const name =
    "async function handler({ response }) { response.headers['x-edge'] = { value: 'e' }; return response; }";
  await createDistribution(cloudFront, {
    target: url.split(".")[0],
    origins: [originXml(String(url.split(".")[0]), frankfurt.region, signed)],
    cachePolicy: cachingOptimized,
    functions: { "viewer-response": await createFunction(cloudFront, name) },
  });
  const gateway = createGateway({
    identities: createIdentities(),
    outages,
    lambda,
    cloudFront,
    moto: async ({ service }) => {
      throw notServed(service);
    },
    onLog: () => {},
  });
  server = await startServer(gateway, 0, () => {});
});
afterAll(async () => {
  await server.close();
  await test.close();
});

function invokeMode(InvokeMode: string) {
  return send(test.lambda, frankfurt, "PUT", "/2021-10-31/functions/hello/url?Qualifier=live", {
    InvokeMode,
  });
}

interface Visit {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly chunks: readonly string[];
  readonly isComplete: boolean;
}

/** Asks the front for a path. */
function visit(path: string, method = "GET", onChunk = () => {}): Promise<Visit> {
  return new Promise((resolve, reject) => {
    const headers = { host: "staging.localhost", "accept-encoding": "gzip" };
    const sent = request({ host: "127.0.0.1", port: server.port, path, method, headers }, (response) => {
      const chunks: string[] = [];
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk.toString());
        onChunk();
      });
      response.on("error", () => {});
      response.on("close", () => {
        const { statusCode: status, complete: isComplete } = response;
        resolve({ status, headers: response.headers, chunks, isComplete });
      });
    });
    sent.on("error", reject).end();
  });
}

/** The answer of the function's own URL. */
async function ask(path: string) {
  const { rest, ...answer } = await test.lambda.urls.request(get(url, path), owner);
  const chunks = [answer.body];
  for await (const chunk of rest ?? []) chunks.push(chunk);
  return { ...answer, text: Buffer.concat(chunks).toString() };
}

const messages = () => test.lambda.logs({ functions: ["hello"] }).map(({ message }) => message);

it("brings the first byte through the front before the handler ends", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  const file = join(folder, "arrived");
  const { status, headers, chunks, isComplete } = await visit(`/until?${file}`, "GET", () => {
    writeFileSync(file, "");
  });
  rmSync(folder, { recursive: true });
  expect({ status, chunks, isComplete }).toEqual({ status: 201, chunks: ["one ", "two"], isComplete: true });
  expect(headers).toMatchObject({
    "content-type": "text/plain",
    "x-a": "b",
    "x-edge": "e",
    "set-cookie": ["c=1", "d=2"],
    "transfer-encoding": "chunked",
    "x-cache": "Miss from cloudfront",
  });
  expect(headers).not.toHaveProperty("content-length");
  expect(headers).not.toHaveProperty("content-encoding");
});

it("does not keep in the cache what streams", async () => {
  expect((await visit("/1")).headers["x-cache"]).toBe("Miss from cloudfront");
  expect((await visit("/1")).headers["x-cache"]).toBe("Miss from cloudfront");
});

it("answers a HEAD without the stream", async () => {
  expect(await visit("/200", "HEAD")).toMatchObject({ status: 201, chunks: [], isComplete: true });
});

it("takes what is not text or bytes as JSON, and the content type that the handler sets", async () => {
  expect(await ask("/raw")).toMatchObject({
    status: 200,
    headers: { "content-type": "application/octet-stream" },
    text: '{"an":"object"}hello',
  });
  expect(await ask("/typed")).toMatchObject({ headers: { "content-type": "text/html" }, text: "<p>" });
});

it("loses the metadata of a handler that writes nothing, as AWS does", async () => {
  expect(await ask("/empty")).toMatchObject({
    status: 200,
    headers: { "content-type": "application/octet-stream" },
    text: "",
  });
});

it.each(["/early-failure", "/status", "/endless"])("answers 502 to %s", async (path) => {
  expect(await ask(path)).toMatchObject({ status: 502, text: "Internal Server Error" });
});

it("cuts an answer whose handler fails while it streams, and logs why", async () => {
  expect(await visit("/failure")).toMatchObject({ status: 201, chunks: ["one "], isComplete: false });
  expect(messages().at(-1)).toMatch(/^ERROR\tInvoke Error \t\{"errorType":"Error","errorMessage":"too late"/);
});

it("times out where the stream does not end, even if the handler has", async () => {
  expect(await visit("/hang")).toMatchObject({ status: 201, chunks: ["one "], isComplete: false });
  expect(messages().at(-1)).toBe("Task timed out after 2.00 seconds");
  expect((await ask("/never")).status).toBe(502);
}, 10_000);

it("streams more than a buffered answer may have", async () => {
  const { status, chunks } = await visit("/large");
  expect([status, chunks.join("").length]).toEqual([201, 7_000_000]);
});

it("cuts what streams from a region that goes down", async () => {
  const visited = visit("/400");
  await new Promise((resolve) => setTimeout(resolve, 200));
  test.outages.begin(frankfurt.region);
  expect(await visited).toMatchObject({ chunks: ["one "], isComplete: false });
  test.outages.end(frankfurt.region);
});

it("lets the handler end where the viewer goes away, and takes the next request", async () => {
  await new Promise<void>((resolve) => {
    const headers = { host: "staging.localhost" };
    const sent = request({ host: "127.0.0.1", port: server.port, path: "/200", headers }, (response) => {
      response.on("error", () => {});
      response.once("data", () => {
        sent.destroy();
        resolve();
      });
    });
    sent.on("error", () => {}).end();
  });
  expect((await visit("/10")).chunks.join("")).toBe("one two");
});

describe("with BUFFERED", () => {
  beforeAll(() => invokeMode("BUFFERED"));
  afterAll(() => invokeMode("RESPONSE_STREAM"));

  it("shows the metadata of a streaming handler as a part of the body", async () => {
    const { status, headers, text } = await ask("/1");
    expect({ status, headers }).toMatchObject({
      status: 200,
      headers: { "content-type": "application/json" },
    });
    expect(text).toMatch(/^\{"statusCode":201,.*\}\0{8}one two$/);
  });

  it("answers 502 to what is too large, and logs why", async () => {
    expect(await ask("/large")).toMatchObject({ status: 502 });
    expect(messages().at(-1)).toContain(
      "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    );
  });
});

it("gives the answer of a handler that does not stream as it stands", async () => {
  const plain = "exports.handler = async () => ({ statusCode: 404, body: 'no' })";
  const host = await deploy(test.lambda, frankfurt, plain, { FunctionName: "plain" });
  await send(test.lambda, frankfurt, "PUT", "/2021-10-31/functions/plain/url?Qualifier=live", {
    InvokeMode: "RESPONSE_STREAM",
  });
  expect(await test.lambda.urls.request(get(host), owner)).toMatchObject({
    status: 200,
    headers: { "content-type": "application/json" },
    body: Buffer.from('{"statusCode":404,"body":"no"}'),
  });
});

it("reads back the invoke mode, and refuses another", async () => {
  const path = "/2021-10-31/functions/hello/url?Qualifier=live";
  expect(await send(test.lambda, frankfurt, "GET", path)).toMatchObject({ InvokeMode: "RESPONSE_STREAM" });
  await send(test.lambda, frankfurt, "PUT", path, { AuthType: "AWS_IAM" });
  expect(await send(test.lambda, frankfurt, "GET", path)).toMatchObject({ InvokeMode: "RESPONSE_STREAM" });
  const own = { AuthType: "AWS_IAM", InvokeMode: "RESPONSE_STREAM" };
  expect(await send(test.lambda, frankfurt, "POST", "/2021-10-31/functions/hello/url", own)).toMatchObject(
    own,
  );
  await expect(invokeMode("STREAM")).rejects.toMatchObject({ code: "ValidationException" });
});
