import { z } from "zod";
import type { Builds } from "../codebuild/builds";
import {
  type ActionContext,
  type ActionResult,
  type ActionServices,
  failed,
  type RunningAction,
} from "./action";

const variables = z.array(
  z.object({
    name: z.string().min(1),
    value: z.string(),
    type: z.enum(["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"]).default("PLAINTEXT"),
  }),
);

/**
 * Runs a project of CodeBuild: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
 *
 * @throws there is no such project, or the variables are not of their form
 */
export function startBuild(
  context: ActionContext,
  { builds, surroundings }: Pick<ActionServices, "builds" | "surroundings">,
): RunningAction {
  const { configuration, inputs, kmsKey, outputs, pipeline, place, revisions, roleArn } = context;
  const { BatchEnabled, EnvironmentVariables = "[]", PrimarySource, ProjectName = "" } = configuration;
  const isPrimary = ({ name }: { readonly name: string }) => name === (PrimarySource ?? inputs[0]?.name);
  const sources = [...inputs.filter(isPrimary), ...inputs.filter((input) => !isPrimary(input))];
  const isBatch = BatchEnabled?.toLowerCase() === "true";
  const record = (single: string, batch: string) =>
    surroundings.recordBuildCall(roleArn, place, isBatch ? batch : single);
  record("StartBuild", "StartBuildBatch");
  const id = builds.start({
    project: { ...place, name: ProjectName },
    sources,
    // "For CodePipeline, the source revision provided by CodePipeline", which of an object in S3 is its version:
    // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html. Whether a build is told one whose source
    // another build has made, AWS does not say.
    revision: revisions[sources[0]?.name ?? ""],
    artifacts: outputs.map((output) => ({ ...output, kmsKey })),
    environment: readVariables(EnvironmentVariables),
    isBatch,
    initiator: `codepipeline/${pipeline}`,
  });
  // "When an action is abandoned in CodePipeline, the action provider continues any tasks related to the action":
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
  return {
    externalId: id,
    abandon: () => {},
    end: () => builds.stop(id),
    // AWS asks again and again meanwhile; a record of it counts once.
    result: resultOf(id, builds).finally(() => record("BatchGetBuilds", "BatchGetBuildBatches")),
  };
}

function readVariables(text: string): readonly { readonly name: string; readonly value: string }[] {
  const parsed = variables.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`EnvironmentVariables are no list of name, value and type: ${text}`);
  const other = parsed.data.find(({ type }) => type !== "PLAINTEXT");
  if (other)
    throw new Error(`the sandbox passes no ${other.type} to builds, as the variable ${other.name} is`);
  return parsed.data.map(({ name, value }) => ({ name, value }));
}

async function resultOf(id: string, builds: Builds): Promise<ActionResult> {
  try {
    const { exported, status, why } = await builds.ended(id);
    if (status === "SUCCEEDED") return { status: "Succeeded", variables: exported };
    return failed(
      "JobFailed",
      `Build terminated with state: ${status}.${why === undefined ? "" : ` ${why}`}`,
    );
  } catch (error) {
    return failed("JobFailed", String(error));
  }
}
