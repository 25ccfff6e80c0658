import { AwsError } from "../http";
import type { FunctionError } from "./function-errors";
import type { Outcome } from "./instance";

/**
 * How many bytes an event or a buffered answer may have: the 6 MB of
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, by the number that Lambda's errors name.
 */
export const maxPayloadBytes = 6 * 1024 * 1024 + 100;

/**
 * How many bytes a streamed answer may have, metadata included: 200 MB (20 MB until July 2025).
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
export const maxStreamedBytes = 200 * 1024 * 1024;

/** An answer that is there as a whole. */
export type BufferedOutcome =
  | { readonly kind: "succeeded"; readonly payload: Buffer }
  | { readonly kind: "failed"; readonly error: FunctionError };

/** The type of the error that a buffered answer above {@link maxPayloadBytes} is. */
export const responseTooLarge = "Function.ResponseSizeTooLarge";

const tooLarge: BufferedOutcome = {
  kind: "failed",
  error: {
    errorType: responseTooLarge,
    errorMessage: `Response payload size exceeded maximum allowed payload size (${maxPayloadBytes} bytes).`,
  },
};

/** Waits until an answer is there as a whole; one that is too large has failed. */
export async function buffered(outcome: Outcome): Promise<BufferedOutcome> {
  if (outcome.kind === "failed") return outcome;
  if (outcome.kind === "succeeded") return limited(Buffer.from(outcome.result));
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Reads on when there is too much, without keeping it: the function is not ended for that.
  outcome.body.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= maxPayloadBytes) chunks.push(chunk);
  });
  const result = await outcome.ended;
  if (result.kind === "failed") return result;
  // What was pushed last is still on its way to the listener.
  if (!outcome.body.readableEnded) await new Promise((resolve) => outcome.body.once("end", resolve));
  return bytes > maxPayloadBytes ? tooLarge : { kind: "succeeded", payload: Buffer.concat(chunks) };
}

function limited(payload: Buffer): BufferedOutcome {
  return payload.length > maxPayloadBytes ? tooLarge : { kind: "succeeded", payload };
}

/**
 * Refuses an event that is too large.
 *
 * @throws {AwsError} 413
 */
export function checkEventSize(event: string): void {
  if (Buffer.byteLength(event) <= maxPayloadBytes) return;
  throw new AwsError(
    413,
    "RequestEntityTooLargeException",
    `Request must be smaller than ${maxPayloadBytes} bytes for the InvokeFunction operation`,
  );
}
