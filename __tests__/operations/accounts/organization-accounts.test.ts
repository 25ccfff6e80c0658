import { accountCredentials } from "../../../cli/shared/sandbox-request";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import {
  organizationAccounts,
  requireOrganization,
} from "../../../operations/accounts/organization-accounts";
import type { AssumeRole } from "../../../operations/aws/role-credentials";
import { quietCaller } from "../../support/caller";
import { fleetOf, smallFile } from "../../support/fleet";
import { type LocalAws, startLocalAws } from "../../support/local-aws";
import { organizationFile } from "../../support/organization";

const state = { backend: "s3", bucket: "acme-state", region: "eu-west-3" } as const;
const before = { ...process.env };

let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws();
  Object.assign(process.env, aws.env);
});
afterEach(async () => {
  process.env = { ...before };
  await aws.close();
});

const roles: string[] = [];
const read = (file: FleetFile) => {
  const fleet = fleetOf(file);
  const assumeRole: AssumeRole = async ({ arn }) => {
    roles.push(arn);
    return accountCredentials("111111111111");
  };
  const organization = requireOrganization(fleet, "fleet.yaml");
  return organizationAccounts(fleet, organization, { ...quietCaller, assumeRole });
};
const outputs = (accounts: unknown) => JSON.stringify({ outputs: { accounts: { value: accounts } } });

test("ids are read from the management account's part of the state", async () => {
  aws.objects.set("acme-state/acme/111111111111/accounts.tfstate", outputs({ newco: "600000000001" }));
  const file = { ...organizationFile, state: { ...state, account: "delivery" } };
  expect([...(await read(file))]).toEqual([["newco", "600000000001"]]);
  expect(roles).toEqual(["arn:aws:iam::111111111111:role/meridian-deploy"]);
});

test("an organization without accounts is one", async () => {
  aws.objects.set("acme-state/acme/accounts.tfstate", outputs({}));
  expect((await read({ ...organizationFile, state })).size).toBe(0);
});

test.each([
  ["there is no state", undefined],
  ["it was destroyed", JSON.stringify({ outputs: {} })],
])("it is not deployed where %s", async (_, text) => {
  if (text !== undefined) aws.objects.set("acme-state/acme/accounts.tfstate", text);
  await expect(read({ ...organizationFile, state })).rejects.toThrow(
    /not deployed yet.*\n.*\n.*npx cdktf deploy organization accounts; .*bucket acme-state in eu-west-3/,
  );
});

test("a state that cannot be read is said to be", async () => {
  aws.outages.begin("eu-west-3");
  await expect(read({ ...organizationFile, state })).rejects.toThrow(
    /state of the stack accounts cannot be read: .*\n.*\n.*bucket acme-state in eu-west-3 can be read/,
  );
});

test("a fleet may have no organization", () => {
  expect(() => requireOrganization(fleetOf(smallFile), "fleet.yaml")).toThrow(
    "fleet.yaml has no organization",
  );
});
