import { createHash } from "node:crypto";
import http from "node:http";
import https from "node:https";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { lookupHost } from "./bounded-handler";
import type { Credentials } from "./role-credentials";

/** What {@link plainRequest} sends. */
export interface PlainRequest {
  /** Where it is sent: `https://<host>`, or `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** `host` among them where it is not the endpoint's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the last byte of the answer. @default 60000 */
  readonly limit?: number;
  /** Gives it up when aborted. */
  readonly signal?: AbortSignal;
}

/** A request to be signed as AWS wants it. */
export interface SignedRequest {
  /** Where it is sent: `https://<host>`, or `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Signing name, e.g. `s3` or `lambda`. */
  readonly service: string;
  readonly region: string;
  /** @default "GET" */
  readonly method?: string;
  /** With its query. */
  readonly path: string;
  /** The Host header. @default the endpoint's */
  readonly host?: string;
  /** Signed as well; neither `host` nor what a signature adds. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials: Credentials;
  /** Milliseconds until the last byte of the answer. @default 60000 */
  readonly limit?: number;
  /** Gives it up when aborted. */
  readonly signal?: AbortSignal;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

const defaultLimit = 60_000;

/**
 * Signs a request with SigV4 and sends it.
 *
 * @throws what {@link plainRequest} throws
 */
export async function signedRequest(input: SignedRequest): Promise<Answer> {
  const { body = "", credentials, endpoint, limit, method = "GET", path, region, service, signal } = input;
  const { host = new URL(endpoint).host } = input;
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const { pathname, search, searchParams } = new URL(path, "http://any");
  const { headers } = await signer.sign({
    method,
    protocol: "https:",
    hostname: host,
    path: pathname,
    query: queryOf(searchParams),
    headers: {
      ...input.headers,
      host,
      "x-amz-content-sha256": createHash("sha256").update(body).digest("hex"),
    },
    body,
  });
  return plainRequest({ endpoint, method, path: `${pathname}${search}`, headers, body, limit, signal });
}

function queryOf(parameters: URLSearchParams): Record<string, string[]> {
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name)]));
}

/**
 * Sends a request under any Host, which `fetch` would not allow. Redirects are answers like others, and not followed.
 *
 * @throws a `TimeoutError` without a complete answer in time, an `AbortError` when aborted, and what Node.js says of a
 * connection that was not made, or was lost
 */
export function plainRequest({
  body = "",
  endpoint,
  headers,
  limit = defaultLimit,
  method,
  path,
  signal,
}: PlainRequest): Promise<Answer> {
  const { hostname, port, protocol } = new URL(endpoint);
  const { request } = protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    const options = { hostname, port, method, path, headers, signal, lookup: lookupHost };
    const call = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", fail);
      response.once("end", () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    const timer = setTimeout(() => {
      const error = new Error(`no complete answer within ${limit / 1000} s`);
      error.name = "TimeoutError";
      fail(error);
      call.destroy(error);
    }, limit);
    call.on("error", fail);
    call.end(body);
  });
}
