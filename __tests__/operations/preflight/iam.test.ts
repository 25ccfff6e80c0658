import { iamChecks } from "../../../operations/preflight/iam";
import { bootstrapFleet } from "../../support/bootstrap-fleet";
import { missing } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const checks = iamChecks(scopeOf(bootstrapFleet(), "globex"));
const summary = (Roles: number, RolesQuota: number) => ({
  GetAccountSummary: () => ({ SummaryMap: { Roles, RolesQuota } }),
});

test("there has to be room for a role of each function in each region, and for the replication of the state", async () => {
  expect(await answerTo(checks, "IAM roles", summary(997, 1_000))).toMatchObject({
    status: "fine",
    needed: "3 roles",
    found: "997 of at most 1,000",
  });
  const full = { ...summary(998, 1_000), GetRole: missing("NoSuchEntityException") };
  expect(await answerTo(checks, "IAM roles", full)).toMatchObject({
    status: "fails",
    raise: expect.stringMatching(/--service-code iam --quota-code L-FE177D64 --desired-value 1001$/),
  });
});

test("roles that are there already need no room", async () => {
  const ours = { ...summary(1_000, 1_000), GetRole: () => ({}) };
  expect(await answerTo(checks, "IAM roles", ours)).toMatchObject({
    status: "fine",
    needed: "3 roles, 3 of them there",
  });
});

test("an account whose stacks make no role is not asked", () => {
  expect(iamChecks(scopeOf(bootstrapFleet(), "edge"))).toEqual([]);
});
