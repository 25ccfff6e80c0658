import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accountCredentials, sandboxRequest } from "../../cli/shared/sandbox-request";
import { forbiddenWord, type LocalAws, startLocalAws } from "../support/local-aws";
import { runNode } from "../support/run-node";

const text = `fleet: acme
organization: { management: management, units: [tenants] }
budget: { monthly: 5, alerts: [a@example.com] }
accounts:
  management: { id: "111111111111" }
  globex: { id: "333333333333", unit: tenants }
services: { hello: { source: index.ts } }
cells:
  globex: { stage: production, tenant: globex, targets: { globex: [eu-central-1, eu-west-1] } }
`;

let aws: LocalAws;
let folder: string;
let file: string;
beforeAll(async () => {
  aws = await startLocalAws();
  folder = mkdtempSync(join(tmpdir(), "meridian-bill-"));
  file = join(folder, "fleet.yaml");
  // The sandbox makes up costs of the stacks that it has seen.
  aws.objects.set("tags", "");
  await sandboxRequest({
    ...{
      endpoint: aws.env.AWS_ENDPOINT_URL ?? "",
      service: "s3",
      region: "eu-central-1",
      path: "/tags?tagging",
    },
    ...{ method: "PUT", body: '{"meridian:stack":"globex_front"}' },
    credentials: accountCredentials("333333333333"),
  });
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  aws.calls.length = 0;
  writeFileSync(file, text);
});

// Each runs programs, which takes its time on a busy machine.
jest.setTimeout(30_000);

const bill = (...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", file, "bill", ...args], { env: aws.env });

test("the sandbox's bill is asked for in the management account, and is marked as made up", async () => {
  const { code, stderr, stdout } = await bill();
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(aws.calls.filter((call) => / POST /.test(call))).toEqual([
    "eu-central-1 POST / arn:aws:iam::111111111111:role/meridian-deploy",
    "us-east-1 POST /",
  ]);
  const lines = stdout.trim().split("\n");
  expect([lines[0], lines.at(-1)]).toEqual(Array(2).fill("data made up by the sandbox, not a bill"));
  expect(stdout).toMatch(/\nglobex_front +\d/);
  expect(JSON.parse((await bill("--json")).stdout)).toMatchObject({
    ...{ ok: true, madeUp: true, fleet: "acme", total: { budget: 5, overBudget: true } },
    tenants: [{ name: "globex", share: 100 }],
  });
});

test("without an organization there is no bill", async () => {
  writeFileSync(
    file,
    text
      .replace(/organization:.*\n/, "")
      .replace(", unit: tenants", "")
      .replace(/budget:.*\n/, ""),
  );
  const { code, stderr, stdout } = await bill("--json");
  expect(code).toBe(1);
  expect(stderr).toContain("has no organization");
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    error: expect.stringContaining("has no organization"),
  });
});

test("a month that is none is refused before anybody is asked", async () => {
  const { code, stderr } = await bill("--month", "2026-13");
  expect(code).toBe(1);
  expect(stderr).toContain('"2026-13" is not a month');
  expect(aws.calls).toEqual([]);
});

test("a role that cannot be assumed is named", async () => {
  writeFileSync(file, text.replace("fleet: acme", `fleet: acme\ndefaults: { deployRole: ${forbiddenWord} }`));
  const { code, stderr } = await bill();
  expect(code).toBe(1);
  expect(stderr).toContain(`the role arn:aws:iam::111111111111:role/${forbiddenWord} cannot be assumed`);
});
