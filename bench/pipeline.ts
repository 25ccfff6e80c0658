import type { Pipeline } from "../fleet/foundation/model";
import type { Fleet } from "../fleet/model";
import { type NamedAction, pipelineStages } from "../fleet/pipeline";
import { shareOf } from "../fleet/rollout";
import type { FleetStack, StackKind } from "../fleet/stacks";
import { dealCells } from "../operations/rollout/deal";
import { type Schedule, type ScheduledCell, scheduleOf, stacksOf } from "../operations/rollout/schedule";
import { stacksAtOnce } from "../operations/terraform/cdktf";
import { assumptions } from "./pipeline-assumptions";

/** What is rolled out. */
export type Change =
  /** A handler is another one in all targets; fronts stay as they are. */
  | "handler"
  /** Nothing of the cells is there yet. */
  | "everything";

/** What an action, or all of a rollout, takes. */
export interface Taken {
  readonly seconds: number;
  /** Of all builds, each rounded up. */
  readonly buildMinutes: number;
  /** Of CodeBuild and CodePipeline. */
  readonly usd: number;
}

/** An action of a rollout, with what it takes. */
export interface SimulatedAction extends Taken {
  readonly action: NamedAction;
  /** Seconds in which it does what it is for, without what it takes to begin and end builds. */
  readonly works: number;
  /** Of a deploy: seconds of its longest cell, were it alone. */
  readonly longestCell?: number;
}

/** A rollout of one commit, from source to the end, without the time that a person takes for an approval. */
export interface SimulatedRollout extends Taken {
  readonly shards: number;
  readonly actions: readonly SimulatedAction[];
}

const {
  actionMinute,
  asksAtOnce,
  batches,
  buildMinute,
  checks,
  installs,
  looksThrough,
  plansItself,
  provider,
  provisions,
  smallMinute,
  sources,
  transitions,
  verifies,
} = Object.fromEntries(Object.entries(assumptions).map(([name, { value }]) => [name, value])) as Readonly<
  Record<keyof typeof assumptions, number>
>;

const vCpus = assumptions.vCpus.value;

/** Runs of Terraform that one build has at a time: as Meridian counts them by itself. */
export const terraformsAtOnce = stacksAtOnce(vCpus, assumptions.freeMemory.value * 1e9);

/** What one run of Terraform computes takes longer where there are more of them than cores. */
const shared = Math.max(1, terraformsAtOnce / vCpus);

/** Seconds of each kind of stack to deploy; kinds that a change leaves alone are absent. */
function deploySeconds(change: Change, frontWaits: number): Seconds {
  const { changedTargetComputes, changedTargetWaits, newFrontComputes, newTargetComputes, newTargetWaits } =
    assumptions;
  if (change === "handler")
    return { target: stackSeconds(changedTargetComputes.value, changedTargetWaits.value) };
  return {
    target: stackSeconds(newTargetComputes.value, newTargetWaits.value),
    front: stackSeconds(newFrontComputes.value, frontWaits),
  };
}

function stackSeconds(computes: number, waits: number): number {
  return computes * shared + waits + verifies;
}

/**
 * Follows one commit through the pipeline: its stages, actions, waves and the way in which cells are dealt are those of the
 * project's own code; what takes how long is {@link assumptions}.
 *
 * @param shards builds that deploy a wave side by side
 * @param frontWaits seconds until CloudFront has a new distribution everywhere @default as assumed
 */
export function simulateRollout(
  fleet: Fleet,
  pipeline: Pipeline,
  shards: number,
  change: Change,
  frontWaits: number = assumptions.newFrontWaits.value,
): SimulatedRollout {
  const seconds = deploySeconds(change, frontWaits);
  const schedule = scheduleOf(fleet, ({ kind }) => seconds[kind] !== undefined);
  const actions = pipelineStages(fleet, { ...pipeline, shards }).flatMap((stage) =>
    stage.actions.map((action) => simulateAction(action, schedule, seconds)),
  );
  const sum = (figure: keyof Taken) => actions.reduce((total, taken) => total + taken[figure], 0);
  return { shards, actions, seconds: sum("seconds"), buildMinutes: sum("buildMinutes"), usd: sum("usd") };
}

type Seconds = Readonly<Partial<Record<StackKind, number>>>;

function simulateAction(action: NamedAction, schedule: Schedule, seconds: Seconds): SimulatedAction {
  const cellsOf = (stage: string) =>
    schedule.stages.find((scheduled) => scheduled.stage.name === stage)?.waves.flat() ?? [];
  switch (action.kind) {
    case "source":
      return taken(action, { works: [], longest: sources });
    case "approval":
      return { action, seconds: transitions, works: 0, buildMinutes: 0, usd: 0 };
    case "check":
      return taken(action, { works: [checks], begins: provisions });
    case "plan":
      return taken(action, { works: [planSeconds(cellsOf(action.of).flatMap(stacksOf))] });
    case "wait":
      return taken(action, { works: [action.seconds], begins: provisions, minute: smallMinute });
    case "verify": {
      const asked = cellsOf(action.of).flatMap(stacksOf).length;
      return taken(action, { works: [looksThrough + (asked * verifies) / asksAtOnce], begins: provisions });
    }
    case "update":
      return taken(action, { works: [looksThrough] });
    case "deploy":
      return simulateDeploy(action, schedule, seconds);
  }
}

/** Fronts that read what is not there yet are shown from their JSON: Terraform cannot plan them. */
function planSeconds(stacks: readonly FleetStack[]): number {
  const planned = stacks.filter(({ kind }) => kind === "target").length;
  if (planned === 0) return looksThrough;
  return plansItself + (planned * assumptions.planComputes.value * shared) / terraformsAtOnce;
}

function simulateDeploy(
  action: Extract<NamedAction, { readonly kind: "deploy" }>,
  schedule: Schedule,
  seconds: Seconds,
): SimulatedAction {
  const stage = schedule.stages.find((scheduled) => scheduled.stage.name === action.of);
  const wave = stage?.waves[action.wave - 1];
  if (!stage || !wave) return taken(action, { works: [looksThrough] });
  const atOnce = shareOf(stage.stage.rollout.concurrency, wave.length);
  const builds = dealCells(wave, action.shards).map(
    (cells) => looksThrough + deployCells(cells, { cells: atOnce, stacks: terraformsAtOnce }, seconds),
  );
  const longestCell = Math.max(...wave.map((cell) => deployCells([cell], { cells: 1, stacks: 1 }, seconds)));
  return { ...taken(action, { works: builds }), longestCell };
}

/** Builds side by side. */
interface Builds {
  /** Seconds of each, once it has its machine and tools. */
  readonly works: readonly number[];
  /** Seconds until the last of them is done. */
  readonly longest?: number;
  /** Seconds until a build has what it needs: a machine; most of them Terraform, too. */
  readonly begins?: number;
  /** USD. */
  readonly minute?: number;
}

/** What an action takes that runs some builds. */
function taken(
  action: NamedAction,
  {
    works,
    longest = Math.max(0, ...works),
    begins = provisions + installs + provider,
    minute = buildMinute,
  }: Builds,
): SimulatedAction {
  const buildMinutes = works.reduce((total, one) => total + Math.ceil((begins + one) / 60), 0);
  const around = (works.length > 0 ? begins : 0) + (works.length > 1 ? batches : 0);
  const running = around + longest;
  return {
    action,
    seconds: running + transitions,
    works: longest,
    buildMinutes,
    usd: buildMinutes * minute + Math.ceil(running / 60) * actionMinute,
  };
}

/**
 * Seconds in which one build deploys some cells: each step after the one before it in its cell, and no more at a time than
 * there is room for.
 *
 * @param room cells, and runs of Terraform, at a time
 */
export function deployCells(
  cells: readonly ScheduledCell[],
  room: { readonly cells: number; readonly stacks: number },
  seconds: Seconds,
): number {
  const waiting = cells.map(({ data, front, targets }) => ({
    steps: [...data, ...targets, ...front.map((stack) => [stack])],
    left: 0,
  }));
  type Begun = (typeof waiting)[number];
  const queue: { readonly cell: Begun; readonly stack: FleetStack }[] = [];
  const running: { readonly cell: Begun; readonly end: number }[] = [];
  let begun = 0;
  let now = 0;
  const next = (cell: Begun) => {
    const step = cell.steps.shift() ?? [];
    cell.left = step.length;
    queue.push(...step.map((stack) => ({ cell, stack })));
    if (step.length === 0) begun -= 1;
  };
  for (;;) {
    while (begun < room.cells && waiting.length > 0) {
      begun += 1;
      next(waiting.shift() as Begun);
    }
    while (running.length < room.stacks && queue.length > 0) {
      const { cell, stack } = queue.shift() as (typeof queue)[number];
      running.push({ cell, end: now + (seconds[stack.kind] ?? 0) });
    }
    if (running.length === 0) return now;
    running.sort((a, b) => a.end - b.end);
    const { cell, end } = running.shift() as (typeof running)[number];
    now = end;
    cell.left -= 1;
    if (cell.left === 0) next(cell);
  }
}
