import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { type App, TerraformStack } from "cdktf";
import type { Account, Fleet } from "../fleet/model";
import { targetAlias } from "../fleet/names";
import { targetProvider } from "../modules/target-provider";
import { addBackend } from "../terraform-state/backend";
import { checkProviders } from "./provider-rules";

/** A stack around the fleet's cells: in one account and one region, with the one provider of these two. */
export class AroundStack extends TerraformStack {
  protected readonly provider: AwsProvider;

  constructor(app: App, name: string, fleet: Fleet, account: Account, region: string) {
    super(app, name);
    addBackend(this, fleet.state, account);
    this.provider = targetProvider(this, {
      account,
      region,
      alias: targetAlias(account.name, region),
      fleet: fleet.name,
      tags: { ...fleet.tags, "meridian:stack": name },
    });
    checkProviders(this);
  }
}
