import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { zipSync } from "fflate";
import { packageRoot } from "../../fleet/project";

const { HOME = "", PATH = "" } = process.env;

/** A project of a user's own, whose sources a pipeline takes. */
export interface PipelineProject {
  readonly folder: string;
  /** Sources of its one handler. */
  handler(text: string): void;
  /** An archive of all that is in it but for what npm installs. */
  pack(): string;
  remove(): void;
}

/**
 * The example of a fleet with a pipeline, as a project. In the place of an installed Meridian is one that runs the sources
 * here, so that `npm ci` needs no registry and no minutes.
 */
export async function pipelineProject(): Promise<PipelineProject> {
  const root = mkdtempSync(join(tmpdir(), "meridian-pipeline-"));
  const folder = join(root, "shop");
  cpSync(join(packageRoot, "examples", "pipeline"), folder, { recursive: true });
  const stub = join(root, "meridian");
  mkdirSync(stub);
  const write = (path: string, text: string) => writeFileSync(path, text, { mode: 0o755 });
  const json = (path: string, value: object) => write(path, `${JSON.stringify(value, null, 2)}\n`);
  json(join(stub, "package.json"), { name: "meridian", version: "0.1.0", bin: { meridian: "meridian.js" } });
  write(
    join(stub, "meridian.js"),
    `#!/usr/bin/env node\nrequire(${JSON.stringify(join(packageRoot, "bin", "meridian.js"))});\n`,
  );
  json(join(folder, "package.json"), {
    name: "shop",
    private: true,
    scripts: { test: "node --check test.js" },
  });
  write(join(folder, "test.js"), "");
  json(join(folder, "cdktf.json"), { language: "typescript", app: "node app.js", projectId: "shop" });
  write(
    join(folder, "main.ts"),
    `import { synth } from ${JSON.stringify(join(packageRoot, "stacks", "synth"))};\n\nsynth();\n`,
  );
  write(join(folder, ".gitignore"), "node_modules\ncdktf.out\n.meridian\n");
  const npm = (...args: readonly string[]) => {
    const env = {
      HOME,
      PATH,
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_update_notifier: "false",
    };
    return promisify(execFile)("npm", [...args], { cwd: folder, env });
  };
  await npm("pack", stub, "--silent");
  await npm("install", "--no-audit", "--no-fund", "./meridian-0.1.0.tgz");
  // What goes into the pipeline is what git does not ignore.
  await promisify(execFile)("git", ["init", "--quiet"], { cwd: folder, env: { HOME, PATH } });
  return {
    folder,
    handler: (text) => write(join(folder, "functions", "orders.ts"), text),
    pack() {
      const archive = join(root, "fleet.zip");
      writeFileSync(archive, zipSync(filesIn(folder), { level: 1 }));
      return archive;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

function filesIn(folder: string): Record<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/node_modules|\.meridian|\.git\b/.test(entry.parentPath),
  );
  return Object.fromEntries(
    entries.map(({ name, parentPath }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1), readFileSync(path)];
    }),
  );
}
