import pc from "picocolors";
import type {
  ActionExecution,
  ActionStatus,
  ExecutionState,
  ExecutionStatus,
  StageState,
} from "../../operations/aws/code-pipeline";
import { printable } from "./drain-report";
import { shortened } from "./lines";

/** How far an action of an execution is. */
export interface ActionProgress {
  readonly name: string;
  /** Absent where it has not begun. */
  readonly status?: ActionStatus;
  /** Milliseconds since 1970. */
  readonly started?: number;
  /** Absent while it runs. */
  readonly ended?: number;
  /** What came of it, or the last line of its log. */
  readonly message?: string;
  /** Whether a person is asked. */
  readonly isApproval?: boolean;
  /** The project of CodeBuild that it runs, if it runs one. */
  readonly project?: string;
}

/** How far an execution of a pipeline is. */
export interface PipelineProgress {
  readonly execution: string;
  readonly status: ExecutionStatus;
  /** Why it is so, where AWS says. */
  readonly why?: string;
  readonly stages: readonly {
    readonly name: string;
    /** Whether the execution waits in front of it. */
    readonly isAhead: boolean;
    readonly actions: readonly ActionProgress[];
  }[];
}

/** Puts together what AWS tells of an execution. */
export function progressOf(
  execution: string,
  { status, statusSummary: why }: ExecutionState,
  state: readonly StageState[],
  runs: readonly ActionExecution[],
): PipelineProgress {
  return {
    execution,
    status,
    ...(why !== undefined && { why }),
    stages: state.map(({ actionStates, inboundExecutions = [], stageName }) => ({
      name: stageName,
      isAhead: inboundExecutions.some(({ pipelineExecutionId }) => pipelineExecutionId === execution),
      actions: actionStates.map(({ actionName }) => {
        // The newest run comes first: a retry, where there was one.
        const run = runs.find((one) => one.stageName === stageName && one.actionName === actionName);
        return run ? actionProgress(run) : { name: actionName };
      }),
    })),
  };
}

function actionProgress({
  actionName,
  input,
  lastUpdateTime,
  output,
  startTime,
  status,
}: ActionExecution): ActionProgress {
  const { errorDetails, externalExecutionSummary } = output?.executionResult ?? {};
  const project = input?.resolvedConfiguration?.ProjectName;
  return {
    ...{ name: actionName, status, started: startTime * 1000 },
    ...(status !== "InProgress" && { ended: lastUpdateTime * 1000 }),
    message: errorDetails?.message ?? externalExecutionSummary,
    ...(input?.actionTypeId?.category === "Approval" && { isApproval: true }),
    ...(project !== undefined && { project }),
  };
}

const words: Readonly<Record<ActionStatus, readonly [word: string, colour: (text: string) => string]>> = {
  InProgress: ["running", pc.yellow],
  Abandoned: ["abandoned", pc.red],
  Succeeded: ["done", pc.green],
  Failed: ["failed", pc.red],
};

/** Characters of a message that are shown where nothing limits a line. */
const longestMessage = 100;

/**
 * A line for each action.
 *
 * @param columns that every line fits into
 * @example "  production  Wave_1   running     12 s  acme_globex: applying"
 */
export function pipelineLines(
  { stages }: PipelineProgress,
  now: number,
  columns?: number,
): readonly string[] {
  const width = (names: readonly string[]) => Math.max(...names.map(({ length }) => length));
  const stageWidth = width(stages.map(({ name }) => name));
  const actionWidth = width(stages.flatMap(({ actions }) => actions.map(({ name }) => name)));
  return stages.flatMap(({ actions, isAhead, name }) =>
    actions.map((action, index) => {
      const waits = isAhead && index === 0;
      const lead = `  ${(index === 0 ? name : "").padEnd(stageWidth)}  ${action.name.padEnd(actionWidth)}`;
      const room = columns === undefined ? undefined : columns - lead.length - 2;
      return `${lead}  ${waits ? pc.dim("waits for the execution before it") : stateOf(action, now, room)}`.trimEnd();
    }),
  );
}

function stateOf(
  { ended, isApproval, message = "", started, status }: ActionProgress,
  now: number,
  room?: number,
): string {
  if (status === undefined) return "";
  const [known, colour] = words[status];
  const word = isApproval && status === "InProgress" ? "waiting" : known;
  const seconds =
    started === undefined ? "" : `${Math.max(0, Math.round(((ended ?? now) - started) / 1000))} s`;
  const lead = [word.padEnd(9), seconds.padStart(6), ""] as const;
  const width = room === undefined ? longestMessage : Math.max(room - lead.join("  ").length, 1);
  return [colour(lead[0]), lead[1], shortened(printable(message), width)].join("  ").trimEnd();
}

/** Shows an execution while it runs. */
export interface PipelineView {
  readonly show: (progress: PipelineProgress) => void;
  /** Leaves the last picture standing, so that something can be written below it. */
  readonly leave: () => void;
}

/** A picture that is drawn again and again in a terminal, and elsewhere a line for each change. */
export function pipelineView(out: NodeJS.WriteStream): PipelineView {
  return out.isTTY ? drawnView(out) : plainView(out);
}

function plainView(out: NodeJS.WritableStream): PipelineView {
  const seen = new Set<string>();
  return {
    show({ stages }) {
      for (const { actions, isAhead, name } of stages) {
        const key = `${name} waits`;
        if (isAhead && !seen.has(key)) out.write(`  ${name}  waits for the execution before it\n`);
        if (isAhead) seen.add(key);
        for (const action of actions) {
          const change = [name, action.name, action.status, action.started].join(" ");
          if (action.status === undefined || seen.has(change)) continue;
          seen.add(change);
          // While it runs, its log goes on: no line of it is the last.
          const shown = action.status === "InProgress" ? { ...action, message: "" } : action;
          out.write(`  ${name}/${action.name}  ${stateOf(shown, Date.now())}\n`);
        }
      }
    },
    leave() {},
  };
}

function drawnView(out: NodeJS.WriteStream): PipelineView {
  let height = 0;
  return {
    show(progress) {
      const rows = out.rows ?? Number.POSITIVE_INFINITY;
      // What has scrolled away cannot be drawn over: where there is no room, the end is what is going on.
      const lines = pipelineLines(progress, Date.now(), out.columns).slice(-Math.max(rows - 1, 1));
      const text = `\u001b[?7l${lines.join("\n")}\u001b[?7h\n`;
      out.write(`${height > 0 ? `\u001b[${height}A` : ""}\u001b[J${text}`);
      height = lines.length;
    },
    leave() {
      height = 0;
    },
  };
}
