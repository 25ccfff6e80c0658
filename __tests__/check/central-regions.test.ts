import { findingsOf, fleetText } from "../support/findings";

const accounts = ["a", "b"].map((name, index) => `${name}: { id: "33333333333${index}", unit: workloads }`);
const zones = "zones: { eu: { regions: [eu-central-1, eu-south-1], countries: [EU] } }";
const identity = (more = "") =>
  `identity: { ${more}groups: [g], permissionSets: { R: { policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] } }, access: [{ group: g, permissionSet: R, accounts: [web] }] }`;

const found = (controlTower: string | undefined, rest: readonly string[]) =>
  findingsOf(
    fleetText({
      accounts,
      organization: `units: [workloads]${controlTower === undefined ? "" : `, controlTower: { ${controlTower} }`}`,
      rest,
    }),
  )
    .filter(({ code }) => code !== "zone-without-viewers")
    .map(({ code, message }) => `${code}: ${message}`);

describe("central services and zones", () => {
  test("nothing is said without zones, or inside of one", () => {
    expect(found("enabled: true", [identity()])).toEqual([]);
    expect(found("enabled: true, homeRegion: eu-central-1", [zones, identity()])).toEqual([]);
    expect(found(undefined, [zones, identity("region: eu-central-1, ")])).toEqual([]);
  });

  test("each is named that is outside of all zones, by default or as written", () => {
    expect(found("enabled: true", [zones, identity()])).toEqual([
      'central-outside-zones: Control Tower is in "us-east-1", which is in no zone',
      'central-outside-zones: IAM Identity Center is in "us-east-1", which is in no zone',
    ]);
    expect(found(undefined, [zones, identity("region: us-west-2, ")])).toEqual([
      'central-outside-zones: IAM Identity Center is in "us-west-2", which is in no zone',
    ]);
    expect(found("enabled: false", [zones])).toEqual([]);
  });
});

describe("regions of central services", () => {
  test("have to be there", () => {
    const unknown = found("enabled: true, homeRegion: eu-wset-1", [
      identity("region: eu-nowhere-1, "),
      "bootstrap: { region: xx-east-1 }",
    ]).filter((line) => line.startsWith("unknown-region"));
    expect(unknown).toHaveLength(3);
  });

  test("may need an opt-in, of the accounts that use them", () => {
    expect(
      found("enabled: true, homeRegion: eu-south-1", [
        identity("region: eu-south-1, "),
        "bootstrap: { region: eu-south-2 }",
      ]),
    ).toEqual([
      'opt-in-region: the management account must opt in to region "eu-south-1" first',
      'opt-in-region: every account that people sign in to must opt in to region "eu-south-1" first',
      'opt-in-region: the management account must opt in to region "eu-south-2" first',
    ]);
  });

  test("are the same for Control Tower and Identity Center", () => {
    expect(found("enabled: true, homeRegion: eu-central-1", [identity("region: eu-west-1, ")])).toEqual([
      'identity-region: IAM Identity Center is in "eu-west-1", but Control Tower\'s home region is "eu-central-1"',
    ]);
    expect(found("enabled: true, homeRegion: eu-west-1", [identity("region: eu-west-1, ")])).toEqual([]);
    expect(found("enabled: false, homeRegion: eu-west-1", [identity("region: eu-west-2, ")])).toEqual([]);
  });
});
