import type {
  ActionRun,
  Execution,
  ExecutionStatus,
  Machine,
  PipelineEvent,
  StageStatus,
  Step,
  Structure,
} from "./model";

interface Draft {
  structure: Structure;
  executions: Execution[];
  closed: Set<string>;
  turn: number;
  readonly begun: { execution: string; run: ActionRun }[];
  readonly abandoned: string[];
  readonly newId: () => string;
}

/** A pipeline that nothing has happened to. */
export function newMachine(structure: Structure): Machine {
  return { structure, executions: [], closed: new Set(), turn: 0 };
}

/**
 * What an event makes of a pipeline. The rules, where no other source is named, are those of
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html:
 *
 * - An execution that is in a stage locks it. It leaves it when it has succeeded, failed or stopped.
 * - QUEUED: executions wait in front of a locked stage in the order in which they came. SUPERSEDED: one that is newer takes
 *   the place of one that waits there.
 * - Where an action fails, those that run beside it come to their end; then the stage fails.
 * - An update of the pipeline lets the actions that run come to their end, and then fails their stages and executions
 *   (https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-edit.html), as `Cancelled`
 *   (https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecution.html). That executions which wait
 *   between two stages go on in the new structure is an assumption.
 *
 * @param newId makes ids of runs
 */
export function step(machine: Machine, event: PipelineEvent, newId: () => string): Step {
  const { closed, executions, structure, turn } = machine;
  const draft: Draft = {
    ...{ structure, turn, newId, begun: [], abandoned: [] },
    executions: structuredClone(executions) as Execution[],
    closed: new Set(closed),
  };
  happen(draft, event);
  settle(draft);
  return {
    machine: {
      structure: draft.structure,
      executions: draft.executions,
      closed: draft.closed,
      turn: draft.turn,
    },
    begun: draft.begun,
    abandoned: draft.abandoned,
  };
}

function happen(draft: Draft, event: PipelineEvent): void {
  switch (event.kind) {
    case "start":
      draft.executions.push(newExecution(draft, event.id, draft.structure.stages[0]?.name ?? ""));
      return;
    case "ended":
      for (const { runs } of draft.executions)
        for (const run of runs)
          if (run.id === event.run && run.status === "InProgress") run.status = event.status;
      return;
    case "stop":
      stop(executionOf(draft, event.id), event.abandon);
      return;
    case "retry":
      retry(draft, executionOf(draft, event.id), event);
      return;
    case "rollback": {
      const execution = newExecution(draft, event.id, event.stage, event.target);
      draft.executions.push(execution);
      enter(draft, execution);
      return;
    }
    case "update":
      update(draft, event.structure);
      return;
    case "transition":
      if (event.isOpen) draft.closed.delete(event.stage);
      else draft.closed.add(event.stage);
  }
}

function newExecution(draft: Draft, id: string, stage: string, rollbackTo?: string): Execution {
  const { version } = draft.structure;
  const at = { stage, place: "waiting", arrived: ++draft.turn } as const;
  return { id, version, rollbackTo, status: "InProgress", ...at, isOutdated: false, entered: {}, runs: [] };
}

function executionOf({ executions }: Draft, id: string): Execution {
  const found = executions.find((execution) => execution.id === id);
  if (!found) throw new Error(`there is no execution ${id}`);
  return found;
}

function stop(execution: Execution, abandon: boolean): void {
  if (execution.place === "waiting") {
    leave(execution, "Stopped");
    return;
  }
  execution.stop = abandon ? "abandon" : "wait";
  execution.status = "Stopping";
  setStage(execution, "Stopping");
}

function retry(
  draft: Draft,
  execution: Execution,
  { mode, stage }: Extract<PipelineEvent, { kind: "retry" }>,
): void {
  for (const run of currentRuns(execution)) {
    const stays = mode === "FAILED_ACTIONS" && (run.status === "Succeeded" || run.status === "InProgress");
    if (!stays) run.isCurrent = false;
  }
  if (execution.place === "inside") {
    beginBeside(draft, execution);
    return;
  }
  execution.status = "InProgress";
  execution.stop = undefined;
  execution.stage = stage;
  enter(draft, execution);
}

function update(draft: Draft, structure: Structure): void {
  draft.structure = structure;
  for (const execution of draft.executions) {
    if (execution.place === "inside") execution.isOutdated = true;
    const isGone = !structure.stages.some(({ name }) => name === execution.stage);
    if (execution.place === "waiting" && isGone) leave(execution, "Cancelled");
  }
}

function settle(draft: Draft): void {
  while (draft.executions.some((execution) => goOn(draft, execution)) || letIn(draft));
}

/** The runs that count, in the stage that an execution is in. */
function currentRuns({ runs, stage }: Execution): readonly ActionRun[] {
  return runs.filter((run) => run.stage === stage && run.isCurrent);
}

/** Takes an execution one step further in its stage, or out of it. Says whether anything has changed. */
function goOn(draft: Draft, execution: Execution): boolean {
  if (execution.place !== "inside") return false;
  const runs = currentRuns(execution);
  const running = runs.filter(({ status }) => status === "InProgress");
  if (running.length > 0 && execution.stop === "abandon") {
    for (const run of running) {
      run.status = "Abandoned";
      draft.abandoned.push(run.id);
    }
    return true;
  }
  if (running.length > 0) return false;
  if (execution.stop !== undefined) leave(execution, "Stopped");
  else if (execution.isOutdated) leave(execution, "Cancelled");
  else if (runs.some(({ status }) => status === "Failed")) leave(execution, "Failed");
  else beginNext(draft, execution);
  return true;
}

/** Begins the actions that are next; where none is left, the execution goes to the next stage. */
function beginNext(draft: Draft, execution: Execution): void {
  const left = actionsLeft(draft, execution);
  if (left.length === 0) {
    goToNext(draft, execution);
    return;
  }
  const order = Math.min(...left.map(({ runOrder }) => runOrder));
  begin(
    draft,
    execution,
    left.filter(({ runOrder }) => runOrder === order),
  );
}

/** Begins again what has failed, beside what still runs. */
function beginBeside(draft: Draft, execution: Execution): void {
  const running = new Set(currentRuns(execution).map(({ action }) => action));
  const orders = actionsOf(draft, execution).flatMap(({ name, runOrder }) =>
    running.has(name) ? runOrder : [],
  );
  const order = Math.max(...orders);
  begin(
    draft,
    execution,
    actionsLeft(draft, execution).filter(({ runOrder }) => runOrder === order),
  );
}

type Actions = Structure["stages"][number]["actions"];

function actionsOf({ structure }: Draft, { stage }: Execution): Actions {
  return structure.stages.find(({ name }) => name === stage)?.actions ?? [];
}

/** The actions of the stage that have no run yet that counts. */
function actionsLeft(draft: Draft, execution: Execution): Actions {
  const known = new Set(currentRuns(execution).map(({ action }) => action));
  return actionsOf(draft, execution).filter(({ name }) => !known.has(name));
}

function begin(draft: Draft, { id, runs, stage }: Execution, actions: Actions): void {
  for (const { name } of actions) {
    const run: ActionRun = {
      ...{ id: draft.newId(), stage, action: name },
      ...{ status: "InProgress", isCurrent: true },
    };
    runs.push(run);
    draft.begun.push({ execution: id, run: { ...run } });
  }
}

function goToNext(draft: Draft, execution: Execution): void {
  const { stages } = draft.structure;
  const next = stages[stages.findIndex(({ name }) => name === execution.stage) + 1];
  if (execution.rollbackTo !== undefined || !next) {
    leave(execution, "Succeeded");
    return;
  }
  setStage(execution, "Succeeded");
  execution.stage = next.name;
  execution.place = "waiting";
  execution.arrived = ++draft.turn;
}

/** Lets the executions that wait into the stages that are free. Says whether anything has changed. */
function letIn(draft: Draft): boolean {
  let hasChanged = false;
  for (const { name } of draft.structure.stages) {
    const here = draft.executions.filter(({ stage }) => stage === name);
    const waiting = here.filter(({ place }) => place === "waiting").sort((a, b) => a.arrived - b.arrived);
    // The list is in the order in which they were started.
    const newest = here.filter(({ place }) => place === "waiting").at(-1);
    if (draft.structure.mode === "SUPERSEDED") {
      for (const overtaken of waiting.filter((one) => one !== newest)) {
        leave(overtaken, "Superseded");
        hasChanged = true;
      }
    }
    const next = draft.structure.mode === "SUPERSEDED" ? newest : waiting[0];
    if (!next || draft.closed.has(name) || here.some(({ place }) => place === "inside")) continue;
    enter(draft, next);
    hasChanged = true;
  }
  return hasChanged;
}

function enter(draft: Draft, execution: Execution): void {
  execution.place = "inside";
  const { version } = draft.structure;
  execution.entered[execution.stage] = { turn: ++draft.turn, version, status: "InProgress" };
}

function leave(execution: Execution, status: ExecutionStatus): void {
  if (execution.place === "inside" && status !== "Superseded") setStage(execution, status);
  execution.place = "out";
  execution.status = status;
}

function setStage({ entered, stage }: Execution, status: StageStatus): void {
  const found = entered[stage];
  if (found) found.status = status;
}

/** The execution that entered a stage last, which is in it or was. */
export function latestIn({ executions }: Machine, stage: string): Machine["executions"][number] | undefined {
  const entered = executions.filter((execution) => execution.entered[stage] !== undefined);
  return entered.sort((a, b) => (b.entered[stage]?.turn ?? 0) - (a.entered[stage]?.turn ?? 0))[0];
}
