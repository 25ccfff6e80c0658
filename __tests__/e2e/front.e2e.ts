import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Cell, Fleet, Target } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { fleetStacks } from "../../fleet/stacks";
import { verifyFront, verifyTarget } from "../../operations/rollout/verify";
import type { Outputs } from "../../operations/terraform/cdktf";
import { assumedKey, deployFleet, fleetAt, inParallel, meridian, outage, planCode } from "./support";

const file = join(__dirname, "fixtures", "own-front", "fleet.yaml");

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

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

  /** Asks by the front's own name, as a viewer whose resolver knows it, with no header but those that are said. */
  function ask(
    method: string,
    body?: Buffer | string,
    { path = "/", ...headers }: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const { hostname, port } = new URL(session.sandbox.endpoint);
    return new Promise((resolve, reject) => {
      const all = {
        host: "tea.example.com",
        ...(body && { "content-length": Buffer.byteLength(body) }),
        ...headers,
      };
      const request = http.request({ hostname, port, method, path, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  /** What the service says that it got. */
  const got = async (...asked: Parameters<typeof ask>) => {
    const { status, text } = await ask(...asked);
    return { status, ...JSON.parse(text) };
  };

  const sha256 = (body: Buffer | string) => createHash("sha256").update(body).digest("hex");

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

  const random = randomBytes(900_000);
  test.each<[string, string, Buffer | string, string]>([
    ["JSON", "POST", '{"tea":"grün"}', "application/json"],
    ["a form", "POST", "tea=green&sugar=", "application/x-www-form-urlencoded"],
    ["900 KB of random bytes", "POST", random, "application/octet-stream"],
    ["a change", "PUT", "black", "text/plain"],
    ["a part of one", "PATCH", "white", "text/plain"],
  ])("takes %s by %s from a client that says nothing of a hash", async (_, method, body, type) => {
    expect(await got(method, body, { "content-type": type })).toMatchObject({
      ...{ status: 200, method, type, length: Buffer.byteLength(body), sha256: sha256(body) },
    });
  });

  test.each(["POST", "PUT", "PATCH", "DELETE"])("takes %s without a body", async (method) => {
    expect(await got(method)).toMatchObject({ status: 200, method, length: 0 });
  });

  test("hands the viewer's Authorization over, and no other", async () => {
    const authorization = "Bearer of the viewer";
    const forged = { "x-meridian-authorization": "Bearer forged" };
    const seen = async (...asked: Parameters<typeof ask>) => {
      const { authorization, carrier } = await got(...asked);
      return [authorization, carrier];
    };
    expect(await seen("GET", undefined, { authorization })).toEqual([authorization, undefined]);
    expect(await seen("POST", "green", { authorization, ...forged })).toEqual([authorization, undefined]);
    expect(await seen("GET", undefined, forged)).toEqual([undefined, undefined]);
  });

  test("refuses 2 MB with the reason, unless the client says their hash", async () => {
    const large = randomBytes(2_000_000);
    const { headers, status, text } = await ask("POST", large);
    expect({ status, type: headers["content-type"] }).toEqual({ status: 413, type: "application/json" });
    expect(JSON.parse(text).message).toMatch(/larger than 1 MB.*SHA-256/);
    const hash = sha256(large);
    expect(await got("POST", large, { "x-amz-content-sha256": hash })).toMatchObject({
      ...{ status: 200, sha256: hash },
    });
  });

  test("refuses a body whose client says a wrong hash, as AWS does", async () => {
    const { headers, status } = await ask("POST", "green", { "x-amz-content-sha256": sha256("black") });
    expect({ status, type: headers["x-amzn-errortype"] }).toEqual({
      status: 403,
      type: "InvalidSignatureException",
    });
  });

  test("passes a streamed answer on as it comes", async () => {
    const { hostname, port } = new URL(session.sandbox.endpoint);
    const chunks: (readonly [text: string, milliseconds: number])[] = [];
    const { began, ended } = await new Promise<{ began: number; ended: number }>((resolve, reject) => {
      const headers = { host: "tea.example.com" };
      const request = http.request({ hostname, port, path: "/pour", headers }, (response) => {
        const began = Date.now();
        response.on("data", (chunk: Buffer) => chunks.push([chunk.toString(), Date.now() - began]));
        response.on("error", reject);
        response.on("end", () => resolve({ began, ended: Date.now() }));
      });
      request.on("error", reject);
      request.end();
    });
    expect(chunks.map(([text]) => text).join("")).toBe("first last");
    expect(chunks[0]?.[0]).toBe("first ");
    expect(ended - began).toBeGreaterThan(800);
  });

  test("answers 405 to a method that a route does not take", async () => {
    const { headers, status } = await ask("POST", "green", { path: "/catalogue/tea" });
    expect({ status, allow: headers.allow }).toEqual({ status: 405, allow: "GET, HEAD" });
    expect(await got("GET", undefined, { path: "/catalogue/tea" })).toMatchObject({ status: 200 });
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
