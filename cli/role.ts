import { bootstrapTemplate, managementTemplate } from "../access/deploy-role/template";
import type { Template } from "../access/deploy-role/template-parts";
import { UserError } from "../fleet/errors";
import { isBelowAny } from "../fleet/foundation/units";
import type { Fleet } from "../fleet/model";
import { quoted } from "../fleet/wording";
import { requireOrganization } from "../operations/accounts/organization-accounts";
import { printJson } from "./output/json";
import { requireFleet } from "./shared/fleet";

/**
 * `meridian role`: prints the CloudFormation template of an account's deploy role, as JSON. For the management account, which
 * the bootstrap stack does not reach, and for whoever wants to see what the others get.
 *
 * @throws {UserError} the fleet has errors, or Meridian has no template for the account
 */
export async function role(file: string, account: string): Promise<void> {
  const { fleet } = await requireFleet(file);
  printJson(roleTemplate(fleet, file, account));
}

function roleTemplate(fleet: Fleet, file: string, account: string): Template {
  const organization = requireOrganization(fleet, file);
  if (account === organization.management.name) return managementTemplate(fleet, organization);
  const member = organization.members.find(({ name }) => name === account);
  if (!member) {
    const known = [organization.management, ...organization.members].map(({ name }) => name);
    throw new UserError(
      `the organization has no account ${quoted(account)}`,
      "a deploy role is made for one of its accounts",
      `name one of these: ${known.join(", ")}`,
    );
  }
  const { bootstrap } = fleet;
  if (!bootstrap || !isBelowAny(member.unit, bootstrap.units)) {
    throw new UserError(
      `the bootstrap stack gives ${account} no deploy role`,
      "the role of such an account is not Meridian's, and its rights are yours to decide",
      bootstrap
        ? `add the unit ${member.unit} to \`bootstrap.units\``
        : "add the section `bootstrap` (docs/organization.md)",
    );
  }
  return bootstrapTemplate(fleet, bootstrap);
}
