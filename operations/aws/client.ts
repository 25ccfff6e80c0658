import { setTimeout as sleep } from "node:timers/promises";
import { boundedHandler, type TimeLimits } from "./bounded-handler";
import { isThrottled } from "./errors";

// The version of the SDK is fixed, so what later versions will ask of Node.js does not concern whoever drains a region.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/**
 * Options of every SDK client of the command line. Endpoints come from the environment, so that AWS and a sandbox are
 * one to it.
 */
export function awsClientOptions(region: string, limits?: TimeLimits) {
  return { region, maxAttempts: 2, requestHandler: boundedHandler(limits) };
}

/** Calls that are made before throttling is an error; the pause after each is twice the one before. */
const throttleTries = 4;
const throttlePause = 250;

/** The process that asks AWS. */
export interface Caller {
  readonly environment: NodeJS.ProcessEnv;
  /** Told what an answer is awaited for once that takes two seconds, e.g. `asking STS in eu-west-1`. */
  readonly onSlow: (what: string) => void;
}

/** How a call is made. */
export interface CallOptions {
  /** Milliseconds for the call with all that the SDK tries. @default 12000 */
  readonly limit?: number;
  /** Whether an error asks for patience. @default isThrottled */
  readonly isBusy?: (error: unknown) => boolean;
}

/** Milliseconds after which a person wants to know what takes so long. */
const slow = 2_000;

/**
 * Makes a call within a time limit, and waits where AWS asks for that.
 *
 * @param what e.g. `asking STS in eu-west-1`
 */
export async function callAws<T>(
  { onSlow }: Pick<Caller, "onSlow">,
  what: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  { isBusy = isThrottled, limit = 12_000 }: CallOptions = {},
): Promise<T> {
  const timer = setTimeout(() => onSlow(what), slow);
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send({ abortSignal: AbortSignal.timeout(limit) });
      } catch (error) {
        if (!isBusy(error) || attempt === throttleTries) throw error;
      }
      await sleep(throttlePause * 2 ** (attempt - 1));
    }
  } finally {
    clearTimeout(timer);
  }
}
