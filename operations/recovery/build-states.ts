import { awsClientOptions, type Caller, callAws } from "../aws/client";
import { BatchGetBuildsCommand, type Build, mostBuilds } from "../aws/code-build";
import { PlainClient } from "../aws/plain-client";
import { credentialsOf } from "../aws/role-credentials";
import type { BuildState } from "./judge-lock";

/** `arn:aws:codebuild:<region>:<account>:build/<project>:<uuid>`. */
const buildArn = /^arn:aws[\w-]*:codebuild:([\w-]+):\d{12}:build\/(.+)$/;

/**
 * ARN of the build that this process is in; undefined outside of CodeBuild.
 *
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
export function ownBuild({ CODEBUILD_BUILD_ARN }: NodeJS.ProcessEnv): string | undefined {
  return CODEBUILD_BUILD_ARN || undefined;
}

/**
 * Asks CodeBuild what became of builds, with the shell's own credentials: whoever runs in a build of the same pipeline may
 * ask. What it does not say, be it that it is not asked with the right credentials, is not known.
 *
 * @param builds their ARNs
 * @returns those that are known
 */
export async function buildStates(
  builds: readonly string[],
  caller: Caller,
): Promise<ReadonlyMap<string, BuildState>> {
  const byRegion = new Map<string, string[]>();
  for (const build of builds) {
    const [, region, id] = buildArn.exec(build) ?? [];
    if (region && id) byRegion.set(region, [...(byRegion.get(region) ?? []), id]);
  }
  const found = await Promise.all(
    [...byRegion].map(([region, ids]) => askIn(region, ids.slice(0, mostBuilds), caller).catch(() => [])),
  );
  return new Map(found.flat().flatMap((build) => (build.arn ? [[build.arn, stateOf(build)] as const] : [])));
}

async function askIn(region: string, ids: readonly string[], caller: Caller): Promise<readonly Build[]> {
  const client = new PlainClient({ ...awsClientOptions(region), credentials: credentialsOf(caller) });
  const command = new BatchGetBuildsCommand({ ids });
  const { builds = [] } = await callAws(caller, `asking CodeBuild in ${region}`, (limit) =>
    client.send(command, limit),
  );
  return builds;
}

/** A build is over once it says that it is complete: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html */
function stateOf({ buildComplete, buildStatus }: Build): BuildState {
  return buildComplete === true && buildStatus !== "IN_PROGRESS" ? "over" : "at work";
}
