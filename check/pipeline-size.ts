import type { Problem } from "../fleet/diagnostics";
import { limits } from "../fleet/limits";
import type { Fleet } from "../fleet/model";
import { type PipelineStage, pipelineStages } from "../fleet/pipeline";
import { count } from "../fleet/wording";
import { problem } from "./rules";

/** Pipelines that CodePipeline would refuse, or end. Known only once the waves are. */
export function pipelineSizes(fleet: Fleet): readonly Problem[] {
  if (!fleet.pipeline) return [];
  const stages = pipelineStages(fleet, fleet.pipeline);
  return [
    ...tooManyStages(fleet, stages),
    ...stages.flatMap((stage) => [...tooManyActions(stage), ...longBake(stage)]),
  ];
}

function tooManyStages(fleet: Fleet, stages: readonly PipelineStage[]): readonly Problem[] {
  const tooMany = stages.length - limits.pipelineStages;
  if (tooMany <= 0) return [];
  return [
    problem("pipeline-too-large", ["pipeline"], {
      message: `the pipeline would have ${count(stages.length, "stage")}, but the limit is ${limits.pipelineStages}`,
      fix: `use at most ${count(fleet.stages.length - tooMany, "stage")}, and waves for the rest`,
      atKey: true,
    }),
  ];
}

function tooManyActions({ actions, of }: PipelineStage): readonly Problem[] {
  if (of === undefined || actions.length <= limits.actionsPerStage) return [];
  const waves = actions.filter(({ kind }) => kind === "deploy").length;
  const waits = actions.some(({ kind }) => kind === "wait");
  return [
    problem("pipeline-too-large", ["rollout", of, "waves"], {
      message: `the stage "${of}" would be ${count(actions.length, "action")} of the pipeline for its ${count(waves, "wave")}${waits ? " and the waits between them" : ""}, but the limit is ${limits.actionsPerStage}`,
      fix: "use fewer and larger waves",
      atKey: true,
    }),
  ];
}

function longBake({ actions, of }: PipelineStage): readonly Problem[] {
  const wait = actions.find((action) => action.kind === "wait" && action.seconds > limits.pipelineBake);
  if (of === undefined || !wait) return [];
  return [
    problem("bake-too-long", ["rollout", of, "bake"], {
      message: `the pipeline would wait longer than ${limits.pipelineBake / 3600} hours between two waves of "${of}"`,
      fix: `write ${limits.pipelineBake / 3600}h or less, or make what follows a stage of its own that waits for an approval`,
    }),
  ];
}
