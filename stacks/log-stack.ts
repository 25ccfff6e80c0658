import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Cell, Fleet, LogBucket } from "../fleet/model";
import { targetAlias } from "../fleet/names";
import { FrontLogBucket } from "../modules/log-bucket";
import { targetProvider } from "../modules/target-provider";
import { addBackend } from "../terraform-state/backend";
import { checkProviders } from "./provider-rules";

/**
 * The bucket of a front's access logs. It lies in a region of the cell's zone, and so in a stack of its own: while
 * that region is down, the front can still be changed.
 */
export class LogStack extends TerraformStack {
  constructor(scope: Construct, fleet: Fleet, cell: Cell, logs: LogBucket) {
    super(scope, logs.stack);
    const { account } = cell.front;
    addBackend(this, fleet.state, account);
    const provider = targetProvider(this, {
      account,
      region: logs.region,
      alias: targetAlias(account.name, logs.region),
      fleet: cell.fleet,
      tags: { ...cell.tags, "meridian:stack": logs.stack },
    });
    new FrontLogBucket(this, "logs", { provider, logs });
    new TerraformOutput(this, "bucket", {
      description: `Access logs of ${cell.name}`,
      value: logs.bucket,
    });
    checkProviders(this);
  }
}
