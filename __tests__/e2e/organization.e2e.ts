import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox, type SandboxSession } from "../../cli/run/sandbox-session";
import { stacksOf } from "../../cli/run/stacks";
import { stacksAround } from "../../fleet/organization/stacks";
import { projectRoot } from "../../fleet/project";
import { askFront, cdktf, copyOf, fleetAt, inParallel, meridian, planCode } from "./support";

/** What somebody writes for a new tenant: an account that AWS is still to create, and a cell in it. */
const account = `  newco: # signed on a Friday
    email: aws+newco@example.com
    unit: tenants/eu
    zone: eu
    budget: { monthly: 300, alerts: [finops@example.com] }
`;
const cell = `
  newco:
    stage: production
    tenant: newco
    zone: eu
    targets: { newco: [eu-west-1, eu-central-1] }
`;

describe("the organization around the example fleet", () => {
  const folder = copyOf(join(projectRoot, "functions"), "functions");
  const file = join(folder.path, "fleet.yaml");
  const example = readFileSync(join(projectRoot, "fleet.yaml"), "utf8");
  let session: SandboxSession;
  let around: readonly string[];

  const deploy = (...stacks: readonly string[]) =>
    cdktf(
      { ...session.env, MERIDIAN_FLEET: file },
      ...["deploy", ...stacks, "--auto-approve", "--output", session.output],
    );
  const plans = async (stacks: readonly string[]) => {
    const codes = await inParallel(stacks, (stack) => planCode(session, stack));
    return Object.fromEntries(stacks.map((stack, index) => [stack, codes[index]]));
  };
  const empty = (stacks: readonly string[]) => Object.fromEntries(stacks.map((stack) => [stack, 0]));

  beforeAll(async () => {
    writeFileSync(file, example);
    const fleet = await fleetAt(file);
    around = stacksAround(fleet).map(({ name }) => name);
    session = await openSandbox(file, fleet.state, undefined, () => {});
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  test("is deployed from nothing, and a second plan is empty", async () => {
    expect(around).toEqual(
      expect.arrayContaining(["organization", "accounts", "identity", "bootstrap", "budgets", "state"]),
    );
    const { code, text } = await deploy(...around);
    if (code !== 0) console.error(text);
    expect(code).toBe(0);
    expect(await plans(around)).toEqual(empty(around));
  });

  test("takes a new tenant: one entry, and it has account, access, role, budget and cell", async () => {
    writeFileSync(file, example.replace("\nservices:", `${account}\nservices:`).trimEnd() + cell);

    const check = await meridian(session, file, "check");
    expect(check.code).toBe(0);
    expect(check.text).toContain("account-without-id");
    expect(await deploy("organization", "accounts")).toMatchObject({ code: 0 });
    const before = readFileSync(file, "utf8");
    const accounts = await meridian(session, file, "accounts", "--write");
    if (accounts.code !== 0) console.error(accounts.text);
    expect(accounts.code).toBe(0);
    const [, id] = /\n {4}id: "(\d{12})"\n {4}email: aws\+newco@/.exec(readFileSync(file, "utf8")) ?? [];
    expect(readFileSync(file, "utf8").replace(`    id: "${id}"\n`, "")).toBe(before);

    const fleet = await fleetAt(file);
    const stacks = stacksOf(fleet).map(({ name }) => name);
    const rest = [...around, ...stacks.filter((name) => name.startsWith("newco_"))];
    const deployed = await deploy(...rest);
    if (deployed.code !== 0) console.error(deployed.text);
    expect(deployed.code).toBe(0);

    const reply = await askFront(session, "newco");
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ account: id, region: "eu-west-1" });
    expect(await plans(rest)).toEqual(empty(rest));
    expect((await meridian(session, file, "accounts", "--write")).code).toBe(0);
  });

  test("is never left by an account because a line is gone", async () => {
    const written = readFileSync(file, "utf8");
    writeFileSync(file, example);
    const { code, text } = await deploy("organization", "accounts");
    writeFileSync(file, written);
    expect(code).not.toBe(0);
    expect(text).toContain("prevent_destroy");
  });
});
