import type { Credentials } from "./role-credentials";
import { signedRequest } from "./signed-request";

/** Whom to ask for pipelines. */
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

/**
 * A pipeline of CodePipeline. A call that is refused throws an error with AWS's code for a name.
 *
 * API: https://docs.aws.amazon.com/codepipeline/latest/APIReference/
 */
export function pipelineApi(caller: PipelineCaller, name: string): PipelineApi {
  const call = <T>(action: string, input: object) =>
    jsonCall<T>(caller, { service: "codepipeline", target: `CodePipeline_20150709.${action}` }, input);
  const ofPipeline = { pipelineName: name };
  return {
    async stages() {
      const { pipeline } = await call<{
        readonly pipeline: { readonly stages: readonly { readonly name: string }[] };
      }>("GetPipeline", { name });
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

/**
 * The last line that a project's builds have logged; undefined where there is none, or the logs are somewhere else.
 *
 * @param since milliseconds since 1970: nothing older
 */
export async function lastBuildLine(
  caller: PipelineCaller,
  project: string,
  since: number,
): Promise<string | undefined> {
  const logGroupName = `/aws/codebuild/${project}`;
  const call = <T>(action: string, input: object) =>
    jsonCall<T>(caller, { service: "logs", target: `Logs_20140328.${action}` }, { logGroupName, ...input });
  try {
    const { logStreams } = await call<{ readonly logStreams: readonly { readonly logStreamName: string }[] }>(
      "DescribeLogStreams",
      { orderBy: "LastEventTime", descending: true, limit: 1 },
    );
    const [stream] = logStreams;
    if (!stream) return undefined;
    const { events } = await call<{
      readonly events: readonly { readonly message: string; readonly timestamp: number }[];
    }>("GetLogEvents", { ...stream, startFromHead: false, limit: 1 });
    const last = events.at(-1);
    return last && last.timestamp >= since ? last.message : undefined;
  } catch {
    // A line of a log is not worth an error.
    return undefined;
  }
}

async function jsonCall<T>(
  { credentials, endpoint, region }: PipelineCaller,
  { service, target }: { readonly service: string; readonly target: string },
  input: object,
): Promise<T> {
  const { status, text } = await signedRequest({
    ...{ endpoint, region, credentials, service, method: "POST", path: "/" },
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
    body: JSON.stringify(input),
  });
  const answer: unknown = JSON.parse(text === "" ? "{}" : text);
  if (status < 400) return answer as T;
  const { __type = `status ${status}`, message = text } = answer as {
    readonly __type?: string;
    readonly message?: string;
  };
  const error = new Error(message);
  error.name = __type;
  throw error;
}
