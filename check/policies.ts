import { serviceControlPolicies } from "../access/guardrail";
import type { Path, Problem } from "../fleet/diagnostics";
import type { Organization, ServiceControlPolicy } from "../fleet/foundation/model";
import { limits } from "../fleet/limits";
import type { Fleet } from "../fleet/model";
import { policySize } from "../fleet/policy-document";
import type { CheckInput } from "../fleet/text/structure";
import { count } from "../fleet/wording";
import { problem } from "./rules";
import { isWritten } from "./written";

/** Service control policies that would apply to nothing. */
export function organizationPolicies(input: CheckInput): readonly Problem[] {
  const { management, policies = {} } = input.file.organization ?? {};
  return Object.entries(policies).flatMap(([name, { accounts = [] }]) => {
    const path = ["organization", "policies", name];
    if (!["units", "accounts"].some((key) => isWritten(input, [...path, key]))) {
      return [
        problem("policy-without-target", path, {
          message: `policy "${name}" names neither units nor accounts`,
          fix: 'add "units" or "accounts", or remove the policy',
          atKey: true,
        }),
      ];
    }
    return accounts.flatMap((account, index) => {
      if (account !== management) return [];
      return [
        problem("policy-on-management", [...path, "accounts", index], {
          message: `policy "${name}" names the management account "${account}"`,
          fix: "remove it from the accounts",
        }),
      ];
    });
  });
}

/** Service control policies that AWS would refuse. Known only once those of the guardrail are. */
export function policyLimits(fleet: Fleet): readonly Problem[] {
  const { organization } = fleet;
  if (!organization) return [];
  const policies = serviceControlPolicies(organization);
  return [...tooLarge(fleet, policies), ...tooMany(fleet, organization, policies)];
}

function tooLarge(fleet: Fleet, policies: readonly ServiceControlPolicy[]): readonly Problem[] {
  return policies.flatMap((policy) => {
    const size = policySize(policy.document);
    if (size <= limits.serviceControlPolicy) return [];
    return problem("policy-too-large", pathOf(fleet, policy), {
      message: `the policy "${policy.name}" has ${count(size, "character")}, but the limit is ${limits.serviceControlPolicy.toLocaleString("en-US")}`,
      fix: "combine actions with wildcards, or split it into two policies",
      atKey: true,
    });
  });
}

/** Attached to every unit and account by AWS: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html */
const attachedByAws = 1;

/** Control Tower attaches at least one policy of its own to each unit that it governs. */
const attachedByControlTower = 1;

function tooMany(
  fleet: Fleet,
  { controlTower }: Organization,
  policies: readonly ServiceControlPolicy[],
): readonly Problem[] {
  const byTarget = new Map<string, readonly ServiceControlPolicy[]>();
  for (const policy of policies) {
    for (const target of policy.targets) {
      const name = "unit" in target ? `unit "${target.unit}"` : `account "${target.account}"`;
      byTarget.set(name, [...(byTarget.get(name) ?? []), policy]);
    }
  }
  const governed = new Set(controlTower?.controls.map(({ unit }) => `unit "${unit}"`));
  return [...byTarget].flatMap(([target, attached]) => {
    const others = attachedByAws + (governed.has(target) ? attachedByControlTower : 0);
    const last = attached.filter((policy) => isOwn(fleet, policy)).at(-1);
    if (attached.length + others <= limits.policiesPerTarget || !last) return [];
    return problem("too-many-policies", pathOf(fleet, last), {
      message: `${target} has ${attached.length + others} service control policies with "${last.name}", but the limit is ${limits.policiesPerTarget}, including AWS's own`,
      fix: "merge several policies into one, or move a policy to a unit further up",
      atKey: true,
    });
  });
}

/** Policies that the fleet file has itself have a name of one part behind the fleet's; those of the guardrail have more. */
function isOwn({ name }: Fleet, policy: Pick<ServiceControlPolicy, "name">): boolean {
  return !policy.name.slice(name.length + 1).includes("_");
}

/** Where in the fleet file a service control policy comes from. */
export function pathOf(fleet: Fleet, policy: Pick<ServiceControlPolicy, "name">): Path {
  return isOwn(fleet, policy)
    ? ["organization", "policies", policy.name.slice(fleet.name.length + 1)]
    : ["organization", "regionGuardrail"];
}
