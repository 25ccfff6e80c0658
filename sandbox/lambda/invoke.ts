import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError, type HttpResponse } from "../http";
import type { Logs } from "./logs";
import { checkEventSize } from "./payloads";
import { TooManyRequests } from "./pool";
import type { Runner } from "./runner";
import { type FunctionState, resolveVersion } from "./store";

const tooMany = () => new AwsError(429, "TooManyRequestsException", "Rate Exceeded.");

function eventOf({ body }: AwsCall): string {
  const event = body.length === 0 ? "{}" : body.toString();
  try {
    JSON.parse(event);
    return event;
  } catch (error) {
    throw new AwsError(
      400,
      "InvalidRequestContentException",
      `Could not parse request body into json: ${error}`,
    );
  }
}

/**
 * The Invoke operation. `RequestResponse` waits for the result; `Event` answers at once and runs the function once,
 * without the two further tries that Lambda makes; `DryRun` only checks.
 */
export async function invoke(
  runner: Runner,
  logs: Logs,
  call: AwsCall,
  state: FunctionState,
  qualifier: string | undefined,
): Promise<HttpResponse> {
  const version = resolveVersion(state, qualifier);
  const event = eventOf(call);
  checkEventSize(event);
  const type = call.headers["x-amz-invocation-type"] ?? "RequestResponse";
  if (type === "DryRun") return { status: 204, headers: {}, body: Buffer.alloc(0) };
  const requestId = randomUUID();
  const running = runner.runBuffered(state, qualifier, event, requestId);
  const headers = { "x-amzn-requestid": requestId, "x-amz-executed-version": version.version };
  if (type === "Event") {
    running.catch(() => {});
    return { status: 202, headers, body: Buffer.alloc(0) };
  }
  const { outcome } = await running.catch((error: unknown) => {
    throw error instanceof TooManyRequests ? tooMany() : error;
  });
  const failed = outcome.kind === "failed";
  const lines = logs.read({ requestId }).map(({ message }) => message);
  const tail = Buffer.from(lines.join("\n")).subarray(-4096);
  return {
    status: 200,
    headers: {
      ...headers,
      "content-type": "application/json",
      ...(failed && { "x-amz-function-error": "Unhandled" }),
      ...(call.headers["x-amz-log-type"] === "Tail" && { "x-amz-log-result": tail.toString("base64") }),
    },
    body: failed ? Buffer.from(JSON.stringify(outcome.error)) : outcome.payload,
  };
}
