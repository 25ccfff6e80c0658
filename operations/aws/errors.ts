/** What Node.js says of a connection that was not made, or was lost. */
const networkCodes: ReadonlySet<unknown> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  ...["ENETUNREACH", "EHOSTUNREACH"],
]);

/** What AWS services call it when they are asked too often. */
const throttlingNames: ReadonlySet<string> = new Set([
  ...["Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "SlowDown"],
  ...["RequestLimitExceeded", "TooManyRequestsException"],
]);

/** The parts of an SDK's error that say what kind it is. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** The status that AWS answered with; undefined where it did not answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error ? (error as SdkError).$metadata?.httpStatusCode : undefined;
}

/** Whether a call failed because nobody was there to serve it, so that asking elsewhere may help. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || isThrottled(error)) return false;
  const { code, name }: SdkError = error;
  const isNoAnswer = name === "TimeoutError" || name === "AbortError" || networkCodes.has(code);
  return isNoAnswer || (statusOf(error) ?? 0) >= 500;
}

/** Whether AWS was asked too often. */
export function isThrottled(error: unknown): boolean {
  return error instanceof Error && (throttlingNames.has(error.name) || statusOf(error) === 429);
}

/** Whether AWS refused a call with one of these error codes. */
export function isRefusal(error: unknown, ...codes: readonly string[]): error is Error {
  return error instanceof Error && codes.includes(error.name);
}

/** An error of the SDK in a few words. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = error.message.trim().replace(/\s+/g, " ");
  return error.name === "Error" ? message : `${error.name}: ${message}`;
}

/** What else may keep this machine from AWS: a proxy is not used, for the SDK knows none. */
export function proxyHint(environment: NodeJS.ProcessEnv): string {
  const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];
  const name = names.find((candidate) => environment[candidate]);
  return name === undefined ? "" : `; ${name} is set, but this command connects directly and does not use it`;
}
