/** An error in the form in which Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** An error that Lambda's runtime finds, by the name that it has there, e.g. `Runtime.HandlerNotFound`. */
export class RuntimeError extends Error {
  constructor(type: string, message: string) {
    super(message);
    // Not enumerable, or it would be shown a second time, beside `errorType`.
    Object.defineProperty(this, "name", { value: type });
  }
}

/** A rejection that nobody handles, as the runtime reports it. */
export function unhandledRejection(reason: unknown): RuntimeError {
  const error = new RuntimeError("Runtime.UnhandledPromiseRejection", String(reason));
  return Object.assign(error, { reason, promise: {} });
}

/** What the caller of a function is told of what its handler threw. */
export function describeError(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return {
    errorType: error.name,
    errorMessage: error.message,
    trace: (error.stack ?? "").split("\n"),
  };
}

function withEverything(_key: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack } = value;
  const code = (value as { readonly code?: unknown }).code;
  return {
    ...{ errorType: name, errorMessage: message, code, ...value },
    stack: stack?.split("\n"),
  };
}

/**
 * The line that Lambda's Node.js runtime writes about an error, without the time and the id of the request before it.
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client (`Errors.js`, `StreamingContext.js`, `index.mjs`)
 *
 * @param what `Invoke Error`, `Uncaught Exception` or `Unhandled Promise Rejection`
 */
export function errorLine(what: string, thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  let json: string;
  try {
    json = JSON.stringify(error, withEverything);
  } catch {
    // Its properties go round in a circle.
    json = JSON.stringify(describeError(error));
  }
  return `ERROR\t${what} \t${json}`;
}
