import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Cell, Fleet, LogBucket } from "../fleet/model";
import type { FleetStack } from "../fleet/stacks";
import { FrontLogBucket } from "../modules/log-bucket";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * The bucket of a front's access logs. It lies in a region of the cell's zone, and so in a stack of its own: while
 * that region is down, the front can still be changed.
 */
export class LogStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, cell: Cell, logs: LogBucket) {
    super(scope, fleet, stack, cell.tags);
    new FrontLogBucket(this, "logs", { provider: this.provider, logs });
    new TerraformOutput(this, "bucket", {
      description: `Access logs of ${cell.name}`,
      value: logs.bucket,
    });
  }
}
