import { Worker } from "node:worker_threads";
import { failoverStatusCodes } from "./distribution-checks";
import { functionPrelude } from "./function-prelude";
import type { KeyValueStore } from "./key-value-store";

/** What a thread is asked to run: source text and plain data. */
interface WorkerJob {
  /** An expression: a function of `(cf, console, require)` that returns the handler. */
  readonly source: string;
  readonly filename: string;
  /** Runs the handler; takes its means from `globalThis.__io`. */
  readonly driver: string;
  /** JSON for the driver. */
  readonly input: string;
  readonly store?: KeyValueStore;
  readonly timeoutMilliseconds: number;
}

/** What came of a job: the driver's JSON; nothing, if the handler never settled; or why it could not run. */
type WorkerResult =
  | { readonly kind: "finished"; readonly json: string }
  | { readonly kind: "unsettled" }
  | { readonly kind: "timeout" }
  | { readonly kind: "error"; readonly message: string };

/**
 * The code of the thread. Functions do not run in the main thread: Node 20 aborts the process when a script is
 * terminated within a promise job while async hooks are on ("async hook stack has become corrupted").
 *
 * The limit is wall time, so that a pause of the machine looks like a slow function.
 */
const threadCode = `"use strict";
const { parentPort } = require("node:worker_threads");
const vm = require("node:vm");
const stores = new Map();

function run(job) {
  const context = vm.createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
    microtaskMode: "afterEvaluate",
  });
  const values = stores.get(job.store);
  let json;
  context.__io = {
    load: new vm.Script(job.source, { filename: job.filename }).runInContext(context),
    get: (key) => values && values.get(key),
    finish: (outcome) => { json = outcome; },
    input: job.input,
  };
  new vm.Script(job.driver).runInContext(context, { timeout: job.timeoutMilliseconds });
  return json === undefined ? { kind: "unsettled" } : { kind: "finished", json };
}

function attempt(job) {
  try {
    return run(job);
  } catch (error) {
    if (error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return { kind: "timeout" };
    return { kind: "error", message: String(error.stack || error) };
  }
}

parentPort.on("message", ({ id, job, entries }) => {
  if (entries !== undefined) stores.set(job.store, new Map(entries));
  parentPort.postMessage({ id, result: attempt(job) });
});`;

/** A thread that runs jobs one after the other. It starts with its first job, and keeps no process alive. */
class FunctionWorker {
  #worker: Worker | undefined;
  /** The version of each key-value store that the thread has, by ARN. */
  readonly #sent = new Map<string, string>();
  #lastId = 0;
  readonly #waiting = new Map<number, (result: WorkerResult) => void>();

  run({ store, ...job }: WorkerJob): Promise<WorkerResult> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = ++this.#lastId;
    const isNew = store !== undefined && this.#sent.get(store.arn) !== store.etag;
    if (isNew) this.#sent.set(store.arn, store.etag);
    worker.ref();
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      const entries = isNew ? store.list() : undefined;
      worker.postMessage({ id, job: { ...job, store: store?.arn }, entries });
    });
  }

  #start(): Worker {
    const worker = new Worker(threadCode, { eval: true, env: {}, execArgv: [] });
    worker.on("message", ({ id, result }: { readonly id: number; readonly result: WorkerResult }) => {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on("error", (error) => this.#fail(error.message));
    return worker;
  }

  #fail(message: string): void {
    this.#worker = undefined;
    this.#sent.clear();
    for (const resolve of this.#waiting.values()) resolve({ kind: "error", message });
    this.#waiting.clear();
  }
}

/** What a run of a function is given. */
export interface FunctionInput {
  readonly name: string;
  readonly code: string;
  /** The event object, version 1.0; plain JSON. */
  readonly event: unknown;
  /** The origins that the function may choose. */
  readonly originIds: readonly string[];
  readonly keyValueStore?: KeyValueStore;
  /** The region that `cf.edgeLocation.region` names, if any. */
  readonly edgeRegion?: string;
}

/** The origins that a function chose for its request: one, or a group of two. */
export interface OriginSelection {
  readonly originIds: readonly string[];
  readonly statusCodes: readonly number[];
}

/** What a run of a function came to. */
export interface FunctionOutput {
  /** What the handler returned: plain JSON, not checked. */
  readonly result: unknown;
  readonly selection?: OriginSelection;
  readonly logs: readonly string[];
}

/** A function that threw, could not be loaded, or did not end. The viewer gets a 503. */
export class FunctionError extends Error {
  constructor(
    message: string,
    readonly logs: readonly string[] = [],
  ) {
    super(message);
  }
}

/** Far more than CloudFront allows (about 1 ms of computing), because a busy machine takes this time away. */
const timeoutMilliseconds = 1000;

const worker = new FunctionWorker();

/**
 * Runs a CloudFront function (runtime cloudfront-js-2.0) on an event, in a context without Node's globals.
 *
 * The run is synchronous within its thread: the runtime has no timers and no network, so a handler's promise
 * either settles while the context's own microtasks are drained, or never.
 *
 * @throws {FunctionError}
 */
export async function runFunction(input: FunctionInput): Promise<FunctionOutput> {
  const { keyValueStore } = input;
  const result = await worker.run({
    source: loadable(input.code),
    filename: `${input.name}.js`,
    driver: functionPrelude,
    input: JSON.stringify({
      event: input.event,
      originIds: input.originIds,
      failoverStatusCodes,
      keyValueStoreId: keyValueStore?.arn.split("/").at(-1) ?? null,
      edgeLocation: { name: "SBX50", serverIp: "127.0.0.1", region: input.edgeRegion },
    }),
    ...(keyValueStore === undefined ? {} : { store: keyValueStore }),
    timeoutMilliseconds,
  });
  if (result.kind === "error") throw new FunctionError(result.message);
  if (result.kind === "timeout") {
    throw new FunctionError(`The function did not end within ${timeoutMilliseconds} ms.`);
  }
  if (result.kind === "unsettled")
    throw new FunctionError("The handler returned a promise that never settles.");
  const { error, result: returned, logs, selection } = JSON.parse(result.json);
  if (error !== undefined) throw new FunctionError(String(error), logs);
  return { result: returned, logs, ...(selection === null ? {} : { selection }) };
}

/** Turns the code into a function that returns the handler; its lines keep their numbers. */
function loadable(code: string): string {
  const { names, rest } = withoutImports(code);
  const parameters = [names.at(-1) ?? "__cloudfront", "console", "require"].join(", ");
  return `(function (${parameters}) { "use strict"; ${rest}\n;return handler; })`;
}

/**
 * Takes the leading `import x from 'cloudfront'` off a function's code, minified or not.
 *
 * @throws {FunctionError} for a module other than `cloudfront`
 */
function withoutImports(code: string): { readonly names: readonly string[]; readonly rest: string } {
  const names: string[] = [];
  let skipped = "";
  let rest = code;
  for (;;) {
    const leading =
      /^(?:\s|\/\/[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|(?:"use strict"|'use strict');?)+/.exec(rest)?.[0] ?? "";
    const statement = /^import\s+([\w$]+)\s+from\s*(["'])([^"']+)\2[ \t]*;?/.exec(rest.slice(leading.length));
    if (statement === null) return { names, rest: `${skipped}${rest}` };
    const [all = "", name = "", , module = ""] = statement;
    if (module !== "cloudfront") throw new FunctionError(`The module '${module}' is not in the sandbox.`);
    names.push(name);
    skipped += leading;
    rest = rest.slice(leading.length + all.length);
  }
}
