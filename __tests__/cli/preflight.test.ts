import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Line } from "../../operations/preflight/model";
import { AwsError } from "../../sandbox/http";
import { forbiddenWord, type LocalAws, startLocalAws } from "../support/local-aws";
import { runNode } from "../support/run-node";

const text = `fleet: acme
accounts:
  globex: { id: "333333333333" }
  initech: { id: "444444444444" }
services: { hello: { source: index.ts } }
cells:
  globex: { stage: production, tenant: globex, targets: { globex: [eu-central-1, eu-south-1] } }
  initech: { stage: production, tenant: initech, targets: { initech: [eu-west-1] } }
`;

let aws: LocalAws;
let folder: string;
let file: string;
beforeAll(async () => {
  aws = await startLocalAws();
  folder = mkdtempSync(join(tmpdir(), "meridian-preflight-"));
  file = join(folder, "fleet.yaml");
  writeFileSync(join(folder, "index.ts"), "export const handler = async () => ({ statusCode: 200 });\n");
});
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => writeFileSync(file, text));
afterEach(() => {
  aws.before = () => {};
  for (const region of aws.outages.regions()) aws.outages.end(region);
  aws.limits.clear();
});

const preflight = (...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", file, "preflight", ...args], { env: aws.env });

interface Document {
  readonly ok: boolean;
  readonly endpoint?: string;
  readonly checks: readonly Line[];
}

async function checked(...args: readonly string[]) {
  const { code, stdout } = await preflight("--json", ...args);
  const document = JSON.parse(stdout) as Document;
  const said = document.checks.map(({ account, region, status, subject }) =>
    [account?.name, region, status, subject].join(" "),
  );
  return { code, document, said };
}

test("an account with AWS's own limits has room for the fleet", async () => {
  const { code, document, said } = await checked();
  expect(said.filter((line) => !line.includes(" fine "))).toEqual([
    "globex us-east-1 note CloudFront verification",
    "initech us-east-1 note CloudFront verification",
  ]);
  expect(said).toContain("globex eu-south-1 fine region");
  expect(document).toMatchObject({ ok: true, endpoint: aws.env.AWS_ENDPOINT_URL });
  expect(code).toBe(0);
});

test("what would fail, what is needed and how to get it are said, and nothing is changed", async () => {
  aws.limits.set({ name: "cloudfront-cache-policies", value: 0, account: "333333333333" });
  aws.limits.set({ name: "lambda-code-storage", value: 100, region: "eu-west-1" });
  aws.calls.length = 0;
  const { code, stdout } = await preflight();
  expect(code).toBe(1);
  expect(stdout).toContain(`fails CloudFront cache policies: globex (us-east-1)
  needed 1 cache policy
  there  0 of at most 0
  asked  cloudfront:ListCachePolicies, servicequotas:GetServiceQuota,
         servicequotas:GetAWSDefaultServiceQuota
  fix    aws service-quotas request-service-quota-increase --region us-east-1 --service-code cloudfront --quota-code L-7D134442 --desired-value 1
`);
  expect(stdout).toContain("fails Lambda code storage: initech (eu-west-1)\n");
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    ", not AWS): 2 things would make a deploy fail, 2 things to look at, 19 things are fine.",
  );
  expect(aws.calls.filter((call) => /\b(PUT|DELETE) /.test(call))).toEqual([]);
});

test("a selection says where to ask", async () => {
  const { said } = await checked("--region", "eu-west-1");
  expect(said).toEqual([
    "initech eu-central-1 fine deploy role",
    "initech eu-west-1 fine Lambda concurrency",
    "initech eu-west-1 fine Lambda code storage",
    "initech us-east-1 fine IAM roles",
  ]);
});

test("an account whose role cannot be assumed is one line, and hides no other", async () => {
  writeFileSync(file, text.replace('"333333333333"', `"333333333333", deployRole: ${forbiddenWord}`));
  const { code, document, said } = await checked();
  expect(code).toBe(1);
  expect(said.filter((line) => line.startsWith("globex"))).toEqual(["globex eu-central-1 fails deploy role"]);
  expect(document.checks[0]).toMatchObject({
    needed: `the role ${forbiddenWord}`,
    found: expect.stringContaining("AccessDenied"),
    raise: expect.stringContaining("npx meridian role globex"),
  });
  expect(said).toContain("initech eu-west-1 fine Lambda concurrency");
});

test("a region that does not answer is one line, and hides no other", async () => {
  aws.outages.begin("eu-central-1");
  const { code, said } = await checked("--cell", "globex");
  expect(code).toBe(1);
  expect(said.filter((line) => line.includes(" eu-central-1 unknown "))).toEqual([
    "globex eu-central-1 unknown Lambda concurrency, Lambda code storage",
  ]);
  expect(said).toContain("globex eu-south-1 fine Lambda concurrency");
  expect(said).toContain("globex us-east-1 fine IAM roles");
});

test("a region that is not on is said once, and not asked about functions", async () => {
  aws.limits.set({ name: "region-opt-in", value: 0, region: "eu-south-1" });
  const { code, said } = await checked("--cell", "globex");
  expect(code).toBe(1);
  expect(said.filter((line) => line.includes("eu-south-1"))).toEqual(["globex eu-south-1 fails region"]);
  expect(said).toContain("globex eu-central-1 fine Lambda concurrency");
});

test("what the role may not ask is a line that says what it has to be allowed", async () => {
  aws.before = ({ path }) => {
    if (path.includes("/account-settings"))
      throw new AwsError(
        403,
        "AccessDeniedException",
        "not authorized to perform: lambda:GetAccountSettings",
      );
  };
  const { code, document } = await checked("--region", "eu-west-1");
  expect(code).toBe(1);
  const denied = document.checks.filter(({ status }) => status === "unknown");
  expect(denied.map(({ subject }) => subject)).toEqual(["Lambda concurrency", "Lambda code storage"]);
  expect(denied[0]).toMatchObject({
    found: "AccessDeniedException: not authorized to perform: lambda:GetAccountSettings",
    raise: "let the role call lambda:GetAccountSettings: `npx meridian role initech` prints its template",
  });
});

test("state in a bucket of somebody else's is asked with the role that Terraform uses", async () => {
  const role = `arn:aws:iam::555555555555:role/${forbiddenWord}`;
  writeFileSync(file, `state: { backend: s3, bucket: states, region: eu-west-1, role: "${role}" }\n${text}`);
  const { code, document, said } = await checked("--region", "eu-west-1");
  expect(code).toBe(1);
  expect(said.slice(0, 2)).toEqual([
    " eu-west-1 fails state bucket",
    " eu-west-1 fails versions of the state bucket",
  ]);
  expect(document.checks[0]).toMatchObject({
    found: expect.stringContaining(`the role ${role} cannot be assumed: AccessDenied`),
    raise: "use credentials that may assume it, as for a deploy",
  });
  expect(said).toContain("initech eu-west-1 fine Lambda concurrency");
});

test("without credentials nothing can be asked, which is one error", async () => {
  const { AWS_ACCESS_KEY_ID: _, ...env } = aws.env;
  const { code, stderr, stdout } = await runNode(
    "bin/meridian.js",
    ["--fleet", file, "preflight", "--json"],
    { env },
  );
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    error: expect.stringContaining("no working AWS credentials"),
  });
  expect(stderr).toContain("sign in");
});

test("a fleet that cannot be asked about at all is one JSON document, too", async () => {
  const { code, stdout } = await preflight("--json", "--cell", "hooli");
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: expect.stringContaining('the cell "hooli"') });
});
