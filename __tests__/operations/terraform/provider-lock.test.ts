import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../fleet/errors";
import { lockFile } from "../../../fleet/provider-lock";
import { platform } from "../../../operations/terraform/provider-mirror";
import { initAndPlan, initStack } from "../../../operations/terraform/terraform";
import { awsBlock, lockBlock, lockText, randomBlock } from "../../support/locks";

/** Summary and detail as Terraform 1.11.4 says them. */
const said = {
  other: [
    "Failed to install provider",
    "Error while installing hashicorp/aws v5.100.0: the local package for registry.terraform.io/hashicorp/aws 5.100.0 doesn't match any of the checksums previously recorded in the dependency lock file (this might be because the available checksums are for packages targeting different platforms); for more information: https://developer.hashicorp.com/terraform/language/files/dependency-lock#checksum-verification",
  ],
  downloaded: [
    "Failed to install provider",
    "Error while installing hashicorp/aws v5.100.0: the current package for registry.terraform.io/hashicorp/aws 5.100.0 doesn't match any of the checksums previously recorded in the dependency lock file; for more information: https://developer.hashicorp.com/terraform/language/files/dependency-lock#checksum-verification",
  ],
  planned: [
    "Required plugins are not installed",
    "The installed provider plugins are not consistent with the packages selected in the dependency lock file:\n  - registry.terraform.io/hashicorp/aws: the cached package for registry.terraform.io/hashicorp/aws 5.100.0 (in .terraform/providers) does not match any of the checksums recorded in the dependency lock file\n\nTerraform uses external plugins to integrate with a variety of different infrastructure services. You must install the required plugins before running Terraform operations.",
  ],
  version: [
    "Failed to query available provider packages",
    "Could not retrieve the list of available versions for provider hashicorp/aws: locked provider registry.terraform.io/hashicorp/aws 5.99.1 does not match configured version constraint 5.100.0; must use terraform init -upgrade to allow selection of new versions\n\nTo see which modules are currently depending on hashicorp/aws and what versions are specified, run the following command:\n    terraform providers",
  ],
  gone: [
    "Failed to query available provider packages",
    "Could not retrieve the list of available versions for provider hashicorp/aws: the previously-selected version 5.99.1 is no longer available\n\nTo see which modules are currently depending on hashicorp/aws and what versions are specified, run the following command:\n    terraform providers",
  ],
  unmatched: [
    "Failed to query available provider packages",
    "Could not retrieve the list of available versions for provider hashicorp/aws: no available releases match the given constraints 5.99.1\n\nTo see which modules are currently depending on hashicorp/aws and what versions are specified, run the following command:\n    terraform providers",
  ],
  missing: [
    "Provider dependency changes detected",
    'Changes to the required provider dependencies were detected, but the lock file is read-only. To use and record these requirements, run "terraform init" without the "-lockfile=readonly" flag.',
  ],
} as const;

let folder: string;
let project: string;
const own = () => join(folder, lockFile);
const lock = () => join(project, lockFile);

/** Writes which providers the stack asks for. */
function asks(providers: object): void {
  const terraform = { required_providers: providers };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ terraform }));
}

/** Puts a program into the place of Terraform that notes its arguments, and fails at a command with what it says. */
function terraformThat(command?: string, [summary, detail]: readonly string[] = []): void {
  const event = {
    "@message": "Error",
    type: "diagnostic",
    diagnostic: { severity: "error", summary, detail },
  };
  writeFileSync(join(folder, "said"), JSON.stringify(event));
  writeFileSync(
    join(folder, "terraform"),
    `#!/bin/sh
echo "$@" >> ${folder}/args
[ "$1" = init ] && mkdir -p .terraform
[ "$1" = "${command}" ] || exit 0
cat ${folder}/said
exit 1
`,
    { mode: 0o755 },
  );
}

/** Of a release that has brought along its own file. */
const released = { keepsProviderLock: true };

const context = (held = true) => ({
  ...{ folder, env: { PATH: `${folder}:${process.env.PATH}` } },
  ...(held && { providerLock: lock() }),
});
const args = () => readFileSync(join(folder, "args"), "utf8").trim().split("\n");

const aws = { aws: { source: "aws", version: "5.100.0" } };
const random = { random: { source: "hashicorp/random", version: "3.7.2" } };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-held-"));
  project = mkdtempSync(join(tmpdir(), "meridian-project-"));
  writeFileSync(lock(), lockText(awsBlock, randomBlock));
  asks(aws);
  terraformThat();
});
afterEach(() => {
  for (const each of [folder, project]) rmSync(each, { recursive: true });
});

test("with a lock file in the project, terraform init may only install what it has", async () => {
  await initStack(context());
  expect(args()).toEqual(["init -input=false -json -lockfile=readonly"]);
});

test("without, it is run as ever, and what it says is left as it is", async () => {
  terraformThat("init", said.other);
  await expect(initStack(context(false))).rejects.toThrow("Failed to install provider");
  expect(args()).toEqual(["init -input=false -json"]);
  expect(() => readFileSync(own())).toThrow("ENOENT");
});

test("a folder that has no lock file gets what it asks for of the project's", async () => {
  await initStack(context());
  expect(readFileSync(own(), "utf8")).toBe(lockText(awsBlock));
});

const oldAws = lockBlock("hashicorp/aws", "5.99.1", "h1:old=");

test("the block that a release has brought along counts where it asks for a version of before", async () => {
  asks({ aws: { source: "aws", version: "5.99.1" } });
  writeFileSync(own(), lockText(oldAws));
  await initStack({ ...context(), released });
  expect(readFileSync(own(), "utf8")).toBe(lockText(oldAws));
});

test("but only for that provider: of what the project's file has, a release's own says nothing", async () => {
  const another = lockBlock("hashicorp/null", "3.2.4", "h1:null=");
  asks({ ...aws, ...random, null: { source: "null", version: "3.2.4" } });
  const forged = ["hashicorp/aws", "hashicorp/random"].map((source) =>
    lockBlock(source, "5.100.0", "h1:forged="),
  );
  writeFileSync(own(), lockText(...forged, another));
  await initStack({ ...context(), released });
  const merged = lockText(awsBlock, randomBlock, another);
  expect(readFileSync(own(), "utf8")).toBe(merged);
  // As often as one likes.
  await initStack({ ...context(), released });
  expect(readFileSync(own(), "utf8")).toBe(merged);
});

test("a version that neither file has is refused with what the project's has", async () => {
  asks({ aws: { source: "aws", version: "5.98.0" } });
  writeFileSync(own(), lockText(oldAws));
  await initStack({ ...context(), released });
  expect(readFileSync(own(), "utf8")).toBe(lockText(awsBlock));
});

test("what lies beside a stack of the fleet file says nothing: nobody has reviewed it", async () => {
  asks({ aws: { source: "aws", version: "5.99.1" } });
  writeFileSync(own(), lockText(oldAws));
  await initStack(context());
  expect(readFileSync(own(), "utf8")).toBe(lockText(awsBlock));
});

test("without one in the project, a release is held to the file that it was deployed with", async () => {
  writeFileSync(own(), lockText(oldAws));
  terraformThat("init", said.other);
  await expect(initStack({ ...context(false), released })).rejects.toBeInstanceOf(UserError);
  expect(args()).toEqual(["init -input=false -json -lockfile=readonly"]);
  expect(readFileSync(own(), "utf8")).toBe(lockText(oldAws));
});

test("a folder that is initialized already gets the project's as well, before it is planned", async () => {
  mkdirSync(join(folder, ".terraform"));
  writeFileSync(own(), "of an init without one");
  await initAndPlan(context(), "plan");
  expect(args().map((line) => line.split(" ")[0])).toEqual(["plan"]);
  expect(readFileSync(own(), "utf8")).toBe(lockText(awsBlock));
});

test.each([
  ["the version is the same", aws, lockText(awsBlock)],
  ["any version of a range will do", { ...aws, random: { ...random.random, version: "~> 3.0" } }, undefined],
])("else the project's does, whatever lies there: where %s", async (_, providers, expected) => {
  asks(providers);
  writeFileSync(own(), "of the release");
  await initStack(context());
  expect(readFileSync(own(), "utf8")).toBe(expected ?? lockText(awsBlock, randomBlock));
});

const none = `hashicorp/aws 5.100.0 for ${platform}, as Terraform finds it, has none of the checksums in ${lockFile}`;

test.each([
  ["init", "other", none],
  ["init", "downloaded", none],
  ["plan", "planned", none],
  ["init", "version", `the stack asks for hashicorp/aws 5.100.0, and ${lockFile} has 5.99.1`],
  [
    "init",
    "missing",
    `the stack needs a provider that its JSON does not ask for, and that ${lockFile} does not give it`,
  ],
] as const)(
  "what Terraform's %s says of it (%s) is said with what to do",
  async (command, what, expected) => {
    terraformThat(command, said[what]);
    const failure = await initAndPlan(context(), "plan").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ what: expected, fix: expect.stringContaining("`npx meridian lock") });
  },
);

test("a provider that Meridian has installed, and that is refused, can be deleted: the folder is named", async () => {
  terraformThat("init", said.other);
  await expect(initStack(context())).rejects.toMatchObject({
    fix: expect.stringMatching(/\.meridian\/provider of the project: delete that folder/),
  });
});

test("a provider that is not in the file is named", async () => {
  writeFileSync(lock(), lockText(awsBlock));
  asks({ ...aws, ...random });
  terraformThat("init", said.missing);
  await expect(initStack(context())).rejects.toThrow("the stack asks for: hashicorp/random");
});

test("one that a release asks for, and no extension any more, is named with how to have it for one more deploy", async () => {
  writeFileSync(lock(), lockText(awsBlock));
  asks({ ...aws, ...random });
  terraformThat("init", said.missing);
  const failure = initStack({ ...context(), released: { keepsProviderLock: false } });
  await expect(failure).rejects.toMatchObject({
    what: `${lockFile} does not have what the stack was deployed with: hashicorp/random`,
    fix: expect.stringContaining("put the extension that brings it along back into main.ts"),
  });
});

test.each([
  ["with the file that it brings along", "gone", true, "5.99.1"],
  ["without one", "unmatched", false, "5.99.1"],
] as const)(
  "a release whose provider is not to be had is refused with what to do: %s",
  async (_, what, keepsProviderLock, version) => {
    asks({ aws: { source: "aws", version } });
    writeFileSync(own(), lockText(oldAws));
    terraformThat("init", said[what]);
    const init = (more: object) => initStack({ ...context(false), ...more });
    await expect(init({ released: { keepsProviderLock } })).rejects.toMatchObject({
      what: `the release asks for hashicorp/aws ${version}, and Terraform does not find that where it installs from`,
      fix: expect.stringContaining("name a mirror that has both with MERIDIAN_PROVIDER_MIRROR"),
    });
    // Of a stack of the fleet file, Terraform's own words say it.
    await expect(init({})).rejects.toThrow("Failed to query available provider packages");
  },
);

test("a folder that was initialized before the file was there is initialized anew, and then refused", async () => {
  await initAndPlan(context(false), "plan");
  terraformThat("plan", said.planned);
  await expect(initAndPlan(context(), "plan")).rejects.toThrow(none);
  expect(args().map((line) => line.split(" ")[0])).toEqual(["init", "plan", "plan", "init", "plan"]);
});

test("what has nothing to do with it stays as Terraform says it", async () => {
  terraformThat("init", ["Unsupported argument", "No argument is expected here"]);
  await expect(initStack(context())).rejects.toThrow("Unsupported argument\nNo argument is expected here");
});
