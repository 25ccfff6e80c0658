import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { StateBucket } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { joinName, nameLimits } from "../fleet/names";
import type { FleetStack } from "../fleet/stacks";
import { TerraformStateBucket } from "../modules/state-bucket";
import { SingleProviderStack } from "./single-provider-stack";

/** Output of the stack: ARN of the replica's key. */
export const replicaKeyOutput = "key";

/**
 * The second state bucket. A stack of its own, so that either bucket can be changed while the region of the other is down.
 * Whoever may use the first may use it, too: while the first is down, the fleet's state is read and written here.
 */
export class StateReplicaStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, state: StateBucket) {
    super(scope, fleet, stack);
    const { replica } = state;
    if (!replica) throw new Error(`the state of ${fleet.name} has no replica`);
    const { key } = new TerraformStateBucket(this, "replica", {
      provider: this.provider,
      ...replica,
      alias: joinName(nameLimits.keyAlias, fleet.name, "state", "replica"),
      state,
    });
    new TerraformOutput(this, "bucket", { description: "Second copy of the state", value: replica.bucket });
    new TerraformOutput(this, replicaKeyOutput, {
      description: "ARN of the key that encrypts the second copy",
      value: key.arn,
    });
  }
}
