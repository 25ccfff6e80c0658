import { createHash } from "node:crypto";
import { request } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "../../operations/aws/role-credentials";

/** A request to the sandbox, to be signed as AWS wants it. */
export interface SignedRequest {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  /** Signing name, e.g. `s3` or `lambda`. */
  readonly service: string;
  readonly region: string;
  readonly method?: string;
  readonly path: string;
  /** The Host header. @default the endpoint's */
  readonly host?: string;
  readonly body?: string;
  /** @default `application/octet-stream` */
  readonly contentType?: string;
  /** @default the sandbox's base key */
  readonly credentials?: Credentials;
}

const baseCredentials: Credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The sandbox takes a 12-digit account id for an access key of that account. */
export function accountCredentials(account: string): Credentials {
  return { accessKeyId: account, secretAccessKey: "test" };
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

const requestTimeout = 60_000;

/** Signs a request with the sandbox's credentials and sends it. */
export async function signedRequest(input: SignedRequest): Promise<Answer> {
  const { body = "", credentials = baseCredentials, endpoint, method = "GET", path } = input;
  const { contentType = "application/octet-stream", host = new URL(endpoint).host } = input;
  const signer = new SignatureV4({
    credentials,
    region: input.region,
    service: input.service,
    sha256: Sha256,
  });
  const hash = createHash("sha256").update(body).digest("hex");
  const { headers } = await signer.sign({
    method,
    protocol: "http:",
    hostname: host,
    path,
    headers: { host, "content-type": contentType, "x-amz-content-sha256": hash },
    body,
  });
  return plainRequest({ endpoint, method, path, headers, body });
}

/** What {@link plainRequest} sends. */
export interface PlainRequest {
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends a request to the sandbox under any Host, which `fetch` would not allow. */
export function plainRequest({ body = "", endpoint, headers, method, path }: PlainRequest): Promise<Answer> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, method, path, headers, timeout: requestTimeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    call.once("error", reject);
    call.once("timeout", () => call.destroy(new Error(`no answer within ${requestTimeout / 1000} s`)));
    call.end(body);
  });
}
