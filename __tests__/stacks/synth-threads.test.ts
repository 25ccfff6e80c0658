import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeFleet } from "../../bench/generate-fleet";
import { type CheckedFleet, checkFleet } from "../../check/load";
import { UserError } from "../../fleet/errors";
import { projectRoot } from "../../fleet/project";
import { factsOf } from "../../stacks/extensions/facts";
import { synthFleet } from "../../stacks/synth-fleet";
import { synthHere } from "../../stacks/synth-here";
import { received, sent, threadsFor } from "../../stacks/threads";
import { awsBlock, lockText } from "../support/locks";

const threadScript = join(projectRoot, "dist", "synth-thread.js");

let root: string;
/** A fleet of several parts, and the example with its foundation. */
let large: CheckedFleet;
let example: CheckedFleet;
/** What one app of CDKTF writes for each. */
let largeHere: string;
let exampleHere: string;

beforeAll(async () => {
  execFileSync(process.execPath, [join(projectRoot, "bin", "build.js")]);
  root = mkdtempSync(join(tmpdir(), "meridian-threads-"));
  large = await check(writeFleet(join(root, "large"), 40));
  example = await check(join(projectRoot, "fleet.yaml"));
  [largeHere, exampleHere] = [newFolder(), newFolder()];
  synthHere(large, largeHere);
  synthHere(example, exampleHere);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function check(file: string): Promise<CheckedFleet> {
  const { checked } = await checkFleet(file);
  if (!checked) throw new Error(`${file} does not pass`);
  return { ...checked, providerLock: lockText(awsBlock) };
}

const newFolder = () => mkdtempSync(join(root, "out-"));

/** Every file below a folder, by its path. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map(({ name, parentPath }) => join(parentPath, name)).sort();
  return new Map(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, "latin1")]));
}

/** Names of the files that are in only one of two folders, or not the same. The texts are too long to compare. */
function differences(a: string, b: string): readonly string[] {
  const [of, others] = [filesIn(a), filesIn(b)];
  const names = new Set([...of.keys(), ...others.keys()]);
  return [...names].filter((name) => of.get(name) !== others.get(name));
}

/** A thread that leaves a file in a folder when it starts, and then does its work. */
function countedScript(folder: string): string {
  const script = join(newFolder(), "counted.js");
  writeFileSync(
    script,
    `require("node:fs").writeFileSync(${JSON.stringify(`${folder}/`)} + require("node:worker_threads").threadId, "");
    require(${JSON.stringify(threadScript)});`,
  );
  return script;
}

/** A fleet in which the fronts of some cells cannot be made. */
function broken(checked: CheckedFleet, ...cells: readonly string[]): CheckedFleet {
  const routers = new Map([...checked.routers].filter(([cell]) => !cells.includes(cell)));
  return { ...checked, routers };
}

/** What a synth in one app throws. */
function messageHere(checked: CheckedFleet): string {
  try {
    synthHere(checked, newFolder());
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing is wrong with the fleet");
}

describe.each([1, 2, 3])("a synth in %i threads", (threads) => {
  test.each([
    ["the example", () => [example, exampleHere] as const],
    ["a fleet of three parts", () => [large, largeHere] as const],
  ])("writes what one app of CDKTF writes, for %s", async (_, made) => {
    const [fleet, expected] = made();
    const [outdir, started] = [newFolder(), newFolder()];
    await synthFleet(fleet, { outdir, threads, threadScript: countedScript(started) });
    expect(differences(expected, outdir)).toEqual([]);
    expect(filesIn(outdir).size).toBeGreaterThan(15);
    const possible = fleet === large ? 3 : 2;
    expect(readdirSync(started)).toHaveLength(Math.min(threads, possible) - 1);
  });

  test("says which cell cannot be made, the first of several, and writes no stack", async () => {
    const outdir = newFolder();
    const fleet = broken(large, "tenant-00019", "tenant-00011");
    const message = messageHere(fleet);
    expect(message).toBe("there is no router for tenant-00011");
    await expect(synthFleet(fleet, { outdir, threads, threadScript })).rejects.toThrow(message);
    expect(readdirSync(outdir)).toEqual([]);
  });

  test("leaves what was synthesized before as it was when a stack cannot be made", async () => {
    const outdir = newFolder();
    cpSync(exampleHere, outdir, { recursive: true });
    const fleet = broken(large, "tenant-00020");
    await expect(synthFleet(fleet, { outdir, threads, threadScript })).rejects.toThrow("tenant-00020");
    expect(differences(exampleHere, outdir)).toEqual([]);
  });
});

test("a synth replaces its files and leaves Terraform's, and what an interrupted synth left is gone", async () => {
  const outdir = newFolder();
  const stack = join(outdir, "stacks", "tenant-00001_front");
  mkdirSync(join(stack, ".terraform"), { recursive: true });
  writeFileSync(join(stack, ".terraform", "kept"), "");
  writeFileSync(join(stack, "cdk.tf.json"), "old");
  const half = join(outdir, ".synth", "1", "stacks", "half");
  mkdirSync(half, { recursive: true });
  writeFileSync(join(half, "cdk.tf.json"), "half");
  await synthFleet(large, { outdir, threads: 2, threadScript });
  expect(differences(largeHere, outdir)).toEqual(["stacks/tenant-00001_front/.terraform/kept"]);
});

test.each([
  ["exits", "process.exit(3)", "a synth thread ended with exit code 3 before its stacks were written"],
  ["ends without a word", "", "a synth thread ended with exit code 0 before its stacks were written"],
  ["fails", 'throw new Error("no memory left")', "were written: no memory left"],
])("a thread that %s is an error, and no stack is written", async (_, code, message) => {
  const outdir = newFolder();
  const script = join(newFolder(), "thread.js");
  writeFileSync(script, code);
  await expect(synthFleet(large, { outdir, threads: 2, threadScript: script })).rejects.toThrow(message);
  expect(readdirSync(outdir)).toEqual([]);
});

test("a small fleet starts no thread", async () => {
  const outdir = newFolder();
  await synthFleet(example, { outdir, threadScript: join(root, "missing.js") });
  expect(filesIn(outdir).size).toBeGreaterThan(15);
});

test("traces are taken in one thread", async () => {
  const started = newFolder();
  await synthFleet(example, {
    outdir: newFolder(),
    threads: 2,
    threadScript: countedScript(started),
    traces: true,
  });
  expect(readdirSync(started)).toEqual([]);
});

describe("how many threads there are", () => {
  const gigabyte = 1024 ** 3;

  test.each([
    ["a small fleet", 300, 8, 64, 1],
    ["a fleet that keeps two busy", 301, 8, 64, 2],
    ["a large fleet", 10_000, 8, 64, 8],
    ["one core", 10_000, 1, 64, 1],
    ["little memory", 10_000, 8, 1, 5],
    ["next to no memory", 10_000, 8, 0.1, 1],
  ])("%s: %i stacks, %i cores, %f GB: %i", (_, stacks, cores, free, expected) => {
    expect(threadsFor(stacks, cores, free * gigabyte)).toBe(expected);
  });
});

describe("extensions", () => {
  const extensions = [{ name: "queue", target() {} }];

  /** The fleet of three parts, checked with them. */
  const extended = () => ({ ...large, fleet: { ...large.fleet, extensions: extensions.map(factsOf) } });

  /** An app that leaves a file in a folder whenever it is run, and then says what it is given. */
  const app = (
    folder: string,
    then = 'globalThis[Symbol.for("meridian.app")]({ extensions: [{ name: "queue", target() {} }] });',
  ) => ({
    file: join(root, "main.ts"),
    code: `const { threadId } = require("node:worker_threads");
      require("node:fs").writeFileSync(${JSON.stringify(`${folder}/`)} + threadId, "");
      ${then}`,
  });

  test("each other thread runs the app that they come from", async () => {
    const ran = newFolder();
    const outdir = newFolder();
    await synthFleet(extended(), { outdir, threads: 3, threadScript, extensions, app: app(ran) });
    expect(readdirSync(ran)).toHaveLength(2);
    const here = newFolder();
    synthHere(extended(), here, { extensions });
    expect(differences(here, outdir)).toEqual([]);
  });

  test("an app without any is run by no other thread", async () => {
    const ran = newFolder();
    await synthFleet(large, { outdir: newFolder(), threads: 2, threadScript, app: app(ran) });
    expect(readdirSync(ran)).toEqual([]);
  });

  test("without their app they take one thread", async () => {
    const started = newFolder();
    await synthFleet(extended(), {
      outdir: newFolder(),
      threads: 2,
      threadScript: countedScript(started),
      extensions,
    });
    expect(readdirSync(started)).toEqual([]);
  });

  test("an app that fails in a thread is an error, and no stack is written", async () => {
    const outdir = newFolder();
    const failing = app(newFolder(), 'throw new Error("not here");');
    await expect(
      synthFleet(extended(), { outdir, threads: 2, threadScript, extensions, app: failing }),
    ).rejects.toMatchObject({
      name: "UserError",
      what: expect.stringContaining("throws: not here"),
      why: expect.stringContaining("main.ts says which extensions"),
    });
    expect(readdirSync(outdir)).toEqual([]);
  });
});

test("an error for the user stays one when it crosses threads, and any other keeps its message", () => {
  const failed = (error: unknown) => ({ index: 1, stacks: {}, error });
  const crossed = (error: unknown) => received(structuredClone(sent(failed(error)))).error;
  const forUser = new UserError("what", "why", "fix");
  expect(crossed(forUser)).toBeInstanceOf(UserError);
  expect(crossed(forUser)).toEqual(forUser);
  expect(crossed(new Error("inside"))).toMatchObject({ message: "inside" });
  expect(received(sent({ index: 1, stacks: {} }))).toEqual({ index: 1, stacks: {} });
});
