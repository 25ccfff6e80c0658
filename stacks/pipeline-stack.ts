import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { defaultDeployRole, planRoleName, recordRoleName } from "../fleet/accounts";
import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import {
  artifactBucketName,
  foundationOf,
  pipelineName,
  pipelineProjects,
  pipelineStages,
} from "../fleet/pipeline";
import type { FleetStack } from "../fleet/stacks";
import { FleetPipeline } from "../modules/pipeline";
import { PipelineArtifacts } from "../modules/pipeline-artifacts";
import { PipelineNotifications } from "../modules/pipeline-notifications";
import { PipelineProjects } from "../modules/pipeline-projects";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * The pipeline that rolls the fleet out. It makes no role: a role that a deploy role makes cannot get into another deploy role,
 * and what the builds may do must not be theirs to change. The bootstrap's template makes them.
 */
export class PipelineStack extends SingleProviderStack {
  constructor(scope: Construct, fleet: Fleet, stack: FleetStack, pipeline: Pipeline) {
    super(scope, fleet, stack);
    const { provider } = this;
    const common = { provider, fleet: fleet.name, pipeline };
    const stages = pipelineStages(fleet, pipeline);
    const artifacts = new PipelineArtifacts(this, "handed_on", { ...common, fleet });
    const deployRole = fleet.bootstrap?.role.name ?? defaultDeployRole;
    const projects = new PipelineProjects(this, "build", {
      ...common,
      projects: pipelineProjects(fleet, pipeline),
      key: artifacts.key.arn,
      specs: {
        foundation: foundationOf(fleet),
        planRole: planRoleName(deployRole),
        recordRole: recordRoleName(fleet.stateBucket?.account.deployRole ?? deployRole),
        bucket: artifactBucketName(fleet.name, pipeline),
        region: pipeline.region,
      },
    });
    const notifications = new PipelineNotifications(this, "tell", {
      ...common,
      approved: stages.flatMap(({ actions }) =>
        actions.flatMap((action) => (action.kind === "approval" ? [action.of] : [])),
      ),
    });
    new FleetPipeline(this, "fleet", { ...common, stages, artifacts, projects, notifications });
    new TerraformOutput(this, "pipeline", {
      description: "Rolls the fleet out",
      value: pipelineName(fleet),
    });
    new TerraformOutput(this, "artifacts", {
      description: "Where it keeps what it hands on",
      value: artifacts.bucket.bucket,
    });
  }
}
