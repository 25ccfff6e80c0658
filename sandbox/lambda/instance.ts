import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { endGroup, spawnGroup } from "../processes";
import type { FunctionError, FunctionMessage, InvokeMessage } from "./function-process";

/** What an invocation came to. */
export type Outcome =
  | { readonly kind: "succeeded"; readonly result: string }
  | { readonly kind: "failed"; readonly error: FunctionError };

/** One execution environment: a process that runs one invocation at a time. */
export interface FunctionInstance {
  /** Whether it can take another invocation; a process that ended or timed out cannot. */
  readonly isAlive: () => boolean;
  readonly invoke: (message: InvokeMessage, timeoutSeconds: number) => Promise<Outcome>;
  readonly close: () => Promise<void>;
}

/** What a function instance is started with. */
export interface InstanceOptions {
  /** Path of the compiled function-process.ts. */
  readonly functionProcess: string;
  readonly handler: string;
  /** Where the code is unpacked. */
  readonly folder: string;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (message: string, requestId: string | undefined) => void;
}

/** Lambda gives a function 10 seconds to load. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initSeconds = 10;

function exitError(child: ChildProcess, requestId: string): FunctionError {
  const how = child.signalCode ? `signal: ${child.signalCode}` : `exit status ${child.exitCode}`;
  return {
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${how}`,
  };
}

function timeoutError(requestId: string, seconds: number): FunctionError {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`,
  };
}

/** Starts a process for a function. Never throws: what goes wrong while it loads is the outcome of its first invocation. */
export function startInstance(options: InstanceOptions): FunctionInstance {
  const { functionProcess, handler, folder, memoryMegabytes, environment, onLine } = options;
  const child = spawnGroup(
    process.execPath,
    [`--max-old-space-size=${memoryMegabytes}`, functionProcess, handler],
    { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  let requestId: string | undefined;
  let alive = true;
  for (const stream of [child.stdout, child.stderr] as readonly Readable[]) {
    createInterface({ input: stream }).on("line", (line) => onLine(line, requestId));
  }

  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  }).then(() => {
    alive = false;
  });

  /** The next message, or the way the process ended, or undefined after `seconds`. */
  function nextMessage(seconds: number, id: string): Promise<FunctionMessage | undefined> {
    return new Promise((resolve) => {
      const settle = (message: FunctionMessage | undefined) => {
        clearTimeout(timer);
        child.off("message", settle);
        resolve(message);
      };
      const timer = setTimeout(settle, seconds * 1000, undefined);
      child.on("message", settle);
      void exited.then(() => settle({ kind: "crashed", error: exitError(child, id) }));
    });
  }

  async function end(): Promise<void> {
    alive = false;
    await endGroup(child, 0);
  }

  // Listens from the very start, so that the message cannot be missed.
  const loaded = nextMessage(initSeconds, "init");

  async function invoke(message: InvokeMessage, timeoutSeconds: number): Promise<Outcome> {
    const first = await loaded;
    if (first?.kind !== "ready") {
      await end();
      const error = first && "error" in first ? first.error : timeoutError(message.requestId, initSeconds);
      return { kind: "failed", error };
    }
    requestId = message.requestId;
    const answer = nextMessage(timeoutSeconds, message.requestId);
    child.send({ ...message, deadline: Date.now() + timeoutSeconds * 1000 }, () => {});
    const last = await answer;
    if (last?.kind === "succeeded" || last?.kind === "failed") {
      // What the handler wrote came through other pipes: let this turn of the event loop read them.
      await new Promise((resolve) => setImmediate(resolve));
      return last;
    }
    await end();
    return {
      kind: "failed",
      error: last && "error" in last ? last.error : timeoutError(message.requestId, timeoutSeconds),
    };
  }

  return { isAlive: () => alive, invoke, close: end };
}
