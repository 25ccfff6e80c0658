import type { ServiceHandler } from "../http";
import type { Limits } from "../limits";
import { actionOf } from "../protocols/errors";

/** Where moto's summary of an account says how many roles it may have. */
const quota = /(<key>RolesQuota<\/key>\s*<value>)\d+(<\/value>)/;

/**
 * Lets IAM's summary of an account tell the limit that is set here; all else in it is moto's.
 *
 * @param moto who serves IAM otherwise
 */
export function withRoleLimit(moto: ServiceHandler, limits: Limits): ServiceHandler {
  return async (call) => {
    const response = await moto(call);
    if (call.service !== "iam" || actionOf(call) !== "GetAccountSummary") return response;
    const text = response.body.toString().replace(quota, `$1${limits.get("iam-roles", call)}$2`);
    const body = Buffer.from(text);
    return { ...response, headers: { ...response.headers, "content-length": String(body.length) }, body };
  };
}
