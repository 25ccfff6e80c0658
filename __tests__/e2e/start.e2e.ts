import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../../fleet/project";
import { descendants } from "./descendants";

const fleet = join(__dirname, "fixtures", "one-target", "fleet.yaml");

interface Started {
  readonly child: ChildProcess;
  /** Resolves when standard output or standard error holds the text. */
  printed(text: string): Promise<void>;
  readonly ended: Promise<number | null>;
  readonly output: () => string;
}

/** What a test that fails would leave running. */
const started: ChildProcess[] = [];

/** Runs what `npm start` runs. */
function start(...args: readonly string[]): Started {
  return run(process.execPath, join("bin", "meridian.js"), "start", "--fleet", fleet, ...args);
}

/** Runs a command line in the project, as a shell would. */
function run(command: string, ...args: readonly string[]): Started {
  const child = spawn(command, args, { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let text = "";
  const waiting = new Map<string, () => void>();
  const read = (chunk: Buffer) => {
    text += chunk;
    for (const [wanted, found] of waiting) if (text.includes(wanted)) found();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  return {
    child,
    printed: (wanted) =>
      new Promise((resolve, reject) => {
        if (text.includes(wanted)) resolve();
        waiting.set(wanted, resolve);
        child.once("close", () => reject(new Error(`it ended before it printed "${wanted}":\n${text}`)));
      }),
    ended: new Promise((resolve) => child.once("close", resolve)),
    output: () => text,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Sends Ctrl-C, or another signal, to what was started, and returns what is still alive of all that it has started. */
async function interrupt(
  { child, ended }: Started,
  signal: NodeJS.Signals = "SIGINT",
): Promise<readonly number[]> {
  const pid = child.pid ?? 0;
  const all = [pid, ...descendants(pid)];
  expect(all.length).toBeGreaterThan(1);
  child.kill(signal);
  await ended;
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return all.filter(isAlive);
}

describe("npm start", () => {
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGTERM");
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "interrupted by %s in the middle of the deploy, leaves no process behind",
    async (signal) => {
      const npm = run("npm", "start", "--", "--fleet", fleet);
      await npm.printed("applying");
      expect(await interrupt(npm, signal)).toEqual([]);
      expect(npm.output()).toContain("the deploy was stopped");
      expect(npm.output()).not.toMatch(/\n\s+at /);
    },
  );

  test("then works again, serves, and leaves no process behind when interrupted", async () => {
    const run = start();
    // Two streams: either text may be read first.
    await Promise.all([run.printed("Ctrl-C ends it"), run.printed("curl http://solo.localhost:")]);
    expect(run.output()).toMatch(/curl http:\/\/solo\.localhost:\d+\/api\//);
    expect(await interrupt(run)).toEqual([]);
    expect(await run.ended).toBe(0);
  });

  test("--once says who answered, and succeeds only if each came from where it should", async () => {
    const run = start("--once", "--json");
    expect(await run.ended).toBe(0);
    const replies = JSON.parse(run.output().slice(run.output().indexOf("[\n")));
    expect(replies).toMatchObject([
      {
        kind: "front",
        path: "/api/",
        status: 200,
        answeredBy: { account: "777777777777", region: "eu-north-1" },
      },
      { kind: "function url", answeredBy: { account: "777777777777", region: "eu-north-1" } },
    ]);
  });
});

describe("npx meridian sandbox", () => {
  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGTERM");
  });

  test("ends with npx, by SIGTERM", async () => {
    const npx = run("npx", "meridian", "--fleet", fleet, "sandbox");
    await npx.printed("Ctrl-C ends it");
    expect(await interrupt(npx, "SIGTERM")).toEqual([]);
  });
});
