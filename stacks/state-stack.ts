import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { StateBucket } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { joinName, nameLimits } from "../fleet/names";
import { type FleetStack, foundationStacks } from "../fleet/stacks";
import { TerraformStateBucket } from "../modules/state-bucket";
import { StateBucketReplication } from "../modules/state-bucket-replication";
import { remoteState } from "../terraform-state/backend";
import { SingleProviderStack } from "./single-provider-stack";
import { replicaKeyOutput } from "./state-replica-stack";

/** The bucket for Terraform's state, which is copied to the replica where there is one. */
export class StateStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, state: StateBucket) {
    super(scope, fleet, stack);
    const { account, bucket, region, replica } = state;
    const { provider } = this;
    const from = new TerraformStateBucket(this, "state", {
      provider,
      bucket,
      region,
      alias: joinName(nameLimits.keyAlias, fleet.name, "state"),
      state,
    });
    if (replica) {
      const read = remoteState(this, fleet.state, foundationStacks.stateReplica, account);
      new StateBucketReplication(this, "replication", {
        provider,
        account,
        role: joinName(nameLimits.role, fleet.name, "state", "replication"),
        source: { bucket, region, key: from.key.arn },
        replica: { ...replica, key: read.getString(replicaKeyOutput) },
        from,
      });
    }
    new TerraformOutput(this, "bucket", { description: "Where the state is kept", value: bucket });
    new TerraformOutput(this, "key", {
      description: "ARN of the key that encrypts it",
      value: from.key.arn,
    });
  }
}
