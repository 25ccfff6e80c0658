import { parse } from "yaml";
import { z } from "zod";

/** Why a build cannot go on: as a phase of a build tells it. */
export class BuildError extends Error {
  constructor(
    /** As CodeBuild calls it, e.g. `YAML_FILE_ERROR`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The phases of a build that run commands, in their order. */
export const commandPhases = ["install", "pre_build", "build", "post_build"] as const;

/** Name of a phase in a buildspec. */
export type CommandPhase = (typeof commandPhases)[number];

/** YAML has numbers and truth values where a text is meant: `- true`, `PORT: 80`. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.array(text);
/** One text, or several. */
const oneOrMore = z.union([text.transform((one) => [one]), texts]);
const variables = z.record(z.string(), text);
/** `yes` is a text in YAML 1.2, and true in YAML 1.1, which CodeBuild's page is written in. */
const flag = z
  .union([z.boolean(), z.enum(["yes", "no", "true", "false"])])
  .transform((value) => value === true || value === "yes" || value === "true");

const phase = z.strictObject({
  "on-failure": z.enum(["ABORT", "CONTINUE"]).optional(),
  "run-as": text.optional(),
  "runtime-versions": z.record(z.string(), text).optional(),
  commands: texts.default([]),
  finally: texts.default([]),
});

const artifact = z.strictObject({
  files: oneOrMore,
  name: text.optional(),
  "discard-paths": flag.default(false),
  "base-directory": text.default("."),
  "exclude-paths": oneOrMore.default([]),
  "enable-symlinks": flag.default(false),
});

const task = z.strictObject({
  identifier: text.optional(),
  "ignore-failure": z.boolean().default(false),
  env: z.looseObject({ variables: variables.default({}) }).optional(),
});

const batch = z.strictObject({
  "fast-fail": z.boolean().default(false),
  "build-list": z.array(task).optional(),
  "build-matrix": z
    .strictObject({
      static: z.looseObject({ "ignore-failure": z.boolean().default(false) }).optional(),
      dynamic: z
        .strictObject({ env: z.looseObject({ variables: z.record(z.string(), oneOrMore).default({}) }) })
        .optional(),
    })
    .optional(),
});

const buildspec = z.strictObject({
  version: z.union([z.literal(0.2), z.literal("0.2")]),
  "run-as": text.optional(),
  env: z
    .strictObject({
      shell: z.enum(["bash", "/bin/sh"]).optional(),
      variables: variables.default({}),
      "exported-variables": texts.default([]),
    })
    .optional(),
  batch: batch.optional(),
  phases: z.partialRecord(z.enum(commandPhases), phase.nullable()),
  artifacts: artifact
    .partial({ files: true })
    .extend({ "secondary-artifacts": z.record(z.string(), artifact).default({}) })
    .optional(),
});

/** What a build does, as the sandbox knows it: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
export type Buildspec = z.output<typeof buildspec>;

/** What of a build's folder goes into a zip. */
export type ArtifactSpec = z.output<typeof artifact>;

/** One of the builds of a batch. */
export interface BatchTask {
  /** Unique in the batch. */
  readonly identifier: string;
  /** Variables over those of the buildspec. */
  readonly variables: Readonly<Record<string, string>>;
  /** Whether the batch succeeds without it. */
  readonly ignoreFailure: boolean;
}

/** What a project's setting means: the buildspec itself, or the path of a file in the sources. */
export function isInline(setting: string): boolean {
  return /\n|^\s*(version\s*:|\{)/.test(setting);
}

/**
 * Reads a buildspec of version 0.2. What the sandbox does not know of it, such as `reports` or secrets, is refused, so
 * that no build seems to have done what it has not.
 *
 * @throws {BuildError} it is no such buildspec
 */
export function readBuildspec(source: string): Buildspec {
  const result = buildspec.safeParse(parseYaml(source));
  if (result.success) return requireNumber(requireBash(result.data));
  const [issue] = result.error.issues;
  const where = issue?.path.join("/") || "the buildspec";
  throw new BuildError("YAML_FILE_ERROR", `${where}: ${issue?.message}`);
}

/**
 * On AWS's Linux images commands run in `/bin/sh`, which is not bash, unless the buildspec says otherwise
 * (https://github.com/awsdocs/aws-codebuild-user-guide/pull/65). What only bash understands must not seem to work there.
 */
function requireBash(spec: Buildspec): Buildspec {
  if (spec.env?.shell === "bash") return spec;
  const why = "the sandbox runs commands in bash only, and CodeBuild in /bin/sh where nothing else is said";
  throw new BuildError("YAML_FILE_ERROR", `env/shell: ${why}; say 'shell: bash'`);
}

/**
 * A single build takes the version as a text, too. Reading a batch fails with this message in CodeBuild:
 * https://github.com/aws/aws-cdk/issues/29592
 */
function requireNumber(spec: Buildspec): Buildspec {
  if (spec.batch === undefined || typeof spec.version === "number") return spec;
  throw new BuildError("YAML_FILE_ERROR", `cannot unmarshal !!str \`${spec.version}\` into float64`);
}

function parseYaml(source: string): unknown {
  try {
    return parse(source, { prettyErrors: true });
  } catch (error) {
    const [first] = String(error instanceof Error ? error.message : error).split("\n");
    throw new BuildError("YAML_FILE_ERROR", String(first));
  }
}

/**
 * The builds of a batch: those of the list, or one for each combination of the values of a matrix.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
 *
 * @throws {BuildError} the buildspec has no batch that the sandbox knows
 */
export function batchTasks({ batch: settings }: Buildspec): readonly BatchTask[] {
  const list = settings?.["build-list"];
  // AWS's page does not say how CodeBuild calls the builds of a matrix, or those of a list without identifiers.
  if (list) {
    return list.map(({ env, identifier, "ignore-failure": ignoreFailure }, index) => ({
      identifier: identifier ?? `build${index}`,
      variables: env?.variables ?? {},
      ignoreFailure,
    }));
  }
  const matrix = settings?.["build-matrix"];
  if (!matrix) throw new BuildError("YAML_FILE_ERROR", "batch: build-list or build-matrix is required");
  const ignoreFailure = matrix.static?.["ignore-failure"] ?? false;
  return combinations(Object.entries(matrix.dynamic?.env.variables ?? {})).map((chosen, index) => ({
    ...{ identifier: `build${index}`, variables: chosen, ignoreFailure },
  }));
}

function combinations(
  choices: readonly (readonly [name: string, values: readonly string[]])[],
): readonly Readonly<Record<string, string>>[] {
  return choices.reduce<readonly Readonly<Record<string, string>>[]>(
    (chosen, [name, values]) => chosen.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
