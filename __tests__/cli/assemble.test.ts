import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { meridianVersion } from "../../cli/shared/version";
import { projectRoot } from "../../fleet/project";
import { lockFile } from "../../fleet/provider-lock";
import { executionVariable } from "../../modules/pipeline-buildspecs";
import { type FakeTerraform, fakeTerraform } from "../support/fake-terraform";
import { type LocalAws, startLocalAws } from "../support/local-aws";
import { awsBlock, lockText } from "../support/locks";
import { type Ended, runNode } from "../support/run-node";

let folder: string;
let terraform: FakeTerraform;
let aws: LocalAws;
let assembled: Ended;
let assembly: string;

/** A project with an extension, and its state in a bucket. */
function writeProject(): string {
  const project = join(folder, "project");
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), text);
  };
  const synth = JSON.stringify(join(projectRoot, "stacks", "synth"));
  write("cdktf.json", "{}");
  write(
    "main.ts",
    `import { synth } from ${synth};
const resourceTypes = { aws_pipes_pipe: { holdsData: true, what: "mail" } };
synth({ extensions: [{ name: "mail", resourceTypes, target() {} }] });`,
  );
  write(lockFile, lockText(awsBlock));
  write("functions/hello.ts", "export const handler = async () => ({ statusCode: 200 });");
  write("fleet.yaml", JSON.stringify(file));
  return project;
}

const file = {
  fleet: "acme",
  state: { backend: "s3", bucket: "acme-state", region: "eu-central-1", account: "delivery" },
  accounts: { delivery: { id: "555555555555" }, globex: { id: "333333333333" } },
  services: { hello: { source: "functions/hello.ts" } },
  cells: { globex: { stage: "production", tenant: "globex", targets: { globex: ["eu-central-1"] } } },
};

const assemble = (out: string, fleet = join(folder, "project", "fleet.yaml")) =>
  runNode("bin/meridian.js", ["--fleet", fleet, "assemble", "--out", out], {
    cwd: join(folder, "project"),
    env: { CODEBUILD_RESOLVED_SOURCE_VERSION: "c0ffee" },
  });

/** Runs the assembly's own program, far from any package. */
const inAssembly = (...args: readonly string[]) =>
  runNode(join(assembly, "meridian.js"), args, {
    cwd: folder,
    env: { ...terraform.env, ...aws.env, CDKTF_OUTPUT: "" },
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meridian-assembly-"));
  terraform = fakeTerraform();
  // No creation: nobody looks for what might be there already.
  const thing = { address: "aws_thing.a", mode: "managed", type: "aws_thing", name: "a" };
  const change = { actions: ["update"], before: { size: 1 }, after: { size: 2 } };
  for (const stack of ["state", "globex_globex_eu-central-1"])
    terraform.answer(stack, { plan: { resource_changes: [{ ...thing, change }] } });
  aws = await startLocalAws();
  writeProject();
  assembly = join(folder, "assembly");
  assembled = await assemble(assembly);
});
afterAll(async () => {
  await aws.close();
  terraform.remove();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  aws.calls.length = 0;
});

const rolesAsked = () => [...new Set(aws.calls.flatMap((call) => /role\/\S+$/.exec(call)?.[0] ?? []))];

test("an assembly has the JSON, the bundles, the fleet file, what main.ts says, and the command line", () => {
  expect(assembled).toMatchObject({ code: 0, stdout: expect.stringContaining("3 stacks of the fleet acme") });
  expect(readdirSync(assembly).sort()).toEqual([
    ...["assembly.json", "cdktf.out", "fleet.yaml", "meridian.js", "terraform.lock.hcl"],
  ]);
  expect(readdirSync(join(assembly, "cdktf.out", "bundles")).join()).toMatch(/hello\.\w+\.zip/);
  expect(JSON.parse(readFileSync(join(assembly, "assembly.json"), "utf8"))).toMatchObject({
    revision: "c0ffee",
    extensions: [{ name: "mail", resourceTypes: { aws_pipes_pipe: { holdsData: true } } }],
  });
  expect(readdirSync(folder).sort()).toEqual(["assembly", "project"]);
});

test("it runs without packages and sources, and says what it cannot do", async () => {
  const [version, help, check] = await Promise.all([
    inAssembly("--version"),
    inAssembly("plan", "--help"),
    inAssembly("check", "--json"),
  ]);
  expect(version).toEqual({ code: 0, stderr: "", stdout: `${meridianVersion}\n` });
  expect(help.stdout).toContain("--out <folder>");
  expect(check.code).toBe(1);
  expect(JSON.parse(check.stdout).error).toContain("`check` works on the sources of a fleet");
});

test("it has the project's provider lock file once, under a name that is not hidden, and its hash", () => {
  const text = readFileSync(join(assembly, "terraform.lock.hcl"), "utf8");
  expect(text).toBe(lockText(awsBlock));
  expect(JSON.parse(readFileSync(join(assembly, "assembly.json"), "utf8")).providerLock).toBe(
    createHash("sha256").update(text).digest("hex"),
  );
  const names = readdirSync(assembly, { recursive: true, encoding: "utf8" });
  expect(names.filter((name) => name.split("/").some((part) => part.startsWith(".")))).toEqual([]);
});

test("one that is missing, or is another one, is refused before anything is run", async () => {
  const place = join(assembly, "terraform.lock.hcl");
  const text = readFileSync(place, "utf8");
  const before = terraform.calls().length;
  try {
    rmSync(place);
    const missing = await inAssembly("plan");
    writeFileSync(place, `${text}\n`);
    const other = await inAssembly("deploy", "--yes");
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`terraform.lock.hcl of the assembly ${assembly} is missing`),
    });
    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is not the one that it was made with"),
    });
    expect(terraform.calls()).toHaveLength(before);
  } finally {
    writeFileSync(place, text);
  }
});

test("it plans its own stacks, wherever it is started, and synthesizes nothing", async () => {
  const copy = assembly;
  assembly = join(folder, "moved");
  cpSync(copy, assembly, { recursive: true });
  try {
    const { code, stdout, stderr } = await inAssembly("plan", "--json", "--out", join(folder, "plans"));
    expect({ code, stderr: code === 2 ? "" : stderr }).toEqual({ code: 2, stderr: "" });
    expect(JSON.parse(stdout).changed).toEqual(["globex_front", "globex_globex_eu-central-1", "state"]);
    expect(terraform.calls()).toContain("globex_globex_eu-central-1 plan");
    // Held to the provider lock file, whoever plans.
    for (const stack of ["globex_globex_eu-central-1", "state"])
      expect(readFileSync(join(assembly, "cdktf.out", "stacks", stack, lockFile), "utf8")).toBe(
        lockText(awsBlock),
      );
    expect(terraform.calls().filter((call) => / init/.test(call))).not.toContainEqual(
      expect.not.stringMatching(/ init -lockfile=readonly$/),
    );
    expect(rolesAsked()).toEqual(["role/meridian-deploy"]);
    expect(JSON.parse(readFileSync(join(folder, "plans", "plans.json"), "utf8")).role).toBeUndefined();
    // What is applied as it is needs nothing beside it.
    expect(readdirSync(join(folder, "plans")).filter((name) => name.endsWith(".tfplan.json"))).toEqual([]);
  } finally {
    rmSync(assembly, { recursive: true });
    assembly = copy;
  }
});

test("as another role, nothing is asked as a deploy role, the plans say so, and the JSON stays as it is", async () => {
  const json = () => readFileSync(join(assembly, "cdktf.out/stacks/globex_front/cdk.tf.json"), "utf8");
  const before = json();
  const plans = join(folder, "read-only");
  const { code } = await inAssembly("plan", "--role", "meridian-plan", "--out", plans);
  expect(code).toBe(2);
  expect(rolesAsked()).toEqual(["role/meridian-plan"]);
  expect(JSON.parse(readFileSync(join(plans, "plans.json"), "utf8")).role).toBe("meridian-plan");
  expect(json()).toBe(before);
  expect(readdirSync(assembly).filter((name) => name.startsWith(".meridian-"))).toEqual([]);
});

test("what was planned so is planned again as the deploy role, and applied", async () => {
  // Terraform runs elsewhere than the command.
  const plans = "to-deploy";
  const target = ["--account", "globex", "--region", "eu-central-1"];
  await inAssembly("plan", "--role", "meridian-plan", ...target, "--out", plans);
  aws.calls.length = 0;
  const before = terraform.calls().length;
  const { code, stdout, stderr } = await inAssembly("deploy", "--plan", plans, ...target, "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: "succeeded" });
  const [run] = [...aws.objects].filter(([key]) => key.includes("/runs/"));
  expect(JSON.parse(String(run?.[1]))).toMatchObject({ outcome: "succeeded", revision: "c0ffee" });
  const ran = terraform
    .calls()
    .slice(before)
    .filter((call) => / (plan|show|apply)$/.test(call));
  // Terraform is asked about the new plan alone: what it said of the reviewed one was kept.
  expect(ran).toEqual(["plan", "show", "apply"].map((each) => `globex_globex_eu-central-1 ${each}`));
  expect(rolesAsked()).toEqual(["role/meridian-deploy"]);
});

test("the Markdown goes into S3 where that is asked, and the summary says where", async () => {
  const summary = join(folder, "summary.txt");
  await inAssembly("plan", "--markdown", "s3://artifacts/plans/1.md", "--summary", summary);
  expect(String(aws.objects.get("artifacts/plans/1.md"))).toMatch(
    /^## Plan of the fleet\n\n- Fleet: ` \S+ `\n- Selected: ` all stacks `\n- Sources: ` c0ffee `\n\n/,
  );
  expect(readFileSync(summary, "utf8")).toMatch(
    /3 stacks change.*All of it: s3:\/\/artifacts\/plans\/1\.md\n$/,
  );
});

test("the Markdown names the execution of the pipeline that it is read in, and what was selected", async () => {
  const page = join(folder, "plan.md");
  await runNode(join(assembly, "meridian.js"), ["plan", "--stack", "state", "--markdown", page], {
    cwd: folder,
    env: { ...terraform.env, ...aws.env, CDKTF_OUTPUT: "", [executionVariable]: "4766939f" },
  });
  expect(readFileSync(page, "utf8")).toMatch(
    /- Selected: ` --stack state `\n.*\n- Execution: ` 4766939f `\n/,
  );
});

test("a stage, a stack or a wave that its fleet does not have is nothing to do, and said", async () => {
  const plans = join(folder, "of-canary");
  const summary = join(folder, "of-canary.txt");
  const [plan, deploy, wave, verify, some, cell] = await Promise.all([
    inAssembly("plan", "--stage", "canary", "--out", plans, "--summary", summary, "--role", "meridian-plan"),
    inAssembly("deploy", "--stack", "budgets", "--yes"),
    inAssembly("deploy", "--stage", "production", "--wave", "2", "--rollout", "7f1c", "--yes", "--json"),
    inAssembly("verify", "--stage", "canary"),
    inAssembly("plan", "--stack", "state", "--stack", "budgets", "--with-stack", "pipeline", "--json"),
    inAssembly("plan", "--cell", "canary"),
  ]);
  expect(plan).toMatchObject({ code: 0, stderr: expect.stringContaining('has no stage "canary"') });
  expect(readFileSync(summary, "utf8")).toBe("Nothing to do: the fleet has nothing of this.\n");
  expect(JSON.parse(readFileSync(join(plans, "plans.json"), "utf8")).stacks).toEqual({});
  expect(deploy).toMatchObject({ code: 0, stderr: expect.stringContaining('has no stack "budgets"') });
  expect(wave).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("production of this assembly has no wave 2"),
  });
  expect(JSON.parse(wave.stdout)).toMatchObject({ outcome: "succeeded", stacks: {} });
  expect(verify).toMatchObject({ code: 0, stderr: expect.stringContaining('has no stage "canary"') });
  expect(JSON.parse(some.stdout).changed).toEqual(["state"]);
  expect(some.stderr).toMatch(/has no stack "budgets".*has no stack "pipeline"/s);
  expect(cell).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no stack of the fleet has the cell "canary"'),
  });
  const later = await inAssembly("deploy", "--plan", plans, "--stage", "canary", "--yes");
  expect(later).toMatchObject({ code: 0, stdout: "Nothing to deploy: no stack has changed.\n" });
});

test("a stack besides is planned as well, and each deploy takes its own of the plans", async () => {
  const plans = "with-state";
  const target = ["--account", "globex", "--region", "eu-central-1"];
  const { stdout } = await inAssembly(
    "plan",
    ...target,
    "--with-stack",
    "state",
    "--out",
    plans,
    "--json",
    "--all",
  );
  expect(JSON.parse(stdout).changed).toEqual(["globex_globex_eu-central-1", "state"]);
  const before = terraform.calls().length;
  const { code, stderr } = await inAssembly("deploy", "--plan", plans, "--stack", "state", "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  const applied = terraform
    .calls()
    .slice(before)
    .filter((call) => call.endsWith(" apply"));
  expect(applied).toEqual(["state apply"]);
});

test("verify leaves out what was never deployed, and says so", async () => {
  const fleet = join(folder, "project", "asking.yaml");
  const copy = assembly;
  writeFileSync(
    fleet,
    JSON.stringify({ ...file, fleet: "young", rollout: { production: { verify: { path: "/" } } } }),
  );
  assembly = join(folder, "young");
  try {
    expect((await assemble(assembly, fleet)).code).toBe(0);
    const { code, stderr } = await inAssembly("verify", "--stage", "production");
    expect(stderr).toContain("note: globex_front is not asked: it was never deployed");
    expect(code).toBe(0);
  } finally {
    rmSync(assembly, { recursive: true });
    rmSync(fleet);
    assembly = copy;
  }
});

test("another fleet file, another version, and stacks that are not there are refused", async () => {
  const other = await inAssembly("--fleet", join(folder, "project", "fleet.yaml"), "plan");
  expect(other.stderr).toContain("is not the fleet file of the assembly");
  const about = join(assembly, "assembly.json");
  const text = readFileSync(about, "utf8");
  const stack = join(assembly, "cdktf.out", "stacks", "globex_front");
  try {
    writeFileSync(about, text.replace(meridianVersion, "0.0.9"));
    expect((await inAssembly("plan")).stderr).toContain(
      `made by Meridian 0.0.9, and this is ${meridianVersion}`,
    );
    writeFileSync(about, "{}");
    expect((await inAssembly("plan")).stderr).toContain("is not what `meridian assemble` writes");
    writeFileSync(about, text);
    cpSync(stack, `${stack}.kept`, { recursive: true });
    rmSync(stack, { recursive: true });
    expect((await inAssembly("plan")).stderr).toContain("has no JSON of globex_front");
  } finally {
    writeFileSync(about, text);
    if (existsSync(`${stack}.kept`)) cpSync(`${stack}.kept`, stack, { recursive: true });
    rmSync(`${stack}.kept`, { recursive: true, force: true });
  }
});

test("the same sources give the same files, and a folder with something in it stays as it is", async () => {
  const again = join(folder, "again");
  mkdirSync(again);
  expect((await assemble(again)).code).toBe(0);
  const files = (root: string) =>
    readdirSync(root, { recursive: true, withFileTypes: true })
      // But for what the plans have left behind.
      .filter((entry) => entry.isFile() && !entry.parentPath.includes(".meridian") && entry.name !== lockFile)
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
      .sort();
  expect(files(again)).toEqual(files(assembly));
  for (const name of files(again))
    expect(readFileSync(join(again, name)).equals(readFileSync(join(assembly, name)))).toBe(true);
  const refused = await assemble(again);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("is not empty") });
});

test("state in files of the project is refused, and so is a fleet with errors: there is no assembly then", async () => {
  const fleet = join(folder, "project", "other.yaml");
  const out = join(folder, "none");
  writeFileSync(fleet, JSON.stringify({ ...file, state: { backend: "local" } }));
  expect((await assemble(out, fleet)).stderr).toContain("keeps its state in files of this project");
  writeFileSync(fleet, JSON.stringify({ ...file, services: { hello: { source: "nowhere.ts" } } }));
  expect((await assemble(out, fleet)).stderr).toMatch(/nowhere\.ts[\s\S]*was not synthesized/);
  expect(readdirSync(folder).filter((name) => name.includes("none"))).toEqual([]);
});

test("an assembly is a folder, and takes the place of no file", async () => {
  const { code, stderr } = await assemble(join(folder, "project", "fleet.yaml"));
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("is a file, not a folder") });
});
