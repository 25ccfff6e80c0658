import { managementTemplate } from "../access/deploy-role/template";
import { loadFleet } from "../check/read";
import type { Fleet } from "../fleet/model";
import { fleetStacks } from "../fleet/stacks";
import { withAccountIds } from "../fleet/text/yaml-edit";
import { editFile } from "../operations/accounts/fleet-edit";
import { organizationAccounts, requireOrganization } from "../operations/accounts/organization-accounts";
import { type AccountRow, accountRows, assertNoConflict, idsToWrite } from "../operations/accounts/rows";
import { otherEndpoint } from "../operations/aws/endpoint";
import { awsSession, stsRegions } from "../operations/aws/role-credentials";
import { accountsReport } from "./output/accounts-report";
import { orJsonError, printJson } from "./output/json";
import { loadApp } from "./shared/app";
import { caller, fleetPath } from "./shared/environment";
import { deployedFleetFile } from "./shared/fleet";

/** Options of `meridian accounts`. */
export interface AccountsOptions {
  readonly write?: boolean;
  readonly json?: boolean;
}

/**
 * `meridian accounts`: the accounts of the organization, and which of their ids the fleet file does not have yet; with
 * `write` they are put into it. Reads the state of the stack `accounts`, and calls AWS for nothing else.
 *
 * @throws {UserError} the fleet has errors or no organization, the organization is not deployed, or it and the fleet
 * file do not go together: nothing was written
 */
export async function accounts(
  file: string,
  { json = false, write = false }: AccountsOptions,
): Promise<void> {
  const endpoint = otherEndpoint(process.env);
  await orJsonError(json, { endpoint }, async () => {
    const { facts: extensions } = await loadApp();
    const fix = "correct what is listed above, and try again";
    const { fleet, written } = await deployedFleetFile(file, { extensions, fix });
    const organization = requireOrganization(fleet, file);
    const session = awsSession(stsRegions(fleet), caller);
    const ids = await organizationAccounts(fleet, organization, session);
    const found = accountRows(written, ids);
    assertNoConflict(found, file);
    const rows = write ? await writeIds(file, found) : found;
    const after = rows === found ? fleet : loadFleet(file, { extensions }).fleet;
    if (json) printJson(rows.map((row) => ({ ...row, ...(endpoint !== undefined && { endpoint }) })));
    else
      process.stdout.write(
        accountsReport(rows, {
          file,
          usualFile: fleetPath(),
          endpoint,
          foundation: after ? foundationOf(after) : [],
          newRole: after && roleText(fleet) !== roleText(after) ? organization.management.name : undefined,
        }),
      );
  });
}

/** Names of the foundation's stacks. */
function foundationOf(fleet: Fleet): readonly string[] {
  return fleetStacks(fleet).flatMap(({ cell, name }) => (cell === undefined ? [name] : []));
}

/** What the management account's deploy role may do and who may assume it: both know some accounts by their ids. */
function roleText(fleet: Fleet): string | undefined {
  const { bootstrap, organization } = fleet;
  return bootstrap && organization && JSON.stringify(managementTemplate(fleet, organization));
}

async function writeIds(file: string, rows: readonly AccountRow[]): Promise<readonly AccountRow[]> {
  const ids = idsToWrite(rows);
  if (ids.size === 0) return rows;
  await editFile(file, (text) => withAccountIds(text, ids));
  return rows.map((row) =>
    ids.has(row.account) ? { ...row, fileId: row.organizationId, status: "written" } : row,
  );
}
