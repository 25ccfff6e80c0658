import { isUsed, regionUses, union } from "../../../fleet/foundation/region-use";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { organizationFile } from "../../support/organization";

const useOf = (file: FleetFile, account: string) => regionUses(file).get(account);
const web = { stage: "dev", targets: { globex: ["sa-east-1"], delivery: ["us-west-2"] } };

describe("an account uses", () => {
  test("the regions of its zone and of its targets", () => {
    const file = { ...organizationFile, cells: { ...organizationFile.cells, web } };
    expect(useOf(file, "globex")?.regions).toEqual(["eu-central-1", "eu-west-1", "sa-east-1"]);
    expect(useOf(file, "newco")?.regions).toEqual(["eu-central-1", "eu-west-1"]);
  });

  test("us-east-1 for its front, whatever the front has there so far", () => {
    expect(useOf(organizationFile, "globex")?.front).toBe(true);
    expect(useOf(organizationFile, "newco")?.front).toBe(false);
  });

  test("the region of its front's logs, and the front of another account does not", () => {
    const cell = { ...web, zone: "eu", front: { account: "edge", logs: true } };
    const accounts = { ...organizationFile.accounts, edge: { id: "555555555555", unit: "workloads" } };
    const file = { ...organizationFile, accounts, cells: { web: cell } };
    expect(useOf(file, "edge")).toMatchObject({ regions: ["eu-central-1"], front: true });
    expect(useOf(file, "globex")?.front).toBe(false);
  });

  test("the bootstrap's regions, where that reaches it", () => {
    const bootstrap = { units: ["tenants"], operation: { regionOrder: ["us-west-2"] } };
    expect(useOf(organizationFile, "globex")?.bootstrap).toEqual(["us-east-1"]);
    expect(useOf({ ...organizationFile, bootstrap }, "globex")?.bootstrap).toEqual(["us-west-2"]);
    expect(useOf({ ...organizationFile, bootstrap }, "delivery")?.bootstrap).toEqual([]);
  });

  test("the state's bucket: the account that holds it its regions, the others itself", () => {
    const state = { backend: "s3", bucket: "b-state", region: "eu-west-3", replica: "eu-west-1" } as const;
    const own = { ...organizationFile, state: { ...state, account: "delivery" } };
    expect(useOf(own, "delivery")).toMatchObject({ regions: ["eu-west-1", "eu-west-3"], state: undefined });
    expect(useOf(own, "globex")?.state).toEqual({ bucket: "b-state", region: "eu-west-3" });
  });

  test("the pipeline's region, in its account", () => {
    const pipeline = {
      account: "delivery",
      region: "eu-west-3",
      source: { bucket: "b-sources", key: "a.zip" },
    };
    expect(useOf({ ...organizationFile, pipeline }, "delivery")?.regions).toEqual(["eu-west-3"]);
    expect(useOf({ ...organizationFile, pipeline }, "globex")?.regions).not.toContain("eu-west-3");
  });

  test("the state's bucket where one role of its own keeps the state of all", () => {
    const role = "arn:aws:iam::333333333333:role/state";
    const state = { backend: "s3", bucket: "b-state", region: "eu-west-3", role } as const;
    const file = { ...organizationFile, state };
    expect(useOf(file, "globex")?.state).toEqual({ bucket: "b-state", region: "eu-west-3" });
    expect(useOf(file, "newco")?.state).toBeUndefined();
    const { role: _, ...shell } = state;
    expect(useOf({ ...organizationFile, state: shell }, "globex")?.state).toBeUndefined();
  });

  test("nothing once it is closed", () => {
    const accounts = {
      ...organizationFile.accounts,
      newco: { ...organizationFile.accounts.newco, closed: true },
    };
    expect(useOf({ ...organizationFile, accounts }, "newco")).toBeUndefined();
  });
});

test("several accounts use what any of them does", () => {
  const one = { regions: ["eu-west-1"], front: false, bootstrap: ["us-east-1"] };
  const other = { regions: ["eu-central-1", "eu-west-1"], front: true, bootstrap: [] };
  expect(union([one, other])).toEqual({
    regions: ["eu-central-1", "eu-west-1"],
    front: true,
    bootstrap: ["us-east-1"],
    state: undefined,
  });
});

test("a bootstrap alone does not make an account used: of what it is for, nothing is known", () => {
  expect(isUsed({ regions: [], front: false, bootstrap: ["us-east-1"] })).toBe(false);
  expect(isUsed({ regions: [], front: true, bootstrap: [] })).toBe(true);
});
