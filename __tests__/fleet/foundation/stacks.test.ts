import { stacksAround } from "../../../fleet/foundation/stacks";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../../support/fleet";
import { organizationFile } from "../../support/organization";

const stacks = (file: FleetFile) => stacksAround(fleetOf(file)).map(({ after, name }) => [name, ...after]);

test("the organization comes first, then its accounts, then what is said of these", () => {
  const { organization } = organizationFile;
  const controlTower = { enabled: true };
  expect(
    stacks({ ...organizationFile, organization: organization && { ...organization, controlTower } }),
  ).toEqual([
    ["organization"],
    ["accounts", "organization"],
    ["control-tower", "organization", "accounts"],
    ["identity", "organization", "accounts"],
    ["bootstrap", "organization", "accounts"],
    ["budgets", "organization", "accounts"],
  ]);
});

test("the state's bucket comes after its replica, which it copies to", () => {
  const state = {
    backend: "local",
    account: "globex",
    bucket: "acme-state",
    region: "eu-central-1",
  } as const;
  expect(stacks({ ...smallFile, state })).toEqual([["state"]]);
  expect(stacks({ ...smallFile, state: { ...state, replica: "eu-west-1" } })).toEqual([
    ["state_replica"],
    ["state", "state_replica"],
  ]);
});

test("a fleet by itself has nothing around it", () => {
  expect(stacks(smallFile)).toEqual([]);
});
