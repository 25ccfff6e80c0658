import { createHash } from "node:crypto";
import type { Pipeline } from "./foundation/model";
import type { Fleet, Stage } from "./model";
import { joinName, nameLimits } from "./names";
import { wavesOf } from "./rollout";
import { fleetStacks, foundationStacks } from "./stacks";

/** What the pipeline calls the stacks that all cells stand on. No stage of a fleet with a pipeline is called so. */
export const foundationStage = "foundation";

/** What an action of the pipeline does. */
export type PipelineAction =
  /** Brings the sources. */
  | { readonly kind: "source" }
  /** Checks, tests and synthesizes them into the assembly, the only input of all that follows. */
  | { readonly kind: "check" }
  /** Plans a stage, or the foundation, as a role that can change nothing; with it, perhaps, the pipeline's own stack. */
  | { readonly kind: "plan"; readonly of: string; readonly withPipeline?: true }
  /** Waits for a person. */
  | { readonly kind: "approval"; readonly of: string }
  /** Deploys what was planned: a wave of a stage, in builds side by side; the foundation in one build. */
  | { readonly kind: "deploy"; readonly of: string; readonly wave: number; readonly shards: number }
  /** Waits, in seconds, before the wave that follows. */
  | { readonly kind: "wait"; readonly of: string; readonly seconds: number }
  /** Asks all of a stage for its answer. */
  | { readonly kind: "verify"; readonly of: string }
  /** Brings the pipeline's own stack up to date: as it was planned with a stage, or else as it is planned then. */
  | { readonly kind: "update"; readonly plannedWith?: string };

/** An action of a pipeline. Actions of one stage run one after the other. */
export type NamedAction = PipelineAction & {
  /** Unique in its stage. */
  readonly name: string;
};

/** A stage of a pipeline, which one execution at a time is in. */
export interface PipelineStage {
  /** As CodePipeline has it: those of the fleet by their names, the others with a capital. */
  readonly name: string;
  /** The fleet's stage, or {@link foundationStage}; absent for the pipeline's own. */
  readonly of?: string;
  readonly actions: readonly NamedAction[];
}

/**
 * The stages of a pipeline. Plan, approval, deploy and verification of a fleet's stage are one stage, so that no other
 * execution plans while one that was planned waits or deploys: its plans would be stale.
 */
export function pipelineStages(fleet: Fleet, pipeline: Pipeline): readonly PipelineStage[] {
  const plannedWith = lastApproved(fleet, pipeline);
  return [
    { name: "Source", actions: [{ kind: "source", name: "Source" }] },
    { name: "Check", actions: [{ kind: "check", name: "Check" }] },
    ...(foundationOf(fleet).length > 0 ? [stageOfFoundation(fleet, pipeline)] : []),
    ...fleet.stages.map((stage) => stageOf(fleet, pipeline, stage)),
    { name: "Update", actions: [{ kind: "update", name: "Update", ...(plannedWith && { plannedWith }) }] },
  ];
}

/**
 * What is approved last: a stage, or the foundation. The pipeline's own stack is planned with it, so that nobody takes an
 * approval out of the pipeline, or changes what its builds run, unless somebody has agreed who would have been asked.
 *
 * @returns undefined where nothing waits for an approval
 */
function lastApproved(fleet: Fleet, { approvals }: Pipeline): string | undefined {
  const foundation = foundationOf(fleet).length > 0 ? [foundationStage] : [];
  const stages = [...foundation, ...fleet.stages.map(({ name }) => name)];
  return stages.filter((stage) => approvals[stage] !== undefined).at(-1);
}

function planOf(fleet: Fleet, pipeline: Pipeline, of: string): NamedAction {
  const withPipeline = lastApproved(fleet, pipeline) === of;
  return { kind: "plan", name: "Plan", of, ...(withPipeline && { withPipeline }) };
}

/** Names of the stacks of the foundation that the pipeline deploys first: all but its own. */
export function foundationOf(fleet: Fleet): readonly string[] {
  const own = foundationStacks.pipeline;
  return fleetStacks(fleet).flatMap(({ cell, name }) => (cell === undefined && name !== own ? [name] : []));
}

function stageOfFoundation(fleet: Fleet, pipeline: Pipeline): PipelineStage {
  const of = foundationStage;
  const { approvals } = pipeline;
  return {
    name: "Foundation",
    of,
    actions: [
      planOf(fleet, pipeline, of),
      ...(approvals[of] ? [{ kind: "approval", name: "Approve", of } as const] : []),
      { kind: "deploy", name: "Deploy", of, wave: 1, shards: 1 },
    ],
  };
}

function stageOf(fleet: Fleet, pipeline: Pipeline, { name: of, rollout }: Stage): PipelineStage {
  const { approvals, shards } = pipeline;
  const cells = fleet.cells.filter(({ stage }) => stage === of);
  const waves = wavesOf(cells, rollout).flatMap((wave, index): readonly NamedAction[] => {
    const number = index + 1;
    const waits = index > 0 && rollout.bake > 0;
    return [
      ...(waits ? [{ kind: "wait", name: `Wait_${index}`, of, seconds: rollout.bake } as const] : []),
      { kind: "deploy", name: `Wave_${number}`, of, wave: number, shards: Math.min(shards, wave.length) },
    ];
  });
  return {
    name: of,
    of,
    actions: [
      planOf(fleet, pipeline, of),
      ...(approvals[of] ? [{ kind: "approval", name: "Approve", of } as const] : []),
      ...waves,
      ...(rollout.verify ? [{ kind: "verify", name: "Verify", of } as const] : []),
    ],
  };
}

/** Name of something of the pipeline's. The empty part keeps it apart from what cells have: no cell is called so. */
function own(maxLength: number, fleet: string, ...part: readonly string[]): string {
  return joinName(maxLength, fleet, "", "pipeline", ...part);
}

/** Name of the pipeline itself: that of the fleet. */
export function pipelineName({ name }: Pick<Fleet, "name">): string {
  return name;
}

/** What runs in the pipeline's account, each as a role of its own. */
export type PipelineRole =
  /** The pipeline: starts builds, and hands on artifacts. */
  | { readonly kind: "pipeline" }
  /** The build that runs the user's own code: it may do nothing in AWS. */
  | { readonly kind: "check" }
  /** Builds that plan, as the plan role of each account. */
  | { readonly kind: "plan" }
  /** Builds that deploy and verify one stage, or the foundation, as the deploy role of its accounts. */
  | { readonly kind: "deploy"; readonly of: string }
  /** CodeBuild itself, when it begins and ends the builds of a wave that run side by side. */
  | { readonly kind: "batch" }
  /** The build that brings the pipeline's own stack up to date. */
  | { readonly kind: "update" }
  /** What starts the pipeline when new sources are in the bucket. */
  | { readonly kind: "events" };

/** All roles of a pipeline, in a fixed order. */
export function pipelineRoles(fleet: Fleet): readonly PipelineRole[] {
  const stages = fleet.stages.map(({ name }) => name);
  const deployed = foundationOf(fleet).length > 0 ? [foundationStage, ...stages] : stages;
  return [
    { kind: "pipeline" },
    { kind: "check" },
    { kind: "plan" },
    ...deployed.map((of) => ({ kind: "deploy", of }) as const),
    ...(fleet.pipeline && pipelineProjects(fleet, fleet.pipeline).some(isBatch)
      ? [{ kind: "batch" } as const]
      : []),
    { kind: "update" },
    ...(fleet.pipeline && "bucket" in fleet.pipeline.source ? [{ kind: "events" } as const] : []),
  ];
}

/**
 * Name of a pipeline's role, in the pipeline's account.
 *
 * @example pipelineRoleName("acme", { kind: "deploy", of: "production" }) // "acme__pipeline_deploy_production"
 */
export function pipelineRoleName(fleet: string, role: PipelineRole): string {
  if (role.kind === "pipeline") return own(nameLimits.role, fleet);
  return own(nameLimits.role, fleet, role.kind, ...(role.kind === "deploy" ? [role.of] : []));
}

/** Name of the role that pull requests on GitHub plan with, in the account that they sign in to. */
export function githubRoleName(fleet: string): string {
  return joinName(nameLimits.role, fleet, "", "github", "plan");
}

/** The builds of a pipeline: one CodeBuild project each. */
export type PipelineProject = Extract<
  PipelineAction,
  { readonly kind: "check" | "plan" | "deploy" | "wait" | "verify" | "update" }
>;

/**
 * Name of the CodeBuild project that an action runs.
 *
 * @example projectName("acme", { kind: "deploy", of: "production", wave: 2, shards: 5 }) // "acme__pipeline_deploy_production_2"
 */
export function projectName(fleet: string, project: PipelineProject): string {
  const part =
    project.kind === "deploy"
      ? [project.kind, project.of, String(project.wave)]
      : "of" in project && project.kind !== "wait"
        ? [project.kind, project.of]
        : [project.kind];
  return own(nameLimits.buildProject, fleet, ...part);
}

/** The projects of a pipeline, in the order of its actions. Several actions that wait share one. */
export function pipelineProjects(fleet: Fleet, pipeline: Pipeline): readonly PipelineProject[] {
  const named = new Map<string, PipelineProject>();
  for (const { actions } of pipelineStages(fleet, pipeline)) {
    for (const action of actions) {
      if (action.kind === "source" || action.kind === "approval") continue;
      const name = projectName(fleet.name, action);
      if (!named.has(name)) named.set(name, action);
    }
  }
  return [...named.values()];
}

/** Whether several builds of a project run side by side. */
export function isBatch(project: PipelineProject): boolean {
  return project.kind === "deploy" && project.shards > 1;
}

/** The role that the builds of a project have. Who only waits needs no more than who checks: nothing. */
export function projectRole(project: PipelineProject): PipelineRole {
  if (project.kind === "plan" || project.kind === "update") return { kind: project.kind };
  return project.kind === "deploy" || project.kind === "verify"
    ? { kind: "deploy", of: project.of }
    : { kind: "check" };
}

/** Name of the log group of a project. */
export function projectLogGroup(fleet: string, project: PipelineProject): string {
  return `/aws/codebuild/${projectName(fleet, project)}`;
}

/** Name of the topic that tells people of approvals of a stage. */
export function approvalTopicName(fleet: string, stage: string): string {
  return own(nameLimits.topic, fleet, "approve", stage);
}

/** Name of the topic that tells people of failures. */
export function failureTopicName(fleet: string): string {
  return own(nameLimits.topic, fleet, "failures");
}

/** Name of a rule of EventBridge: what starts the pipeline, or tells people of failures. */
export function pipelineRuleName(fleet: string, rule: "failures" | "sources"): string {
  return own(nameLimits.eventRule, fleet, rule);
}

/** Alias of the key that encrypts what the pipeline hands on, without `alias/`. */
export function artifactKeyAlias(fleet: string): string {
  return own(nameLimits.keyAlias, fleet);
}

/** Characters of the hash that a bucket's name ends in. */
const hashLength = 10;

/**
 * Name of the bucket of the pipeline's artifacts. As that of a log bucket, it begins with a word of ours and ends in a hash
 * over account and region, too.
 *
 * @example "pipeline-acme-4a5d0e3f21"
 */
export function artifactBucketName(
  fleet: string,
  { account, region }: Pick<Pipeline, "account" | "region">,
): string {
  const hash = createHash("sha256").update([fleet, account.id, region].join("_")).digest("hex");
  return `pipeline-${fleet}-${hash.slice(0, hashLength)}`;
}

/**
 * What the keys begin with, in the bucket of artifacts, of all plans for people to read. No fleet's name holds a `_`, so none
 * is what CodePipeline's own keys begin with there.
 */
export const reportsPrefix = "plans_to_read/";

/**
 * Key, in the bucket of artifacts, below which a stage's plans lie for people to read: `<this>/<execution id>/<build>.md`. By
 * the build, too: an execution whose stage is retried plans again, and what somebody has read stays as it was.
 */
export function reportPrefix(stage: string): string {
  return `${reportsPrefix}${stage}`;
}

/** Name of the artifact with the sources. */
export const sourceArtifact = "Source";

/** Name of the artifact with the assembly. */
export const assemblyArtifact = "Assembly";

/** Name of the artifact with the plans of a stage. A build finds it in `$CODEBUILD_SRC_DIR_<name>`. */
export function plansArtifact(stage: string): string {
  // No stage's name holds a `_`, so two stages never get one name.
  return `Plans_${stage.replaceAll("-", "_")}`;
}

/** Namespace of the variables that the check exports. */
export const checkNamespace = "Check";

/** Namespace of the variables that the plan of a stage exports: `#{<this>.SUMMARY}` in an action's configuration. */
export function planNamespace(stage: string): string {
  return `Plan_${stage.replaceAll("-", "_")}`;
}
