import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addressesOf, ask } from "../../cli/shared/addresses";
import { sandboxRequest } from "../../cli/shared/sandbox-request";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { fleetStacks } from "../../fleet/stacks";
import { plainRequest } from "../../operations/aws/signed-request";
import type { Outputs } from "../../operations/terraform/cdktf";
import {
  admin,
  askFront,
  assumedKey,
  cdktf,
  deployFleet,
  fleetAt,
  foundationOf,
  inParallel,
  meridian,
  outage,
  planCode,
} from "./support";

const file = join(projectRoot, "fleet.yaml");

/** The stacks that are managed from there. */
const inFrankfurt = [
  "bootstrap",
  "globex_data",
  "globex_globex_eu-central-1",
  "identity",
  "staging_data",
  "staging_staging_eu-central-1",
  "state",
];

describe("the example fleet, deployed to the sandbox", () => {
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

  const planCodes = (names: readonly string[]) =>
    inParallel(names, async (stack) => [stack, await planCode(session, stack)] as const);

  test("Meridian finds nothing to do after a deploy by CDKTF", async () => {
    const { code, text } = await meridian(session, file, "plan");
    expect({ code, text }).toMatchObject({
      code: 0,
      text: expect.stringContaining("Nothing to do: 18 stacks"),
    });
  });

  test("every front and every function URL answers from its own account and region", async () => {
    const addresses = addressesOf(fleet, outputs, session.sandbox.port);
    const replies = await Promise.all(addresses.map((address) => ask(address, session.sandbox.endpoint)));
    expect(replies.filter(({ kind }) => kind === "front")).toHaveLength(3);
    expect(replies.filter(({ kind }) => kind === "function url")).toHaveLength(6);
    expect(replies.filter(({ ok }) => !ok)).toEqual([]);
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
  });

  test("a function URL refuses a caller without a signature", async () => {
    const address = addressesOf(fleet, outputs, session.sandbox.port).find(
      ({ kind }) => kind === "function url",
    );
    const headers = { host: address?.host ?? "" };
    const reply = await plainRequest({
      endpoint: session.sandbox.endpoint,
      method: "GET",
      path: "/",
      headers,
    });
    expect(reply.status).toBe(403);
    expect(reply.headers["x-sandbox-answered-by"]).toBeUndefined();
  });

  test("the viewer's country reaches the function, and security headers reach the viewer", async () => {
    const { endpoint, port } = session.sandbox;
    const headers = { host: `globex.localhost:${port}`, "cloudfront-viewer-country": "DE" };
    const reply = await plainRequest({ endpoint, method: "GET", path: "/where", headers });
    expect(JSON.parse(reply.text)).toMatchObject({
      viewerCountry: "DE",
      path: "/where",
      region: "eu-central-1",
    });
    expect(reply.headers["strict-transport-security"]).toBeDefined();
  });

  test("writes are answered by the preferred region", async () => {
    const reply = await askFront(session, "globex", "POST");
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ method: "POST", region: "eu-central-1" });
  });

  test("what handlers write can be read", async () => {
    const lines = await admin<readonly { message: string }[]>(
      session,
      "logs?function=acme_globex_hello&region=eu-central-1",
    );
    expect(lines.some(({ message }) => message.includes('"path":"/where"'))).toBe(true);
  });

  test("a second plan of each stack of eu-central-1 is empty", async () => {
    expect(await planCodes(inFrankfurt)).toEqual(inFrankfurt.map((stack) => [stack, 0]));
  });

  describe("with eu-central-1 down", () => {
    beforeAll(() => outage(session, "eu-central-1", "PUT"));
    afterAll(() => outage(session, "eu-central-1", "DELETE"));

    test("reads are answered by the second region at once", async () => {
      const began = Date.now();
      const reply = await askFront(session, "globex");
      expect(reply.status).toBe(200);
      expect(JSON.parse(reply.text)).toMatchObject({ account: "333333333333", region: "eu-west-1" });
      expect(Date.now() - began).toBeLessThan(5_000);
    });

    test("so are preflight requests", async () => {
      const reply = await askFront(session, "globex", "OPTIONS");
      expect(JSON.parse(reply.text)).toMatchObject({ method: "OPTIONS", region: "eu-west-1" });
    });

    test("writes fail rather than go elsewhere unasked", async () => {
      expect((await askFront(session, "globex", "POST")).status).toBeGreaterThanOrEqual(500);
    });

    test("its own stacks cannot be planned, and a second plan of every other stack is empty", async () => {
      // One of the foundation, of data and of targets: each plan takes seconds of a core.
      const own = ["bootstrap", "globex_data", "globex_globex_eu-central-1"];
      const others = stacks.filter((stack) => !inFrankfurt.includes(stack));
      expect(await planCodes([...own, ...others])).toEqual([
        ...own.map((stack) => [stack, 1]),
        ...others.map((stack) => [stack, 0]),
      ]);
    });
  });

  test("when the region is back, it answers again", async () => {
    expect(JSON.parse((await askFront(session, "globex")).text)).toMatchObject({ region: "eu-central-1" });
  });

  test("the sandbox keeps its state apart from the project's", () => {
    const own = join(projectRoot, session.output, "..", "terraform-state");
    expect(
      readdirSync(own)
        .filter((name) => name.endsWith(".tfstate"))
        .sort(),
    ).toEqual(stacks.map((stack) => `${stack}.tfstate`).sort());
    for (const stack of stacks) {
      const text = readFileSync(join(own, `${stack}.tfstate`), "utf8");
      expect(text).not.toMatch(/secret_?access_?key|session_?token|BEGIN [A-Z ]*PRIVATE KEY/i);
      expect(existsSync(join(projectRoot, "terraform-state", `${stack}.tfstate`))).toBe(false);
    }
  });

  test("destroy leaves nothing of the cells but data, which is protected, and what AWS keeps for hours: functions at the edge", async () => {
    const env = { ...session.env, MERIDIAN_FLEET: file };
    const data = fleetStacks(fleet).filter(({ kind }) => kind === "data");
    const kept = [...foundationOf(fleet), ...data].map(({ name }) => name);
    const { code, text } = await cdktf(
      env,
      "destroy",
      ...stacks.filter((stack) => !kept.includes(stack)),
      "--auto-approve",
      "--output",
      session.output,
    );
    if (code !== 0) console.error(text);
    expect(code).toBe(0);
    const left = (await admin(session, "functions")) as readonly { readonly name: string }[];
    expect(left.map(({ name }) => name).sort()).toEqual(
      fleet.cells.map(({ name }) => `acme__bodies_${name}`).sort(),
    );
    expect(await admin(session, "distributions")).toEqual([]);
    for (const account of new Set(
      fleet.cells.flatMap(({ targets }) => targets.map((target) => target.account.id)),
    )) {
      expect(await namesOfRoles(session, account)).toEqual([]);
    }
  });
});

async function namesOfRoles(session: SandboxSession, account: string): Promise<readonly string[]> {
  const { text } = await sandboxRequest({
    endpoint: session.sandbox.endpoint,
    service: "iam",
    region: "us-east-1",
    method: "POST",
    path: "/",
    body: "Action=ListRoles&Version=2010-05-08",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    credentials: await assumedKey(session, account),
  });
  if (!text.includes("<ListRolesResult>")) throw new Error(text);
  return [...text.matchAll(/<RoleName>([^<]+)</g)].map(([, name]) => name ?? "");
}
