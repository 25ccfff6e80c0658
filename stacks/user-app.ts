import Module, { SourceMap } from "node:module";
import { dirname, join, relative } from "node:path";
import { runInThisContext } from "node:vm";
import { UserError } from "../fleet/errors";
import { type AppOptions, withRunner } from "./app-slot";

/** The user's main.ts with all that it imports of the project, compiled. Threads are given it as it is. */
export interface CompiledApp {
  /** Absolute path of main.ts. */
  readonly file: string;
  /** CommonJS, with its source map at the end. */
  readonly code: string;
}

/** Node.js's own loader of CommonJS, which its types do not know. */
type Compiling = Module & { _compile(code: string, file: string): void };

/**
 * Runs the user's app, and gives what it has called `synth()` with.
 *
 * @throws {UserError} it throws, or does not call `synth()` exactly once, with what that knows
 */
export function runApp(app: CompiledApp): AppOptions {
  const calls: AppOptions[] = [];
  // Of the process: a test runner has another for its own modules, which Node.js's loader does not see.
  const realm: object = runInThisContext("globalThis");
  withRunner(
    realm,
    (options) => calls.push(options),
    () => evaluate(app),
  );
  const [options] = calls;
  if (calls.length !== 1 || options === undefined) throw notOnce(app, calls.length);
  requireKnown(app, options);
  return options;
}

function evaluate({ code, file }: CompiledApp): void {
  const compiled = compiledFile(file);
  const module = new Module(compiled) as Compiling;
  module.filename = compiled;
  module.paths = moduleFolders(dirname(file));
  try {
    module._compile(code, compiled);
  } catch (error) {
    throw thrown({ code, file }, error);
  }
}

/** Where the compiled code says that it is: beside main.ts, so that `__dirname` is the project's folder. */
const compiledFile = (file: string) => join(dirname(file), "main.compiled.js");

/** Where Node.js looks for packages that a file in a folder imports. */
function moduleFolders(folder: string): string[] {
  const parent = dirname(folder);
  return [join(folder, "node_modules"), ...(parent === folder ? [] : moduleFolders(parent))];
}

function thrown(app: CompiledApp, error: unknown): UserError {
  const { message, stack = "" } = isError(error) ? error : { message: String(error) };
  const failure = new UserError(
    `${placeOf(app, stack) ?? "main.ts"} throws: ${message}`,
    "main.ts says which extensions belong to the fleet, and nothing is known of them",
    "correct it; MERIDIAN_TRACES=1 shows a stack trace",
  );
  // Where a trace is asked for, it is that of the user's code.
  if (stack !== "") failure.stack = `${failure.message}\n${stack}`;
  return failure;
}

/** An `instanceof` would know only errors of its own realm. */
function isError(error: unknown): error is Error {
  return typeof error === "object" && error !== null && "message" in error && "stack" in error;
}

/** The line of the user's code that a stack trace leads to first. */
function placeOf({ code, file }: CompiledApp, stack: string): string | undefined {
  const compiled = compiledFile(file);
  const at = stack.indexOf(`${compiled}:`);
  if (at < 0) return undefined;
  const [, line, column] = /^:(\d+):(\d+)/.exec(stack.slice(at + compiled.length)) ?? [];
  const [, map] = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(code) ?? [];
  if (line === undefined || column === undefined || map === undefined) return undefined;
  const sources = new SourceMap(JSON.parse(Buffer.from(map, "base64").toString("utf8")));
  const entry = sources.findEntry(Number(line) - 1, Number(column) - 1);
  if (!("originalSource" in entry)) return undefined;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}

function notOnce({ file }: CompiledApp, calls: number): UserError {
  return new UserError(
    `${relative(process.cwd(), file)} ${calls === 0 ? "does not call synth()" : `calls synth() ${calls} times`} while it is loaded`,
    "what it says in one call is all that belongs to the fleet beside its file",
    calls === 0
      ? "end it with synth(), or synth({ extensions: [ … ] }); not in a callback, nor after an await"
      : "call synth() once, with all extensions in one list",
  );
}

/** What is no TypeScript error where nobody has asked TypeScript. */
function requireKnown({ file }: CompiledApp, options: unknown): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  const [unknown] = isObject ? Object.keys(options).filter((key) => key !== "extensions") : [];
  const { extensions = [] } = isObject ? (options as { readonly extensions?: unknown }) : {};
  if (isObject && unknown === undefined && Array.isArray(extensions)) return;
  throw new UserError(
    `${relative(process.cwd(), file)} gives synth() ${unknown === undefined ? "no list of extensions" : `"${unknown}", which it does not know`}`,
    "what is not understood would be left out of every stack",
    "write synth({ extensions: [ … ] })",
  );
}
