import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Buildspec } from "./buildspec";
import { type Build, buildArn } from "./model";
import { encryptionKey, projectArn } from "./projects";

/** What a build's environment is made of. */
export interface EnvironmentParts {
  readonly build: Build;
  readonly spec: Buildspec;
  /** The build's own folder. */
  readonly root: string;
  /** Where each of the sources lies; the primary one first. */
  readonly sources: readonly string[];
  /** Variables that the machine gives. */
  readonly machine: Readonly<Record<string, string>>;
  /** Variables by which the build finds its credentials. */
  readonly session: Readonly<Record<string, string>>;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
}

/**
 * The variables that a build finds. Those of whoever starts it win over those of the project, and these over those of the
 * buildspec: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.env.variables
 */
export function environmentOf(parts: EnvironmentParts): Readonly<Record<string, string>> {
  const { build, endpoint, machine, root, session, spec } = parts;
  const { settings } = build.project;
  const pairs = (list: readonly { readonly name: string; readonly value: string }[] = []) =>
    Object.fromEntries(list.map(({ name, value }) => [name, value]));
  const [home, temporary] = [join(root, "home"), join(root, "tmp")];
  mkdirSync(home, { recursive: true });
  mkdirSync(temporary, { recursive: true });
  return {
    ...machine,
    AWS_ENDPOINT_URL: endpoint,
    ...spec.env?.variables,
    ...pairs(settings.environment.environmentVariables),
    ...build.batch?.task.variables,
    ...pairs(build.request.environment),
    ...session,
    HOME: home,
    TMPDIR: temporary,
    ...codeBuildVariables(parts),
  };
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
function codeBuildVariables({ build, sources }: EnvironmentParts): Readonly<Record<string, string>> {
  const { batch, id, number, project, request, started } = build;
  const [primary, ...others] = request.sources;
  const versionOf = ({ bucket, key }: { readonly bucket: string; readonly key: string }) =>
    `arn:aws:s3:::${bucket}/${key}`;
  return {
    AWS_REGION: project.region,
    AWS_DEFAULT_REGION: project.region,
    CODEBUILD_BUILD_ARN: buildArn(build),
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_IMAGE: project.settings.environment.image,
    CODEBUILD_BUILD_NUMBER: String(number),
    CODEBUILD_BUILD_SUCCEEDING: "1",
    CODEBUILD_INITIATOR: request.initiator,
    CODEBUILD_KMS_KEY_ID: encryptionKey(project),
    CODEBUILD_PROJECT_ARN: projectArn(project),
    CODEBUILD_START_TIME: String(started),
    ...(batch && { CODEBUILD_BATCH_BUILD_IDENTIFIER: batch.task.identifier }),
    ...(primary && { CODEBUILD_SOURCE_VERSION: versionOf(primary) }),
    ...(request.revision !== undefined && { CODEBUILD_RESOLVED_SOURCE_VERSION: request.revision }),
    ...(sources[0] !== undefined && { CODEBUILD_SRC_DIR: sources[0] }),
    ...Object.fromEntries(
      others.flatMap((source, index) => [
        [`CODEBUILD_SRC_DIR_${source.name}`, sources[index + 1] ?? ""],
        [`CODEBUILD_SOURCE_VERSION_${source.name}`, versionOf(source)],
      ]),
    ),
  };
}
