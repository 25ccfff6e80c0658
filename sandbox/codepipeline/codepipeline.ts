import type { Builds } from "../codebuild/builds";
import { type AwsCall, AwsError, type OwnService } from "../http";
import {
  isMap,
  type JsonInput,
  jsonService,
  type Operation,
  readTagKeys,
  requiredText,
} from "../protocols/json";
import type { ActionServices } from "./action";
import { asRead, invalid, readDeclaration } from "./declaration";
import { checkDeclaration } from "./declaration-checks";
import {
  describeExecution,
  describePipeline,
  describeRun,
  describeState,
  summarizeExecution,
  summarizePipeline,
} from "./descriptions";
import { beginExecution, endAll, newPipeline, type Pipeline, send, structureOf } from "./pipeline";
import {
  findExecution,
  refuseRetry,
  refuseRollback,
  refuseStart,
  refuseStop,
  requireStage,
} from "./refusals";
import { listLowerCaseTags, pageOf, readLowerCaseTags, readPairs, readRevisions, textAt } from "./requests";
import { createSurroundings, type SurroundingsOptions } from "./surroundings";

/** What CodePipeline stands on. */
export interface CodePipelineOptions extends SurroundingsOptions {
  /** Who runs builds. */
  readonly builds: Builds;
  readonly onLog?: (line: string) => void;
}

/** CodePipeline of every account and region. */
export interface CodePipeline extends OwnService {
  /** Ends what runs. */
  readonly close: () => void;
}

type PipelineOperation = (pipeline: Pipeline, input: JsonInput, call: AwsCall) => object;

/** Pipelines that really run: what each operation does is on the sandbox's page. */
export function createCodePipeline(options: CodePipelineOptions): CodePipeline {
  const { builds, onLog = () => {} } = options;
  const surroundings = createSurroundings(options);
  const services: ActionServices = { surroundings, builds, onLog };
  /** By ARN. */
  const pipelines = new Map<string, Pipeline>();
  const arnOf = (name: string, { account, region }: AwsCall) =>
    `arn:aws:codepipeline:${region}:${account}:${name}`;

  function find(name: string, call: AwsCall): Pipeline {
    const found = pipelines.get(arnOf(name, call));
    if (found) return found;
    throw new AwsError(
      400,
      "PipelineNotFoundException",
      `Account '${call.account}' does not have a pipeline with name '${name}'`,
    );
  }

  /** An operation on a pipeline that the request names. */
  function named(operation: PipelineOperation, member = "pipelineName"): Operation {
    return (input, call) => operation(find(requiredText(input, member), call), input, call);
  }

  /** An operation on a pipeline that the request names by its ARN. */
  function tagged(operation: PipelineOperation): Operation {
    return (input, call) => {
      const arn = requiredText(input, "resourceArn");
      const found = pipelines.get(arn);
      if (!found) throw new AwsError(400, "ResourceNotFoundException", `There is no pipeline ${arn}`);
      return operation(found, input, call);
    };
  }

  const service = jsonService("codepipeline", {
    async CreatePipeline(input, call) {
      const declaration = readDeclaration(input.pipeline);
      checkDeclaration(declaration, call.region);
      await surroundings.requireTrust(declaration.roleArn);
      const arn = arnOf(declaration.name, call);
      if (pipelines.has(arn)) {
        throw new AwsError(
          400,
          "PipelineNameInUseException",
          `A pipeline with the name '${declaration.name}' already exists in account '${call.account}'`,
        );
      }
      const tags = readLowerCaseTags(input.tags);
      const place = { account: call.account, region: call.region };
      const pipeline = newPipeline(place, declaration, asRead(input.pipeline, declaration, 1), tags);
      pipelines.set(arn, pipeline);
      // It runs as soon as it is there: https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-edit.html
      const trigger = { triggerType: "CreatePipeline", triggerDetail: arn } as const;
      beginExecution(pipeline, { trigger }, undefined, services);
      return { pipeline: pipeline.described, tags: listLowerCaseTags(tags) };
    },
    async UpdatePipeline(input, call) {
      const declaration = readDeclaration(input.pipeline);
      find(declaration.name, call);
      checkDeclaration(declaration, call.region);
      await surroundings.requireTrust(declaration.roleArn);
      const pipeline = find(declaration.name, call);
      const version = pipeline.machine.structure.version + 1;
      pipeline.declaration = declaration;
      pipeline.described = asRead(input.pipeline, declaration, version);
      pipeline.updated = Date.now();
      send(pipeline, { kind: "update", structure: structureOf(declaration, version) }, services);
      return { pipeline: pipeline.described };
    },
    GetPipeline: named(describePipeline, "name"),
    DeletePipeline(input, call) {
      const arn = arnOf(requiredText(input, "name"), call);
      const found = pipelines.get(arn);
      pipelines.delete(arn);
      if (found) endAll(found);
      return {};
    },
    ListPipelines: (_, { account, region }) => ({
      pipelines: [...pipelines.values()]
        .filter(({ place }) => place.account === account && place.region === region)
        .map(summarizePipeline),
    }),
    ListTagsForResource: tagged(({ tags }) => ({ tags: listLowerCaseTags(tags) })),
    TagResource: tagged((pipeline, input) => {
      pipeline.tags = new Map([...pipeline.tags, ...readLowerCaseTags(input.tags)]);
      return {};
    }),
    UntagResource: tagged((pipeline, input) => {
      const gone = readTagKeys(input.tagKeys);
      pipeline.tags = new Map([...pipeline.tags].filter(([key]) => !gone.includes(key)));
      return {};
    }),
    StartPipelineExecution: named((pipeline, input, call) => {
      refuseStart(pipeline.machine);
      const id = beginExecution(
        pipeline,
        {
          trigger: {
            triggerType: "StartPipelineExecution",
            triggerDetail: `arn:aws:iam::${call.account}:root`,
          },
          wanted: readRevisions(input.sourceRevisions),
          variables: readPairs(input.variables),
        },
        undefined,
        services,
      );
      return { pipelineExecutionId: id };
    }, "name"),
    StopPipelineExecution: named((pipeline, input) => {
      const id = requiredText(input, "pipelineExecutionId");
      const abandon = input.abandon === true;
      refuseStop(pipeline.machine, id, abandon);
      const details = pipeline.executions.get(id);
      if (details && typeof input.reason === "string")
        pipeline.executions.set(id, { ...details, stopReason: input.reason });
      send(pipeline, { kind: "stop", id, abandon }, services);
      return { pipelineExecutionId: id };
    }),
    RetryStageExecution: named((pipeline, input) => {
      const id = requiredText(input, "pipelineExecutionId");
      const stage = requiredText(input, "stageName");
      const mode = requiredText(input, "retryMode");
      if (mode !== "FAILED_ACTIONS" && mode !== "ALL_ACTIONS")
        throw invalid(`retryMode ${mode} is neither FAILED_ACTIONS nor ALL_ACTIONS`);
      refuseRetry(pipeline.machine, stage, id, mode);
      send(pipeline, { kind: "retry", id, stage, mode }, services);
      return { pipelineExecutionId: id };
    }),
    RollbackStage: named((pipeline, input, call) => {
      const stage = requiredText(input, "stageName");
      const target = requiredText(input, "targetPipelineExecutionId");
      refuseRollback(pipeline.machine, stage, target);
      const triggerDetail = `arn:aws:iam::${call.account}:root`;
      const trigger = { triggerType: "ManualRollback", triggerDetail } as const;
      return { pipelineExecutionId: beginExecution(pipeline, { trigger, target }, stage, services) };
    }),
    PutApprovalResult: named(putApprovalResult),
    EnableStageTransition: named((pipeline, input, call) => setTransition(pipeline, input, call, true)),
    DisableStageTransition: named((pipeline, input, call) => setTransition(pipeline, input, call, false)),
    GetPipelineState: named(describeState, "name"),
    GetPipelineExecution: named((pipeline, input) => {
      const execution = findExecution(pipeline.machine, requiredText(input, "pipelineExecutionId"));
      return { pipelineExecution: describeExecution(pipeline, execution) };
    }),
    ListPipelineExecutions: named((pipeline, input) => {
      const stage = textAt(input, "filter", "succeededInStage", "stageName");
      const wanted = pipeline.machine.executions.filter(
        ({ entered }) => stage === undefined || entered[stage]?.status === "Succeeded",
      );
      const { nextToken, page } = pageOf(wanted.toReversed(), input);
      return { pipelineExecutionSummaries: page.map((one) => summarizeExecution(pipeline, one)), nextToken };
    }),
    ListActionExecutions: named((pipeline, input) => {
      const id =
        textAt(input, "filter", "pipelineExecutionId") ??
        textAt(input, "filter", "latestInPipelineExecution", "pipelineExecutionId");
      if (id !== undefined) findExecution(pipeline.machine, id);
      const isLatest = textAt(input, "filter", "latestInPipelineExecution", "startTimeRange") === "Latest";
      const byId = new Map(
        pipeline.machine.executions.flatMap(({ runs }) => runs).map((run) => [run.id, run] as const),
      );
      const found = [...pipeline.runs].flatMap(([runId, details]) => {
        const run = byId.get(runId);
        const isWanted = (id === undefined || details.execution === id) && (!isLatest || run?.isCurrent);
        return run && isWanted ? [describeRun(run, details)] : [];
      });
      const { nextToken, page } = pageOf(found.toReversed(), input);
      return { actionExecutionDetails: page, nextToken };
    }),
  });

  function setTransition(
    pipeline: Pipeline,
    input: JsonInput,
    { account }: AwsCall,
    isOpen: boolean,
  ): object {
    const stage = requiredText(input, "stageName");
    requireStage(pipeline.machine, stage);
    if (requiredText(input, "transitionType") !== "Inbound")
      throw invalid("Only transitions of the type Inbound can be enabled and disabled");
    pipeline.transitions.set(stage, {
      lastChangedBy: `arn:aws:iam::${account}:root`,
      lastChangedAt: Date.now() / 1000,
      ...(!isOpen && { disabledReason: requiredText(input, "reason") }),
    });
    send(pipeline, { kind: "transition", stage, isOpen }, services);
    return {};
  }

  return {
    ...service,
    close() {
      for (const pipeline of pipelines.values()) endAll(pipeline);
    },
  };
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html */
function putApprovalResult(
  { declaration, machine, running }: Pipeline,
  input: JsonInput,
  call: AwsCall,
): object {
  const stageName = requiredText(input, "stageName");
  const actionName = requiredText(input, "actionName");
  const token = requiredText(input, "token");
  requireStage(machine, stageName);
  const stage = declaration.stages.find(({ name }) => name === stageName);
  if (!stage?.actions.some(({ name }) => name === actionName))
    throw new AwsError(400, "ActionNotFoundException", `Stage ${stageName} has no action ${actionName}`);
  const result = isMap(input.result) ? input.result : {};
  const { status, summary } = result;
  if (status !== "Approved" && status !== "Rejected")
    throw invalid(`The status ${status} of the result is neither Approved nor Rejected`);
  if (typeof summary !== "string" || summary.length > 512)
    throw invalid("The summary of the result is required, and has 512 characters at most");
  const run = machine.executions
    .flatMap(({ runs }) => runs)
    .find(
      (one) => one.stage === stageName && one.action === actionName && running.get(one.id)?.token === token,
    );
  const waiting = run && running.get(run.id);
  if (!waiting?.answer) {
    throw new AwsError(
      400,
      "InvalidApprovalTokenException",
      "The approval request already received a response or has expired.",
    );
  }
  waiting.answer({ status, summary, by: `arn:aws:iam::${call.account}:root` });
  return { approvedAt: Date.now() / 1000 };
}
