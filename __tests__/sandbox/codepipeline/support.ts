import { createCallLog } from "../../../sandbox/calls/calls";
import type { BuildRequest, BuildResult, Builds } from "../../../sandbox/codebuild/builds";
import { createCodePipeline } from "../../../sandbox/codepipeline/codepipeline";
import type { AwsCall, HttpResponse } from "../../../sandbox/http";
import { jsonClient, managementId } from "../clients";

/** The session that the pipeline's role has. */
const sessionArn = "arn:aws:sts::111111111111:assumed-role/acme__pipeline/1";

/** A build that somebody began. */
export interface FakeBuild {
  readonly id: string;
  readonly request: BuildRequest;
  end(status?: BuildResult["status"], exported?: Readonly<Record<string, string>>): void;
}

/**
 * CodePipeline on builds that end when a test says so, and on an S3 and an SNS that know what a test puts into them.
 *
 * @param onBuild told of each build that begins
 */
export function createTestPipelines(onBuild: (build: FakeBuild) => void = () => {}) {
  const builds: FakeBuild[] = [];
  const stopped: string[] = [];
  const lines: string[] = [];
  const calls: AwsCall[] = [];
  /** Versions of objects, by `/bucket/key`. */
  const objects = new Map<string, string | undefined>([["/sources/fleet.zip", "v1"]]);
  const ends = new Map<string, Promise<BuildResult>>();
  const fakeBuilds: Builds = {
    start(request) {
      const id = `${request.project.name}:${builds.length + 1}`;
      let end: (result: BuildResult) => void = () => {};
      ends.set(
        id,
        new Promise((resolve) => {
          end = resolve;
        }),
      );
      const build: FakeBuild = {
        ...{ id, request },
        end: (status = "SUCCEEDED", exported = {}) => end({ status, exported, why: "as the test says" }),
      };
      builds.push(build);
      onBuild(build);
      return id;
    },
    ended: (id) => ends.get(id) ?? Promise.reject(new Error(`there is no build ${id}`)),
    stop: (id) => void stopped.push(id),
    close: async () => {},
  };
  const moto = async (call: AwsCall): Promise<HttpResponse> => {
    calls.push(call);
    const answer = (status: number, headers = {}, body = "") => ({
      status,
      headers,
      body: Buffer.from(body),
    });
    if (call.service === "sns") {
      const members = "<member><Protocol>email</Protocol><Endpoint>platform@example.com</Endpoint></member>";
      return answer(200, {}, call.body.includes("ListSubscriptions") ? members : "");
    }
    const [path = "", query] = call.path.split("?");
    if (call.method === "PUT") return answer(200, { "x-amz-version-id": "v1" });
    const version = objects.get(path);
    const wanted = new URLSearchParams(query).get("versionId");
    if (!objects.has(path) || (wanted !== null && wanted !== version)) return answer(404);
    return answer(200, { etag: '"hash"', ...(version !== undefined && { "x-amz-version-id": version }) });
  };
  const callLog = createCallLog();
  /** By the names of roles that are there; any other is not looked at. */
  const trusted = new Map<string, string>();
  const service = createCodePipeline({
    ...{ moto, builds: fakeBuilds, record: callLog.record, onLog: (line) => lines.push(line) },
    ask(call) {
      callLog.record(call, sessionArn);
      return moto(call);
    },
    assumeRole: async (arn) => ({
      ...{ accessKeyId: "ASIAPIPELINE", secretAccessKey: "secret", sessionToken: "session" },
      ...{ account: String(arn.split(":")[4]), arn: sessionArn },
    }),
    trustPolicy: async (arn) => {
      const Service = trusted.get(arn.split("/").at(-1) ?? "");
      const statement = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } };
      return Service === undefined ? undefined : JSON.stringify({ Statement: [statement] });
    },
  });
  const ask = jsonClient(service.handle, "codepipeline", managementId, "eu-central-1");
  return {
    ...{ ask, service, moto, builds, stopped, lines, calls, objects, callLog, trusted },
    /** Lets what is due happen. */
    settle: () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
    state: async () => {
      const { stageStates } = await ask("GetPipelineState", { name: "acme" });
      return stageStates as readonly StageState[];
    },
    start: async (more: object = {}): Promise<string> =>
      (await ask("StartPipelineExecution", { name: "acme", ...more })).pipelineExecutionId,
    statusOf: async (id: string): Promise<string> => {
      const names = { pipelineName: "acme", pipelineExecutionId: id };
      return (await ask("GetPipelineExecution", names)).pipelineExecution.status;
    },
  };
}

export interface StageState {
  readonly stageName: string;
  readonly latestExecution?: { readonly status: string; readonly pipelineExecutionId: string };
  readonly inboundExecutions?: readonly { readonly pipelineExecutionId: string }[];
  readonly actionStates: readonly {
    readonly actionName: string;
    readonly latestExecution?: {
      readonly status: string;
      readonly token?: string;
      readonly summary?: string;
      readonly errorDetails?: { readonly code: string; readonly message: string };
    };
  }[];
}

const type = (category: string, provider: string) => ({ category, provider, owner: "AWS", version: "1" });

export const source = {
  name: "Source",
  actionTypeId: type("Source", "S3"),
  configuration: { S3Bucket: "sources", S3ObjectKey: "fleet.zip", PollForSourceChanges: "false" },
  outputArtifacts: [{ name: "Source" }],
  namespace: "Sources",
};

export const plan = {
  name: "Plan",
  actionTypeId: type("Build", "CodeBuild"),
  runOrder: 1,
  namespace: "Planned",
  configuration: {
    ProjectName: "plan",
    EnvironmentVariables: JSON.stringify([
      { name: "MERIDIAN_EXECUTION", value: "#{codepipeline.PipelineExecutionId}", type: "PLAINTEXT" },
      { name: "VERSION", value: "#{Sources.VersionId}" },
    ]),
  },
  inputArtifacts: [{ name: "Source" }],
  outputArtifacts: [{ name: "Plans_production" }],
};

export const approval = {
  name: "Approve",
  actionTypeId: type("Approval", "Manual"),
  runOrder: 2,
  configuration: {
    NotificationArn: "arn:aws:sns:eu-central-1:111111111111:approvals",
    CustomData: "#{Planned.SUMMARY}",
  },
};

export const wave = {
  name: "Wave_1",
  actionTypeId: type("Build", "CodeBuild"),
  runOrder: 3,
  configuration: {
    ProjectName: "deploy",
    BatchEnabled: "true",
    PrimarySource: "Source",
    EnvironmentVariables: JSON.stringify([{ name: "WHAT", value: "#{Planned.SUMMARY}" }]),
  },
  inputArtifacts: [{ name: "Plans_production" }, { name: "Source" }],
};

/** A pipeline with a source, a plan, an approval and a deploy. */
export const acme = {
  name: "acme",
  roleArn: "arn:aws:iam::111111111111:role/acme__pipeline",
  artifactStore: {
    type: "S3",
    location: "artifacts",
    encryptionKey: { id: "arn:aws:kms:eu-central-1:111111111111:key/1", type: "KMS" },
  },
  pipelineType: "V2",
  executionMode: "QUEUED",
  stages: [
    { name: "Source", actions: [source] },
    { name: "production", actions: [plan, approval, wave] },
  ],
};

/** {@link acme} on such a CodePipeline: it ran once, without a source, and the next execution finds one. */
export async function createAcme() {
  const test = createTestPipelines();
  const { ask, builds, objects, settle, start, state } = test;
  objects.delete("/sources/fleet.zip");
  await ask("CreatePipeline", { pipeline: acme });
  await settle();
  objects.set("/sources/fleet.zip", "v1");

  /** How the latest execution of an action is. */
  async function stateOf(actionName: string) {
    const actions = (await state()).flatMap(({ actionStates }) => actionStates);
    return actions.find((action) => action.actionName === actionName)?.latestExecution;
  }

  return {
    ...test,
    stateOf,
    /** Starts an execution and ends its plan. */
    async planned(more: object = {}) {
      const id = await start(more);
      await settle();
      builds.at(-1)?.end("SUCCEEDED", { SUMMARY: 'two\n"changes"' });
      await settle();
      return id;
    },
    /** Answers what waits for an approval. */
    async answer(status: string, summary = "looks good") {
      const about = { pipelineName: "acme", stageName: "production", actionName: "Approve" };
      const { token = "none" } = (await stateOf("Approve")) ?? {};
      const result = await ask("PutApprovalResult", { ...about, token, result: { status, summary } });
      await settle();
      return result;
    },
  };
}
