import { resolveBootstrap } from "../../../fleet/foundation/bootstrap";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { organizationFile } from "../../support/organization";

const resolve = (file: Partial<FleetFile>) => resolveBootstrap({ ...organizationFile, ...file });

test("reaches all units, each by the outermost one above it", () => {
  expect(resolve({})?.units).toEqual(["tenants", "workloads"]);
  expect(resolve({ bootstrap: { units: ["tenants/eu", "tenants/eu2", "tenants/eu"] } })?.units).toEqual([
    "tenants/eu",
    "tenants/eu2",
  ]);
});

test("works in each region once, in the order that is written", () => {
  const operation = { regionOrder: ["us-west-2", "us-east-1", "us-west-2"] };
  expect(resolve({ bootstrap: { operation } })?.regions).toEqual(["us-west-2", "us-east-1"]);
  expect(resolve({})?.regions).toEqual(["us-east-1"]);
});

test("is managed in us-east-1, or in the region that is written, which is also where the role is made", () => {
  expect(resolve({})?.region).toBe("us-east-1");
  expect(resolve({ bootstrap: { operation: { regionOrder: ["eu-west-1"] } } })?.region).toBe("us-east-1");
  expect(resolve({ bootstrap: { region: "eu-central-1" } })).toMatchObject({
    region: "eu-central-1",
    regions: ["eu-central-1"],
  });
  const operation = { regionOrder: ["eu-west-1"] };
  expect(resolve({ bootstrap: { region: "eu-central-1", operation } })?.regions).toEqual(["eu-west-1"]);
});

test("does one account at a time, and none may fail, unless the file says otherwise", () => {
  expect(resolve({})).toMatchObject({ concurrency: 1, failureTolerance: 0 });
  const operation = { concurrency: 5, failureTolerance: 4 };
  expect(resolve({ bootstrap: { operation } })).toMatchObject(operation);
});

test("the role trusts the management account and the delivery account, once that one has an id", () => {
  expect(resolve({})?.role.trusted).toEqual(["111111111111", "222222222222"]);
  expect(resolve({ bootstrap: { delivery: "newco" } })?.role.trusted).toEqual(["111111111111"]);
  expect(resolve({ bootstrap: { delivery: "management" } })?.role.trusted).toEqual(["111111111111"]);
});

test("the stack set has a name that CloudFormation takes, whatever the fleet and its role are called", () => {
  const named = (fleet: string, deployRole?: string) =>
    resolve({ fleet, defaults: { deployRole } })?.stackSet;
  expect(named("acme")).toBe("acme-meridian-deploy");
  expect(named("1acme", "meridian_deploy+x@y")).toBe("fleet-1acme-meridian-deploy-x-y");
});
