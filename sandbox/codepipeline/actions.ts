import type { ActionContext, ActionServices, RunningAction } from "./action";
import { startApproval } from "./approval";
import { startBuild } from "./build";
import { kindOf } from "./declaration";
import { startS3Source } from "./s3-source";

/**
 * Begins an action.
 *
 * @throws what it cannot begin for
 */
export function startAction(context: ActionContext, services: ActionServices): RunningAction {
  switch (kindOf(context.action)) {
    case "Source/S3":
      return startS3Source(context, services.surroundings);
    case "Source/CodeStarSourceConnection":
      throw new Error(
        "the sandbox has no GitHub, nor any other host of repositories: use a bucket as the pipeline's source",
      );
    case "Approval/Manual":
      return startApproval(context, services);
    default:
      return startBuild(context, services);
  }
}
