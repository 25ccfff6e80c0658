import { resolveIdentity } from "../../../fleet/foundation/identity";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { organizationFile } from "../../support/organization";

type Identity = NonNullable<FleetFile["identity"]>;
type Access = Identity["access"];
type PermissionSet = Identity["permissionSets"][string];

const { identity: written } = organizationFile;
const resolve = (identity: Partial<Identity>, file: Partial<FleetFile> = {}) =>
  resolveIdentity({ ...organizationFile, ...file, identity: { ...(written as Identity), ...identity } });

const assignments = (access: Access, file: Partial<FleetFile> = {}) =>
  resolve({ access }, file)?.assignments.map(({ account, group, permissionSet }) => [
    account.name,
    group,
    permissionSet,
  ]);

const setOf = (entry: PermissionSet) => resolve({ permissionSets: { Set: entry } })?.permissionSets[0];

describe("access by unit", () => {
  const accounts: FleetFile["accounts"] = {
    management: { id: "111111111111" },
    inside: { id: "222222222222", unit: "tenants/eu" },
    below: { id: "333333333333", unit: "tenants/eu/gold" },
    alike: { id: "444444444444", unit: "tenants/eu2" },
    above: { id: "555555555555", unit: "tenants" },
    gone: { id: "666666666666", unit: "tenants/eu", closed: true },
    coming: { email: "aws@example.com", unit: "tenants/eu" },
  };

  test("means all open accounts in it and below, and in no unit whose name only begins alike", () => {
    const access = [{ group: "support", permissionSet: "ReadOnly", units: ["tenants/eu"] }];
    expect(assignments(access, { accounts })?.map(([account]) => account)).toEqual([
      "below",
      "coming",
      "inside",
    ]);
  });

  test("is given once, however often it is written", () => {
    const access = [
      { group: "support", permissionSet: "ReadOnly", units: ["tenants", "tenants/eu"], accounts: ["inside"] },
      { group: "support", permissionSet: "ReadOnly", accounts: ["inside", "inside"] },
      { group: "platform", permissionSet: "ReadOnly", accounts: ["inside"] },
    ];
    expect(assignments(access, { accounts })?.filter(([account]) => account === "inside")).toEqual([
      ["inside", "platform", "ReadOnly"],
      ["inside", "support", "ReadOnly"],
    ]);
  });
});

describe("a permission set", () => {
  test("has each policy once, in order", () => {
    const [a, b] = ["arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/B"];
    expect(setOf({ policies: [b, a, b] })?.policies).toEqual([a, b]);
  });

  test("says the same whatever the order of a statement's keys", () => {
    const statement = { Effect: "Deny", Action: "s3:*", Resource: "*" } as const;
    const turned = { Resource: "*", Action: "s3:*", Effect: "Deny" } as const;
    expect(JSON.stringify(setOf({ statements: [turned] }))).toBe(
      JSON.stringify(setOf({ statements: [statement] })),
    );
  });

  test("lasts an hour unless it says otherwise", () => {
    expect([setOf({})?.session, setOf({ session: "12h" })?.session]).toEqual(["PT1H", "PT12H"]);
  });
});

test("without an organization there is nobody to give access to", () => {
  expect(resolve({}, { organization: undefined })).toBeUndefined();
});

test("Identity Center is where it is written, else in Control Tower's home region, else in us-east-1", () => {
  const { organization } = organizationFile;
  const regionWith = (controlTower?: { enabled: boolean; homeRegion?: string }, region?: string) =>
    resolve({ region }, { organization: organization && { ...organization, controlTower } })?.region;
  expect(regionWith()).toBe("us-east-1");
  expect(regionWith(undefined, "eu-west-1")).toBe("eu-west-1");
  expect(regionWith({ enabled: true, homeRegion: "eu-central-1" })).toBe("eu-central-1");
  expect(regionWith({ enabled: true })).toBe("us-east-1");
  expect(regionWith({ enabled: false, homeRegion: "eu-central-1" })).toBe("us-east-1");
});
