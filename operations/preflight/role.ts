import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { Account } from "../../fleet/account";
import { globalRegion } from "../../fleet/geography/regions";
import type { AccountAsker } from "../aws/account-asker";
import { isUnreachable } from "../aws/errors";
import type { Answer, Check } from "./model";

/**
 * Whether the deploy role can be assumed, and whoever did so is it, in its account. The call with which one asks who one is
 * cannot be denied: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 *
 * @param regions where to ask STS, one after the other
 */
export function roleCheck(account: Account, regions: readonly string[]): Check {
  const [region = globalRegion] = regions;
  return {
    subject: "deploy role",
    region,
    asks: ["sts:AssumeRole", "sts:GetCallerIdentity"],
    ask: async (asker) => roleAnswer(account, await callerArn(regions, asker)),
  };
}

async function callerArn(regions: readonly string[], asker: AccountAsker): Promise<string> {
  let failure: unknown;
  for (const region of regions) {
    try {
      const { Arn } = await asker.call(`asking STS in ${region}`, (limit) =>
        asker.client(STSClient, region).send(new GetCallerIdentityCommand({}), limit),
      );
      return Arn ?? "nobody";
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function roleAnswer(account: Account, arn: string): Answer {
  const { deployRole, id, name } = account;
  const isExpected = arn.startsWith(`arn:aws:sts::${id}:assumed-role/${deployRole}/`);
  return {
    status: isExpected ? "fine" : "fails",
    needed: neededRole(account),
    found: isExpected ? "can be assumed" : `the session is one of ${arn}`,
    raise: roleFix(name, "see whose credentials these are"),
  };
}

/** What is needed of a role, as the report says it. */
export function neededRole({ deployRole }: Account): string {
  return `the role ${deployRole}`;
}

/** What to do about a role that is not as needed. */
export function roleFix(account: string, first: string): string {
  return `${first}; the fleet's bootstrap makes the role (docs/organization.md), or deploy the template that \`npx meridian role ${account}\` prints into the account`;
}
