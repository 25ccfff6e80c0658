/** How executions of a pipeline wait for each other. */
export type ExecutionMode = "QUEUED" | "SUPERSEDED";

/** What the machine knows of a pipeline. */
export interface Structure {
  readonly version: number;
  readonly mode: ExecutionMode;
  readonly stages: readonly {
    readonly name: string;
    readonly actions: readonly { readonly name: string; readonly runOrder: number }[];
  }[];
}

export type ActionStatus = "InProgress" | "Abandoned" | "Succeeded" | "Failed";
export type StageStatus = "InProgress" | "Stopping" | "Stopped" | "Succeeded" | "Failed" | "Cancelled";
export type ExecutionStatus = StageStatus | "Superseded";

/** One run of an action. */
export interface ActionRun {
  readonly id: string;
  readonly stage: string;
  readonly action: string;
  status: ActionStatus;
  /** Whether it counts: a retry begins a new run in its place. */
  isCurrent: boolean;
}

/** An execution of a pipeline. */
export interface Execution {
  readonly id: string;
  /** Of the pipeline when it was started. */
  readonly version: number;
  /** The execution that a stage is taken back to; only that stage runs then. */
  readonly rollbackTo?: string;
  status: ExecutionStatus;
  /** The stage that it is in or waits for, or was last in. */
  stage: string;
  place: "waiting" | "inside" | "out";
  /** When it came to where it waits; rises over all executions. */
  arrived: number;
  /** How it is to stop, once somebody wants that. */
  stop?: "wait" | "abandon";
  /** Whether the pipeline was updated while it was in a stage. */
  isOutdated: boolean;
  /** What became of the stages that it was in, and when it entered each, in which version of the pipeline. */
  entered: Record<string, { turn: number; version: number; status: StageStatus }>;
  runs: ActionRun[];
}

/** A pipeline with its executions. Pure data: `step` in machine.ts makes a new one. */
export interface Machine {
  readonly structure: Structure;
  /** In the order in which they were started. */
  readonly executions: readonly DeepReadonly<Execution>[];
  /** Stages that nobody may enter. */
  readonly closed: ReadonlySet<string>;
  readonly turn: number;
}

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What happens to a pipeline. Each has to be allowed: refusals.ts. */
export type PipelineEvent =
  | { readonly kind: "start"; readonly id: string }
  | { readonly kind: "ended"; readonly run: string; readonly status: "Succeeded" | "Failed" }
  | { readonly kind: "stop"; readonly id: string; readonly abandon: boolean }
  | {
      readonly kind: "retry";
      readonly id: string;
      readonly stage: string;
      readonly mode: "FAILED_ACTIONS" | "ALL_ACTIONS";
    }
  | { readonly kind: "rollback"; readonly id: string; readonly stage: string; readonly target: string }
  | { readonly kind: "update"; readonly structure: Structure }
  | { readonly kind: "transition"; readonly stage: string; readonly isOpen: boolean };

/** What comes of an event: the new state, and what is to be done. */
export interface Step {
  readonly machine: Machine;
  /** Runs that begin, and the execution of each. */
  readonly begun: readonly { readonly execution: string; readonly run: ActionRun }[];
  /** Ids of runs that nobody waits for any more. */
  readonly abandoned: readonly string[];
}
