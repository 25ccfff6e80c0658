import { foundationStage, type PipelineProject, plansArtifact, reportPrefix } from "../fleet/pipeline";
import { foundationStacks } from "../fleet/stacks";
import { exportHash, requireHash } from "./artifact-hash";

/** What a build runs. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
export interface Buildspec {
  /** A number: of a text, CodeBuild's batches say that they cannot read it. https://github.com/aws/aws-cdk/issues/29592 */
  readonly version: 0.2;
  readonly env: { readonly shell: "bash"; readonly "exported-variables"?: readonly string[] };
  readonly batch?: Batch;
  readonly phases: { readonly install?: Phase; readonly build: Phase };
  readonly artifacts?: { readonly "base-directory": string; readonly files: readonly string[] };
}

interface Phase {
  readonly "runtime-versions"?: Readonly<Record<string, number>>;
  readonly commands?: readonly string[];
}

/** Builds side by side. https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html */
interface Batch {
  readonly "fast-fail": boolean;
  readonly "build-matrix": {
    readonly dynamic: {
      readonly env: { readonly variables: Readonly<Record<string, readonly string[]>> };
    };
  };
}

/** What the commands of a pipeline's builds name. */
export interface BuildspecContext {
  /** Stacks of the foundation, all but the pipeline's own. */
  readonly foundation: readonly string[];
  /** Role, beside each account's deploy role, that plans. */
  readonly planRole: string;
  /** Role, in the account of the state, that keeps the records of runs. */
  readonly recordRole: string;
  /** Bucket of the artifacts, which plans to be read are put into as well. */
  readonly bucket: string;
  /** The pipeline's. */
  readonly region: string;
}

/** Variable of each build that says which execution of the pipeline it is of. */
export const executionVariable = "MERIDIAN_EXECUTION";

/** Variable of a build that waits: for how many seconds. */
export const waitVariable = "MERIDIAN_WAIT_SECONDS";

/** Variable that the build of a plan exports: what an approval shows. */
export const summaryVariable = "SUMMARY";

/** Variable that the build of a plan exports: the address of the whole plan, for people who may look at the bucket. */
export const reportVariable = "REPORT";

/** Variable that the check exports: the SHA-256 of the assembly. */
export const assemblyVariable = "ASSEMBLY";

/** Variable that the build of a plan exports: the SHA-256 of the plans. */
export const plansVariable = "PLANS";

/** Variable of each build that runs the assembly: the SHA-256 that it must have. */
export const assemblyHashVariable = "MERIDIAN_ASSEMBLY";

/** Variable of each build that deploys plans: the SHA-256 that they must have. */
export const plansHashVariable = "MERIDIAN_PLANS";

/**
 * The build that a command runs in, by its UUID: CodeBuild says `<project>:<UUID>`.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
const ownBuild = "${CODEBUILD_BUILD_ID##*:}";

/** Variable that says which of the builds of a wave this is, from 1. */
const shardVariable = "MERIDIAN_SHARD";

/** Of CodeBuild's image, which has several. https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html */
const nodeVersion = 22;

/** That Meridian is tested with. */
const terraformVersion = "1.11.4";

/** Folder that the check makes the assembly in. */
const assemblyFolder = "assembly";

/** Folder that plans are made in. */
const plansFolder = "plans";

/**
 * What the builds of a project run, for everybody to read in the project. Names of stages, stacks and roles go into the
 * commands as they are: they hold nothing that a shell reads otherwise.
 *
 * The sources and npm's packages are in the check alone, which may do nothing in AWS. All that follows runs in the root of the
 * assembly that it has made, with the command line in it: whoever may change what the check runs has a say in what is deployed.
 * Each build but one that waits looks first whether what it was given is what this execution has made.
 */
export function buildspecOf(project: PipelineProject, context: BuildspecContext): Buildspec {
  const { bucket, foundation, planRole, recordRole, region } = context;
  const record = [
    `--rollout "$${executionVariable}"`,
    `--record-role ${recordRole}`,
    "--release-locks",
    "--yes",
  ];
  switch (project.kind) {
    case "check":
      return {
        ...spec({ ...onNode, commands: ["npm ci"] }, [
          "npx meridian check",
          "npx meridian drill",
          "npm test --if-present",
          `npx meridian assemble --out ${assemblyFolder}`,
          exportHash({ variable: assemblyVariable, folder: assemblyFolder }),
        ]),
        env: { ...env, "exported-variables": [assemblyVariable] },
        artifacts: allOf(assemblyFolder),
      };
    case "plan": {
      const { of, withPipeline } = project;
      const key = `${reportPrefix(of)}/$${executionVariable}/${ownBuild}.md`;
      const plan = [
        ...[
          "node meridian.js plan",
          ...selection(of, foundation),
          ...(withPipeline ? [`--with-stack ${foundationStacks.pipeline}`] : []),
          `--role ${planRole}`,
          `--out ${plansFolder}`,
        ],
        ...[`--markdown "s3://${bucket}/${key}"`, "--summary summary.txt", "--tolerant"],
      ].join(" ");
      const report = `https://${region}.console.aws.amazon.com/s3/object/${bucket}?region=${region}&prefix=${key}`;
      return {
        ...spec(onTerraform, [
          sameAssembly,
          // 2: there is something to deploy. What a region that is down keeps from being planned, its deploy fails and counts.
          `${plan} || test $? -eq 2`,
          `export ${summaryVariable}="$(cat summary.txt)"`,
          `export ${reportVariable}="${report}"`,
          exportHash({ variable: plansVariable, folder: plansFolder }),
        ]),
        env: { ...env, "exported-variables": [summaryVariable, reportVariable, plansVariable] },
        artifacts: allOf(plansFolder),
      };
    }
    case "deploy": {
      const { of, shards, wave } = project;
      const deploy = [
        ...[`node meridian.js deploy --plan ${plansOf(of)}`],
        ...[...selection(of, foundation), ...(of === foundationStage ? [] : [`--wave ${wave}`])],
        ...[...(shards > 1 ? [`--shard "$${shardVariable}/${shards}"`] : []), ...record],
      ].join(" ");
      return {
        ...spec(onTerraform, [sameAssembly, samePlans(of), deploy]),
        ...(shards > 1 && { batch: sideBySide(shards) }),
      };
    }
    case "verify":
      return spec(onNode, [sameAssembly, `node meridian.js verify --stage ${project.of}`]);
    case "wait":
      return spec(undefined, [`sleep "$${waitVariable}"`]);
    case "update": {
      const { plannedWith } = project;
      const isPlanned = plannedWith !== undefined;
      const update = [
        ...["node meridian.js deploy", ...(isPlanned ? [`--plan ${plansOf(plannedWith)}`] : [])],
        ...[`--stack ${foundationStacks.pipeline}`, ...record],
      ].join(" ");
      return spec(onTerraform, [sameAssembly, ...(isPlanned ? [samePlans(plannedWith)] : []), update]);
    }
  }
}

/** A buildspec as CodeBuild takes it. JSON is YAML, and needs no second thought about what has to be quoted. */
export function buildspecText(project: PipelineProject, context: BuildspecContext): string {
  return JSON.stringify(buildspecOf(project, context), undefined, 2);
}

function spec(install: Phase | undefined, commands: readonly string[]): Buildspec {
  return { version: 0.2, env, phases: { ...(install && { install }), build: { commands } } };
}

/** Builds begin in the root of the assembly, in which there is nothing else. */
const sameAssembly = requireHash({
  what: "The files of the assembly",
  folder: ".",
  variable: assemblyHashVariable,
});

function samePlans(of: string): string {
  return requireHash({ what: "The plans", folder: plansOf(of), variable: plansHashVariable });
}

/** Folder of the plans of a stage, in a build that deploys them. */
function plansOf(of: string): string {
  return `"$CODEBUILD_SRC_DIR_${plansArtifact(of)}"`;
}

/** What a command is about: a stage, or the stacks of the foundation. */
function selection(of: string, foundation: readonly string[]): readonly string[] {
  return of === foundationStage ? foundation.map((stack) => `--stack ${stack}`) : [`--stage ${of}`];
}

/** Builds of a wave do not stop each other: what has begun comes to its end. */
function sideBySide(shards: number): Batch {
  const numbers = Array.from({ length: shards }, (_, index) => String(index + 1));
  return {
    "fast-fail": false,
    "build-matrix": { dynamic: { env: { variables: { [shardVariable]: numbers } } } },
  };
}

function allOf(folder: string): Buildspec["artifacts"] {
  return { "base-directory": folder, files: ["**/*"] };
}

const env = { shell: "bash" } as const;

const onNode: Phase = { "runtime-versions": { nodejs: nodeVersion } };

/**
 * The key that HashiCorp signs its packages with. Where HashiCorp changes it, builds fail until this is its successor's.
 * https://www.hashicorp.com/trust/security
 */
const hashicorpKey = "798AEC654E5C15428C8E42EEAA16FCBCA621E701";

/** Where the image's apt learns of HashiCorp's packages. */
const hashicorpList = "/etc/apt/sources.list.d/hashicorp.list";

/**
 * CodeBuild's images have no Terraform. Where an image has one, it is taken. The key is trusted only if it is HashiCorp's, and
 * alone: apt takes packages that any key of the file has signed.
 * https://developer.hashicorp.com/terraform/install
 * https://www.hashicorp.com/official-packaging-guide
 */
const onTerraform: Phase = {
  ...onNode,
  commands: [
    [
      "command -v terraform || (",
      "  set -o errexit -o pipefail",
      "  keyring=/usr/share/keyrings/hashicorp-archive-keyring.gpg",
      '  key="$(mktemp)"',
      '  wget -qO- https://apt.releases.hashicorp.com/gpg | gpg --dearmor > "$key"',
      // Of each key, the first fingerprint is its own, and those that follow are of its subkeys.
      `  found="$(gpg --show-keys --with-colons "$key" | awk -F: '$1 == "pub" { own = 1 } $1 == "fpr" && own { print $10; own = 0 }')"`,
      `  if [ "$found" != ${hashicorpKey} ]; then`,
      `    echo "the key of HashiCorp's packages is $found, and not ${hashicorpKey} as on hashicorp.com/trust/security: Terraform was not installed" >&2`,
      "    exit 1",
      "  fi",
      '  install -m 644 "$key" "$keyring"',
      '  codename="$(. /etc/os-release && echo "$VERSION_CODENAME")"',
      '  echo "deb [arch=$(dpkg --print-architecture) signed-by=$keyring] https://apt.releases.hashicorp.com $codename main" |',
      `    tee ${hashicorpList}`,
      // Of HashiCorp's list alone: where another one's key has expired, as happened to several, the image's lists cannot be read.
      // https://github.com/aws/aws-codebuild-docker-images/issues/739
      `  apt-get update -o Dir::Etc::sourcelist=${hashicorpList} -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`,
      `  apt-get install -y terraform=${terraformVersion}-1`,
      ")",
    ].join("\n"),
  ],
};
