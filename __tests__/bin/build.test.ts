import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "../../fleet/project";

const { sources } = require("../../bin/build") as { readonly sources: readonly string[] };

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "meridian-build-"));
  write("cli/app.ts", 'import { greeting } from "../fleet/greeting";\nconsole.log(greeting);\n');
  write("fleet/greeting.ts", 'export const greeting: string = "one";\n');
  write("cli/meridian.ts", "");
  write("sandbox/lambda/function-process.ts", "");
  write("stacks/synth-thread.ts", "");
  for (const name of ["package.json", "package-lock.json"]) write(name, "{}");
  for (const name of sources) mkdirSync(join(root, name), { recursive: true });
  cpSync(join(projectRoot, "bin", "build.js"), join(root, "bin", "build.js"));
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes a source as it would have been a minute ago. */
function write(name: string, text: string, age = 60): void {
  const path = join(root, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  const time = Date.now() / 1000 - age;
  utimesSync(path, time, time);
}

/** Builds if need be, as `bin/app.js` does, and gives what the program then prints. */
function run(): Promise<string> {
  const script = `require("./bin/build").ensureBuilt(); require("./dist/app.js");`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["-e", script], { cwd: root });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        text += chunk;
      });
    child.once("error", reject);
    child.once("close", () => resolve(text));
  });
}

const builtAt = () => statSync(join(root, "dist", "app.js")).mtimeMs;

test("builds what is not there, once", async () => {
  expect(await run()).toBe("one\n");
  const first = builtAt();
  expect(await run()).toBe("one\n");
  expect(builtAt()).toBe(first);
});

test("builds again when a source has changed, at any depth", async () => {
  await run();
  write("fleet/greeting.ts", 'export { greeting } from "./words/greeting";\n', 0);
  write("fleet/words/greeting.ts", 'export const greeting = "two";\n', 0);
  expect(await run()).toBe("two\n");
  write("fleet/words/greeting.ts", 'export const greeting = "three";\n', -5);
  expect(await run()).toBe("three\n");
});

test("builds again when the packages have changed", async () => {
  await run();
  const first = builtAt();
  write("package-lock.json", '{ "changed": true }', -5);
  await run();
  expect(builtAt()).toBeGreaterThan(first);
});

test("a source that is changed while it is compiled is compiled again by the next", async () => {
  await run();
  // The build counts as of its beginning, so what is written after that is newer.
  expect(statSync(join(root, "dist", "built")).mtimeMs).toBeLessThanOrEqual(builtAt());
});

test("several at once do not get in each other's way", async () => {
  const outputs = await Promise.all([run(), run(), run(), run()]);
  expect(outputs).toEqual(["one\n", "one\n", "one\n", "one\n"]);
  expect(readdirSync(join(root, "dist")).filter((name) => name.startsWith(".build"))).toEqual([]);
});

test("an installed package, which has no sources, is not built", async () => {
  await run();
  const first = builtAt();
  for (const name of sources.filter((folder) => folder !== "bin"))
    rmSync(join(root, name), { recursive: true });
  write("package.json", '{ "changed": true }', -5);
  expect(await run()).toBe("one\n");
  expect(builtAt()).toBe(first);
});
