import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { pipelineName } from "../fleet/pipeline";
import type { FleetStack } from "../fleet/stacks";
import { SingleProviderStack } from "./single-provider-stack";

/** The pipeline that rolls the fleet out. */
export class PipelineStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, _pipeline: Pipeline) {
    super(scope, fleet, stack);
    new TerraformOutput(this, "pipeline", {
      description: "Rolls the fleet out",
      value: pipelineName(fleet),
    });
  }
}
