import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { plainRequest } from "../../operations/aws/signed-request";
import type { RunStack } from "../../operations/store/model";
import { copyOf, edit, fleetAt, jsonOf, meridian, outage, planCode, type Run } from "./support";

const [home, other] = ["eu-central-1", "eu-west-1"] as const;
const data = "ink_data";
const target = (region: string) => `ink_ink_${region}`;

describe("a table that the regions of a cell share", () => {
  const folder = copyOf(join(__dirname, "fixtures", "notes"));
  const file = join(folder.path, "fleet.yaml");
  let session: SandboxSession;

  const run = (...args: readonly string[]) => meridian(session, file, ...args);
  const deploy = (...args: readonly string[]) => run("deploy", "--auto-approve", "--json", ...args);
  const states = (deployed: Run) => {
    const { stacks } = jsonOf<{ readonly stacks: Readonly<Record<string, RunStack>> }>(deployed);
    return Object.fromEntries(Object.entries(stacks).map(([stack, { state }]) => [stack, state]));
  };
  /** Asks the front; answers name the region that they come from. */
  const ask = async (method: "GET" | "PUT", path: string, body?: string) => {
    const { endpoint, port } = session.sandbox;
    const headers = { host: `ink.localhost:${port}` };
    const reply = await plainRequest({ endpoint, method, path, headers, body });
    return { status: reply.status, text: reply.text, region: reply.headers["x-meridian-region"] };
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

  test("leaves nothing to do after its deploy", async () => {
    const { code, text } = await run("plan", "--all");
    expect([code, code === 0 ? "" : text]).toEqual([0, ""]);
    expect(await planCode(session, data)).toBe(0);
  });

  test("goes on through an outage: what one region has written, the other one reads", async () => {
    expect(await ask("PUT", "/first", "written before")).toMatchObject({ status: 204, region: home });
    await outage(session, home, "PUT");
    expect(await ask("GET", "/first")).toEqual({ status: 200, text: "written before", region: other });
    expect((await ask("PUT", "/second", "lost")).status).toBeGreaterThanOrEqual(500);
    expect((await run("drain", home, "--yes")).code).toBe(0);
    expect(await ask("PUT", "/second", "written meanwhile")).toMatchObject({ status: 204, region: other });
    await outage(session, home, "DELETE");
    expect((await run("undrain", home, "--yes")).code).toBe(0);
    expect(await ask("GET", "/first")).toEqual({ status: 200, text: "written before", region: home });
    expect(await ask("GET", "/second")).toEqual({ status: 200, text: "written meanwhile", region: home });
  });

  test("with its home region down, a change of a handler is deployed in the other region", async () => {
    edit(join(folder.path, "notes.ts"), (text) => text.replace("no such note", "nothing here"));
    await outage(session, home, "PUT");
    const deployed = await deploy();
    await outage(session, home, "DELETE");
    expect(states(deployed)).toMatchObject({ [target(home)]: "failed", [target(other)]: "applied" });
    const later = await deploy();
    expect([later.code, states(later)]).toEqual([0, { [target(home)]: "applied" }]);
  });

  test("is neither made anew nor destroyed without its name", async () => {
    const whole = readFileSync(file, "utf8");
    const named = { code: 1, text: expect.stringContaining("--delete-data jot_ink_notes") };
    edit(file, (text) => text.replace("note: string }\n    indexes", "id: string }\n    indexes"));
    expect(await run("deploy", "--auto-approve")).toMatchObject(named);
    writeFileSync(
      file,
      whole.replace(/ {2}notes:\n {4}key.*?(?= {2}drafts:)/s, "").replace("notes: read-write, ", ""),
    );
    expect(await run("deploy", "--auto-approve", "--remove")).toMatchObject(named);
    expect(await ask("GET", "/first")).toMatchObject({ status: 200, text: "written before" });
    writeFileSync(file, whole);
  });

  test("loses its replica last when a region leaves the cell, and keeps what it holds", async () => {
    edit(file, (text) => text.replace(`, ${other}] }`, "] }"));
    const { code, text } = await run(
      "deploy",
      "--auto-approve",
      "--remove",
      "--delete-data",
      "jot_ink_drafts",
    );
    expect([code, code === 0 ? "" : text]).toEqual([0, ""]);
    const ends = (stack: string, end: string) => text.search(new RegExp(`^\\s*${stack} +${end}`, "m"));
    expect(ends(data, "applied")).toBeGreaterThan(ends(target(other), "removed"));
    expect(await ask("GET", "/first")).toEqual({ status: 200, text: "written before", region: home });
    expect((await run("plan", "--all")).code).toBe(0);
  });
});
