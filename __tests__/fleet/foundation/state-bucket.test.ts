import { resolveStateBucket } from "../../../fleet/foundation/state-bucket";
import type { StateEntry } from "../../../fleet/schema/fleet-file";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { organizationFile } from "../../support/organization";

const bucket = { bucket: "acme-state", region: "eu-central-1" };
const resolve = (state: StateEntry, accounts = organizationFile.accounts) =>
  resolveStateBucket({ ...organizationFile, accounts, state });

test("it is made where the file names an account for it, and that one is there", () => {
  expect(resolve({ backend: "s3", ...bucket })).toBeUndefined();
  expect(resolve({ backend: "local", ...bucket, account: "newco" })).toBeUndefined();
  expect(resolve({ backend: "local", ...bucket, account: "delivery" })?.account.id).toBe("222222222222");
});

test("all open accounts with an id keep their state in it", () => {
  const { globex, ...others } = organizationFile.accounts;
  const names = (accounts = organizationFile.accounts) =>
    resolve({ backend: "s3", ...bucket, account: "delivery" }, accounts)?.readers.map(({ name }) => name);
  expect(names()).toEqual(["delivery", "globex", "management"]);
  expect(names({ ...others, globex: { ...globex, closed: true } })).toEqual(["delivery", "management"]);
});

test("keys begin with the fleet's name, unless the file says otherwise", () => {
  const prefix = (written?: string) =>
    resolve({ backend: "s3", ...bucket, account: "delivery", prefix: written })?.prefix;
  expect([prefix(), prefix("ops/state")]).toEqual(["acme", "ops/state"]);
});

test("a replica has a name and a region of its own", () => {
  const state = { backend: "s3", ...bucket, account: "delivery" } as const;
  expect(resolve({ ...state, replica: "eu-west-1" })?.replica).toEqual({
    bucket: "acme-state-replica",
    region: "eu-west-1",
  });
  expect(resolve(state)?.replica).toBeUndefined();
});

test("the roles that plan are those that Meridian makes: beside the bootstrapped ones, and the management account's", () => {
  const { accounts } = bootstrapFile;
  const own = {
    ...accounts,
    management: { ...accounts.management, deployRole: "org-deploy" },
    edge: { ...accounts.edge, deployRole: "edge-deploy" },
  };
  expect(bootstrapFleet().stateBucket?.planners).toEqual(["deployer-plan"]);
  expect(bootstrapFleet({ accounts: own }).stateBucket?.planners).toEqual(["deployer-plan", "org-plan"]);
  expect(bootstrapFleet({ bootstrap: undefined }).stateBucket?.planners).toEqual([]);
});
