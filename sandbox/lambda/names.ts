import { createHash } from "node:crypto";
import { AwsError } from "../http";

/** Where a function lives: the same name in another account or region is another function. */
export interface FunctionId {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

/** The version that can be changed; every published one is a number. */
export const latestVersion = "$LATEST";

/** The ARN of a function, or of the version or alias that `qualifier` names. */
export function functionArn({ account, region, name }: FunctionId, qualifier?: string): string {
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  return qualifier === undefined || qualifier === latestVersion ? arn : `${arn}:${qualifier}`;
}

const reference =
  /^(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?(?:function:)?(?<name>[A-Za-z0-9_-]+)(?::(?<qualifier>\$LATEST|[A-Za-z0-9_-]+))?$/;

/**
 * Reads a function reference as Lambda's API takes it: a name, a partial or a whole ARN, each with or without a
 * qualifier.
 *
 * @throws {AwsError} 400 when it is none of these, 403 or 404 when it names another account or region than the caller's
 */
export function parseFunctionReference(
  text: string,
  caller: { readonly account: string; readonly region: string },
): { readonly id: FunctionId; readonly qualifier?: string } {
  const { region, account, name, qualifier } = reference.exec(text)?.groups ?? {};
  if (name === undefined || name.length > 64) {
    throw new AwsError(
      400,
      "ValidationException",
      `1 validation error detected: Value '${text}' at 'functionName' is no function name or ARN`,
    );
  }
  if (account !== undefined && account !== caller.account) {
    throw new AwsError(
      403,
      "AccessDeniedException",
      `account ${caller.account} is not authorized to use ${text}`,
    );
  }
  if (region !== undefined && region !== caller.region) {
    throw new AwsError(
      404,
      "ResourceNotFoundException",
      `Functions from '${region}' are not reachable in this region ('${caller.region}')`,
    );
  }
  return { id: { account: caller.account, region: caller.region, name }, qualifier };
}

/** Characters that an id of a function URL is made of: those of a real one, which is base 32. */
const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * The 32 characters of a function URL's id. Derived from what the URL stands for, so that a sandbox that starts anew
 * hands out the same URLs for the same fleet; opaque otherwise, as AWS's are.
 */
export function functionUrlId(id: FunctionId, qualifier: string): string {
  const hash = createHash("sha256")
    .update(functionArn(id, `url:${qualifier}`))
    .digest();
  return [...hash.subarray(0, 32)].map((byte) => base32[byte % 32]).join("");
}
