import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deployRolePolicies, managementRolePolicies } from "../../access/deploy-role/deploy-role";
import { stateOwnerPolicy } from "../../access/deploy-role/state";
import { matchesAction } from "../../access/policy/match";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import type { Fleet } from "../../fleet/model";
import { listOf, statementsOf } from "../../fleet/policy-document";
import { projectRoot } from "../../fleet/project";
import { fleetStacks } from "../../fleet/stacks";
import { admin, askFront, copyOf, fleetAt, foundationOf, inParallel, meridian, planCode } from "./support";

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
    home: eu-west-1
    targets: { newco: [eu-west-1, eu-central-1] }
`;

/** A line of the sandbox's log of calls. */
interface RecordedCall {
  readonly account: string;
  /** As IAM calls it. */
  readonly action: string;
  readonly principal: string;
}

/** Whether an account's deploy role may call an action on anything at all: the log knows no resources. */
function mayCall(fleet: Fleet, account: string, action: string): boolean {
  const { bootstrap, organization, stateBucket } = fleet;
  if (!bootstrap || !organization || !stateBucket) throw new Error("the example has lost a section");
  // AWS lets nobody deny this one.
  if (action === "sts:GetCallerIdentity") return true;
  const scope = { fleet: fleet.name, account, role: bootstrap.role.name, boundary: bootstrap.role.boundary };
  const policies =
    account === organization.management.id
      ? managementRolePolicies(fleet, scope)
      : [
          ...deployRolePolicies(fleet, scope),
          ...(account === stateBucket.account.id ? [stateOwnerPolicy(scope, stateBucket)] : []),
        ];
  return policies
    .flatMap(({ document }) => statementsOf(document))
    .some(
      ({ Action, Effect }) =>
        Effect === "Allow" && listOf(Action).some((pattern) => matchesAction(pattern, action)),
    );
}

describe("the organization around the example fleet", () => {
  const folder = copyOf(join(projectRoot, "functions"), "functions");
  const file = join(folder.path, "fleet.yaml");
  const example = readFileSync(join(projectRoot, "fleet.yaml"), "utf8");
  let session: SandboxSession;
  let around: readonly string[];

  const deploy = (...stacks: readonly string[]) =>
    meridian(session, file, "deploy", ...stacks.flatMap((stack) => ["--stack", stack]), "--yes");
  const plans = async (stacks: readonly string[]) => {
    const codes = await inParallel(stacks, (stack) => planCode(session, stack));
    return Object.fromEntries(stacks.map((stack, index) => [stack, codes[index]]));
  };
  const empty = (stacks: readonly string[]) => Object.fromEntries(stacks.map((stack) => [stack, 0]));

  beforeAll(async () => {
    writeFileSync(file, example);
    const fleet = await fleetAt(file);
    around = foundationOf(fleet).map(({ name }) => name);
    session = await openSandbox(file, fleet, undefined, () => {});
  });

  afterAll(async () => {
    await session?.close();
    folder.remove();
  });

  // That a second plan of these stacks is empty, too, is for `example.e2e.ts` to show.
  test("is deployed from nothing", async () => {
    expect(around).toEqual(
      expect.arrayContaining(["organization", "accounts", "identity", "bootstrap", "budgets", "state"]),
    );
    const { code, text } = await deploy(...around);
    if (code !== 0) console.error(text);
    expect(code).toBe(0);
  });

  test("takes a new tenant: one entry, and it has account, access, role, budget and cell", async () => {
    writeFileSync(
      file,
      example.replace("\nservices:", `${account}\nservices:`).replace("\ncells:\n", `\ncells:${cell}\n`),
    );

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
    const stacks = fleetStacks(fleet).map(({ name }) => name);
    const rest = [...around, ...stacks.filter((name) => name.startsWith("newco_"))];
    const deployed = await deploy(...rest);
    if (deployed.code !== 0) console.error(deployed.text);
    expect(deployed.code).toBe(0);

    const reply = await askFront(session, "newco");
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({ account: id, region: "eu-west-1" });
    expect(await plans(rest)).toEqual(empty(rest));
    const selected = rest.flatMap((stack) => ["--stack", stack]);
    expect(await meridian(session, file, "plan", ...selected)).toMatchObject({ code: 0 });
    expect((await meridian(session, file, "accounts", "--write")).code).toBe(0);
  });

  test("asks of the deploy roles nothing that they may not do", async () => {
    const fleet = await fleetAt(file);
    const { calls } = await admin<{ readonly calls: readonly RecordedCall[] }>(session, "calls");
    const byRole = calls.filter(({ principal }) => principal.endsWith(":role/meridian-deploy"));
    const refused = byRole.filter(({ account, action }) => !mayCall(fleet, account, action));
    expect(refused.map(({ account, action }) => `${account} ${action}`)).toEqual([]);
    // Of every kind of stack, something was called.
    const called = new Set(byRole.map(({ action }) => action));
    for (const action of [
      "organizations:CreateAccount",
      "sso:CreateAccountAssignment",
      "cloudformation:CreateStackSet",
      "budgets:ModifyBudget",
      "kms:CreateKey",
      "lambda:CreateFunction",
      "cloudfront:CreateDistribution",
    ])
      expect(called).toContain(action);
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
