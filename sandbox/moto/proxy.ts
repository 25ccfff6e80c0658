import { request as httpRequest } from "node:http";
import {
  type AwsCall,
  AwsError,
  type HttpResponse,
  isHopByHop,
  notServed,
  type ServiceHandler,
} from "../http";
import { actionOf } from "../protocols/errors";

function endToEnd<T>(headers: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) => !isHopByHop(name) && value !== undefined),
  ) as Record<string, T>;
}

/**
 * By which moto takes an account, before it looks at the access key, of which it knows only those that it handed out
 * itself: moto 5.2.1, `get_current_account` in `core/responses.py`.
 */
const accountHeader = "x-moto-account-id";

function forward({ method, path, headers, body, account }: AwsCall, port: number): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const passed = {
      ...endToEnd(headers),
      [accountHeader]: account,
      ...(body.length > 0 && { "content-length": String(body.length) }),
    };
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers: passed }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 502,
          headers: endToEnd(response.headers),
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** moto answers what it cannot do with a 5xx, or with the 404 page of its web server. */
function isBeyondMoto({ status, body }: HttpResponse): boolean {
  return status >= 500 || (status === 404 && /^<!doctype html/i.test(body.subarray(0, 20).toString()));
}

/**
 * Passes calls on to moto, unchanged, with the account that every other service takes the caller for. What moto cannot do is refused with a 400 that names service and action: a 5xx
 * would be retried for minutes.
 */
export function createMotoProxy(port: number, onLog: (line: string) => void): ServiceHandler {
  return async (call) => {
    const what = `${call.service} ${actionOf(call)}`;
    const response = await forward(call, port).catch((error: Error) => {
      throw new AwsError(400, "SandboxError", `moto did not answer ${what}: ${error.message}`);
    });
    if (!isBeyondMoto(response)) return response;
    onLog(`moto answered ${response.status} to ${what}`);
    throw notServed(`${what}: moto, which serves ${call.service} in it, answered ${response.status}`);
  };
}

/** A call of the sandbox's own to moto. */
export interface MotoCall {
  readonly service: string;
  readonly region: string;
  readonly account: string;
  readonly accessKeyId: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** Makes it look signed: moto reads the scope of a signature, and verifies nothing. */
export function motoCall({ accessKeyId, headers, body, ...call }: MotoCall): AwsCall {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const credential = `${accessKeyId}/${day}/${call.region}/${call.service}/aws4_request`;
  return {
    ...call,
    host: "127.0.0.1",
    headers: {
      host: "127.0.0.1",
      authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`,
      ...headers,
    },
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}
