import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { strToU8, zipSync } from "fflate";
import type { AwsCall, HttpRequest, HttpResponse } from "../../../sandbox/http";
import { createLambda, type Lambda, type LambdaOptions } from "../../../sandbox/lambda/lambda";
import type { Limits } from "../../../sandbox/limits";
import { createOutages, type Outages } from "../../../sandbox/outages";

/** Where a call comes from. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export const frankfurt: Place = { account: "111111111111", region: "eu-central-1" };

/** A Lambda in a temporary folder, with its function process compiled there. */
export interface TestLambda {
  readonly lambda: Lambda;
  readonly outages: Outages;
  readonly close: () => Promise<void>;
}

/** Neither queues nor networks. */
const nothingBeside: Pick<LambdaOptions, "queues" | "networks"> = {
  queues: { visibilityTimeout: async () => undefined, receive: async () => [], remove: async () => {} },
  networks: { subnets: async () => [], securityGroups: async () => [] },
};

export function createTestLambda(
  limits?: Limits,
  beside: Partial<typeof nothingBeside> = nothingBeside,
): TestLambda {
  const folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  const functionProcess = join(folder, "function-process.js");
  buildSync({
    entryPoints: [join(__dirname, "../../../sandbox/lambda/function-process.ts")],
    outfile: functionProcess,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
  });
  const outages = createOutages();
  const lambda = createLambda({
    folder,
    functionProcess,
    runtimeModules: [join(folder, "runtime")],
    endpoint: () => "http://127.0.0.1:4566",
    outages,
    limits,
    ...nothingBeside,
    ...beside,
    credentials: async (roleArn) => ({ accessKeyId: `key of ${roleArn}`, secretAccessKey: "secret" }),
  });
  const sdk = join(folder, "runtime", "@aws-sdk", "client-test");
  mkdirSync(sdk, { recursive: true });
  writeFileSync(join(sdk, "index.js"), "exports.name = 'the SDK of the runtime'");
  const close = async () => {
    await lambda.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { lambda, outages, close };
}

/** A zip in base64, from file names and their texts. */
export function zip(files: Readonly<Record<string, string>>): string {
  const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)] as const);
  return Buffer.from(zipSync(Object.fromEntries(entries), { mtime: new Date(2000, 0, 1) })).toString(
    "base64",
  );
}

export function call(place: Place, method: string, path: string, body?: unknown): AwsCall {
  return {
    ...place,
    service: "lambda",
    method,
    host: "127.0.0.1",
    path,
    headers: {},
    body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
  };
}

/** Sends a call and reads the JSON of its answer. */
export async function send(
  lambda: Lambda,
  ...args: Parameters<typeof call>
): Promise<Record<string, unknown>> {
  return json(await lambda.handle(call(...args)));
}

export function json(response: HttpResponse): Record<string, unknown> {
  return response.body.length === 0 ? {} : JSON.parse(response.body.toString());
}

/** The request of CreateFunction for a function of one file, with defaults that can be overridden. */
export function functionOf(code: string, settings: Readonly<Record<string, unknown>> = {}) {
  return {
    FunctionName: "hello",
    Role: "arn:aws:iam::111111111111:role/hello",
    Handler: "index.handler",
    Runtime: "nodejs22.x",
    Publish: true,
    Code: { ZipFile: zip({ "index.js": code }) },
    ...settings,
  };
}

/** Creates a function with alias `live` and a URL on it; returns the URL's host. */
export async function deploy(
  lambda: Lambda,
  place: Place,
  code: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { FunctionName } = await send(
    lambda,
    place,
    "POST",
    "/2015-03-31/functions",
    functionOf(code, settings),
  );
  const path = `functions/${FunctionName}`;
  await send(lambda, place, "POST", `/2015-03-31/${path}/aliases`, { Name: "live", FunctionVersion: "1" });
  const { FunctionUrl } = await send(lambda, place, "POST", `/2021-10-31/${path}/url?Qualifier=live`, {
    AuthType: "AWS_IAM",
  });
  return new URL(String(FunctionUrl)).host;
}

export function get(host: string, path = "/", more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: "GET", host, path, headers: { host }, body: Buffer.alloc(0), ...more };
}
