import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build, type Message, type Plugin } from "esbuild";
import type { runtimes } from "../fleet/limits";
import { packageRoot } from "../fleet/project";
import { type Bundle, type BundleFile, zipped } from "./zip";

/** What decides the content of a bundle. */
export interface BundleInput {
  /** Name that the file starts with. */
  readonly service: string;
  /** Absolute path of the handler's file. */
  readonly source: string;
  /** Folder that the source map's paths are relative to: the fleet file's. */
  readonly folder: string;
  /** `file.export`. */
  readonly handler: string;
  readonly runtime: (typeof runtimes)[number];
  /** Whether answers to HTTP requests name their region, in the header `x-meridian-region`. */
  readonly exposeRegion: boolean;
  /** Whether there are secrets to load before the source is. */
  readonly hasSecrets: boolean;
}

/** A bundle, and what its source shows of the handler. */
export interface HandlerBundle extends Bundle {
  /** Whether the source, or what it imports, knows `awslambda.streamifyResponse`. */
  readonly canStream: boolean;
  /** Whether the source itself does; a library may know it and seldom use it. */
  readonly meansToStream: boolean;
}

/** Why a source does not bundle, in the bundler's words. */
export class BundleError extends Error {}

/**
 * Bundles a handler with esbuild and zips it.
 *
 * The AWS SDK stays outside: every Node.js runtime of Lambda brings it
 * (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html).
 *
 * @throws {BundleError} the source has errors, or does not export the handler
 */
export async function bundle(input: BundleInput): Promise<HandlerBundle> {
  const [name, exported] = input.handler.split(".") as [string, string];
  const source = `${name}.source.js`;
  const compiled = await compile(input, source);
  await requireExport(input, exported);
  const files = [entry(input, name, exported, source), ...aroundFiles(input), ...compiled];
  return {
    ...zipped(input.service, files),
    canStream: compiled.some(({ name, contents }) => name === source && streams(contents)),
    meansToStream: streams(readFileSync(input.source)),
  };
}

/** What marks a handler that streams, in the words that no minifier changes. */
function streams(contents: Uint8Array): boolean {
  const text = Buffer.from(contents);
  return ["streamifyResponse", "aws.lambda.runtime.handler.streaming"].some((word) => text.includes(word));
}

async function compile(input: BundleInput, file: string): Promise<readonly BundleFile[]> {
  const result = await build({
    absWorkingDir: input.folder,
    entryPoints: { [file.slice(0, -".js".length)]: input.source },
    outdir: "bundle",
    write: false,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: `node${Number.parseInt(input.runtime.slice("nodejs".length), 10)}`,
    external: ["@aws-sdk/*"],
    plugins: [secretsModule(input)],
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "silent",
  }).catch((error: { errors?: readonly Message[] }) => {
    throw new BundleError(describe(error.errors ?? [], String(error)));
  });
  return result.outputFiles.map((file) => ({ name: basename(file.path), contents: file.contents }));
}

/** What stands around the source lies in a folder of its own, so that no handler's file is called the same. */
const aroundFolder = "meridian";

/**
 * `meridian/secrets` is a file of that folder. Here it is left to be found when the function runs, so that source and entry
 * share one.
 */
function secretsModule({ hasSecrets }: BundleInput): Plugin {
  const missing = '"meridian/secrets" holds nothing: the service has no "secrets" in the fleet file';
  return {
    name: "meridian-secrets",
    setup({ onResolve }) {
      onResolve({ filter: /^meridian\/secrets$/ }, () =>
        hasSecrets
          ? { path: `./${aroundFolder}/secrets.js`, external: true }
          : { errors: [{ text: missing }] },
      );
    },
  };
}

const aroundTexts = new Map<string, Uint8Array>();

/** The files of `bundles/around` that a bundle needs, as they are: what runs can be read where it is reviewed. */
function aroundFiles({ hasSecrets }: BundleInput): readonly BundleFile[] {
  const names = ["handler.js", ...(hasSecrets ? ["secrets.js", "signed-call.js"] : [])];
  return names.map((name) => {
    // A checkout may have line ends of its own.
    const contents =
      aroundTexts.get(name) ??
      Buffer.from(
        readFileSync(join(packageRoot, "bundles", "around", name), "utf8").replaceAll("\r\n", "\n"),
      );
    aroundTexts.set(name, contents);
    return { name: `${aroundFolder}/${name}`, contents };
  });
}

/**
 * The file that Lambda loads. The compiled source lies beside it, so that neither its meaning nor its source map changes.
 *
 * Secrets are there before the source is loaded, for which the entry has to wait: only ES modules can, while they load.
 * https://aws.amazon.com/blogs/compute/using-node-js-es-modules-and-top-level-await-in-aws-lambda/
 */
function entry(input: BundleInput, name: string, exported: string, source: string): BundleFile {
  const { exposeRegion, hasSecrets } = input;
  const key = JSON.stringify(exported);
  const load = `() => require("./${source}")[${key}]`;
  const lines = hasSecrets
    ? [
        'import { createRequire } from "node:module";',
        "const require = createRequire(import.meta.url);",
        `const secrets = require("./${aroundFolder}/secrets.js");`,
        "await secrets.load();",
        `const { around } = require("./${aroundFolder}/handler.js");`,
        `const handler = around(${load}, { exposeRegion: ${exposeRegion}, refresh: secrets.refresh });`,
        `export { handler as ${key} };`,
      ]
    : [
        `const { around } = require("./${aroundFolder}/handler.js");`,
        `exports[${key}] = around(${load}, { exposeRegion: ${exposeRegion} });`,
      ];
  const contents = Buffer.from(`${lines.join("\n")}\n`);
  return { name: hasSecrets ? `${name}.mjs` : `${name}.js`, contents };
}

/** A CommonJS source says nothing about its exports before it runs, so it is left to the runtime. */
async function requireExport(input: BundleInput, exported: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: input.folder,
    entryPoints: [input.source],
    outdir: "exports",
    write: false,
    metafile: true,
    minify: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  const names = output?.exports ?? [];
  const mayReexport = (output?.imports.length ?? 0) > 0;
  if (names.length > 0 && !names.includes(exported) && !mayReexport) {
    throw new BundleError(
      `${relative(input.folder, input.source)} exports ${names.join(", ")}, but not "${exported}"`,
    );
  }
}

function describe(errors: readonly Message[], fallback: string): string {
  const lines = errors.map(({ text, location }) =>
    location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text,
  );
  return lines.length > 0 ? lines.join("; ") : fallback;
}
