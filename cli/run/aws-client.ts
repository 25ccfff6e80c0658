import { type LookupAddress, type LookupOptions, lookup } from "node:dns";

// The version of the SDK is a fixed one, so what later ones will ask of Node.js is no news to who drains a region.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** What a lookup is answered with: one address, or, where all are asked for, a list. */
type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * Looks up a host; `localhost` and everything below it is this machine (RFC 6761), which not every resolver knows.
 */
export function lookupHost(hostname: string, options: LookupOptions, found: Found): void {
  if (!/(^|\.)localhost$/i.test(hostname)) lookup(hostname, options, found);
  else if (options.all) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
}

/** Milliseconds. These commands are for when something is down: what does not answer is given up soon. */
const connectionTimeout = 2_000;
const requestTimeout = 5_000;

/**
 * Options of every SDK client of the command line. Endpoints come from the environment, so that AWS and a sandbox are
 * one to it.
 */
export function awsClientOptions(region: string) {
  return {
    region,
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout,
      requestTimeout,
      throwOnRequestTimeout: true,
      httpAgent: { lookup: lookupHost },
      httpsAgent: { lookup: lookupHost },
    },
  };
}

/** What Node.js says of a connection that was not made, or was lost. */
const networkCodes: ReadonlySet<unknown> = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"],
  ...["ENETUNREACH", "EHOSTUNREACH"],
]);

/** The parts of an SDK's error that say what kind it is. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Whether a call failed because nobody was there to serve it, so that asking elsewhere may help. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata, code, name }: SdkError = error;
  return name === "TimeoutError" || networkCodes.has(code) || ($metadata?.httpStatusCode ?? 0) >= 500;
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
