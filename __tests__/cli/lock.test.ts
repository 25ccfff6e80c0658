import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { platformsOf } from "../../cli/lock";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { lockFile, providerVersion } from "../../fleet/provider-lock";
import { platform } from "../../operations/terraform/provider-mirror";
import { awsBlock, lockBlock, lockText, randomBlock } from "../support/locks";
import { runNode } from "../support/run-node";

/** Stands for Terraform: notes what it is asked for, and writes the blocks of what it is to lock. */
const terraform = (blocks: Readonly<Record<string, string>>) => `#!${process.execPath}
const fs = require("fs");
const path = require("path");
const args = process.argv.slice(2);
fs.appendFileSync(path.join(__dirname, "calls"), args.join(" ") + "\\n");
fs.copyFileSync("versions.tf.json", path.join(__dirname, "asked"));
if (fs.existsSync(path.join(__dirname, "fails"))) {
  console.error("Error: Could not retrieve providers for locking\\n\\nno package for " + args.find((each) => /^-platform/.test(each)));
  process.exit(1);
}
const blocks = ${JSON.stringify(blocks)};
const file = ${JSON.stringify(lockFile)};
const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ${JSON.stringify(lockText())};
fs.writeFileSync(file, before + args.slice(2).map((each) => blocks[each.split("/").at(-1)] ?? "").join(""));
`;

let folder: string;
const place = () => join(folder, lockFile);
const calls = () =>
  readFileSync(join(folder, "bin", "calls"), "utf8")
    .trim()
    .split("\n");

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function terraformThat(blocks: Readonly<Record<string, string>>): void {
  write("bin/terraform", terraform(blocks));
  chmodSync(join(folder, "bin", "terraform"), 0o755);
}

const run = (words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  runNode("bin/meridian.js", ["lock", ...words], {
    cwd: folder,
    env: {
      ...{ PATH: `${join(folder, "bin")}:${process.env.PATH}`, HOME: folder },
      // Providers come from where this says: no mirror of this machine is looked for.
      TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
      ...env,
    },
  });

/** Makes a main.ts whose extension brings a provider along, of a version for each region. */
function writeMain(versions: Readonly<Record<string, string>>): void {
  write(
    "main.ts",
    `import { TerraformProvider } from "cdktf";
import { synth } from ${JSON.stringify(join(projectRoot, "stacks", "synth"))};
class Random extends TerraformProvider { get alias() { return "own"; } }
const versions: Record<string, string> = ${JSON.stringify(versions)};
synth({ extensions: [{ name: "random", target({ scope, target }) {
  const providerVersion = versions[target.region];
  if (providerVersion === undefined) return;
  new Random(scope, "random", {
    terraformResourceType: "random",
    terraformGeneratorMetadata: { providerName: "random", providerVersion },
    terraformProviderSource: "hashicorp/random",
  });
} }] });
`,
  );
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-lock-command-"));
  terraformThat({ aws: awsBlock, random: randomBlock });
  write("terraform.rc", "");
  write("cdktf.json", "{}");
  writeMain({});
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  write("functions/hello.ts", "export const handler = async () => ({ statusCode: 200 });");
  write(
    "fleet.yaml",
    JSON.stringify({
      fleet: "acme",
      accounts: { globex: { id: "333333333333" } },
      services: { hello: { source: "functions/hello.ts", routes: ["/*"] } },
      cells: {
        globex: { stage: "production", tenant: "globex", targets: { globex: ["eu-central-1", "eu-west-1"] } },
      },
    }),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

test("it asks for this kind of machine and that of builds, writes the file, and says what is in it", async () => {
  const { code, stderr, stdout } = await run();
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining("Asking Terraform's registry"),
  });
  const platforms = [...new Set([platform, "linux_amd64"])].sort();
  const wanted = platforms.map((each) => `-platform=${each}`).join(" ");
  expect(calls()).toEqual([`providers lock -no-color ${wanted} registry.terraform.io/hashicorp/aws`]);
  expect(JSON.parse(readFileSync(join(folder, "bin", "asked"), "utf8")).terraform.required_providers).toEqual(
    {
      "provider-0": { source: "registry.terraform.io/hashicorp/aws", version: providerVersion },
    },
  );
  expect(readFileSync(place(), "utf8")).toBe(lockText(awsBlock));
  expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
    ["provider", "version", "platforms"],
    ["hashicorp/aws", providerVersion, platforms.join(", ")],
    [`${lockFile}: written; review it, and commit it`],
    [""],
  ]);
  expect((await run()).stdout).toContain(`${lockFile}: up to date`);
});

test("it makes the file anew, for the platforms that are named, also where check refuses it as it is", async () => {
  write(lockFile, lockText(lockBlock("hashicorp/aws", "5.99.1", "h1:old=")));
  expect((await runNode("bin/meridian.js", ["check"], { cwd: folder })).stdout).toContain(
    `${lockFile}:5:1 error provider-not-locked`,
  );
  // What runs no Terraform is not held up by it.
  expect(await runNode("bin/meridian.js", ["targets"], { cwd: folder })).toMatchObject({
    code: 0,
    stderr: "",
  });
  const { code, stdout } = await run([
    "--json",
    ...["--platform", "linux_arm64", "--platform", "darwin_arm64"],
  ]);
  expect(code).toBe(0);
  const platforms = ["darwin_arm64", "linux_arm64"];
  expect(JSON.parse(stdout)).toEqual({
    ...{ file: lockFile, changed: true },
    providers: [{ provider: "hashicorp/aws", version: providerVersion, platforms }],
  });
  expect(readFileSync(place(), "utf8")).toBe(lockText(awsBlock));
});

test("where a mirror is named, even beside a configuration of Terraform, the AWS provider is asked of that, and those of extensions of the registry", async () => {
  writeMain({ "eu-west-1": "3.7.2" });
  const mirror = join(folder, "mirror");
  mkdirSync(join(mirror, "registry.terraform.io", "hashicorp", "aws", providerVersion, platform), {
    recursive: true,
  });
  const { code, stderr } = await run(["--platform", "linux_amd64"], {
    MERIDIAN_PROVIDER_MIRROR: mirror,
  });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: [
      `Asking the mirror ${mirror} for the checksums of hashicorp/aws, for linux_amd64 …\n`,
      "Asking Terraform's registry for the checksums of hashicorp/random, for linux_amd64 …\n",
    ].join(""),
  });
  const lock = "providers lock -no-color";
  expect(calls()).toEqual([
    `${lock} -fs-mirror=${mirror} -platform=linux_amd64 registry.terraform.io/hashicorp/aws`,
    `${lock} -platform=linux_amd64 registry.terraform.io/hashicorp/random`,
  ]);
  expect(readFileSync(place(), "utf8")).toBe(lockText(awsBlock, randomBlock));
});

test("it says where the file has checksums of fewer kinds of machine than before, or a provider less", async () => {
  write(
    lockFile,
    lockText(lockBlock("hashicorp/aws", providerVersion, "h1:1=", "h1:2=", "h1:3="), randomBlock),
  );
  const { code, stderr } = await run(["--platform", "linux_amd64"]);
  expect(code).toBe(0);
  expect(stderr).toContain(
    "note: hashicorp/aws: the file had checksums of 3 kinds of machine, and has 1 now; name each kind that deploys with --platform",
  );
  expect(stderr).toContain("note: hashicorp/random is not in the file any more: no stack asks for it");
  expect((await run(["--platform", "linux_amd64"])).stderr).not.toContain("note:");
});

test("that of builds is always among the platforms where the fleet has a pipeline", () => {
  const pipeline = {} as Fleet["pipeline"];
  expect(platformsOf(["darwin_arm64"], { pipeline })).toEqual(["darwin_arm64", "linux_amd64"]);
  expect(platformsOf(["darwin_arm64"], {})).toEqual(["darwin_arm64"]);
});

test("stacks that ask for two versions of a provider are refused, by their names", async () => {
  writeMain({ "eu-central-1": "3.6.0", "eu-west-1": "3.7.2" });
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain(
    "globex_globex_eu-central-1 asks for 3.6.0 of hashicorp/random, and globex_globex_eu-west-1 asks for 3.7.2",
  );
  expect(existsSync(place())).toBe(false);
});

test("where Terraform fails, the file is as it was, and nothing lies beside it", async () => {
  write("bin/fails", "");
  write(lockFile, lockText(awsBlock));
  const { code, stderr } = await run(["--platform", "linux_amd64"]);
  expect(code).toBe(1);
  expect(stderr).toContain(`hashicorp/aws cannot be locked, and ${lockFile} is as it was`);
  expect(stderr).toContain("no package for -platform=linux_amd64");
  expect(stderr.replace(/\s+/g, " ")).toContain("`terraform providers lock` does not ask");
  expect(readFileSync(place(), "utf8")).toBe(lockText(awsBlock));
  expect(readdirSync(folder).filter((name) => name.startsWith(lockFile))).toEqual([lockFile]);
});
