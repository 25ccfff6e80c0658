import { guardrailLockouts } from "../../check/guardrail";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";

type Policies = NonNullable<NonNullable<FleetFile["organization"]>["policies"]>;
type Statement = Policies[string]["statements"][number];

function fileWith(policies: Policies, more: Partial<FleetFile> = {}): FleetFile {
  const organization = { ...organizationFile.organization, management: "management", policies };
  return { ...organizationFile, organization, ...more };
}

const denyIn = (statement: Partial<Statement>, targets: { units?: string[]; accounts?: string[] }) =>
  fileWith({ own: { ...targets, statements: [{ Effect: "Deny", Action: "lambda:*", ...statement }] } });

const found = (file: FleetFile) =>
  guardrailLockouts(fleetOf(file)).map(({ message, path }) => [path.join("."), message]);

describe("a policy that denies what the fleet's stacks call", () => {
  test("is found at every target that it locks out, with policy and statement", () => {
    expect(found(denyIn({ Sid: "NoCode" }, { units: ["tenants"] }))).toEqual([
      [
        "cells.globex.targets.globex.0",
        expect.stringMatching(
          /^the statement "NoCode" in the policy "acme_own" denies lambda:\w+ in eu-central-1 and \d+ more actions, which the stacks of account "globex" call$/,
        ),
      ],
      ["cells.globex.targets.globex.1", expect.stringContaining("in eu-west-1")],
      ["cells.globex.front", expect.stringContaining("in us-east-1")],
    ]);
  });

  test("is found on the account itself, and in its place where it has no Sid", () => {
    const [[, message] = []] = found(denyIn({}, { accounts: ["globex"] }));
    expect(message).toContain('statement 1 in the policy "acme_own"');
  });

  test("is found below one policy and not below another one, however alike the accounts", () => {
    const statements = (Action: string): Statement[] => [{ Effect: "Deny", Action }];
    const file = {
      ...fileWith({
        code: { accounts: ["globex"], statements: statements("lambda:UpdateFunctionCode") },
        learning: { accounts: ["delivery"], statements: statements("sagemaker:*") },
      }),
      cells: {
        ...organizationFile.cells,
        another: { stage: "staging", targets: { delivery: ["eu-central-1"] } },
      },
    };
    expect(found(file).map(([path]) => path)).toEqual([
      "cells.globex.targets.globex.0",
      "cells.globex.targets.globex.1",
      "cells.globex.front",
    ]);
  });

  test("is found at the front", () => {
    const file = denyIn({ Action: "cloudfront:CreateDistribution" }, { units: ["tenants/eu"] });
    expect(found(file).map(([path]) => path)).toEqual(["cells.globex.front"]);
  });

  test("is found at the state's bucket", () => {
    const state = {
      backend: "local",
      account: "delivery",
      bucket: "acme-state",
      region: "eu-central-1",
    } as const;
    const file = { ...denyIn({ Action: "kms:CreateKey" }, { units: ["workloads"] }), state };
    expect(found(file).map(([path]) => path)).toEqual(["state.bucket"]);
  });

  test("is none where it is about another unit, another region or another role", () => {
    expect(found(denyIn({}, { units: ["workloads"] }))).toEqual([]);
    const elsewhere = { StringEquals: { "aws:RequestedRegion": "sa-east-1" } };
    expect(found(denyIn({ Condition: elsewhere }, { units: ["tenants"] }))).toEqual([]);
    const others = { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/meridian-deploy" } };
    expect(found(denyIn({ Condition: others }, { units: ["tenants"] }))).toEqual([]);
  });

  test("is not guessed at where a statement cannot be told exactly", () => {
    const Condition = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
    expect(found(denyIn({ Condition }, { units: ["tenants"] }))).toEqual([]);
  });
});

test("the guardrail locks nobody out, Control Tower's neither", () => {
  expect(found(organizationFile)).toEqual([]);
  const organization = {
    ...organizationFile.organization,
    management: "management",
    controlTower: { enabled: true },
  };
  expect(found({ ...organizationFile, organization })).toEqual([]);
});

test("a fleet without an organization has none to lock it out", () => {
  expect(guardrailLockouts({ ...fleetOf(organizationFile), organization: undefined })).toEqual([]);
});
