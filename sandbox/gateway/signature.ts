import { createHash, timingSafeEqual } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest } from "../http";
import { globalRegion } from "../services";

/** What a signed request says of itself. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  /** The signing name, e.g. `lambda`. */
  readonly service: string;
}

/**
 * Reads the credential scope of a request signed with SigV4, or with SigV4A, in its Authorization header or, presigned,
 * in its query. Undefined when it is not signed. SigV4A signs for a set of regions, which a header names, and a global
 * service says `*` there.
 */
export function credentialScope({ headers, path }: HttpRequest): CredentialScope | undefined {
  const header = /^AWS4-[A-Z0-9-]+ .*?Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1];
  const query = path.includes("?") ? path.slice(path.indexOf("?") + 1) : "";
  const credential = header ?? new URLSearchParams(query).get("X-Amz-Credential") ?? "";
  const [accessKeyId, , ...rest] = credential.split("/");
  if (!accessKeyId || rest.at(-1) !== "aws4_request") return undefined;
  if (rest.length === 3) return { accessKeyId, region: String(rest[0]), service: String(rest[1]) };
  return rest.length === 2 ? { accessKeyId, region: globalRegion, service: String(rest[0]) } : undefined;
}

/** AWS refuses a signature made longer ago. */
const maxAgeMs = 5 * 60_000;

function parseAmzDate(text: string | undefined): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (!parts) return undefined;
  const [, year, month, day, hours, minutes, seconds] = parts;
  return new Date(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
}

function parseQuery(path: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  if (!path.includes("?")) return query;
  for (const pair of path.slice(path.indexOf("?") + 1).split("&")) {
    const [name = "", value = ""] = pair.split(/=(.*)/s, 2).map(decodeURIComponent);
    const before = query[name];
    query[name] = before === undefined ? value : [before, value].flat();
  }
  return query;
}

/** Whether the body is the one that was signed for. */
function bodyMatches({ headers, body }: HttpRequest): boolean {
  const signed = headers["x-amz-content-sha256"];
  if (signed === undefined || signed === "UNSIGNED-PAYLOAD") return true;
  return signed === createHash("sha256").update(body).digest("hex");
}

/**
 * Whether the SigV4 signature in a request's Authorization header was made with `secretAccessKey`, for this request, not
 * long ago. Presigned requests and SigV4A are not verified: false.
 */
export async function isSignedWith(
  request: HttpRequest,
  secretAccessKey: string,
  now: Date,
): Promise<boolean> {
  const scope = credentialScope(request);
  const { authorization = "", host = "" } = request.headers;
  const [, signedNames, signature] =
    /SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(authorization) ?? [];
  const date = parseAmzDate(request.headers["x-amz-date"]);
  if (!scope || !signedNames || !signature || !date) return false;
  if (Math.abs(now.getTime() - date.getTime()) > maxAgeMs || !bodyMatches(request)) return false;

  const names = new Set(signedNames.split(";"));
  // The hash of the body counts even when its header is not among the signed ones.
  const kept = Object.entries(request.headers).filter(
    ([name]) => names.has(name) || name === "x-amz-content-sha256",
  );
  const signer = new SignatureV4({
    credentials: { accessKeyId: scope.accessKeyId, secretAccessKey },
    region: scope.region,
    service: scope.service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const { headers } = await signer.sign(
    {
      method: request.method,
      protocol: "https:",
      hostname: host,
      path: request.path.split("?")[0] ?? "/",
      query: parseQuery(request.path),
      headers: Object.fromEntries(kept),
      body: request.body,
    },
    {
      signingDate: date,
      signableHeaders: names,
      unsignableHeaders: names.has("x-amz-content-sha256") ? undefined : new Set(["x-amz-content-sha256"]),
    },
  );
  const expected = /Signature=([0-9a-f]{64})$/.exec(headers.authorization ?? "")?.[1] ?? "";
  return (
    expected.length === signature.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature))
  );
}
