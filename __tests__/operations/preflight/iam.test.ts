import { resolveFleet } from "../../../fleet/resolve";
import { iamChecks } from "../../../operations/preflight/iam";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { fleetOf } from "../../support/fleet";
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

test("roles that extensions make are not counted: they do not say how many", async () => {
  const deploy = [{ actions: ["iam:CreateRole"], resources: ["arn:aws:iam::{account}:role/{fleet}_*"] }];
  const extension = { name: "worker", adds: ["target"] as const, deploy, resourceTypes: {} };
  const scope = scopeOf(resolveFleet(bootstrapFile, [extension]), "globex");
  expect(await answerTo(iamChecks(scope), "IAM roles", summary(0, 1_000))).toMatchObject({
    needed: "3 roles",
  });
});

test("roles that are there already need no room", async () => {
  const ours = { ...summary(1_000, 1_000), GetRole: () => ({}) };
  expect(await answerTo(checks, "IAM roles", ours)).toMatchObject({
    status: "fine",
    needed: "3 roles, 3 of them there",
  });
});

test("an account whose stacks make no role is not asked; one with a front has that of the function at its edge", async () => {
  const own = (bodies: "client-hash" | "edge-hash") => {
    const { globex } = bootstrapFile.cells;
    if (!globex) throw new Error("the fleet has no cell globex");
    const cells = { ...bootstrapFile.cells, globex: { ...globex, front: { ...globex.front, bodies } } };
    return iamChecks(scopeOf(fleetOf({ ...bootstrapFile, cells }), "edge"));
  };
  expect(own("client-hash")).toEqual([]);
  expect(await answerTo(own("edge-hash"), "IAM roles", summary(0, 1_000))).toMatchObject({
    needed: "1 role",
  });
});
