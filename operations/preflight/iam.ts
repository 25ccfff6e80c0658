import { GetAccountSummaryCommand, GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { someId } from "../../access/calls/model";
import { stackCalls } from "../../access/calls/stack-calls";
import { globalRegion } from "../../fleet/geography/regions";
import type { AccountAsker } from "../aws/account-asker";
import { isRefusal } from "../aws/errors";
import { type AccountScope, type Check, roomAnswer } from "./model";
import { type Quota, raiseQuota } from "./quotas";

/** Roles per account: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const quota: Quota = { service: "iam", code: "L-FE177D64", region: globalRegion };

const asking = "asking IAM";

/**
 * Room for the roles of the fleet's functions: one for each function in each region, as roles are the account's. How many
 * extensions make, they do not say.
 */
export function iamChecks({ account, fleet }: AccountScope): readonly Check[] {
  const calls = stackCalls(fleet).flatMap((stack) => (stack.account.id === account.id ? stack.calls : []));
  const roles = calls.flatMap(({ action, resource }) =>
    action === "iam:CreateRole" ? (resource.split("/").at(-1) ?? []) : [],
  );
  const needed = [...new Set(roles)].filter((role) => !role.includes(someId));
  if (needed.length === 0) return [];
  return [
    {
      subject: "IAM roles",
      region: globalRegion,
      asks: ["iam:GetAccountSummary", "iam:GetRole"],
      ask: async (asker) => {
        // Roles and RolesQuota: https://docs.aws.amazon.com/cli/latest/reference/iam/get-account-summary.html
        const { SummaryMap } = await asker.call(asking, (limit) =>
          asker.client(IAMClient, globalRegion).send(new GetAccountSummaryCommand({}), limit),
        );
        const { Roles: there, RolesQuota: limit } = SummaryMap ?? {};
        if (there === undefined || limit === undefined)
          throw new Error("IAM's summary of the account does not say how many roles there are");
        // Roles are asked for one by one, and only where it matters which are there.
        const already = there + needed.length <= limit ? 0 : await countThere(needed, asker);
        const raise = (total: number) => raiseQuota(quota, total);
        return roomAnswer({ nouns: ["role", "roles"], limit, there, needed: needed.length, already, raise });
      },
    },
  ];
}

async function countThere(roles: readonly string[], asker: AccountAsker): Promise<number> {
  const client = asker.client(IAMClient, globalRegion);
  const found = await Promise.all(
    roles.map(async (RoleName) => {
      try {
        await asker.call(asking, (limit) => client.send(new GetRoleCommand({ RoleName }), limit));
        return true;
      } catch (error) {
        if (isRefusal(error, "NoSuchEntity", "NoSuchEntityException")) return false;
        throw error;
      }
    }),
  );
  return found.filter(Boolean).length;
}
