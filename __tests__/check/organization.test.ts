import { codesOf, findingsOf, fleetText } from "../support/findings";

test("an organization with one account has nothing to find", () => {
  expect(codesOf(fleetText({}))).toEqual([]);
  expect(codesOf(fleetText({ organization: false }))).toEqual([]);
});

describe("what has a wrong shape is not called missing as well", () => {
  test.each([
    [
      "the organization",
      { organization: "untis: 5" },
      ["unknown-key organization.untis", "wrong-type organization.untis"],
    ],
    ["an id", { accounts: ['old: { id: "5", unit: workloads }'] }, ["account-id accounts.old.id"]],
    [
      "an address",
      { accounts: ["new: { email: nobody, unit: workloads }"] },
      ["wrong-format accounts.new.email"],
    ],
    [
      "an address that is too short for one",
      { accounts: ["new: { email: foo, unit: workloads }"] },
      ["wrong-format accounts.new.email"],
    ],
    ["a unit", { accounts: ['old: { id: "333333333333", unit: "a/" }'] }, ["wrong-format accounts.old.unit"]],
    ["a unit's declaration", { organization: "units: [workloads/]" }, ["wrong-format organization.units[0]"]],
    [
      "the addresses of a budget",
      { rest: ["budget: { monthly: 5, alerts: [nobody] }"] },
      ["wrong-format budget.alerts[0]"],
    ],
    [
      "the units of a policy",
      {
        organization:
          "units: [workloads], policies: { p: { units: [5], statements: [{ Effect: Deny, Action: '*' }] } }",
      },
      ["wrong-type organization.policies.p.units[0]"],
    ],
    [
      "the actions of a statement",
      {
        organization:
          "units: [workloads], policies: { p: { units: [workloads], statements: [{ Effect: Deny, Action: s3 }] } }",
      },
      ["wrong-format organization.policies.p.statements[0].Action"],
    ],
    [
      "the bucket of the state",
      { rest: ["state: { backend: local, account: web, bucket: X, region: eu-west-1 }"] },
      ["wrong-format state.bucket"],
    ],
  ])("%s", (_, parts, expected) => {
    expect(codesOf(fleetText(parts))).toEqual(expected);
  });

  test("an organization that cannot be read is there all the same", () => {
    const text = fleetText({
      organization: false,
      rest: ["organization: 5", "budget: { monthly: 5, alerts: [a@example.com] }"],
    });
    expect(codesOf(text)).toEqual(["wrong-type organization"]);
  });
});

test("accounts are looked for wherever one is named", () => {
  const text = fleetText({
    organization: [
      "units: [workloads]",
      "policies: { p: { accounts: [web, a], statements: [{ Effect: Deny, Action: '*' }] } }",
      'controlTower: { enabled: true, landingZone: { version: "3.3", logArchive: b, audit: c } }',
    ].join(", "),
    rest: [
      "identity:",
      "  groups: [g]",
      "  permissionSets: { S: { policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } }",
      "  access: [{ group: g, permissionSet: S, accounts: [web, d] }]",
      "bootstrap: { delivery: e }",
      "state: { backend: local, account: f, bucket: acme, region: eu-west-1 }",
    ],
  });
  expect(codesOf(text)).toEqual([
    "simpler-without-control-tower organization.controlTower",
    "unknown-account bootstrap.delivery",
    "unknown-account identity.access[0].accounts[1]",
    "unknown-account organization.controlTower.landingZone.audit",
    "unknown-account organization.controlTower.landingZone.logArchive",
    "unknown-account organization.policies.p.accounts[1]",
    "unknown-account state.account",
  ]);
});

test("the management account has to be declared", () => {
  const text = fleetText({}).replace("management: management", "management: mangement");
  expect(codesOf(text)).toContain("unknown-account organization.management");
  expect(findingsOf(text).find(({ code }) => code === "unknown-account")?.fix).toBe('write "management"');
});

test("regions are looked for in the state and the stack set, too", () => {
  const text = fleetText({
    rest: [
      "state: { backend: local, account: web, bucket: acme, region: eu-wset-1, replica: eu-central-9 }",
      "bootstrap: { operation: { regionOrder: [us-east-1, us-east-9, eu-south-1] } }",
    ],
  });
  expect(codesOf(text)).toEqual([
    "opt-in-region bootstrap.operation.regionOrder[2]",
    "unknown-region bootstrap.operation.regionOrder[1]",
    "unknown-region state.region",
    "unknown-region state.replica",
  ]);
});

describe("closing an account", () => {
  const uses = (rest: readonly string[], organization?: string) =>
    findingsOf(
      fleetText({
        accounts: ['old: { id: "333333333333", unit: workloads, closed: true }'],
        rest,
        organization,
      }),
    )
      .filter(({ code }) => code === "closed-account-in-use")
      .map(({ message }) => message.replace(/.*used by /, ""));

  const identity = [
    "identity:",
    "  groups: [g]",
    "  permissionSets: { S: { policies: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] } }",
  ];

  test.each<[string, readonly string[], string | undefined, readonly string[]]>([
    ["that nothing uses is right", [], undefined, []],
    [
      "whose access comes by unit is right: access leaves it out",
      [...identity, "  access: [{ group: g, permissionSet: S, units: [workloads] }]"],
      undefined,
      [],
    ],
    [
      "that somebody has access to by name",
      [...identity, "  access: [{ group: g, permissionSet: S, accounts: [old] }]"],
      undefined,
      ["identity.access[0].accounts[0]"],
    ],
    [
      "that keeps the state and delivers",
      [
        "state: { backend: local, account: old, bucket: acme, region: eu-west-1 }",
        "bootstrap: { delivery: old }",
      ],
      undefined,
      ["bootstrap.delivery, state.account"],
    ],
    [
      "of the landing zone",
      [],
      'units: [workloads], controlTower: { enabled: false, landingZone: { version: "3.3", logArchive: old, audit: web } }',
      ["organization.controlTower.landingZone.logArchive"],
    ],
  ])("%s", (_, rest, organization, expected) => {
    expect(uses(rest, organization)).toEqual(expected);
  });

  test("is never done to the management account", () => {
    const text = fleetText({}).replace('management: { id: "111111111111"', "$&, closed: true");
    expect(codesOf(text)).toEqual(["closed-account-in-use accounts.management.closed"]);
  });
});

test("addresses that differ behind a + are two", () => {
  const accounts = ["a", "b"].map((name) => `${name}: { email: aws+${name}@example.com, unit: workloads }`);
  expect(codesOf(fleetText({ accounts }))).toEqual([
    "account-without-id accounts.a",
    "account-without-id accounts.b",
  ]);
});

test("an account that waits to be closed is not waited for", () => {
  const accounts = ["old: { email: aws+old@example.com, unit: workloads, closed: true }"];
  expect(codesOf(fleetText({ accounts }))).toEqual([]);
});

test("a management account whose name is misspelt is not called an account without a unit as well", () => {
  const text = fleetText({ accounts: ['other: { id: "333333333333" }'] });
  expect(codesOf(text.replace("management: management", "management: managment"))).toEqual([
    "account-without-unit accounts.other",
    "unknown-account organization.management",
  ]);
});

describe("an external id", () => {
  const bootstrapped = (settings: string, more: string[] = []) =>
    codesOf(
      fleetText({
        accounts: [`shop: { id: "333333333333", unit: workloads, ${settings} }`],
        rest: ["bootstrap: {}", ...more],
      }),
    );

  test("of an account's own needs a role of its own", () => {
    expect(bootstrapped("externalId: mine")).toEqual(["bootstrap-external-id accounts.shop.externalId"]);
    expect(bootstrapped("externalId: mine, deployRole: mine")).toEqual([]);
    expect(bootstrapped("externalId: mine", ["defaults: { externalId: mine }"])).toEqual([]);
  });

  test("is the account's own affair where the bootstrap does not reach", () => {
    const accounts = ['shop: { id: "333333333333", unit: workloads, externalId: mine }'];
    expect(codesOf(fleetText({ accounts }))).toEqual([]);
    const organization = "units: [workloads, tenants]";
    expect(codesOf(fleetText({ accounts, organization, rest: ["bootstrap: { units: [tenants] }"] }))).toEqual(
      [],
    );
  });

  test("of the management account is the one of its template", () => {
    const text = fleetText({ rest: ["bootstrap: {}"] });
    expect(codesOf(text.replace('"111111111111"', '"111111111111", externalId: mine'))).toEqual([
      "bootstrap-external-id accounts.management.externalId",
    ]);
  });
});

test.each([
  "email: aws@example.com",
  "unit: workloads",
  "closed: true",
  "budget: { monthly: 5, alerts: [a@example.com] }",
])("an account with %s needs an organization", (settings) => {
  const accounts = [`old: { id: "333333333333", ${settings} }`];
  expect(codesOf(fleetText({ organization: false, accounts }))).toEqual([
    `needs-organization accounts.old.${settings.split(":")[0]}`,
  ]);
});
