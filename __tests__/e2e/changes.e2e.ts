import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxRequest } from "../../cli/shared/sandbox-request";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { fleetStacks } from "../../fleet/stacks";
import {
  admin,
  askFront,
  assumedKey,
  copyOf,
  deployFleet,
  fleetAt,
  inParallel,
  jsonOf,
  meridian,
  planCode,
  terraform,
  watchMeridian,
} from "./support";

interface TargetOutput {
  readonly functions: Readonly<Record<string, { readonly version: string }>>;
}

describe("a fleet of two accounts with two regions each, a stack per account, and state in S3", () => {
  const folder = copyOf(join(__dirname, "fixtures", "two-by-two"));
  const file = join(folder.path, "fleet.yaml");
  let fleet: Fleet;
  let session: SandboxSession;
  let stacks: readonly string[];

  beforeAll(async () => {
    fleet = await fleetAt(file);
    stacks = fleetStacks(fleet).map(({ name }) => name);
    session = await openSandbox(file, fleet, undefined, () => {});
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  /** The published version of every function, by alias and service. */
  const versions = async (): Promise<Readonly<Record<string, string>>> => {
    const found = await inParallel(["duo_blue_all", "duo_green_all"], async (stack) => {
      const { text } = await terraform(session, stack, "output", "-json");
      return Object.entries(
        JSON.parse(text) as Readonly<Record<string, { readonly value: Partial<TargetOutput> }>>,
      );
    });
    return Object.fromEntries(
      found.flat().flatMap(
        ([
          alias,
          {
            value: { functions = {} },
          },
        ]) => Object.entries(functions).map(([service, { version }]) => [`${alias} ${service}`, version]),
      ),
    );
  };

  test("an interrupted deploy finishes the stack that it has begun, and the next one does the rest", async () => {
    let isInterrupted = false;
    const first = await watchMeridian(session, file, ["deploy", "--auto-approve", "--json"], (line, pid) => {
      if (isInterrupted || !/duo_blue_all +applying/.test(line)) return;
      isInterrupted = true;
      process.kill(pid, "SIGINT");
    });
    expect(first).toMatchObject({ code: 1, text: expect.stringContaining("Finishing what has begun") });
    expect(jsonOf(first)).toMatchObject({
      outcome: "stopped",
      stacks: {
        duo_blue_all: { state: "applied" },
        duo_green_all: { state: "skipped" },
        duo_front: { state: "skipped" },
      },
    });
    expect(await lockedStates(session)).toEqual([]);
    expect(await admin(session, "distributions")).toEqual([]);

    const second = await meridian(session, file, "deploy", "--auto-approve", "--json");
    expect(second.code).toBe(0);
    expect(Object.keys(jsonOf<{ readonly stacks: object }>(second).stacks).sort()).toEqual([
      "duo_front",
      "duo_green_all",
    ]);
    expect(await versions()).toEqual({
      "blue_eu_central_1 hello": "1",
      "blue_eu_central_1 status": "1",
      "blue_us_east_1 hello": "1",
      "blue_us_east_1 status": "1",
      "green_eu_west_1 hello": "1",
      "green_eu_west_1 status": "1",
      "green_us_west_2 hello": "1",
      "green_us_west_2 status": "1",
    });
  });

  test("each account's stack holds an alias per region", () => {
    const blue = readFileSync(
      join(projectRoot, session.output, "stacks", "duo_blue_all", "cdk.tf.json"),
      "utf8",
    );
    const aliases = (JSON.parse(blue) as { provider: { aws: { alias: string }[] } }).provider.aws;
    expect(aliases.map(({ alias }) => alias)).toEqual(["blue_eu_central_1", "blue_us_east_1"]);
  });

  test("each path is answered by its service", async () => {
    expect((await askFront(session, "duo", "GET", "/hello/you")).text).toBe("hello, first");
    expect((await askFront(session, "duo", "GET", "/anything")).text).toBe("fine");
  });

  test("a second plan of every stack is empty", async () => {
    expect(await inParallel(stacks, (stack) => planCode(session, stack))).toEqual(stacks.map(() => 0));
  });

  test("a state that somebody holds is refused, and the refusal names the holder", async () => {
    const key = "duo/duo_green_all.tfstate.tflock";
    const lock = {
      ID: "0b5d2c1e",
      Operation: "OperationTypeApply",
      Who: "somebody@example.com",
      Version: "1.11.4",
    };
    await stateBucket(session, "PUT", key, JSON.stringify(lock));
    const { code, text } = await terraform(session, "duo_green_all", "plan", "-input=false", "-no-color");
    expect(code).toBe(1);
    expect(text).toContain("Error acquiring the state lock");
    expect(text).toContain("somebody@example.com");
    await stateBucket(session, "DELETE", key);
  });

  test("a changed handler redeploys the functions that use it, and no other", async () => {
    const source = join(folder.path, "functions", "hello.ts");
    writeFileSync(source, readFileSync(source, "utf8").replace("first", "second"));
    await deployFleet(session, await fleetAt(file), file);

    for (const [key, version] of Object.entries(await versions()))
      expect([key, version]).toEqual([key, key.endsWith(" hello") ? "2" : "1"]);
    expect((await askFront(session, "duo", "GET", "/hello/you")).text).toBe("hello, second");
    expect((await askFront(session, "duo", "GET", "/anything")).text).toBe("fine");
  });
});

async function stateBucket(
  session: SandboxSession,
  method: string,
  key: string,
  body?: string,
): Promise<string> {
  const { status, text } = await sandboxRequest({
    endpoint: session.sandbox.endpoint,
    service: "s3",
    region: "eu-central-1",
    method,
    path: `/duo-fleet-state${key ? `/${key}` : ""}`,
    body,
    credentials: await assumedKey(session, "111111111111"),
  });
  if (status >= 300) throw new Error(`${method} ${key}: ${status} ${text}`);
  return text;
}

/** States that are still locked. */
async function lockedStates(session: SandboxSession): Promise<readonly string[]> {
  const list = await stateBucket(session, "GET", "");
  return [...list.matchAll(/<Key>([^<]+\.tflock)</g)].map(([, key]) => key ?? "");
}
