import { Worker } from "node:worker_threads";
import type { KeyValueStore } from "./key-value-store";

/** What a thread is asked to run: source text and plain data. */
export interface WorkerJob {
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
export type WorkerResult =
  | { readonly kind: "finished"; readonly json: string }
  | { readonly kind: "unsettled" }
  | { readonly kind: "timeout" }
  | { readonly kind: "error"; readonly message: string };

/**
 * The code of the thread. Functions do not run in the main thread: Node 20 aborts the process when a script is
 * terminated within a promise job while async hooks are on ("async hook stack has become corrupted").
 *
 * The limit is wall time, so that a pause of the machine looks like a slow function: a timeout is tried twice.
 */
const THREAD = `"use strict";
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
  const first = attempt(job);
  parentPort.postMessage({ id, result: first.kind === "timeout" ? attempt(job) : first });
});`;

/** A thread that runs jobs one after the other. It starts with its first job, and keeps no process alive. */
export class FunctionWorker {
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
    const worker = new Worker(THREAD, { eval: true, env: {}, execArgv: [] });
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
