import type { Call } from "../../../access/calls/model";
import { stackCalls } from "../../../access/calls/stack-calls";
import { deployRolePolicies } from "../../../access/deploy-role/deploy-role";
import type { RoleScope } from "../../../access/deploy-role/scope";
import { stateOwnerPolicy } from "../../../access/deploy-role/state";
import { decide } from "../../../access/policy/decide";
import { requestOf } from "../../../access/policy/request";
import { roleArn } from "../../../fleet/account";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";

const tables = {
  orders: { key: { customer: "string" }, kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-1" },
  sessions: { key: { id: "string" }, replicate: "none" },
} as const;
const globex = bootstrapFile.cells.globex as FleetFile["cells"][string];
const fleet = bootstrapFleet({ tables, cells: { globex: { ...globex, home: "eu-central-1" } } });

/** What the role's policies say to a call, with a resource that leaves the decision to them. */
function isAllowed(account: string, call: Call): boolean {
  const scope: RoleScope = { fleet: "acme", account, role: "deployer", boundary: "deployer-boundary" };
  const owner = fleet.stateBucket?.account.id === account ? [stateOwnerPolicy(scope, fleet.stateBucket)] : [];
  const principal = roleArn({ name: "", id: account, deployRole: "deployer" });
  const identity = [...deployRolePolicies(fleet, scope), ...owner];
  // The bucket policy and the key policy of the state let the account in: see the tests of the state bucket.
  const { resourceAccount: _, ...own } = call;
  const request = requestOf({ ...own, principal, resourceAccount: account });
  return decide({ scps: [], identity }, request).allowed;
}

test("the deploy role may do all that Terraform does with the stacks of its account", () => {
  const calls = stackCalls(fleet);
  const refused = calls.flatMap(({ account, calls, stack }) =>
    calls
      .filter((call) => !isAllowed(account.id, call))
      .map(({ action, resource }) => `${stack}: ${action} on ${resource}`),
  );
  expect(refused).toEqual([]);
  expect(calls.map(({ stack }) => stack)).toEqual([
    "state_replica",
    "state",
    "globex_data",
    "globex_data_globex_eu-central-1",
    "globex_data_globex_eu-west-1",
    "globex_globex_eu-central-1",
    "globex_globex_eu-west-1",
    "globex_front_logs_eu-central-1",
    "globex_front",
  ]);
});

test("the deploy role of one account may do next to nothing of what another's does", () => {
  const [front] = stackCalls(fleet).filter(({ stack }) => stack === "globex_front");
  const allowed = front?.calls.filter((call) => isAllowed("444444444444", call)) ?? [];
  // Zones and buckets that are its own have such names, too. The key of the state is the same for all; what it encrypts is
  // not: each reads its own part of the bucket.
  expect([...new Set(allowed.map(({ resource }) => resource))].sort()).toEqual([
    "*",
    expect.stringMatching(/^arn:aws:kms:eu-central-1:333333333333:key/),
    expect.stringMatching(/^arn:aws:route53:::change/),
    expect.stringMatching(/^arn:aws:route53:::hostedzone/),
    expect.stringMatching(/^arn:aws:s3:::logs-acme-/),
    expect.stringMatching(/^arn:aws:wafv2:.*managedruleset/),
  ]);
});

test("where another role keeps the state, the deploy role has no right to it", () => {
  const names = (more: Parameters<typeof bootstrapFleet>[0]) =>
    deployRolePolicies(bootstrapFleet(more), {
      ...{ fleet: "acme", account: "333333333333", role: "deployer", boundary: "deployer-boundary" },
    }).map(({ name }) => name);
  expect(names({})).toEqual(["targets", "fronts", "state", "own-limits"]);
  const role = "arn:aws:iam::333333333333:role/state";
  const state = {
    backend: "s3",
    bucket: "acme-state",
    region: "eu-central-1",
    account: "globex",
    role,
  } as const;
  expect(names({ state })).toEqual(["targets", "fronts", "own-limits"]);
  expect(names({ state: undefined })).toEqual(["targets", "fronts", "own-limits"]);
});

test("only where the fleet has tables may the deploy role touch any", () => {
  const names = (more: Parameters<typeof bootstrapFleet>[0]) =>
    deployRolePolicies(bootstrapFleet(more), {
      ...{ fleet: "acme", account: "333333333333", role: "deployer", boundary: "deployer-boundary" },
    }).map(({ name }) => name);
  expect(names({ tables })).toEqual(["targets", "fronts", "data", "state", "own-limits"]);
  expect(names({ tables: {} })).toEqual(["targets", "fronts", "state", "own-limits"]);
});

test("the deploy role of one account may do nothing with another's tables", () => {
  const [data] = stackCalls(fleet).filter(({ stack }) => stack === "globex_data");
  const allowed = data?.calls.filter((call) => isAllowed("444444444444", call)) ?? [];
  expect(
    [...new Set(allowed.map(({ action }) => action))].filter((action) => /^(dynamodb|iam):/.test(action)),
  ).toEqual([]);
});
