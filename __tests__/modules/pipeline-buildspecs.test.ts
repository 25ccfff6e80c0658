// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell's own
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { PipelineProject } from "../../fleet/pipeline";
import { exportHash, requireHash } from "../../modules/artifact-hash";
import { type BuildspecContext, buildspecOf, buildspecText } from "../../modules/pipeline-buildspecs";
import { folderHash } from "../support/folder-hash";

const context: BuildspecContext = {
  foundation: ["organization", "accounts", "state_replica"],
  planRole: "meridian-plan",
  recordRole: "meridian-record",
  bucket: "pipeline-acme-0123456789",
  region: "eu-central-1",
};

const check: PipelineProject = { kind: "check" };
const plan: PipelineProject = { kind: "plan", of: "production" };
const wave: PipelineProject = { kind: "deploy", of: "production", wave: 2, shards: 5 };
const verify: PipelineProject = { kind: "verify", of: "production" };
const wait: PipelineProject = { kind: "wait", of: "production", seconds: 600 };
const update: PipelineProject = { kind: "update" };
const reviewedUpdate: PipelineProject = { kind: "update", plannedWith: "pre-prod" };
const foundation: PipelineProject = { kind: "deploy", of: "foundation", wave: 1, shards: 1 };
const all = [
  check,
  plan,
  wave,
  verify,
  wait,
  update,
  reviewedUpdate,
  foundation,
  { ...plan, of: "foundation" },
];

const commandsOf = (project: PipelineProject) => buildspecOf(project, context).phases.build.commands ?? [];
const sameAssembly = requireHash({
  what: "The files of the assembly",
  folder: ".",
  variable: "MERIDIAN_ASSEMBLY",
});
const samePlans = (of: string) =>
  requireHash({
    what: "The plans",
    folder: `"$CODEBUILD_SRC_DIR_Plans_${of}"`,
    variable: "MERIDIAN_PLANS",
  });
const record = '--rollout "$MERIDIAN_EXECUTION" --record-role meridian-record --release-locks --yes';

describe("the builds of a pipeline run", () => {
  test("the check: installs, checks, tests, and hands on the assembly", () => {
    expect(buildspecOf(check, context)).toMatchObject({
      phases: {
        install: { commands: ["npm ci"] },
        build: {
          commands: [
            "npx meridian check",
            "npx meridian drill",
            "npm test --if-present",
            "npx meridian assemble --out assembly",
            exportHash({ variable: "ASSEMBLY", folder: "assembly" }),
          ],
        },
      },
      env: { "exported-variables": ["ASSEMBLY"] },
      artifacts: { "base-directory": "assembly", files: ["**/*"] },
    });
  });

  test("the plan, as a role that can change nothing, with what an approval shows", () => {
    expect(commandsOf(plan)).toEqual([
      sameAssembly,
      'node meridian.js plan --stage production --role meridian-plan --out plans --markdown "s3://pipeline-acme-0123456789/plans_to_read/production/$MERIDIAN_EXECUTION/${CODEBUILD_BUILD_ID##*:}.md" --summary summary.txt --tolerant || test $? -eq 2',
      'export SUMMARY="$(cat summary.txt)"',
      'export REPORT="https://eu-central-1.console.aws.amazon.com/s3/object/pipeline-acme-0123456789?region=eu-central-1&prefix=plans_to_read/production/$MERIDIAN_EXECUTION/${CODEBUILD_BUILD_ID##*:}.md"',
      exportHash({ variable: "PLANS", folder: "plans" }),
    ]);
    expect(buildspecOf(plan, context)).toMatchObject({
      env: { "exported-variables": ["SUMMARY", "REPORT", "PLANS"] },
      artifacts: { "base-directory": "plans" },
    });
  });

  test("a wave, in builds side by side that do not stop each other", () => {
    expect(commandsOf(wave)).toEqual([
      ...[sameAssembly, samePlans("production")],
      `node meridian.js deploy --plan "$CODEBUILD_SRC_DIR_Plans_production" --stage production --wave 2 --shard "$MERIDIAN_SHARD/5" ${record}`,
    ]);
    expect(buildspecOf(wave, context).batch).toEqual({
      "fast-fail": false,
      "build-matrix": { dynamic: { env: { variables: { MERIDIAN_SHARD: ["1", "2", "3", "4", "5"] } } } },
    });
  });

  test("a wave of one build, without a batch", () => {
    const single = buildspecOf({ ...wave, of: "pre-prod", shards: 1 }, context);
    expect(single.phases.build.commands).toEqual([
      ...[sameAssembly, samePlans("pre_prod")],
      `node meridian.js deploy --plan "$CODEBUILD_SRC_DIR_Plans_pre_prod" --stage pre-prod --wave 2 ${record}`,
    ]);
    expect(single).not.toHaveProperty("batch");
  });

  test("the foundation, by the names of its stacks", () => {
    expect(commandsOf(foundation)).toEqual([
      ...[sameAssembly, samePlans("foundation")],
      `node meridian.js deploy --plan "$CODEBUILD_SRC_DIR_Plans_foundation" --stack organization --stack accounts --stack state_replica ${record}`,
    ]);
  });

  test("with a plan that is approved, that of the pipeline's own stack, and the update as it was planned there", () => {
    expect(commandsOf({ ...plan, withPipeline: true })[1]).toContain(
      "plan --stage production --with-stack pipeline --role meridian-plan",
    );
    expect(commandsOf({ kind: "plan", of: "foundation", withPipeline: true })[1]).toContain(
      "plan --stack organization --stack accounts --stack state_replica --with-stack pipeline --role",
    );
    expect(commandsOf(reviewedUpdate)).toEqual([
      sameAssembly,
      samePlans("pre_prod"),
      `node meridian.js deploy --plan "$CODEBUILD_SRC_DIR_Plans_pre_prod" --stack pipeline ${record}`,
    ]);
  });

  test("verification, waiting, and the update of the pipeline itself", () => {
    expect(commandsOf(verify)).toEqual([sameAssembly, "node meridian.js verify --stage production"]);
    expect(commandsOf(wait)).toEqual(['sleep "$MERIDIAN_WAIT_SECONDS"']);
    expect(commandsOf(update)).toEqual([sameAssembly, `node meridian.js deploy --stack pipeline ${record}`]);
  });

  test("nothing of npm's after the check", () => {
    for (const project of all.filter(({ kind }) => kind !== "check")) {
      expect(buildspecText(project, context)).not.toMatch(/\bnp[mx]\b/);
    }
  });
});

test.each(all)("$kind of $of reads as YAML and as Bash", (project) => {
  expect(parse(buildspecText(project, context))).toEqual(buildspecOf(project, context));
  const { build, install } = buildspecOf(project, context).phases;
  for (const command of [...(install?.commands ?? []), ...(build.commands ?? [])]) {
    expect(spawnSync("bash", ["-n", "-c", command], { encoding: "utf8" })).toMatchObject({
      status: 0,
      stderr: "",
    });
  }
});

describe("in a shell", () => {
  let root: string;
  let assembly: string;
  let plans: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "meridian-buildspec-"));
    assembly = join(root, "src");
    plans = join(root, "a folder");
    mkdirSync(join(assembly, "plans"), { recursive: true });
    mkdirSync(plans);
    writeFileSync(join(assembly, "summary.txt"), 'high: "data" $HOME `id`\n');
    writeFileSync(join(assembly, "plans", "plans.json"), "{}");
    writeFileSync(join(plans, "plans.json"), "{}");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Runs the commands as CodeBuild does, until one fails, with a `node` that prints its words and ends as told. */
  function run(project: PipelineProject, status: number, end = "true", build = "b1e6") {
    const script = [
      `node() { printf '%s\\n' "$@"; return ${status}; }`,
      "set -e",
      ...commandsOf(project),
      end,
    ].join("\n");
    const env = {
      PATH: process.env.PATH,
      MERIDIAN_EXECUTION: "7e29-4a",
      CODEBUILD_BUILD_ID: `acme__pipeline_plan_production:${build}`,
      MERIDIAN_SHARD: "3",
      MERIDIAN_ASSEMBLY: folderHash(assembly),
      MERIDIAN_PLANS: folderHash(plans),
      CODEBUILD_SRC_DIR_Plans_production: plans,
    };
    return spawnSync("bash", ["-c", script], { cwd: assembly, env, encoding: "utf8" });
  }

  test("each word of a command is one", () => {
    expect(run(wave, 0).stdout.trimEnd().split("\n")).toEqual([
      ...["meridian.js", "deploy", "--plan", plans, "--stage", "production"],
      ...["--wave", "2", "--shard", "3/5", "--rollout", "7e29-4a", "--record-role", "meridian-record"],
      ...["--release-locks", "--yes"],
    ]);
  });

  test("a plan with something to deploy is no failure, and its summary is taken as it is", () => {
    const { status, stdout } = run(plan, 2, `printf '%s|%s' "$SUMMARY" "$REPORT"`);
    expect(status).toBe(0);
    expect(stdout).toMatch(/high: "data" \$HOME `id`\|https:\/\/eu-central-1\..*\.md$/);
  });

  test.each(["b1e6", "c2f7"])(
    "a plan is put where only the build %s puts one, and linked to there",
    (build) => {
      const { stdout } = run(plan, 0, 'printf %s "$REPORT"', build);
      const key = `plans_to_read/production/7e29-4a/${build}.md`;
      expect(stdout.split("\n")).toContain(`s3://pipeline-acme-0123456789/${key}`);
      expect(new URL(stdout.split("\n").at(-1) ?? "").searchParams.get("prefix")).toBe(key);
    },
  );

  test("a plan that failed is one", () => {
    expect(run(plan, 1).status).toBe(1);
  });

  test("what a plan has made is hashed for the builds that deploy it", () => {
    const { stdout } = run(plan, 0, "printenv PLANS");
    expect(stdout.trimEnd().split("\n").at(-1)).toBe(folderHash(join(assembly, "plans")));
  });
});

describe("where the image has no Terraform", () => {
  const hashicorp = "798AEC654E5C15428C8E42EEAA16FCBCA621E701";
  const other = "0123456789ABCDEF0123456789ABCDEF01234567";
  const keyOf = (fingerprint: string) =>
    `pub:-:4096:1:AA16FCBCA621E701:1673385600:::-:::scSC::::::23::0:\nfpr:::::::::${fingerprint}:\n`;
  const subkey = `sub:-:4096:1:706E668369C085E9:1673385600::::::s::::::23:\nfpr:::::::::${other}:\n`;

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "meridian-key-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the command in a shell in which all that would change the machine only says so. */
  function install(keys: string) {
    const [command = ""] = buildspecOf(plan, context).phases.install?.commands ?? [];
    const script = [
      "command() { return 1; }",
      ...["wget", "dpkg"].map((name) => `${name}() { :; }`),
      ...["install", "apt-get"].map((name) => `${name}() { echo ${name} "$1" >&2; }`),
      "tee() { cat > /dev/null; }",
      'gpg() { if [ "$1" = --dearmor ]; then cat; else printf %s "$KEYS"; fi; }',
      command,
    ].join("\n");
    const { status, stderr } = spawnSync("bash", ["-c", script], {
      env: { PATH: process.env.PATH, KEYS: keys, TMPDIR: folder },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { status, said: stderr.trimEnd().split("\n") };
  }

  test("of the lists of packages, HashiCorp's alone is read: the image's may be broken", () => {
    const [command = ""] = buildspecOf(plan, context).phases.install?.commands ?? [];
    const list = /tee (\S+)/.exec(command)?.[1];
    const [update] = command.match(/apt-get update.*/) ?? [];
    expect(update).toContain(`Dir::Etc::sourcelist=${list} `);
    expect(update).toContain("Dir::Etc::sourceparts=- ");
  });

  test("it is installed if HashiCorp's key has signed it", () => {
    const done = { status: 0, said: ["install -m", "apt-get update", "apt-get install"] };
    expect(install(keyOf(hashicorp) + subkey)).toEqual(done);
  });

  test.each([
    ["another key", keyOf(other)],
    ["another key with HashiCorp's below it", keyOf(other) + subkey.replace(other, hashicorp)],
    ["another key beside HashiCorp's", keyOf(hashicorp) + keyOf(other)],
    ["no key", ""],
  ])("and not for %s", (_, keys) => {
    const { said, status } = install(keys);
    expect(status).toBe(1);
    expect(said.join("\n")).toMatch(
      /^the key of HashiCorp's packages is [\s\S]* Terraform was not installed$/,
    );
  });
});
