import { AccountClient, GetRegionOptStatusCommand } from "@aws-sdk/client-account";
import { findRegion, globalRegion } from "../../fleet/geography/regions";
import type { AccountScope, Check } from "./model";

/** Regions that the selected stacks of an account lie in, each once, sorted. */
export function regionsOf({ stacks }: Pick<AccountScope, "stacks">): readonly string[] {
  return [...new Set(stacks.flatMap(({ regions }) => regions))].sort();
}

/** Statuses with which a region can be used: https://docs.aws.amazon.com/accounts/latest/reference/API_GetRegionOptStatus.html */
const on: readonly (string | undefined)[] = ["ENABLED", "ENABLED_BY_DEFAULT"];

/**
 * Whether the account has opted in to the regions that need it. All others are on in every account:
 * https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
 */
export function regionChecks(scope: AccountScope): readonly Check[] {
  return regionsOf(scope)
    .filter((region) => findRegion(region)?.optIn)
    .map((region) => ({
      subject: "region",
      region,
      asks: ["account:GetRegionOptStatus"],
      ask: async (asker) => {
        const { RegionOptStatus: status } = await asker.call(
          "asking for the regions of an account",
          (limit) =>
            asker
              .client(AccountClient, globalRegion)
              .send(new GetRegionOptStatusCommand({ RegionName: region }), limit),
        );
        return {
          status: on.includes(status) ? "fine" : "fails",
          needed: `${region} is on`,
          found: status ?? "no status",
          raise:
            status === "ENABLING"
              ? "wait: it takes minutes to hours"
              : `aws account enable-region --region-name ${region}, by an administrator of the account; it takes minutes to hours`,
        };
      },
    }));
}
