import { policyLimits } from "../../check/policies";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";

/** Has as many policies on `tenants/eu`, besides the guardrail. */
function fileWith(count: number, more: Partial<FleetFile["organization"]> = {}): FleetFile {
  const statements = [{ Effect: "Deny" as const, Action: "braket:*" }];
  const policies = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`p${index}`, { units: ["tenants/eu"], statements }]),
  );
  const organization = { ...organizationFile.organization, management: "management", policies, ...more };
  return { ...organizationFile, organization };
}

const found = (file: FleetFile) =>
  policyLimits(fleetOf(file)).map(({ code, path }) => [code, path.join(".")]);

test("AWS's own policy and the guardrail's count among five", () => {
  expect(found(fileWith(3))).toEqual([]);
  expect(found(fileWith(4))).toEqual([["too-many-policies", "organization.policies.p3"]]);
});

test("Control Tower's own counts where it has controls", () => {
  const controlTower = { enabled: true };
  expect(found(fileWith(3, { controlTower }))).toEqual([]);
  expect(found(fileWith(4, { controlTower }))).toEqual([["too-many-policies", "organization.policies.p3"]]);
  expect(found(fileWith(4, { regionGuardrail: false }))).toEqual([]);
});

test("a policy may have 5,120 characters, and no more", () => {
  const sized = (length: number) =>
    fileWith(0, {
      policies: {
        own: { units: ["tenants"], statements: [{ Effect: "Deny", Action: "x".repeat(length) }] },
      },
    });
  const empty = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Action: "", Resource: "*" }],
  }).length;
  expect(found(sized(5120 - empty))).toEqual([]);
  expect(found(sized(5121 - empty))).toEqual([["policy-too-large", "organization.policies.own"]]);
});
