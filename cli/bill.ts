import { requireOrganization } from "../operations/accounts/organization-accounts";
import { otherEndpoint } from "../operations/aws/endpoint";
import { deployRole, roleAssumer, stsRegions } from "../operations/aws/role-credentials";
import { noCosts } from "../operations/bill/cost-errors";
import { readCosts } from "../operations/bill/cost-explorer";
import { billingMonth } from "../operations/bill/month";
import { billOf } from "../operations/bill/rows";
import { orJsonError, printJson } from "./change-command";
import { deployedFleet } from "./deployed-fleet";
import { billJson, billReport } from "./output/bill-report";

/** Options of `meridian bill`. */
export interface BillOptions {
  readonly month?: string;
  readonly json?: boolean;
}

/**
 * `meridian bill`: what a calendar month cost, by account, tenant, stage and stack, against the budgets. Asks Cost
 * Explorer with the management account's deploy role.
 *
 * @throws {UserError} there is no such month, no organization, no permission or no data
 */
export async function bill(file: string, { json = false, month: wanted }: BillOptions): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  const show = async () => {
    const month = billingMonth(wanted, new Date());
    const fleet = await deployedFleet(file);
    const { management } = requireOrganization(fleet, file);
    const assumeRole = roleAssumer(stsRegions(fleet));
    const role = deployRole(fleet.name, management);
    const costs = await readCosts(month, { role: role.arn, credentials: () => assumeRole(role) });
    if (costs.costs.length === 0) throw noCosts(month.name);
    const report = { fleet: fleet.name, month, costs, endpoint };
    const found = billOf(fleet, costs);
    if (json) printJson(billJson(found, report));
    else process.stdout.write(billReport(found, report));
  };
  await orJsonError(json, { endpoint }, show, (failure) => failure);
}
