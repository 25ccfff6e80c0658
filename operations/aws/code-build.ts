import { askingAs, type PipelineCaller, type Tag } from "./code-pipeline";
import { JsonCommand } from "./plain-client";

class BuildCommand<Output> extends JsonCommand<Output> {
  constructor(operation: string, input: object) {
    super("codebuild", `CodeBuild_20161006.${operation}`, input);
  }
}

/** A build, as far as anybody here asks. https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html */
export interface Build {
  readonly arn?: string;
  readonly buildComplete?: boolean;
  readonly buildStatus?: string;
}

/** Builds that one call may ask for: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetBuilds.html */
export const mostBuilds = 100;

/** Asks for {@link mostBuilds} builds at most, by id. */
export class BatchGetBuildsCommand extends BuildCommand<{ readonly builds?: readonly Build[] }> {
  constructor(input: { readonly ids: readonly string[] }) {
    super("BatchGetBuilds", input);
  }
}

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BatchGetProjects.html */
export class BatchGetProjectsCommand extends BuildCommand<{
  readonly projects?: readonly { readonly tags?: readonly Tag[] }[];
}> {
  constructor(input: { readonly names: readonly string[] }) {
    super("BatchGetProjects", input);
  }
}

/**
 * Asks a build, or a batch and with it all of its builds, to stop.
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuild.html,
 * https://docs.aws.amazon.com/codebuild/latest/APIReference/API_StopBuildBatch.html
 *
 * @param id `<project>:<uuid>`
 */
export async function stopBuild(caller: PipelineCaller, id: string, isBatch: boolean): Promise<void> {
  await askingAs(caller)(new BuildCommand(isBatch ? "StopBuildBatch" : "StopBuild", { id }));
}

/**
 * What CodeBuild puts in front of its own lines, e.g. `[Container] 2016/04/17 07:11:30 `:
 * https://docs.aws.amazon.com/codebuild/latest/userguide/getting-started-cli-monitor-build.html. Newer images add a fraction.
 */
const ofContainer = /^\[Container\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(\.\d+)? /;

/**
 * The last line that a project's builds have logged, without CodeBuild's time; undefined where there is none, or the logs
 * are somewhere else.
 *
 * @param since milliseconds since 1970: nothing older
 */
export async function lastBuildLine(
  caller: PipelineCaller,
  project: string,
  since: number,
): Promise<string | undefined> {
  const logGroupName = `/aws/codebuild/${project}`;
  const ask = askingAs(caller);
  const call = <T>(operation: string, input: object) =>
    ask(new JsonCommand<T>("logs", `Logs_20140328.${operation}`, { logGroupName, ...input }));
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
    return last && last.timestamp >= since ? last.message.replace(ofContainer, "") : undefined;
  } catch {
    // A line of a log is not worth an error.
    return undefined;
  }
}
