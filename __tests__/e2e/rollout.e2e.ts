import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { RunRecord, RunStack } from "../../operations/store/model";
import { askFront, copyOf, fleetAt, jsonOf, meridian, outage, type Run, serials } from "./support";

const [east, west, crow] = [
  "finch_finch_us-east-1",
  "finch_finch_us-west-2",
  "crow_crow_eu-central-1",
] as const;

/** What `deploy --json` prints. */
interface Deployed {
  readonly run: string;
  readonly outcome: string;
  readonly stacks: Readonly<Record<string, RunStack>>;
}

/** What `releases --json` prints of a stack. */
interface Releases {
  readonly stack: string;
  readonly current: string;
  readonly releases: readonly {
    readonly id: string;
    readonly fingerprint: string;
    readonly verification?: string;
  }[];
}

describe("production, with a canary of two regions", () => {
  const folder = copyOf(join(__dirname, "fixtures", "canary"));
  const file = join(folder.path, "fleet.yaml");
  let session: SandboxSession;
  let stopped: Deployed;

  const run = (...args: readonly string[]) => meridian(session, file, ...args);
  const deploy = (...args: readonly string[]) => run("deploy", "--auto-approve", "--json", ...args);
  const handler = (body: string) =>
    writeFileSync(join(folder.path, "hello.ts"), `export async function handler() {\n  ${body}\n}\n`);
  const answers = (word: string) => handler(`return { statusCode: 200, body: "${word}" };`);
  const states = (deployed: Run) => {
    const { stacks } = jsonOf<Deployed>(deployed);
    return Object.fromEntries(Object.entries(stacks).map(([stack, { state }]) => [stack, state]));
  };
  /** Stacks whose states were written to by some work. */
  const touchedBy = async (work: () => Promise<unknown>) => {
    const before = serials(session);
    await work();
    const after = serials(session);
    return Object.keys(after).filter((stack) => after[stack] !== before[stack]);
  };

  beforeAll(async () => {
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    const deployed = await deploy();
    if (deployed.code !== 0) throw new Error(deployed.text);
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  test("a handler that throws gets no further than the canary's first region, which is taken back", async () => {
    handler('throw new Error("of my own making");');
    let deployed: Run | undefined;
    const touched = await touchedBy(async () => {
      deployed = await deploy();
    });
    if (!deployed) throw new Error("nothing was deployed");
    stopped = jsonOf<Deployed>(deployed);
    expect(deployed.code).toBe(1);
    expect(states(deployed)).toEqual({ [east]: "rolled-back", [west]: "skipped", [crow]: "skipped" });
    expect(touched).toEqual([east]);
    expect((await askFront(session, "finch")).text).toBe("first");
  });

  test("the region has its last release again", async () => {
    const of = jsonOf<readonly Releases[]>(await run("releases", "--json", "--stack", east))[0];
    const [again, bad, first] = of?.releases ?? [];
    expect(of?.current).toBe(again?.id);
    expect(again?.fingerprint).toBe(first?.fingerprint);
    expect([again, bad, first].map((release) => release?.verification)).toEqual([
      "passed",
      "failed",
      "passed",
    ]);
  });

  test("the run tells the story", async () => {
    const { code, text } = await run("runs", stopped.run);
    expect(code).toBe(0);
    expect(text).toMatch(/wave 1: 1 cell, .*1 rolled-back/);
    expect(text).toContain("status 502");
    expect(text).toMatch(/wave 2: 1 cell, 1 skipped/);
    expect(text).toContain("wave 1 of production: 1 cell failed, and none may");
  });

  test("with the handler corrected, it goes on to the end", async () => {
    answers("second");
    const deployed = await deploy("--resume");
    if (deployed.code !== 0) console.error(deployed.text);
    expect(deployed.code).toBe(0);
    expect(states(deployed)).toEqual({ [east]: "verified", [west]: "verified", [crow]: "verified" });
    for (const cell of ["finch", "crow"]) expect((await askFront(session, cell)).text).toBe("second");
    const record = jsonOf<RunRecord>(await run("runs", jsonOf<Deployed>(deployed).run, "--json"));
    expect(record).toMatchObject({ outcome: "succeeded", resumes: stopped.run });
  });

  describe("with a region down", () => {
    afterAll(() => outage(session, "eu-central-1", "DELETE"));

    test("everything else is deployed, and what is there is reported", async () => {
      await outage(session, "eu-central-1", "PUT");
      answers("third");
      let deployed: Run | undefined;
      const touched = await touchedBy(async () => {
        deployed = await deploy();
      });
      if (!deployed) throw new Error("nothing was deployed");
      expect(deployed.code).toBe(1);
      expect(states(deployed)).toEqual({ [east]: "verified", [west]: "verified", [crow]: "failed" });
      expect(touched).toEqual([east, west]);
      expect((await askFront(session, "finch")).text).toBe("third");
    });

    test("once it is back, the next deploy does only that", async () => {
      await outage(session, "eu-central-1", "DELETE");
      const deployed = await deploy();
      expect(deployed.code).toBe(0);
      expect(states(deployed)).toEqual({ [crow]: "verified" });
      expect((await askFront(session, "crow")).text).toBe("third");
      expect((await run("plan")).code).toBe(0);
    });
  });
});
