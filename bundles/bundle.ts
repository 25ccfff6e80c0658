import { readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { build, type Message } from "esbuild";
import type { runtimes } from "../fleet/limits";
import { projectRoot } from "../fleet/project";
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
export async function bundle(input: BundleInput): Promise<Bundle> {
  const [name, exported] = input.handler.split(".") as [string, string];
  const compiled = input.exposeRegion ? `${name}.source` : name;
  const files = [...(await compile(input, compiled))];
  await requireExport(input, exported);
  if (input.exposeRegion) files.push(namingRegion(`${name}.js`, exported, `${compiled}.js`));
  return zipped(input.service, files);
}

async function compile(input: BundleInput, name: string): Promise<readonly BundleFile[]> {
  const result = await build({
    absWorkingDir: input.folder,
    entryPoints: { [name]: input.source },
    outdir: "bundle",
    write: false,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: `node${Number.parseInt(input.runtime.slice("nodejs".length), 10)}`,
    external: ["@aws-sdk/*"],
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

let regionHeader: string | undefined;

/**
 * The file that Lambda loads: `region-header.js` around the handler of the compiled source. That one lies beside it,
 * the same as without, so that neither its meaning nor its source map changes.
 */
function namingRegion(file: string, exported: string, compiled: string): BundleFile {
  // A checkout may have line ends of its own.
  regionHeader ??= readFileSync(join(projectRoot, "bundles", "region-header.js"), "utf8").replaceAll(
    "\r\n",
    "\n",
  );
  const name = JSON.stringify(exported);
  const last = `exports[${name}] = namingRegion(require("./${compiled}")[${name}]);\n`;
  return { name: file, contents: Buffer.from(`${regionHeader}\n${last}`) };
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
