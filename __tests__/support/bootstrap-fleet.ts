import type { RoleScope } from "../../access/deploy-role/scope";
import { type Context, requestOf } from "../../access/policy/request";
import type { Fleet } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "./fleet";
import type { PolicyCase } from "./loosened";

const home = "333333333333";
const elsewhere = "999999999999";

/** A fleet with all that asks a deploy role for something. */
export const bootstrapFile: FleetFile = {
  fleet: "acme",
  defaults: { deployRole: "deployer", externalId: "acme-2026", tags: { owner: "platform" } },
  state: {
    backend: "s3",
    ...{ bucket: "acme-state", region: "eu-central-1", account: "globex", replica: "eu-west-1" },
  },
  organization: { management: "management", units: ["workloads", "tenants/eu", "tenants/us"] },
  bootstrap: { delivery: "delivery" },
  accounts: {
    management: { id: "111111111111" },
    delivery: { id: "222222222222", unit: "workloads" },
    globex: { id: home, unit: "tenants/eu" },
    edge: { id: "555555555555", unit: "tenants/us" },
  },
  services: {
    hello: {
      source: "functions/hello/index.ts",
      layers: ["arn:aws:lambda:{region}:123456789012:layer:tools:3"],
      reservedConcurrency: 5,
    },
  },
  cells: {
    globex: {
      stage: "production",
      targets: { globex: ["eu-central-1", "eu-west-1"] },
      front: {
        account: "edge",
        domain: { name: "api.example.com", hostedZone: "Z0123456789ABC" },
        webAcl: "managed",
        logs: true,
      },
    },
  },
};

/** The same, resolved. */
export function bootstrapFleet(more: Partial<FleetFile> = {}): Fleet {
  return fleetOf({ ...bootstrapFile, ...more });
}

/** The deploy role of the account that owns the state bucket of {@link bootstrapFleet}. */
export const someScope: RoleScope = {
  fleet: "acme",
  account: home,
  role: "deployer",
  boundary: "deployer-boundary",
};

/** What the deploy role of {@link someScope} asks for, and what a policy of its is to say. */
export function asked(
  expected: PolicyCase["expected"],
  action: string,
  resource: string,
  context: Context = {},
): PolicyCase {
  const principal = `arn:aws:iam::${home}:role/deployer`;
  return { expected, request: requestOf({ action, resource, region: "eu-central-1", principal, context }) };
}

/** An ARN of the same resource in another account. */
export function inOtherAccount(arn: string): string {
  return arn.replace(home, elsewhere);
}
