import { z } from "zod";
import { AwsError } from "../http";
import type { JsonInput } from "../protocols/json";

/** Where projects and builds are. */
export interface BuildPlace {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** Names and limits: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$/;
const minutes = (most: number) => z.number().int().min(5).max(most);

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html */
const computeTypes = [
  ...["BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE"],
  ...["BUILD_GENERAL1_XLARGE", "BUILD_GENERAL1_2XLARGE"],
];

/** Types of the API that the sandbox can stand in for; the others need a machine or a service that it has not. */
const environment = z.looseObject({
  type: z.enum(["LINUX_CONTAINER", "ARM_CONTAINER"]),
  image: z.string().min(1),
  computeType: z.enum(computeTypes),
  environmentVariables: z
    .array(z.looseObject({ name: z.string().min(1), value: z.string(), type: z.string().optional() }))
    .optional(),
  privilegedMode: z.boolean().default(false),
  imagePullCredentialsType: z.enum(["CODEBUILD", "SERVICE_ROLE"]).default("CODEBUILD"),
});

const source = z.looseObject({
  type: z.enum(["CODEPIPELINE", "NO_SOURCE", "S3"]),
  location: z.string().optional(),
  buildspec: z.string().optional(),
});

const artifacts = z.looseObject({ type: z.enum(["CODEPIPELINE", "NO_ARTIFACTS"]) });

const cloudWatchLogs = z.looseObject({
  status: z.enum(["ENABLED", "DISABLED"]),
  groupName: z.string().optional(),
  streamName: z.string().optional(),
});

/** How many builds a batch may have: https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
const maxBuildsInBatch = 100;

const buildBatchConfig = z.looseObject({
  serviceRole: z.string().optional(),
  timeoutInMins: minutes(2160).default(480),
  restrictions: z
    .looseObject({ maximumBuildsAllowed: z.number().int().min(1).max(maxBuildsInBatch).optional() })
    .optional(),
});

const settings = z.looseObject({
  source,
  artifacts,
  environment,
  serviceRole: z.string().min(1),
  timeoutInMinutes: minutes(2160).default(60),
  queuedTimeoutInMinutes: minutes(480).default(480),
  encryptionKey: z.string().min(1).optional(),
  logsConfig: z.looseObject({ cloudWatchLogs: cloudWatchLogs.optional() }).optional(),
  buildBatchConfig: buildBatchConfig.optional(),
  tags: z
    .array(z.object({ key: z.string(), value: z.string() }))
    .max(50)
    .default([]),
});

/** What was set of a project, with AWS's defaults; members that the sandbox does not know are kept as they are. */
export type ProjectSettings = z.output<typeof settings>;

/** A CodeBuild project. */
export interface Project extends BuildPlace {
  readonly name: string;
  readonly settings: ProjectSettings;
  /** In milliseconds since 1970. */
  readonly created: number;
  readonly modified: number;
}

/** The ARN of a project. */
export function projectArn({ account, name, region }: Pick<Project, "account" | "name" | "region">): string {
  return `arn:aws:codebuild:${region}:${account}:project/${name}`;
}

/** What a request is refused with that is not right. */
export function invalidInput(message: string): AwsError {
  return new AwsError(400, "InvalidInputException", message);
}

/** What is refused because there is no such thing. */
export function resourceNotFound(message: string): AwsError {
  return new AwsError(400, "ResourceNotFoundException", message);
}

/**
 * Reads the settings of a project.
 *
 * @param before those that an update replaces in part
 * @throws {AwsError} what is not right about them
 */
export function readSettings(
  { account }: BuildPlace,
  { name: _, ...input }: JsonInput,
  before: ProjectSettings | undefined,
): ProjectSettings {
  const result = settings.safeParse({ ...before, ...withoutEmpty(input) });
  if (!result.success) {
    const [issue] = result.error.issues;
    throw invalidInput(`${issue?.path.join(".")}: ${issue?.message}`);
  }
  const read = result.data;
  // As AWS words it, and moto 5.2.1 after it.
  if (!read.serviceRole.startsWith(`arn:aws:iam::${account}:role/`))
    throw invalidInput("Invalid service role: Service role account ID does not match caller's account");
  // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html
  if (read.source.type === "NO_SOURCE" && !read.source.buildspec)
    throw invalidInput("source.buildspec: NO_SOURCE needs a buildspec");
  if ((read.source.type === "CODEPIPELINE") !== (read.artifacts.type === "CODEPIPELINE"))
    throw invalidInput("artifacts.type: source and artifacts are both of type CODEPIPELINE, or neither is");
  return read;
}

/** How one takes settings away in an update: the provider sends an empty object, or -1 for the limit of builds. */
function withoutEmpty(input: JsonInput): JsonInput {
  return Object.fromEntries(
    Object.entries(input).map(([member, value]) => {
      const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
      const isTaken =
        (isEmpty && !Array.isArray(value)) || (member === "concurrentBuildLimit" && value === -1);
      return [member, isTaken ? undefined : value];
    }),
  );
}

/** @throws {AwsError} no project may be called so */
export function checkProjectName(name: string): string {
  if (namePattern.test(name)) return name;
  throw invalidInput(
    `Invalid project name '${name}': 2 to 150 letters, digits, dashes and underscores, the first of them no dash or underscore`,
  );
}

/** The key that artifacts are encrypted with. https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
export function encryptionKey({ account, region, settings: { encryptionKey: own } }: Project): string {
  return own ?? `arn:aws:kms:${region}:${account}:alias/aws/s3`;
}

/** Where a project logs to; undefined where it does not. */
export function logGroup({ name, settings: { logsConfig } }: Project): string | undefined {
  const { groupName, status } = logsConfig?.cloudWatchLogs ?? { status: "ENABLED" };
  return status === "ENABLED" ? groupName || `/aws/codebuild/${name}` : undefined;
}

/**
 * The group and the stream of a build's log; undefined where it has none.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CloudWatchLogsConfig.html: a stream's name is a prefix.
 */
export function logStream(
  project: Project,
  buildUuid: string,
): { readonly group: string; readonly name: string } | undefined {
  const group = logGroup(project);
  const prefix = project.settings.logsConfig?.cloudWatchLogs?.streamName;
  return group === undefined ? undefined : { group, name: prefix ? `${prefix}/${buildUuid}` : buildUuid };
}

/** A project as the API gives it back. */
export function describeProject(project: Project): object {
  const { created, modified, name, settings: own } = project;
  const isPipeline = own.artifacts.type === "CODEPIPELINE";
  return {
    cache: { type: "NO_CACHE" },
    projectVisibility: "PRIVATE",
    badge: { badgeEnabled: false },
    ...own,
    // What CodeBuild adds to an artifact of a pipeline, which CodePipeline ignores.
    artifacts: isPipeline ? { name, packaging: "NONE", ...own.artifacts } : own.artifacts,
    encryptionKey: encryptionKey(project),
    name,
    arn: projectArn(project),
    created: created / 1000,
    lastModified: modified / 1000,
  };
}
