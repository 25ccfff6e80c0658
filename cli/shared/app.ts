import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { build, type Message } from "esbuild";
import { UserError } from "../../fleet/errors";
import type { ExtensionFacts } from "../../fleet/model";
import { packageRoot, projectRoot } from "../../fleet/project";
import type { Extension } from "../../stacks/extensions/extension";
import { factsOf, sortedExtensions } from "../../stacks/extensions/facts";
import { type CompiledApp, runApp } from "../../stacks/user-app";

/** The user's app: what their main.ts says. */
export interface UserApp {
  /** By name. */
  readonly extensions: readonly Extension[];
  /** What the rest has to know of them. */
  readonly facts: readonly ExtensionFacts[];
  /** For threads, which run it again. */
  readonly compiled: CompiledApp;
}

let loaded: Promise<UserApp> | undefined;

/**
 * Compiles the project's main.ts and runs it, once in a process. Milliseconds beside a check, which has started the compiler
 * anyway; nothing is written.
 *
 * @throws {UserError} there is none, it does not compile, throws, or does not call `synth()` once
 */
export function loadApp(): Promise<UserApp> {
  loaded ??= loadAppFrom(join(projectRoot, "main.ts"));
  return loaded;
}

/** As {@link loadApp}, whatever the project and each time. */
export async function loadAppFrom(file: string): Promise<UserApp> {
  if (!existsSync(file)) throw noApp(file);
  // A stack trace of what the user's code throws later leads to its sources then; to follow source maps takes long.
  if (process.env.MERIDIAN_TRACES === "1") process.setSourceMapsEnabled(true);
  const compiled = await compileApp(file);
  const extensions = sortedExtensions(runApp(compiled).extensions ?? []);
  return { compiled, extensions, facts: extensions.map(factsOf) };
}

/** All of the project's own goes into one file; packages stay outside, so that there is one CDKTF for all. */
async function compileApp(file: string): Promise<CompiledApp> {
  const { outputFiles } = await build({
    absWorkingDir: dirname(file),
    entryPoints: [file],
    outfile: join(dirname(file), "main.compiled.js"),
    write: false,
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "silent",
  }).catch(({ errors = [], message }: { errors?: readonly Message[]; message: string }) => {
    throw doesNotCompile(errors, message);
  });
  return { file, code: outputFiles[0]?.text ?? "" };
}

function noApp(file: string): UserError {
  const isClone = dirname(file) === packageRoot;
  return new UserError(
    `there is no ${file}`,
    "it says which extensions belong to the fleet: without it, what they have added would be planned to go",
    `run this in your project, or write it: import { synth } from "${isClone ? "./stacks/synth" : "meridian"}"; synth();`,
  );
}

function doesNotCompile(errors: readonly Message[], message: string): UserError {
  const lines = errors.map(({ location, text }) =>
    location ? `${location.file}:${location.line}:${location.column + 1} ${text}` : text,
  );
  return new UserError(
    `main.ts does not compile:\n    ${(lines.length > 0 ? lines : [message]).join("\n    ")}`,
    "it says which extensions belong to the fleet, and nothing is known of them",
    "correct what is listed; npx tsc --noEmit finds what is wrong with types as well",
  );
}
