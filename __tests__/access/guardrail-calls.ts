import { type Call, requestOf } from "../../access/policy/request";

/** Who calls. */
export const principal = "arn:aws:iam::333333333333:role/meridian-deploy";

/** A region that no fleet of these tests uses. */
export const elsewhere = "ap-southeast-2";

/** A call of something in a region. */
export const at = (region: string, action: string, more: Partial<Call> = {}) =>
  requestOf({ action, region, principal, resource: "arn:aws:x:::y", ...more });
