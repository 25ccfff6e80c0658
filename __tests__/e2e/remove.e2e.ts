import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sandboxRequest } from "../../cli/shared/sandbox-request";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { askFront, assumedKey, copyOf, fleetAt, meridian } from "./support";

const account = "777777777777";
const gone = "pair_blue_eu-west-1";

describe("a region that is taken out of the fleet file", () => {
  const folder = copyOf(join(__dirname, "fixtures", "two-regions"));
  const file = join(folder.path, "fleet.yaml");
  let session: SandboxSession;

  beforeAll(async () => {
    session = await openSandbox(file, await fleetAt(file), undefined, () => {});
    const { code, text } = await meridian(session, file, "deploy", "--auto-approve");
    if (code !== 0) throw new Error(text);
    expect(await functions("eu-west-1")).toEqual(["pair_pair_hello"]);
    writeFileSync(file, readFileSync(file, "utf8").replace("eu-west-1, ", ""));
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  test("goes without a failed request, and leaves no resource and no state", async () => {
    const asking = askOnAndOn(session);
    const { code, text } = await meridian(session, file, "deploy", "--remove", "--auto-approve");
    const answers = await asking.end();

    expect([code, code === 0 ? "" : text]).toEqual([0, ""]);
    expect(text).toMatch(
      /Drained eu-west-1 .*front +applied .*removed .*Took the drain of eu-west-1 .*back/s,
    );
    expect(answers.wrong).toEqual([]);
    expect(answers.right).toBeGreaterThan(100);
    expect(await functions("eu-west-1")).toEqual([]);
    expect(await functions("eu-central-1")).toEqual(["pair_pair_hello"]);
    expect(await roles()).toEqual(["pair__bodies_pair", expect.stringContaining("eu-central-1")]);
    expect([...(await states())].sort()).toEqual(["pair_blue_eu-central-1.tfstate", "pair_front.tfstate"]);
  });

  test("is told of by its run, and a plan after it says that nothing is to do", async () => {
    const [{ id, stacks }] = JSON.parse((await meridian(session, file, "runs", "--json")).text);
    expect(stacks).toEqual({ applied: 1, removed: 1 });
    const run = JSON.parse((await meridian(session, file, "runs", id, "--json")).text);
    expect(run.stacks[gone]).toMatchObject({ account, orphan: true, state: "removed" });
    const { code, text } = await meridian(session, file, "plan", "--remove");
    expect([code, text]).toEqual([0, expect.stringContaining("Nothing to do: 2 stacks as deployed.")]);
  });

  test("an empty state, as a removal leaves it that is killed at its end, goes with the next one", async () => {
    const state = {
      version: 4,
      terraform_version: "1.11.4",
      serial: 9,
      lineage: "l",
      outputs: {},
      resources: [],
    };
    await ask("s3", "eu-central-1", `/pair-fleet-state/pair/${gone}.tfstate`, JSON.stringify(state), "PUT");
    expect(await states()).toContain(`${gone}.tfstate`);
    const { code } = await meridian(session, file, "deploy", "--remove", "--auto-approve");
    expect([code, await states()]).toEqual([0, expect.not.arrayContaining([`${gone}.tfstate`])]);
  });

  describe("the function at the edge, which AWS does not delete for hours", () => {
    const bodies = (from: string, to: string) =>
      writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
    const deploy = async () => {
      const { code, text } = await meridian(session, file, "deploy", "--auto-approve");
      expect([code, code === 0 ? "" : text]).toEqual([0, ""]);
      return text;
    };

    test("stays when its front lets go of it, and that is said", async () => {
      bodies("    targets:", "    front: { bodies: client-hash }\n    targets:");
      expect(await deploy()).toContain("AWS keeps the function pair__bodies_pair of blue");
      expect(await functions("us-east-1")).toEqual(["pair__bodies_pair"]);
    });

    test("is taken over when the front wants it again", async () => {
      bodies("client-hash", "edge-hash");
      expect(await deploy()).not.toContain("pair__bodies_pair of blue");
      const { code, text } = await meridian(session, file, "plan", "--all");
      expect([code, text]).toEqual([0, expect.stringContaining("Nothing to do")]);
    });

    test("is deleted by the deploy that finds its copies gone", async () => {
      await fetch(`${session.sandbox.endpoint}/_sandbox/replicas/0`, { method: "PUT" });
      bodies("edge-hash", "client-hash");
      expect(await deploy()).toContain("Deleted the function pair__bodies_pair of blue");
      expect(await functions("us-east-1")).toEqual([]);
    });
  });

  async function ask(
    service: string,
    region: string,
    path: string,
    body?: string,
    method = body === undefined ? "GET" : "POST",
  ): Promise<string> {
    const { text } = await sandboxRequest({
      ...{ endpoint: session.sandbox.endpoint, service, region, path, body, method },
      headers: method !== "POST" ? {} : { "content-type": "application/x-www-form-urlencoded" },
      credentials: await assumedKey(session, account),
    });
    return text;
  }

  async function functions(region: string): Promise<readonly string[]> {
    const { Functions } = JSON.parse(await ask("lambda", region, "/2015-03-31/functions/"));
    return Functions.map(({ FunctionName }: { readonly FunctionName: string }) => FunctionName);
  }

  /** By name: IAM lists them as they were created, and Terraform creates several at once. */
  async function roles(): Promise<readonly string[]> {
    const list = await ask("iam", "us-east-1", "/", "Action=ListRoles&Version=2010-05-08");
    return [...list.matchAll(/<RoleName>(pair_[^<]+)</g)].map(([, name]) => name ?? "").sort();
  }

  /** States, and what Terraform keeps beside them. */
  async function states(): Promise<readonly string[]> {
    const list = await ask("s3", "eu-central-1", "/pair-fleet-state?list-type=2&prefix=pair/&delimiter=/");
    return [...list.matchAll(/<Key>pair\/([^<]+)</g)].map(([, key]) => key ?? "");
  }
});

/** Asks a front again and again, as viewers do. */
function askOnAndOn(session: SandboxSession) {
  const wrong: string[] = [];
  let right = 0;
  let isOver = false;
  const going = (async () => {
    while (!isOver) {
      const answer = await askFront(session, "pair").catch(String);
      if (typeof answer === "string") wrong.push(answer);
      else if (answer.status === 200) right++;
      else wrong.push(`${answer.status} ${answer.text}`);
      await sleep(50);
    }
  })();
  return {
    async end() {
      isOver = true;
      await going;
      return { right, wrong };
    },
  };
}
