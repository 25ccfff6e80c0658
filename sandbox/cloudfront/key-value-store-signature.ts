import { type AwsCall, AwsError } from "../http";
import type { Identities } from "../identities";

/**
 * Refuses a call of the data plane that AWS would not take for signed: it wants SigV4A, signed for a set of regions, at
 * the account's own host, by a key that it knows. The signature itself is not calculated again.
 *
 * @throws {AwsError} 403
 */
export function requireSigV4A(call: AwsCall, identities: Identities): void {
  const { authorization = "" } = call.headers;
  const [, algorithm, accessKeyId = ""] = /^(\S+) .*?Credential=([^/,\s]+)/.exec(authorization) ?? [];
  if (algorithm !== "AWS4-ECDSA-P256-SHA256") {
    throw refused("InvalidSignatureException", `SigV4A is needed, and this is ${algorithm}`);
  }
  if (!call.headers["x-amz-region-set"]) {
    throw refused("InvalidSignatureException", "X-Amz-Region-Set is missing");
  }
  if (!/Signature=[0-9a-f]+$/.test(authorization)) {
    throw refused("InvalidSignatureException", "the signature is missing");
  }
  const identity = identities.find(accessKeyId);
  if (!identity || identity.sessionToken !== call.headers["x-amz-security-token"]) {
    throw refused("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  const [owner] = call.host.split(".");
  const arn = decodeURIComponent(call.path.split("/")[2] ?? "");
  if (owner !== arn.split(":")[4]) {
    throw refused("AccessDeniedException", `the host ${call.host} does not begin with the account of ${arn}`);
  }
}

function refused(code: string, message: string): AwsError {
  return new AwsError(403, code, message);
}
