import { callAws } from "./client";
import { JsonCommand, PlainClient, type PlainCommand } from "./plain-client";
import type { Credentials } from "./role-credentials";

/** Whom to ask for pipelines and their builds. */
export interface PipelineCaller {
  /** `https://codepipeline.<region>.amazonaws.com`, or a sandbox. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

export type ActionStatus = "InProgress" | "Abandoned" | "Succeeded" | "Failed";
export type ExecutionStatus =
  | "Cancelled"
  | "InProgress"
  | "Stopped"
  | "Stopping"
  | "Succeeded"
  | "Superseded"
  | "Failed";

/** An execution, as GetPipelineExecution tells it. */
export interface ExecutionState {
  readonly status: ExecutionStatus;
  readonly statusSummary?: string;
}

/** A stage of a pipeline, as GetPipelineState tells it. */
export interface StageState {
  readonly stageName: string;
  /** The execution that is in it, or was last. */
  readonly latestExecution?: { readonly pipelineExecutionId: string; readonly status: string };
  /** Executions that wait to enter it. */
  readonly inboundExecutions?: readonly { readonly pipelineExecutionId: string }[];
  readonly actionStates: readonly {
    readonly actionName: string;
    readonly latestExecution?: { readonly status?: ActionStatus; readonly token?: string };
  }[];
}

/** A run of an action, as ListActionExecutions tells it. */
export interface ActionExecution {
  readonly actionExecutionId: string;
  readonly stageName: string;
  readonly actionName: string;
  readonly status: ActionStatus;
  /** Seconds since 1970. */
  readonly startTime: number;
  readonly lastUpdateTime: number;
  readonly input?: {
    readonly actionTypeId?: { readonly category: string };
    readonly resolvedConfiguration?: Readonly<Record<string, string>>;
  };
  readonly output?: {
    readonly executionResult?: {
      /** Of CodeBuild: the id of the build, or of the batch. */
      readonly externalExecutionId?: string;
      readonly externalExecutionSummary?: string;
      readonly errorDetails?: { readonly message?: string };
    };
  };
}

/** An approval that waits, and what is said to it. */
export interface ApprovalAnswer {
  readonly stageName: string;
  readonly actionName: string;
  readonly token: string;
  readonly result: { readonly status: "Approved" | "Rejected"; readonly summary: string };
}

/** A pipeline, as its API has it. */
export interface PipelineApi {
  /** Names of its stages. @throws an error whose name is `PipelineNotFoundException` */
  readonly stages: () => Promise<readonly string[]>;
  /**
   * Starts an execution, and returns its id.
   *
   * @param version of the object that the source takes, by the source's action
   */
  readonly start: (version?: { readonly action: string; readonly id: string }) => Promise<string>;
  readonly state: () => Promise<readonly StageState[]>;
  readonly execution: (id: string) => Promise<ExecutionState>;
  /** The runs of an execution's actions, the newest first. */
  readonly actions: (id: string) => Promise<readonly ActionExecution[]>;
  readonly answer: (answer: ApprovalAnswer) => Promise<void>;
  /** Stops an execution without waiting for what runs. */
  readonly abandon: (id: string, reason: string) => Promise<void>;
}

/** A tag, as CodeBuild and CodePipeline spell it. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

class PipelineCommand<Output> extends JsonCommand<Output> {
  constructor(operation: string, input: object) {
    super("codepipeline", `CodePipeline_20150709.${operation}`, input);
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipeline.html */
export class GetPipelineCommand extends PipelineCommand<{
  readonly pipeline: { readonly stages: readonly { readonly name: string }[] };
  readonly metadata?: { readonly pipelineArn?: string };
}> {
  constructor(input: { readonly name: string }) {
    super("GetPipeline", input);
  }
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListTagsForResource.html */
export class ListTagsForResourceCommand extends PipelineCommand<{ readonly tags?: readonly Tag[] }> {
  constructor(input: { readonly resourceArn: string }) {
    super("ListTagsForResource", input);
  }
}

/** Milliseconds for a call: in a sandbox, builds take the machine meanwhile. */
const callLimit = 60_000;

/**
 * Asks as a caller. Nothing is asked twice because an answer was lost: an execution would be started twice. Nobody is told
 * that an answer takes long: who asks shows how far things are, and a line would break that picture.
 */
export function askingAs({ credentials, endpoint, region }: PipelineCaller) {
  const client = new PlainClient({ endpoint, region, credentials: async () => credentials });
  return <T>(command: PlainCommand<T>): Promise<T> =>
    callAws(
      { onSlow: () => {} },
      `asking ${command.service} in ${region}`,
      (options) => client.send(command, options),
      { limit: callLimit },
    );
}

/**
 * A pipeline of CodePipeline. A call that is refused throws an error with AWS's code for a name.
 *
 * API: https://docs.aws.amazon.com/codepipeline/latest/APIReference/
 */
export function pipelineApi(caller: PipelineCaller, name: string): PipelineApi {
  const ask = askingAs(caller);
  const call = <T>(operation: string, input: object) => ask(new PipelineCommand<T>(operation, input));
  const ofPipeline = { pipelineName: name };
  return {
    stages: async () => {
      const { pipeline } = await ask(new GetPipelineCommand({ name }));
      return pipeline.stages.map((stage) => stage.name);
    },
    async start(version) {
      const revision = version && {
        actionName: version.action,
        revisionType: "S3_OBJECT_VERSION_ID",
        revisionValue: version.id,
      };
      const input = { name, ...(revision && { sourceRevisions: [revision] }) };
      return (await call<{ readonly pipelineExecutionId: string }>("StartPipelineExecution", input))
        .pipelineExecutionId;
    },
    state: async () =>
      (await call<{ readonly stageStates: readonly StageState[] }>("GetPipelineState", { name })).stageStates,
    execution: async (id) => {
      const input = { ...ofPipeline, pipelineExecutionId: id };
      const { pipelineExecution } = await call<{ readonly pipelineExecution: ExecutionState }>(
        "GetPipelineExecution",
        input,
      );
      return pipelineExecution;
    },
    async actions(id) {
      const all: ActionExecution[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call<{
          readonly actionExecutionDetails: readonly ActionExecution[];
          readonly nextToken?: string;
        }>("ListActionExecutions", { ...ofPipeline, filter: { pipelineExecutionId: id }, nextToken });
        all.push(...page.actionExecutionDetails);
        ({ nextToken } = page);
      } while (nextToken !== undefined);
      return all;
    },
    answer: async (answer) => void (await call("PutApprovalResult", { ...ofPipeline, ...answer })),
    abandon: async (id, reason) =>
      void (await call("StopPipelineExecution", {
        ...{ ...ofPipeline, pipelineExecutionId: id },
        ...{ abandon: true, reason },
      })),
  };
}
