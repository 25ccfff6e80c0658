import {
  allowedRegionsParameter,
  exemptedActionsParameter,
  regionDenyControl,
} from "../fleet/foundation/control-tower";
import type { Organization, ServiceControlPolicy } from "../fleet/foundation/model";
import { isBelow } from "../fleet/foundation/units";
import type { NamedPolicy } from "../fleet/policy-document";
import { controlTowerRegionDeny } from "./control-tower-region-deny";
import { serviceControlPolicies } from "./guardrail";

/**
 * Finds the policies that bind an account: its own and those of all units around it. A region deny of Control Tower is among
 * them as AWS publishes it. Empty for the management account, which none binds.
 */
export function bindingPolicies(organization: Organization): (account: string) => readonly NamedPolicy[] {
  const policies = serviceControlPolicies(organization);
  return (account) => policiesOn(organization, policies, account);
}

function policiesOn(
  { controlTower, members }: Organization,
  policies: readonly ServiceControlPolicy[],
  account: string,
): readonly NamedPolicy[] {
  const member = members.find(({ name }) => name === account);
  if (!member) return [];
  const regionDenies = (controlTower?.controls ?? [])
    .filter(({ control, unit }) => control === regionDenyControl && isBelow(member.unit, unit))
    .map(({ parameters, unit }) => ({
      name: `CT.MULTISERVICE.PV.1 on ${unit}`,
      document: controlTowerRegionDeny(
        parameters[allowedRegionsParameter] ?? [],
        parameters[exemptedActionsParameter],
      ),
    }));
  const attached = policies.filter(({ targets }) =>
    targets.some((target) =>
      "unit" in target ? isBelow(member.unit, target.unit) : target.account === account,
    ),
  );
  return [...attached, ...regionDenies];
}
