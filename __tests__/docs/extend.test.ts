import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "../../fleet/project";
import type { Extension } from "../../stacks/extensions/extension";
import { synthesizeFleet } from "../../stacks/testing";

const page = readFileSync(join(projectRoot, "docs", "extend.md"), "utf8");

/** The blocks of TypeScript, in order: the extension, main.ts, the handler, the test. */
const [extension = "", main = "", handler = "", example = ""] = [
  ...page.matchAll(/```ts\n([\s\S]*?)```/g),
].map(([, code]) => code);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-extend-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a module exports whose imports are packages only. */
async function load(source: string): Promise<{ readonly mailQueue: Extension }> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: "ts", resolveDir: join(projectRoot, "docs") },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    write: false,
  });
  const module = { exports: {} as { readonly mailQueue: Extension } };
  new Function("module", "exports", "require", outputFiles[0]?.text ?? "")(module, module.exports, require);
  return module.exports;
}

test("the queue of the page is what its test says, with the example fleet", async () => {
  const { mailQueue } = await load(extension);
  const fleet = await synthesizeFleet({ fleet: join(projectRoot, "fleet.yaml"), extensions: [mailQueue] });
  const asserted = /toMatchObject\((\[[\s\S]*?\])\)/.exec(example)?.[1] ?? "";
  const { aws_sqs_queue } = fleet.target("globex", "eu-west-1").resource;
  expect(Object.values(aws_sqs_queue ?? {})).toMatchObject(new Function(`return ${asserted}`)());
});

test("the code of the page compiles, but for what others bring along", () => {
  mkdirSync(join(folder, "extensions"));
  symlinkSync(join(projectRoot, "node_modules"), join(folder, "node_modules"));
  cpSync(join(projectRoot, "tsconfig.json"), join(folder, "tsconfig.json"));
  const ours = (code: string) => code.replaceAll(/"\.\.?\/(stacks\/[\w/-]+)"/g, `"${projectRoot}/$1"`);
  writeFileSync(join(folder, "extensions", "mail-queue.ts"), ours(extension));
  writeFileSync(join(folder, "extensions", "mail-queue.test.ts"), ours(example));
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(projectRoot, "node_modules", "typescript", "bin", "tsc"), "-p", folder],
    { encoding: "utf8" },
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});

test("main.ts and the handler name what the extension gives", () => {
  expect(main).toContain('import { mailQueue } from "./extensions/mail-queue"');
  expect(handler).toContain("process.env.MAIL_QUEUE_URL");
  expect(extension).toContain('environment.set("MAIL_QUEUE_URL"');
});
