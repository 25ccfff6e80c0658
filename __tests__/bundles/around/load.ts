import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { type BundleInput, bundle } from "../../../bundles/bundle";

/** Where sources are written. */
const folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
beforeAll(() => {
  process.env.AWS_REGION = "eu-central-1";
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A handler, as Lambda calls it. */
export type Handler = (event: unknown, context?: unknown, callback?: unknown) => unknown;

/** A source to bundle, for a handler that has nothing special. */
export function sourceOf(code: string, file: string, more: Partial<BundleInput> = {}): BundleInput {
  const source = join(folder, file);
  writeFileSync(source, code);
  return {
    service: "hello",
    source,
    folder,
    handler: "index.handler",
    runtime: "nodejs22.x",
    exposeRegion: true,
    hasSecrets: false,
    ...more,
  };
}

/** Bundles a source and loads the handler of the bundle, as Lambda's runtime would. */
export async function load(
  code: string,
  file = "index.js",
  more: Partial<BundleInput> = {},
): Promise<Handler> {
  const input = sourceOf(code, file, more);
  const files = unzipSync((await bundle(input)).zip);
  const requireFile = (name: string): Record<string, Handler> => {
    const module = { exports: {} };
    const script = strFromU8(files[name.replace("./", "")] ?? new Uint8Array());
    new Function("module", "exports", "require", script)(module, module.exports, requireFile);
    return module.exports;
  };
  return requireFile("index.js")[input.handler.replace("index.", "")] as Handler;
}

export const http = { method: "GET" };
const domainName = "abc.lambda-url.eu-central-1.on.aws";
/** What a function URL sends. */
export const request = { version: "2.0", requestContext: { domainName, http } };

/** What an HTTP API of API Gateway sends. */
export const apiRequest = {
  version: "2.0",
  requestContext: { domainName: "abc.execute-api.eu-central-1.amazonaws.com", http },
};

/** What is put into the answer. */
export const region = { "x-meridian-region": "eu-central-1" };
