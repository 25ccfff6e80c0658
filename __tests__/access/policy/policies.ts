import { type Decision, decide, type Policies } from "../../../access/policy/decide";
import { type Call, type Request, requestOf } from "../../../access/policy/request";
import type { NamedPolicy, Statement } from "../../../fleet/policy-document";

/** A named policy of the current version. */
export const policy = (name: string, ...Statement: Statement[]): NamedPolicy => ({
  name,
  document: { Version: "2012-10-17", Statement },
});
/** A policy that allows actions. */
export const allow = (name: string, Action: string | string[], Resource = "*") =>
  policy(name, { Effect: "Allow", Action, Resource });
/** A policy that denies actions everywhere, in a statement called No. */
export const deny = (name: string, Action: string | string[]) =>
  policy(name, { Sid: "No", Effect: "Deny", Action, Resource: "*" });

/** What AWS attaches to every level of an organization. */
export const full = allow("FullAWSAccess", "*");
/** The caller, where a test says no other. */
export const role = "arn:aws:iam::333333333333:role/support";
/** A call by the role from eu-west-1. */
export const call = (action: string, more: Partial<Call> = {}) =>
  requestOf({ action, region: "eu-west-1", principal: role, ...more });
/** Why a request is decided as it is; without other policies, the identity may do everything. */
export const decided = (policies: Partial<Policies>, request: Request): Decision["reason"] =>
  decide({ scps: [], identity: [full], ...policies }, request).reason;
