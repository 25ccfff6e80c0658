import { type Batch, type Build, batchArn, buildArn, type Phase, uuidOf } from "./model";
import { encryptionKey, logStream, type Project } from "./projects";

/** Times of the API are in seconds. */
const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? undefined : milliseconds / 1000;

function describePhase({ context, ended, started, status, type }: Phase): object {
  return {
    phaseType: type,
    phaseStatus: status,
    startTime: seconds(started),
    endTime: seconds(ended),
    durationInSeconds: ended === undefined ? undefined : Math.round((ended - started) / 1000),
    contexts: context ? [{ statusCode: context.code, message: context.message }] : undefined,
  };
}

/** What a build and a batch have in common with the project that they were started with. */
function describeOrigin(
  project: Project,
  { artifacts, initiator, revision, sources }: Build["request"],
): object {
  const [source] = sources;
  const [artifact] = artifacts;
  const { buildspec, location, type } = project.settings.source;
  return {
    projectName: project.name,
    serviceRole: project.settings.serviceRole,
    environment: project.settings.environment,
    source: { type, location, buildspec },
    sourceVersion: source && `arn:aws:s3:::${source.bucket}/${source.key}`,
    resolvedSourceVersion: revision,
    artifacts: { location: artifact ? `arn:aws:s3:::${artifact.bucket}/${artifact.key}` : "" },
    encryptionKey: encryptionKey(project),
    queuedTimeoutInMinutes: project.settings.queuedTimeoutInMinutes,
    initiator,
  };
}

/** A build as the API tells of it: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html */
export function describeBuild(build: Build): object {
  const { batch, ended, exported, id, number, phases, project, request, started, status } = build;
  const stream = logStream(project, uuidOf(id));
  const { account, region } = project;
  return {
    ...describeOrigin(project, request),
    id,
    arn: buildArn(build),
    buildNumber: number,
    startTime: seconds(started),
    endTime: seconds(ended),
    currentPhase: phases.at(-1)?.type,
    buildStatus: status,
    buildComplete: status !== "IN_PROGRESS",
    buildBatchArn: batch?.arn,
    phases: phases.map(describePhase),
    timeoutInMinutes: project.settings.timeoutInMinutes,
    exportedEnvironmentVariables: Object.entries(exported).map(([name, value]) => ({ name, value })),
    logs: stream && {
      groupName: stream.group,
      streamName: stream.name,
      cloudWatchLogsArn: `arn:aws:logs:${region}:${account}:log-group:${stream.group}:log-stream:${stream.name}`,
    },
  };
}

/** A batch as the API tells of it: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildBatch.html */
export function describeBatch(batch: Batch): object {
  const { builds, ended, id, number, phases, project, request, started, status } = batch;
  return {
    ...describeOrigin(project, request),
    id,
    arn: batchArn(batch),
    buildBatchNumber: number,
    startTime: seconds(started),
    endTime: seconds(ended),
    currentPhase: phases.at(-1)?.type,
    buildBatchStatus: status,
    complete: status !== "IN_PROGRESS",
    phases: phases.map(describePhase),
    buildTimeoutInMinutes: project.settings.timeoutInMinutes,
    buildBatchConfig: project.settings.buildBatchConfig,
    buildGroups: builds.map((build) => ({
      identifier: build.batch?.task.identifier,
      ignoreFailure: build.batch?.task.ignoreFailure,
      currentBuildSummary: {
        arn: buildArn(build),
        requestedOn: seconds(build.started),
        buildStatus: build.status,
      },
    })),
  };
}
