import { deployRolePolicies, managementRolePolicies } from "../../../access/deploy-role/deploy-role";
import type { NamedPolicy } from "../../../fleet/policy-document";
import { accountChecks } from "../../../operations/preflight/preflight";
import { regionChecks } from "../../../operations/preflight/regions";
import { bootstrapFile, bootstrapFleet, someScope } from "../../support/bootstrap-fleet";
import { scopeOf } from "./support";

const { globex } = bootstrapFile.cells;
const { hello } = bootstrapFile.services;
if (!globex || !hello) throw new Error("the fleet has changed");
const secrets = { A: { parameter: "/acme/a" }, B: { secret: "b" } };
const fleet = bootstrapFleet({
  services: { hello: { ...hello, secrets } },
  tables: { orders: { key: { id: "string" }, kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-1" } },
  cells: {
    globex: { ...globex, targets: { globex: ["eu-central-1", "eu-south-1"] }, home: "eu-central-1" },
    edge: {
      stage: "production",
      targets: { edge: ["eu-west-1"] },
      front: {
        domain: { name: "api.example.com", certificate: "arn:aws:acm:us-east-1:555555555555:certificate/1" },
      },
    },
  },
});

/** What policies allow by name; on what is held against the calls of deploys elsewhere. */
const allowedBy = (policies: readonly NamedPolicy[]) =>
  policies.flatMap(({ document }) =>
    [document.Statement]
      .flat()
      .flatMap(({ Action, Effect }) => (Effect === "Allow" ? [Action ?? []].flat() : [])),
  );

test.each([
  ["globex", deployRolePolicies(fleet, someScope)],
  ["edge", deployRolePolicies(fleet, someScope)],
  ["management", managementRolePolicies(fleet, someScope)],
] as const)("the deploy role that Meridian makes in %s may ask all of it", (account, policies) => {
  const scope = scopeOf(fleet, account);
  const asked = [...regionChecks(scope), ...accountChecks(scope)].flatMap(({ asks }) => asks);
  expect(asked.length).toBeGreaterThan(2);
  expect(allowedBy(policies)).toEqual(expect.arrayContaining([...new Set(asked)]));
});
