import { requireOrganization } from "../operations/accounts/organization-accounts";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, deployRole, stsRegions } from "../operations/aws/role-credentials";
import { readCosts } from "../operations/bill/cost-explorer";
import { billingMonth } from "../operations/bill/month";
import { billOf } from "../operations/bill/rows";
import { billJson, billReport } from "./output/bill-report";
import { orJsonError, printJson } from "./output/json";
import { caller } from "./shared/environment";
import { deployedFleet } from "./shared/fleet";

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
    const session = awsSession(stsRegions(fleet), caller);
    const role = deployRole(fleet.name, management);
    const credentials = () => session.assumeRole(role);
    const costs = await readCosts(month, { ...session, role: role.arn, credentials });
    const report = { fleet: fleet.name, month, costs, endpoint };
    const found = billOf(fleet, costs);
    if (json) printJson(billJson(found, report));
    else process.stdout.write(billReport(found, report));
  };
  await orJsonError(json, { endpoint }, show, (failure) => failure);
}
