import { findingsOf, fleetText } from "../support/findings";

const messages = (landingZone: string, accounts: readonly string[] = []) =>
  findingsOf(
    fleetText({
      accounts: [
        'logs: { id: "333333333333", unit: security }',
        'audit: { id: "444444444444", unit: security }',
        ...accounts,
      ],
      organization: `units: [workloads, security, core/security], controlTower: { enabled: true, landingZone: { version: "3.3", ${landingZone} } }`,
    }),
  )
    .filter(({ code }) => code === "landing-zone-accounts")
    .map(({ message }) => message);

test.each([
  ["logArchive: logs, audit: audit", []],
  ["logArchive: logs, audit: audit, security: security", []],
  [
    "logArchive: logs, audit: audit, security: workloads",
    ['"security" is unit "workloads", but the two accounts are in "security"'],
  ],
  ["logArchive: management, audit: audit", ['"logArchive" is the management account "management"']],
  ["logArchive: logs, audit: logs", ['"logArchive" and "audit" are both account "logs"']],
  [
    "logArchive: logs, audit: web",
    ['accounts "logs" and "web" are in different units, "security" and "workloads"'],
  ],
  ["logArchive: logs, audit: nobody", []],
])("{ %s }", (landingZone, expected) => {
  expect(messages(landingZone)).toEqual(expected);
});

test("the landing zone's unit lies right below the root", () => {
  const accounts = ["a", "b"].map(
    (name, index) => `${name}: { id: "55555555555${index}", unit: core/security }`,
  );
  expect(messages("logArchive: a, audit: b", accounts)).toEqual([
    'accounts "a" and "b" are in unit "core/security", but Control Tower keeps them directly below the root',
  ]);
});

describe("Control Tower for few accounts", () => {
  const advice = (accounts: readonly string[]) =>
    findingsOf(fleetText({ accounts, organization: "units: [workloads], controlTower: { enabled: true }" }))
      .filter(({ code }) => code === "simpler-without-control-tower")
      .map(({ message }) => message);
  const account = (name: string, index: number) => `${name}: { id: "33333333333${index}", unit: workloads }`;

  test("is advised against below three, closed ones not counted", () => {
    expect(advice(["a"].map(account))).toEqual(["Control Tower governs 2 accounts with workloads"]);
    expect(advice(["a", "b"].map(account))).toEqual([]);
    expect(
      advice(["a", "b"].map(account).map((line) => line.replace(" }", ", closed: true }"))),
    ).toHaveLength(1);
  });
});

describe("Control Tower that is off", () => {
  const found = (settings: string) =>
    findingsOf(
      fleetText({
        accounts: [
          'logs: { id: "333333333333", unit: security }',
          'audit: { id: "444444444444", unit: security }',
        ],
        organization: `units: [workloads, security], controlTower: { enabled: false${settings} }`,
      }),
    ).map(({ code, message }) => [code, message]);
  const landingZone = ', landingZone: { version: "3.3", logArchive: logs, audit: audit }';

  test("enables no controls, and sets up no landing zone", () => {
    expect(found(", controls: [AWS-GR_ENCRYPTED_VOLUMES]")).toEqual([
      ["control-tower-off", 'Control Tower is off, but "controls" is set'],
    ]);
    expect(found(`, controls: [AWS-GR_ENCRYPTED_VOLUMES]${landingZone}`)).toEqual([
      ["control-tower-off", 'Control Tower is off, but "controls", "landingZone" are set'],
    ]);
  });

  test("needs no settings", () => {
    expect(found("")).toEqual([]);
  });
});

describe("units that Control Tower has to know", () => {
  const found = (controlTower: string, more = "") =>
    findingsOf(
      fleetText({
        accounts: [
          'logs: { id: "333333333333", unit: security }',
          'audit: { id: "444444444444", unit: security }',
          'shop: { id: "555555555555", unit: tenants/eu }',
          'gone: { id: "666666666666", unit: tenants/us, closed: true }',
        ],
        organization: `units: [workloads, security, tenants/eu, tenants/us], ${more}controlTower: { enabled: true, ${controlTower} }`,
      }),
    )
      .filter(({ code }) => code === "units-to-register")
      .map(({ fix, message }) => [message, fix]);
  const controls = "controls: [AWS-GR_ENCRYPTED_VOLUMES]";
  const landingZone = (version: string) =>
    `landingZone: { version: "${version}", logArchive: logs, audit: audit }`;

  test("are those with controls and those around them, between the landing zone and its controls", () => {
    expect(found(`${controls}, ${landingZone("3.3")}`)).toEqual([
      [
        'controls need these units to be registered with Control Tower: "tenants", "tenants/eu", "workloads"',
        'register them in this order, after you have deployed "landing-zone", and before "control-tower" (docs/organization.md); nothing needs to change if they are',
      ],
    ]);
  });

  test("are registered before the controls in a landing zone that is there", () => {
    const [[message, fix] = []] = found("", "regionGuardrail: true, ");
    expect(message).toContain('"security", "tenants", "tenants/eu", "workloads"');
    expect(fix).toContain('before you deploy "control-tower"');
  });

  test("need no more than AWS Config from version 4.0 on, and that for written controls only", () => {
    const [[message, fix] = []] = found(`${controls}, ${landingZone("4.0")}`);
    expect(message).toContain("detective controls need AWS Config");
    expect(fix).toContain("ConfigBaseline");
    expect(found(landingZone("4.0"), "regionGuardrail: true, ")).toEqual([]);
  });

  test("are none where nothing is to be enabled", () => {
    expect(found(landingZone("3.3"))).toEqual([]);
  });
});
