import { z } from "zod";
import { AwsError, notServed } from "../http";
import { isMap, type JsonInput } from "../protocols/json";

/** A name of a pipeline, a stage or an action. */
const name = z.string().regex(/^[A-Za-z0-9.@\-_]{1,100}$/, "1 to 100 of A-Z, a-z, 0-9, . @ - _");
const artifact = z.object({
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,100}$/, "1 to 100 of A-Z, a-z, 0-9, _ -"),
});
const roleArn = z.string().regex(/^arn:aws(-\w+)*:iam::\d{12}:role\/.*$/, "the ARN of a role");

/**
 * Characters of a field of an action's configuration, before and after variables have got their values:
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html and
 * https://github.com/awsdocs/aws-codepipeline-user-guide/issues/24. AWS's newer messages say 50,000 of what is declared
 * (https://github.com/hashicorp/terraform-provider-aws/issues/41023), and nothing of the values: the stricter one holds.
 */
export const configurationLength = 1000;

const action = z.object({
  name,
  actionTypeId: z.object({
    category: z.enum(["Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"]),
    owner: z.enum(["AWS", "ThirdParty", "Custom"]),
    provider: z.string().regex(/^[\w-]{1,35}$/),
    version: z.string().regex(/^[\w-]{1,9}$/),
  }),
  runOrder: z.int().min(1).max(999).default(1),
  configuration: z.record(z.string().min(1).max(50), z.string().min(1).max(configurationLength)).default({}),
  inputArtifacts: z.array(artifact).default([]),
  outputArtifacts: z.array(artifact).default([]),
  roleArn: roleArn.optional(),
  region: z.string().min(4).max(30).optional(),
  namespace: z
    .string()
    .regex(/^[A-Za-z0-9@\-_]{1,100}$/, "1 to 100 of A-Z, a-z, 0-9, @ - _")
    .optional(),
  timeoutInMinutes: z.int().min(5).max(86_400).optional(),
});

const store = z.object({
  type: z.literal("S3"),
  location: z.string().regex(/^[a-zA-Z0-9.-]{3,63}$/, "the name of a bucket"),
  encryptionKey: z.object({ id: z.string().min(1).max(400), type: z.literal("KMS") }).optional(),
});

const declarationSchema = z.object({
  name,
  roleArn,
  artifactStore: store.optional(),
  stages: z.array(z.object({ name, actions: z.array(action) })),
  executionMode: z.enum(["QUEUED", "SUPERSEDED", "PARALLEL"]).default("SUPERSEDED"),
  pipelineType: z.enum(["V1", "V2"]).default("V1"),
  variables: z
    .array(
      z.object({ name: z.string().min(1).max(128), defaultValue: z.string().min(1).max(1000).optional() }),
    )
    .max(50)
    .default([]),
});

/**
 * A pipeline as it was sent, in the members that the sandbox knows, with AWS's defaults. Lengths and characters are those of
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html
 */
export type Declaration = z.infer<typeof declarationSchema>;

/** An action as it was sent. */
export type ActionDeclaration = Declaration["stages"][number]["actions"][number];

/** What CodePipeline answers to a request that is not of the right form. */
export function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

/** Members of a stage that the sandbox would have to act by, and does not. */
const notModelled = ["beforeEntry", "onFailure", "onSuccess"] as const;

/**
 * Reads the declaration of a pipeline in its outer form.
 *
 * @throws {AwsError} ValidationException; NotImplemented for what the sandbox would ignore
 */
export function readDeclaration(sent: unknown): Declaration {
  const parsed = declarationSchema.safeParse(sent);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      ({ message, path }) =>
        `Value at '${["pipeline", ...path].join(".")}' failed to satisfy constraint: ${message}`,
    );
    throw invalid(`${problems.length} validation errors detected: ${problems.join("; ")}`);
  }
  if (parsed.data.executionMode === "PARALLEL") throw notServed("pipelines of the mode PARALLEL");
  for (const stage of listOf(sent, "stages")) {
    const found = notModelled.find((member) => stage[member] !== undefined);
    if (found) throw notServed(`${found} of a pipeline's stage`);
  }
  return parsed.data;
}

function listOf(sent: unknown, member: string): readonly JsonInput[] {
  const list = isMap(sent) ? sent[member] : undefined;
  return Array.isArray(list) ? list.filter(isMap) : [];
}

/** `Source/S3`: what tells one kind of action from another. */
export function kindOf({ actionTypeId: { category, provider } }: ActionDeclaration): string {
  return `${category}/${provider}`;
}

/** A declaration as it is read back: what was sent, with what AWS fills in. */
export function asRead(
  sent: unknown,
  { executionMode, pipelineType, stages }: Declaration,
  version: number,
): JsonInput {
  const pipeline = isMap(sent) ? sent : {};
  const sentStages: readonly JsonInput[] = Array.isArray(pipeline.stages) ? pipeline.stages : [];
  return {
    ...pipeline,
    ...{ executionMode, pipelineType, version },
    stages: sentStages.map((stage, index) => ({
      ...stage,
      actions: stages[index]?.actions.map((action, at) => {
        const actions = Array.isArray(stage.actions) ? stage.actions : [];
        const { configuration, inputArtifacts, outputArtifacts, runOrder } = action;
        return { ...actions[at], configuration, inputArtifacts, outputArtifacts, runOrder };
      }),
    })),
  };
}
