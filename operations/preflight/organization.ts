import { ListAccountsCommand, OrganizationsClient } from "@aws-sdk/client-organizations";
import { globalRegion } from "../../fleet/geography/regions";
import { foundationStacks } from "../../fleet/stacks";
import type { AccountAsker } from "../aws/account-asker";
import { allPages } from "../aws/answers";
import { isRefusal } from "../aws/errors";
import { type AccountScope, type Check, roomAnswer } from "./model";
import { type Quota, quotaActions, quotaOf, raiseQuota } from "./quotas";

/**
 * Accounts of an organization: 10 by default, and fewer where the organization is new. Only the management account is told,
 * in us-east-1: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
const quota: Quota = { service: "organizations", code: "L-E619E033", region: globalRegion };

/** Room for the accounts that the next deploy of the organization creates. */
export function organizationChecks({ fleet, stacks }: AccountScope): readonly Check[] {
  const { organization } = fleet;
  if (!organization || !stacks.some(({ name }) => name === foundationStacks.accounts)) return [];
  const emails = organization.members.flatMap(({ closed, email, id }) =>
    id === undefined && !closed && email !== undefined ? [email] : [],
  );
  return [
    {
      subject: "accounts of the organization",
      region: globalRegion,
      asks: ["organizations:ListAccounts", ...quotaActions],
      ask: async (asker) => {
        const [there, limit] = await Promise.all([accountEmails(asker), quotaOf(quota, asker)]);
        const missing = emails.filter((email) => !there.has(email.toLowerCase()));
        const answer = roomAnswer({
          ...{
            nouns: ["new account", "new accounts"],
            limit,
            there: there.size,
            needed: missing.length,
            already: 0,
          },
          raise: (total) => raiseQuota(quota, total),
        });
        return { ...answer, found: `${answer.found}, closed ones among them; invitations count, too` };
      },
    },
  ];
}

/** Addresses of all accounts, no two of which share one. Empty where there is no organization yet. */
async function accountEmails(asker: AccountAsker): Promise<ReadonlySet<string>> {
  const client = asker.client(OrganizationsClient, globalRegion);
  try {
    const accounts = await allPages(async (NextToken) => {
      const page = await asker.call("asking for the accounts of the organization", (limit) =>
        client.send(new ListAccountsCommand({ NextToken }), limit),
      );
      return { items: page.Accounts, next: page.NextToken };
    });
    return new Set(accounts.map(({ Email, Id }) => (Email ?? Id ?? "").toLowerCase()));
  } catch (error) {
    if (isRefusal(error, "AWSOrganizationsNotInUseException")) return new Set();
    throw error;
  }
}
