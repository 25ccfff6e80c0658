import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../../fleet/errors";
import { lockFile, providerVersion } from "../../../fleet/provider-lock";
import { ensureProviderFolder, installProvider } from "../../../operations/terraform/provider-folder";
import { findProviderMirror, platform } from "../../../operations/terraform/provider-mirror";
import { awsBlock, lockText, randomBlock } from "../../support/locks";

/** As Terraform 1.11 says it. */
const mismatch = `
Error: Failed to install provider

Error while installing hashicorp/aws v${providerVersion}: the local package for
registry.terraform.io/hashicorp/aws ${providerVersion} doesn't match any of the
checksums previously recorded in the dependency lock file (this might be
because the available checksums are for packages targeting different
platforms)
`;

let folder: string;
let env: Record<string, string>;
const place = () => join(folder, ".meridian", "provider");
const installed = () => join(place(), `${providerVersion}_${platform}`);
const providerIn = (root: string) =>
  join(root, ".terraform/providers/registry.terraform.io/hashicorp/aws", providerVersion, platform);
/** How often Terraform was run. */
const runs = () =>
  existsSync(join(folder, "runs")) ? readFileSync(join(folder, "runs"), "utf8").split("\n").length - 1 : 0;

/** Puts a program into the place of Terraform that does what a script says. */
function terraformThat(script: string): void {
  const program = join(folder, "terraform");
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >> ${folder}/runs\ncat versions.tf.json > ${folder}/asked\n${script}\n`,
  );
  chmodSync(program, 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-provider-folder-"));
  env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder };
  terraformThat(`mkdir -p ${providerIn(".")}\necho provider > ${providerIn(".")}/terraform-provider-aws`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the provider is installed once, and every Terraform takes it from there", async () => {
  const first = await ensureProviderFolder(env, folder);
  expect(readFileSync(join(folder, "runs"), "utf8")).toBe("init -input=false -no-color\n");
  expect(JSON.parse(readFileSync(join(folder, "asked"), "utf8"))).toEqual({
    terraform: { required_providers: { aws: { source: "hashicorp/aws", version: providerVersion } } },
  });
  expect(first).toMatchObject({ ...env, CDKTF_DISABLE_PLUGIN_CACHE_ENV: "true" });
  const mirror = join(installed(), ".terraform", "providers");
  expect(readFileSync(first.TF_CLI_CONFIG_FILE ?? "", "utf8")).toContain(
    `path    = ${JSON.stringify(mirror)}`,
  );
  expect(findProviderMirror({ HOME: folder, MERIDIAN_PROVIDER_MIRROR: mirror })).toBe(mirror);
  expect(await ensureProviderFolder(env, folder)).toEqual(first);
  expect(runs()).toBe(1);
});

test("the provider is held to the project's lock file, and only what it has is installed", async () => {
  writeFileSync(join(folder, lockFile), lockText(awsBlock, randomBlock));
  await ensureProviderFolder(env, folder, { providerLock: join(folder, lockFile) });
  expect(readFileSync(join(folder, "runs"), "utf8")).toBe("init -input=false -no-color -lockfile=readonly\n");
  // Terraform would refuse a file with more than is asked for.
  expect(readFileSync(join(installed(), lockFile), "utf8")).toBe(lockText(awsBlock));
});

test("one that is not in the lock file is refused in words of Meridian's", async () => {
  writeFileSync(join(folder, lockFile), lockText(awsBlock));
  terraformThat(`cat <<'.' >&2\n${mismatch}.\nexit 1`);
  await expect(ensureProviderFolder(env, folder, { providerLock: join(folder, lockFile) })).rejects.toThrow(
    `hashicorp/aws ${providerVersion} for ${platform}, as Terraform finds it, has none of the checksums`,
  );
  expect(readdirSync(place())).toEqual([]);
});

test("a configuration that says where providers come from is left alone", async () => {
  const own = { ...env, TF_CLI_CONFIG_FILE: "/own.rc" };
  expect(await ensureProviderFolder(own, folder)).toBe(own);
  expect(runs()).toBe(0);
});

test("two runs at once end with one provider, and leave nothing else behind", async () => {
  const [first, second] = await Promise.all([installProvider(env, folder), installProvider(env, folder)]);
  expect(first).toBe(second);
  expect(runs()).toBe(2);
  expect(readdirSync(place())).toEqual([`${providerVersion}_${platform}`]);
  expect(readFileSync(join(providerIn(installed()), "terraform-provider-aws"), "utf8")).toBe("provider\n");
});

test("what another run has put there meanwhile stays, for it may be in use", async () => {
  terraformThat(`mkdir -p ${providerIn(".")} ${providerIn(installed())}\ntouch ${installed()}/others`);
  await installProvider(env, folder);
  expect(readdirSync(installed())).toContain("others");
});

test("nobody finds a provider that is not there as a whole", async () => {
  terraformThat(`mkdir -p ${providerIn(".")}\nls ${place()} > ${folder}/meanwhile\ntest ! -e ${installed()}`);
  await installProvider(env, folder);
  expect(readFileSync(join(folder, "meanwhile"), "utf8")).toMatch(/^new-\w+\n$/);
});

test("a folder that holds the provider no more is replaced", async () => {
  mkdirSync(join(installed(), ".terraform"), { recursive: true });
  await installProvider(env, folder);
  expect(existsSync(providerIn(installed()))).toBe(true);
});

test.each([
  [
    "fails",
    "echo Initializing\necho 'Error: Failed to query'\necho '│ no such host' >&2\nexit 1",
    /Error: Failed to query/,
  ],
  ["says nothing", "exit 1", /without a word/],
  ["installs nothing", "exit 0", /terraform init made no /],
])("where Terraform %s, the reason is said, and nothing is left behind", async (_, script, why) => {
  terraformThat(script);
  const failure = await ensureProviderFolder(env, folder).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect(failure).toMatchObject({
    what: `Terraform cannot install the AWS provider ${providerVersion}`,
    why: expect.stringMatching(why),
  });
  expect(readdirSync(place())).toEqual([]);
});

test("Terraform has to be there", async () => {
  const failure = ensureProviderFolder({ ...env, PATH: join(folder, "nowhere") }, folder);
  await expect(failure).rejects.toThrow(/ENOENT.*fix: install Terraform/s);
});

test("a download can be stopped", async () => {
  terraformThat("sleep 20");
  const signal = AbortSignal.timeout(300);
  await expect(ensureProviderFolder(env, folder, { signal })).rejects.toThrow("it was stopped");
});
