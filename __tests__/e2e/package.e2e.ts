import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../../fleet/project";
import { lockFile, providerVersion } from "../../fleet/provider-lock";
import { lockBlock, lockText } from "../support/locks";
import { openRegistry, type Registry } from "./registry";
import { type Run, run } from "./support";

const { HOME = "", MERIDIAN_PROVIDER_MIRROR, PATH = "", TF_CLI_CONFIG_FILE } = process.env;

/** Nothing of the caller's npm, nor of their AWS. */
const clean: Readonly<Record<string, string>> = {
  ...{ HOME, PATH, NO_COLOR: "1", CI: "1" },
  ...(MERIDIAN_PROVIDER_MIRROR && { MERIDIAN_PROVIDER_MIRROR }),
  ...(TF_CLI_CONFIG_FILE && { TF_CLI_CONFIG_FILE }),
};

let root: string;
let project: string;
let registry: Registry;
let env: Readonly<Record<string, string>>;
/** The package as it was installed. */
let installed: ReadonlyMap<string, string>;

/** A hash of each file of the installed package. */
function packageFiles(): ReadonlyMap<string, string> {
  const folder = join(project, "node_modules", "meridian");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map(({ name, parentPath }) => join(parentPath, name))
      .sort()
      .map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}

const shell = (line: string): Promise<Run> => run("sh", ["-c", line], project, env);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "meridian-package-"));
  project = join(root, "project");
  cpSync(join(__dirname, "fixtures", "own-project"), project, { recursive: true });
  registry = await openRegistry(packageRoot);
  env = {
    ...clean,
    npm_config_registry: registry.url,
    npm_config_cache: join(root, "cache"),
    npm_config_userconfig: join(root, "npmrc"),
    npm_config_update_notifier: "false",
  };
  const packed = await run("npm", ["pack", "--pack-destination", root], packageRoot, env);
  expect(packed).toMatchObject({ code: 0 });
  const tarball = readdirSync(root).find((name) => name.endsWith(".tgz")) ?? "";
  // The packages come from a folder in which no script of theirs has run either.
  const options = ["--ignore-scripts", "--no-audit", "--no-fund"];
  const result = await run("npm", ["install", join(root, tarball), ...options], project, env);
  if (result.code !== 0) throw new Error(result.text);
  installed = packageFiles();
}, 300_000);

afterAll(async () => {
  await registry?.close();
  rmSync(root, { recursive: true, force: true });
});

describe("installed in a project of one's own", () => {
  test("it has what it needs to run, the pages that its messages name, and no source but examples", () => {
    const folder = join(project, "node_modules", "meridian");
    const names = [...installed.keys()].map((path) => path.slice(folder.length + 1));
    expect(names).toEqual(
      expect.arrayContaining(["bin/app.js", "dist/app.js", "dist/one-file.js", "edge/router.js"]),
    );
    expect(names).toEqual(
      expect.arrayContaining(["docs/extend.md", "terraform-state/README.md", "sandbox/README.md"]),
    );
    const code = names.filter((name) => !/^(docs|examples|functions)\/|\.md$/.test(name));
    expect(code.filter((name) => /(?<!\.d)\.ts$|\.map$|^(__tests__|bench|cli|sandbox)\//.test(name))).toEqual(
      [],
    );
  });

  test("TypeScript knows all that it exports", async () => {
    const tsc = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
    expect(await run(process.execPath, [tsc, "-p", "."], project, env)).toMatchObject({ code: 0, text: "" });
  });

  test("npx meridian check finds nothing wrong", async () => {
    expect(await shell("npx meridian check")).toMatchObject({
      code: 0,
      text: expect.stringContaining("fleet.yaml: 1 hint"),
    });
  });

  test("npx cdktf synth writes the stacks into the project", async () => {
    expect(await shell("npx cdktf synth")).toMatchObject({ code: 0 });
    expect(readdirSync(join(project, "cdktf.out", "stacks")).sort()).toEqual([
      "own_blue_eu-north-1",
      "own_front",
    ]);
  });

  test("what the extension adds is there, and TypeScript is told of its variables", async () => {
    const stack = join(project, "cdktf.out", "stacks", "own_blue_eu-north-1", "cdk.tf.json");
    const { resource } = JSON.parse(readFileSync(stack, "utf8"));
    expect(Object.values(resource.aws_sqs_queue)).toMatchObject([{ name: "own_own_mail-queue_queue" }]);
    expect(await shell("npx meridian types")).toMatchObject({ code: 0 });
    const types = readFileSync(join(project, "functions", "environment.d.ts"), "utf8");
    expect(types).toContain("MAIL_QUEUE_URL: string;");
  });

  describe("with its sandbox running", () => {
    let sandbox: ChildProcess;

    beforeAll(async () => {
      sandbox = spawn("npx", ["meridian", "sandbox"], {
        cwd: project,
        env,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise<void>((resolve, reject) => {
        sandbox.stdout?.on("data", (text) => String(text).includes("is listening on") && resolve());
        sandbox.once("exit", () => reject(new Error("the sandbox has ended")));
      });
    });

    afterAll(async () => {
      const ended = new Promise((resolve) => sandbox.once("exit", resolve));
      sandbox.kill("SIGTERM");
      await ended;
    });

    const inSandbox = (line: string) => shell(`eval "$(npx meridian sandbox env)" && ${line}`);

    test("npx cdktf deploy deploys a target, and its state lies in the project", async () => {
      const { code, text } = await inSandbox('npx cdktf deploy "own_blue_*" --auto-approve');
      if (code !== 0) throw new Error(text);
      const [state = ""] = readdirSync(join(project, ".meridian")).filter((name) =>
        /^sandbox-\d+$/.test(name),
      );
      const file = join(project, ".meridian", state, "terraform-state", "own_blue_eu-north-1.tfstate");
      expect(existsSync(file)).toBe(true);
    });

    test("npx meridian plan finds nothing to change there", async () => {
      expect(await inSandbox("npx meridian plan --region eu-north-1")).toMatchObject({ code: 0 });
    });

    test("a provider that the project's lock file does not have is not run, though it is installed", async () => {
      const other = lockBlock("hashicorp/aws", providerVersion, `h1:${"A".repeat(43)}=`);
      writeFileSync(join(project, lockFile), lockText(other));
      const { code, text } = await inSandbox("npx meridian plan --region eu-north-1 --all");
      rmSync(join(project, lockFile));
      expect(code).toBe(1);
      expect(text.replace(/\s+/g, " ")).toMatch(
        new RegExp(
          `hashicorp/aws ${providerVersion} for \\w+, as Terraform finds it, has none of the checksums`,
        ),
      );
    });
  });

  test("nothing of this was written into the package", () => {
    expect(packageFiles()).toEqual(installed);
  });
});
