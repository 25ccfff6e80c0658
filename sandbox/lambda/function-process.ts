/**
 * The process that a function runs in: a small stand-in for Lambda's Node.js runtime. It loads the handler named on its
 * command line from the current folder, says that it is ready, and runs one event after another, as its parent sends
 * them. It knows nothing of the rest of the sandbox, so that what the handler sees is what Lambda would show it.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import {
  describeError,
  errorLine,
  type FunctionError,
  RuntimeError,
  unhandledRejection,
} from "./function-errors";
import { defineAwslambda, isStreaming, ResponseStream } from "./response-stream";

/** What the sandbox sends to a function process. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON. */
  readonly event: string;
  /** When the invocation times out, in milliseconds since the epoch. */
  readonly deadline: number;
  /** The ARN that was invoked, with its qualifier. */
  readonly functionArn: string;
}

/** What a function process answers. `initFailed` and `crashed` are its last words. */
export type FunctionMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "streaming"; readonly requestId: string; readonly contentType: string }
  | { readonly kind: "chunk"; readonly requestId: string; readonly data: Uint8Array }
  | { readonly kind: "initFailed"; readonly error: FunctionError }
  | { readonly kind: "succeeded"; readonly requestId: string; readonly result: string }
  | { readonly kind: "failed"; readonly requestId: string; readonly error: FunctionError }
  | { readonly kind: "crashed"; readonly error: FunctionError };

type Handler = (
  event: unknown,
  context: unknown,
  callback: (error: unknown, result?: unknown) => void,
) => unknown;

type StreamingHandler = (event: unknown, stream: ResponseStream, context: unknown) => unknown;

function send(message: FunctionMessage, then?: (error: Error | null) => void): void {
  process.send?.(message, undefined, undefined, (error) => then?.(error));
}

/** The module and the export that a handler setting such as `src/index.handler` or `index.api.get` names. */
function splitHandler(setting: string): { readonly module: string; readonly exportPath: readonly string[] } {
  const slash = setting.lastIndexOf("/") + 1;
  const [stem = "", ...exportPath] = setting.slice(slash).split(".");
  return { module: setting.slice(0, slash) + stem, exportPath };
}

function property(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (parent, key) => (parent == null ? undefined : (parent as Record<string, unknown>)[key]),
    value,
  );
}

async function load(setting: string): Promise<Handler> {
  const { module, exportPath } = splitHandler(setting);
  const file = [".js", ".mjs", ".cjs"]
    .map((extension) => join(process.cwd(), module + extension))
    .find(existsSync);
  if (file === undefined) {
    throw new RuntimeError("Runtime.ImportModuleError", `Error: Cannot find module '${module}'`);
  }
  // A CommonJS module's exports are all in `default`; only some of them are found by name, too.
  const namespace = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
  const handler = property(namespace, exportPath) ?? property(namespace.default, exportPath);
  if (typeof handler !== "function") {
    throw new RuntimeError("Runtime.HandlerNotFound", `${setting} is undefined or not exported`);
  }
  return handler as Handler;
}

function contextOf({ requestId, deadline, functionArn }: InvokeMessage): Record<string, unknown> {
  const { env } = process;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

/** A handler with three parameters answers through its callback, unless it returns a promise; others by returning one. */
function call(handler: Handler, message: InvokeMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = handler(JSON.parse(message.event), contextOf(message), (error, result) =>
      error ? reject(error) : resolve(result),
    );
    if (returned instanceof Object && "then" in returned) resolve(returned);
    else if (handler.length < 3) resolve(null);
  });
}

/** The answer is complete when the stream has ended, which may be later than the handler. */
async function stream(handler: StreamingHandler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  const response = new ResponseStream({
    begin: (contentType) => send({ kind: "streaming", requestId, contentType }),
    chunk: (data, sent) => send({ kind: "chunk", requestId, data }, sent),
  });
  const ended = finished(response);
  // A handler that fails is told of, and not its stream.
  ended.catch(() => {});
  try {
    const returned = handler(JSON.parse(message.event), response, contextOf(message));
    if (!(returned instanceof Object && "then" in returned)) {
      throw new Error("Streaming does not support non-async handlers.");
    }
    await returned;
    await ended;
  } catch (error) {
    // Whatever still writes to it is to stop.
    response.destroy();
    throw error;
  }
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  const { requestId } = message;
  try {
    const result = isStreaming(handler)
      ? await stream(handler as StreamingHandler, message)
      : await call(handler, message);
    send({ kind: "succeeded", requestId, result: JSON.stringify(result) ?? "null" });
  } catch (error) {
    say(errorLine("Invoke Error", error));
    send({ kind: "failed", requestId, error: describeError(error) });
  }
}

/** Written past the console, which the handler may have changed. */
function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Ends the process with the status that Lambda's runtime has for it. */
function crash(what: string, error: unknown, status: number): void {
  say(errorLine(what, error));
  send({ kind: "crashed", error: describeError(error) }, () => process.exit(status));
}

process.on("uncaughtException", (error) => crash("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) =>
  crash("Unhandled Promise Rejection", unhandledRejection(reason), 128),
);
// The sandbox is gone.
process.on("disconnect", () => process.exit(0));

defineAwslambda();
load(process.argv[2] ?? "").then(
  (handler) => {
    process.on("message", (message: InvokeMessage) => void invoke(handler, message));
    send({ kind: "ready" });
  },
  (error) => {
    say(errorLine("Uncaught Exception", error));
    send({ kind: "initFailed", error: describeError(error) }, () => process.exit(129));
  },
);
