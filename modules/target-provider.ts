import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import { type Account, roleArn } from "../fleet/account";

/** What tells one provider from another. */
export interface TargetProviderProps {
  readonly account: Account;
  readonly region: string;
  /** Unique in the stack. */
  readonly alias: string;
  /** The fleet's name: part of the session name, so that CloudTrail shows who deployed. */
  readonly fleet: string;
  /** On every resource that is made with this provider. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The provider of one account/region pair. It takes its credentials from the environment, assumes the account's
 * deploy role, and refuses to work in any other account.
 */
export function targetProvider(scope: Construct, props: TargetProviderProps): AwsProvider {
  const { account, alias, fleet, region, tags } = props;
  return new AwsProvider(scope, "provider", {
    alias,
    region,
    allowedAccountIds: [account.id],
    assumeRole: [
      {
        roleArn: roleArn(account),
        sessionName: `meridian-${fleet}`,
        externalId: account.externalId,
      },
    ],
    defaultTags: [{ tags: { ...tags } }],
  });
}
