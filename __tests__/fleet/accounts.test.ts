import { accountsWithoutId, hasBootstrappedRole, resolveAccount } from "../../fleet/accounts";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { organizationFile } from "../support/organization";

const file: FleetFile = {
  ...organizationFile,
  defaults: { deployRole: "deployer", externalId: "common" },
  accounts: {
    ...organizationFile.accounts,
    own: { id: "444444444444", unit: "workloads", deployRole: "mine", externalId: "my-own" },
    alike: { id: "555555555555", unit: "workloads2" },
    outside: { id: "666666666666" },
  },
};

test("an account has the role and the external id of the defaults, unless it has its own", () => {
  expect(resolveAccount(file, "delivery")).toMatchObject({ deployRole: "deployer", externalId: "common" });
  expect(resolveAccount(file, "own")).toMatchObject({ deployRole: "mine", externalId: "my-own" });
  const { defaults: _, ...without } = file;
  expect(resolveAccount(without, "delivery")).toMatchObject({ deployRole: "meridian-deploy" });
});

test("an account that is not declared, or has no id, cannot be deployed to", () => {
  expect(() => resolveAccount(file, "nobody")).toThrow("nobody");
  expect(() => resolveAccount(file, "newco")).toThrow("no id");
});

describe("the bootstrap", () => {
  const reached = (bootstrap: FleetFile["bootstrap"]) =>
    Object.keys(file.accounts).filter((name) => hasBootstrappedRole({ ...file, bootstrap }, name));

  test("makes the roles of all accounts in units, and of the management account by hand", () => {
    expect(reached({})).toEqual(["management", "delivery", "globex", "newco", "alike"]);
    expect(reached({ units: ["workloads"] })).toEqual(["management", "delivery"]);
    expect(reached(undefined)).toEqual([]);
  });

  test("bounds the roles that a deploy makes where it made the deploy role", () => {
    expect(resolveAccount(file, "delivery").permissionsBoundary).toBe("deployer-boundary");
    expect(resolveAccount(file, "own").permissionsBoundary).toBeUndefined();
    expect(resolveAccount(file, "outside").permissionsBoundary).toBeUndefined();
  });
});

test("a cell waits for the accounts of its targets and of its front", () => {
  const cell = { stage: "production", targets: { globex: ["eu-central-1"] } };
  expect(accountsWithoutId(file, cell)).toEqual([]);
  expect(accountsWithoutId(file, { ...cell, front: { account: "newco" } })).toEqual(["newco"]);
  expect(accountsWithoutId(file, { ...cell, targets: { newco: ["eu-west-1"] } })).toEqual(["newco"]);
});
