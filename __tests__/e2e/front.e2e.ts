import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Cell, Fleet, Target } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { fleetStacks } from "../../fleet/stacks";
import { plainRequest } from "../../operations/aws/signed-request";
import { verifyFront, verifyTarget } from "../../operations/rollout/verify";
import type { Outputs } from "../../operations/terraform/cdktf";
import { assumedKey, deployFleet, fleetAt, inParallel, meridian, outage, planCode } from "./support";

const file = join(__dirname, "fixtures", "own-front", "fleet.yaml");

describe("a front with a domain, a web ACL and access logs", () => {
  let fleet: Fleet;
  let session: SandboxSession;
  let outputs: Outputs;
  let stacks: readonly string[];

  beforeAll(async () => {
    fleet = await fleetAt(file);
    stacks = fleetStacks(fleet).map(({ name }) => name);
    session = await openSandbox(file, fleet, undefined, () => {});
    outputs = await deployFleet(session, fleet, file);
  });

  afterAll(() => session?.close());

  test("is nothing to do for Meridian after a deploy by CDKTF, and neither are its logs", async () => {
    const { code, text } = await meridian(session, file, "plan");
    expect({ code, text }).toMatchObject({
      code: 0,
      text: expect.stringContaining("Nothing to do: 3 stacks"),
    });
  });

  /** Asks by the front's own name, as a viewer whose resolver knows it. */
  function ask(method: string, body?: string, hash?: string) {
    return plainRequest({
      endpoint: session.sandbox.endpoint,
      method,
      path: "/",
      headers: {
        host: "tea.example.com",
        "content-type": "text/plain",
        ...(hash !== undefined && { "x-amz-content-sha256": hash }),
      },
      body,
    });
  }

  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

  test("is reached by its own name, and says so", async () => {
    expect(outputs.tea_front).toMatchObject({ url: "https://tea.example.com" });
    expect((await ask("GET")).status).toBe(200);
  });

  test("answers its verification, and so does the function behind it", async () => {
    const [cell] = fleet.cells as readonly [Cell];
    const [target] = cell.targets as readonly [Target];
    const outputsOf = (stack: string): Readonly<Record<string, unknown>> => {
      const state = join(projectRoot, session.output, "..", "terraform-state", `${stack}.tfstate`);
      const { outputs } = JSON.parse(readFileSync(state, "utf8"));
      return Object.fromEntries(Object.keys(outputs).map((name) => [name, outputs[name].value]));
    };
    const verify = { path: "/", status: 200 };
    const caller = {
      environment: session.env,
      onSlow: () => {},
      assumeRole: () => assumedKey(session, target.account.id),
    };
    const asked = { cell, verify, session: caller };
    expect(await verifyTarget({ ...asked, target, outputs: outputsOf(target.stack) })).toMatchObject({
      ok: true,
      asked: [{ url: expect.stringContaining(".lambda-url.eu-central-1.on.aws/"), status: 200 }],
    });
    expect(await verifyFront({ ...asked, outputs: outputsOf(cell.front.stack) })).toEqual({
      ok: true,
      asked: [{ url: "https://tea.example.com/", status: 200 }],
    });
  });

  test("does not say which region answered, where that is not wanted", async () => {
    expect((await ask("GET")).headers).not.toHaveProperty("x-meridian-region");
  });

  test("takes a write with the hash of its body", async () => {
    expect(await ask("POST", "green", sha256("green"))).toMatchObject({ status: 200, text: "green" });
  });

  test.each([
    ["without it", undefined],
    ["with another one", sha256("black")],
  ])("refuses a write %s, as AWS does", async (_, hash) => {
    const { headers, status } = await ask("POST", "green", hash);
    expect({ status, type: headers["x-amzn-errortype"] }).toEqual({
      status: 403,
      type: "InvalidSignatureException",
    });
  });

  test("a second plan is empty, the front's also while the region of its targets and its log bucket is down", async () => {
    const regional = stacks.filter((stack) => stack !== "tea_front");
    expect(await inParallel(regional, (stack) => planCode(session, stack))).toEqual(regional.map(() => 0));
    await outage(session, "eu-central-1", "PUT");
    try {
      const down = ["tea_front", "tea_front_logs_eu-central-1"];
      expect(await inParallel(down, (stack) => planCode(session, stack))).toEqual([0, 1]);
    } finally {
      await outage(session, "eu-central-1", "DELETE");
    }
  });
});
