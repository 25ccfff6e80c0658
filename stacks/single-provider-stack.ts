import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Fleet } from "../fleet/model";
import { targetAlias } from "../fleet/names";
import { stackTag } from "../fleet/stack-mark";
import type { FleetStack } from "../fleet/stacks";
import { targetProvider } from "../modules/target-provider";
import { addBackend } from "../terraform-state/backend";

/** A stack in one account and one region, with the one provider of these two. */
export class SingleProviderStack extends TerraformStack {
  protected readonly provider: AwsProvider;

  /** @param tags on every resource of the stack, beside its name */
  constructor(
    scope: Construct,
    fleet: Fleet,
    { account, name, regions: [region] }: FleetStack,
    tags: Readonly<Record<string, string>> = fleet.tags,
  ) {
    super(scope, name);
    if (region === undefined) throw new Error(`the stack ${name} has no region`);
    addBackend(this, fleet.state, account);
    this.provider = targetProvider(this, {
      account,
      region,
      alias: targetAlias(account.name, region),
      fleet: fleet.name,
      tags: { ...tags, [stackTag]: name },
    });
  }
}
