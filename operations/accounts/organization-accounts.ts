import { UserError } from "../../fleet/errors";
import type { Organization } from "../../fleet/foundation/model";
import type { Fleet, State } from "../../fleet/model";
import { foundationStacks } from "../../fleet/stacks";
import { describeError, proxyHint } from "../aws/errors";
import type { AwsSession } from "../aws/role-credentials";
import { localStateFile } from "../store/local-objects";
import { readOutputs } from "../store/store";
import { deployAccounts } from "./rows";

/** The organization of a fleet, which a command cannot do without. */
export function requireOrganization({ organization }: Fleet, file: string): Organization {
  if (organization) return organization;
  throw new UserError(
    `${file} has no organization`,
    "accounts, their deploy roles and their bill are those of an organization",
    "add the section `organization` (docs/organization.md)",
  );
}

/**
 * Ids of the accounts as the stack that creates them knows them, by name.
 *
 * @throws {UserError} the stack is not deployed, or its state cannot be read
 */
export async function organizationAccounts(
  fleet: Fleet,
  { management }: Organization,
  session: AwsSession,
): Promise<ReadonlyMap<string, string>> {
  const stack = foundationStacks.accounts;
  const outputs = await readOutputs(fleet, { stack, account: management }, session).catch(
    (error: unknown) => {
      if (error instanceof UserError) throw error;
      throw new UserError(
        `the state of the stack ${stack} cannot be read: ${describeError(error)}`,
        "it holds the ids of the accounts that were created",
        `${whereTo(fleet.state, stack, session)}${proxyHint(session.environment)}`,
      );
    },
  );
  const accounts = Object.entries(outputs?.accounts ?? {});
  if (outputs?.accounts === undefined) throw notDeployed(fleet.state, stack, session);
  const wrong = accounts.find(([, id]) => typeof id !== "string" || !/^\d{12}$/.test(id));
  if (wrong) {
    throw new UserError(
      `the state of the stack ${stack} gives ${JSON.stringify(wrong[1])} as the id of account "${wrong[0]}"`,
      "an id has 12 digits",
      `deploy the stack: ${deployAccounts}`,
    );
  }
  return new Map(accounts.map(([name, id]) => [name, String(id)]));
}

function notDeployed(state: State, stack: string, session: AwsSession): UserError {
  return new UserError(
    `the organization is not deployed yet: the stack ${stack} has no state that names its accounts`,
    "accounts get their ids when they are created",
    `${deployAccounts}; if that has been done, ${whereTo(state, stack, session)}`,
  );
}

/** Where a state is looked for, in the imperative. */
function whereTo(state: State, stack: string, { environment }: AwsSession): string {
  return state.backend === "s3"
    ? `make sure that the bucket ${state.bucket} in ${state.region} can be read`
    : `run this from where it was deployed: the state is expected in ${localStateFile(stack, environment.CDKTF_OUTPUT)} (if CDKTF_OUTPUT was set for the deploy, set it here too)`;
}
