import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { HttpResponse } from "../http";

/** The common ones of the types that CloudFront compresses (developer guide, "Serve compressed files"). */
const TYPES: ReadonlySet<string> = new Set([
  "application/javascript",
  "application/json",
  "application/pdf",
  "application/rss+xml",
  "application/wasm",
  "application/x-javascript",
  "application/xhtml+xml",
  "application/xml",
  "font/otf",
  "font/ttf",
  "image/svg+xml",
  "text/css",
  "text/csv",
  "text/html",
  "text/javascript",
  "text/plain",
  "text/xml",
]);

const MIN_BYTES = 1000;
const MAX_BYTES = 10_000_000;

/**
 * Compresses a response where CloudFront would: not compressed yet, of a type and size that it takes, status 200,
 * 403 or 404.
 *
 * @param encodings - what the viewer takes and the cache policy enables, best first
 */
export function compressed(response: HttpResponse, encodings: readonly ("br" | "gzip")[]): HttpResponse {
  const { status, headers, body } = response;
  const [encoding] = encodings;
  const type =
    String(headers["content-type"] ?? "")
      .split(";", 1)[0]
      ?.trim()
      .toLowerCase() ?? "";
  const fits = body.length >= MIN_BYTES && body.length <= MAX_BYTES && [200, 403, 404].includes(status);
  if (encoding === undefined || !fits || !TYPES.has(type) || headers["content-encoding"] !== undefined)
    return response;
  const { etag, ...rest } = headers;
  return {
    status,
    headers: {
      ...rest,
      ...(typeof etag === "string" ? { etag: etag.startsWith("W/") ? etag : `W/${etag}` } : {}),
      "content-encoding": encoding,
      vary: vary(headers.vary),
    },
    body: encoding === "br" ? brotli(body) : gzipSync(body),
  };
}

function brotli(body: Buffer): Buffer {
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } });
}

function vary(value: string | readonly string[] | undefined): string {
  const names = value === undefined ? [] : [value].flat();
  return [...names, "Accept-Encoding"].join(", ");
}
