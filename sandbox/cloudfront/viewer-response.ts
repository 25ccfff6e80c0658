import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { HttpResponse } from "../http";
import { child, items, text, type XmlElement } from "../protocols/xml";

type Headers = Readonly<Record<string, string | readonly string[]>>;

interface PolicyHeader {
  readonly name: string;
  readonly value: string;
  /** Whether the policy's value wins over the origin's. */
  readonly override: boolean;
}

/**
 * Applies a response headers policy: security headers, custom headers, removals. CORS and Server-Timing are not
 * in the sandbox.
 *
 * @param policy - a `ResponseHeadersPolicyConfig`; an empty one changes nothing
 */
export function applyResponseHeadersPolicy(policy: XmlElement, headers: Headers): Headers {
  const removed = items(child(policy, "RemoveHeadersConfig"), "ResponseHeadersPolicyRemoveHeader").map(
    (header) => text(header, "Header").toLowerCase(),
  );
  const kept = Object.entries(headers).filter(([name]) => !removed.includes(name));
  const result: Record<string, string | readonly string[]> = Object.fromEntries(kept);
  for (const { name, value, override } of [...securityHeaders(policy), ...customHeaders(policy)]) {
    if (override || result[name] === undefined) result[name] = value;
  }
  return result;
}

function securityHeaders(policy: XmlElement): readonly PolicyHeader[] {
  const config = child(policy, "SecurityHeadersConfig");
  const header = (
    name: string,
    part: string,
    value: (node: XmlElement) => string,
  ): readonly PolicyHeader[] => {
    const node = child(config, part);
    if (Object.keys(node).length === 0) return [];
    return [{ name, value: value(node), override: text(node, "Override") === "true" }];
  };
  return [
    ...header("x-xss-protection", "XSSProtection", xssProtection),
    ...header("x-frame-options", "FrameOptions", (node) => text(node, "FrameOption")),
    ...header("referrer-policy", "ReferrerPolicy", (node) => text(node, "ReferrerPolicy")),
    ...header("content-security-policy", "ContentSecurityPolicy", (node) =>
      text(node, "ContentSecurityPolicy"),
    ),
    ...header("x-content-type-options", "ContentTypeOptions", () => "nosniff"),
    ...header("strict-transport-security", "StrictTransportSecurity", strictTransportSecurity),
  ];
}

function customHeaders(policy: XmlElement): readonly PolicyHeader[] {
  return items(child(policy, "CustomHeadersConfig"), "ResponseHeadersPolicyCustomHeader").map((header) => ({
    name: text(header, "Header").toLowerCase(),
    value: text(header, "Value"),
    override: text(header, "Override") === "true",
  }));
}

function xssProtection(node: XmlElement): string {
  if (text(node, "Protection") !== "true") return "0";
  const report = text(node, "ReportUri");
  return [
    "1",
    ...(text(node, "ModeBlock") === "true" ? ["mode=block"] : []),
    ...(report ? [`report=${report}`] : []),
  ].join("; ");
}

function strictTransportSecurity(node: XmlElement): string {
  return [
    `max-age=${text(node, "AccessControlMaxAgeSec")}`,
    ...(text(node, "IncludeSubdomains") === "true" ? ["includeSubDomains"] : []),
    ...(text(node, "Preload") === "true" ? ["preload"] : []),
  ].join("; ");
}

/** The common ones of the types that CloudFront compresses (developer guide, "Serve compressed files"). */
const compressedTypes: ReadonlySet<string> = new Set([
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

const minBytes = 1000;
const maxBytes = 10_000_000;

/**
 * Compresses a response where CloudFront would: not compressed yet, of a type and size that it takes, the size known
 * beforehand, status 200, 403 or 404 (developer guide, "Serve compressed files").
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
  const isKnown = response.rest === undefined;
  const fits =
    isKnown && body.length >= minBytes && body.length <= maxBytes && [200, 403, 404].includes(status);
  if (
    encoding === undefined ||
    !fits ||
    !compressedTypes.has(type) ||
    headers["content-encoding"] !== undefined
  )
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
