import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { endGroup, spawnGroup } from "../processes";
import type { FunctionError } from "./function-errors";
import type { FunctionMessage, InvokeMessage } from "./function-process";

/** What an invocation came to, once it is over. */
export type Result =
  | { readonly kind: "succeeded"; readonly result: string }
  | { readonly kind: "failed"; readonly error: FunctionError };

/** What an invocation came to. */
export type Outcome = Result | StreamedOutcome;

/** An answer that comes in pieces while its handler runs. */
export interface StreamedOutcome {
  readonly kind: "streamed";
  readonly contentType: string;
  /** Metadata included. Fails where the handler does. */
  readonly body: Readable;
  /** Resolves when the invocation is over. */
  readonly ended: Promise<Result>;
}

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

/** As AWS writes a signal: Go's names of them. */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: "aborted",
  SIGKILL: "killed",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
};

function exitMessage(child: ChildProcess, requestId: string | undefined): string {
  const signal = child.signalCode;
  const how = signal ? `signal: ${signalNames[signal] ?? signal}` : `exit status ${child.exitCode}`;
  return `${requestId ? `RequestId: ${requestId} ` : ""}Error: Runtime exited with error: ${how}`;
}

function timeoutMessage(seconds: number): string {
  return `Task timed out after ${seconds.toFixed(2)} seconds`;
}

/** How long a process that has said its last words may take to end, in milliseconds. */
const lastWordsMs = 1000;

/** Starts a process for a function. Never throws: what goes wrong while it loads is the outcome of its first invocation. */
export function startInstance(options: InstanceOptions): FunctionInstance {
  const { functionProcess, handler, folder, memoryMegabytes, environment, onLine } = options;
  const child = spawnGroup(
    process.execPath,
    [`--max-old-space-size=${memoryMegabytes}`, functionProcess, handler],
    // "advanced" takes bytes as they are.
    { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe", "ipc"], serialization: "advanced" },
  );
  let requestId: string | undefined;
  let alive = true;
  let isEnding = false;
  for (const stream of [child.stdout, child.stderr] as readonly Readable[]) {
    createInterface({ input: stream }).on("line", (line) => onLine(line, requestId));
  }

  /** Whoever listens to the process now. One at a time, so that a warm process keeps nothing of what it has done. */
  let listener: ((message: FunctionMessage | undefined) => void) | undefined;
  child.on("message", (message: FunctionMessage) => listener?.(message));

  const hasEnded = () => {
    const error = { errorType: "Runtime.ExitError", errorMessage: exitMessage(child, requestId) };
    listener?.({ kind: "crashed", error });
  };

  // "close" comes after all that the process has written.
  let isGone = false;
  const exited = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  }).then(() => {
    alive = false;
    isGone = true;
    if (!isEnding) {
      onLine(exitMessage(child, requestId), requestId);
      onLine("Runtime.ExitError", requestId);
    }
    hasEnded();
  });

  /**
   * Listens to the process until `hear` says that it has heard all. Undefined is that the time is up; that the process
   * has ended is heard as its last words.
   */
  function listen(seconds: number, hear: (message: FunctionMessage | undefined) => boolean): void {
    listener = (message) => {
      if (!hear(message)) return;
      listener = undefined;
      clearTimeout(timer);
    };
    const timer = setTimeout(listener, seconds * 1000, undefined);
    if (isGone) hasEnded();
  }

  async function end(): Promise<void> {
    alive = false;
    isEnding = true;
    await endGroup(child, 0);
  }

  /** Resolves when all is read that the process has written, or when it does not end. */
  async function silence(): Promise<void> {
    await Promise.race([exited, sleep(lastWordsMs, undefined, { ref: false })]);
  }

  // Listens from the very start, so that the message cannot be missed.
  const loaded = new Promise<FunctionMessage | undefined>((resolve) =>
    listen(initSeconds, (message) => {
      resolve(message);
      return true;
    }),
  );

  /** What the last message of an invocation means. A process that has not answered as it should is ended. */
  async function conclude(last: FunctionMessage | undefined, id: string, seconds: number): Promise<Result> {
    if (last?.kind === "succeeded" || last?.kind === "failed") {
      // What the handler wrote came through other pipes: let this turn of the event loop read them.
      await new Promise((resolve) => setImmediate(resolve));
      return last;
    }
    if (last && "error" in last) {
      // It ends by itself, and how it does is part of the log.
      await silence();
      await end();
      return { kind: "failed", error: last.error };
    }
    await end();
    await silence();
    const message = timeoutMessage(seconds);
    onLine(message, id);
    const errorMessage = `RequestId: ${id} Error: ${message}`;
    return { kind: "failed", error: { errorType: "Sandbox.Timedout", errorMessage } };
  }

  /** Sends one event, and hears all that the process says about it. */
  function run(message: InvokeMessage, timeoutSeconds: number): Promise<Outcome> {
    requestId = message.requestId;
    return new Promise((resolve) => {
      let body: Readable | undefined;
      let tellEnd: (result: Result) => void = resolve;
      listen(timeoutSeconds, (heard) => {
        // What an invocation of before goes on to write, although its handler has failed, is not this one's answer.
        if (heard && "requestId" in heard && heard.requestId !== message.requestId) return false;
        if (heard?.kind === "streaming") {
          body = new Readable({ read: () => {} });
          // It may fail when nobody reads it any more.
          body.on("error", () => {});
          const ended = new Promise<Result>((settle) => {
            tellEnd = settle;
          });
          resolve({ kind: "streamed", contentType: heard.contentType, body, ended });
          return false;
        }
        if (heard?.kind === "chunk") {
          if (!body?.destroyed) body?.push(heard.data);
          return false;
        }
        void conclude(heard, message.requestId, timeoutSeconds).then((result) => {
          if (result.kind === "failed") body?.destroy(new Error(result.error.errorMessage));
          else if (!body?.destroyed) body?.push(null);
          tellEnd(result);
        });
        return true;
      });
      child.send({ ...message, deadline: Date.now() + timeoutSeconds * 1000 }, () => {});
    });
  }

  return {
    isAlive: () => alive,
    async invoke(message, timeoutSeconds) {
      const first = await loaded;
      return first?.kind === "ready"
        ? run(message, timeoutSeconds)
        : conclude(first, message.requestId, initSeconds);
    },
    close: end,
  };
}
