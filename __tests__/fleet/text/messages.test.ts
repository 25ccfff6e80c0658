import { findingsOf, fleetText } from "../../support/findings";

const first = (text: string) => {
  const found = findingsOf(text);
  expect(found.map(({ code }) => code)).toHaveLength(1);
  return `${found[0]?.message}; ${found[0]?.fix}`;
};

const statement = (written: string) =>
  fleetText({
    organization: `units: [workloads], policies: { p: { units: [workloads], statements: [${written}] } }`,
  });

test.each([
  [
    "a unit that is a number",
    fleetText({ organization: "units: [workloads, 7]" }),
    '"units[1]" is the number 7, but a unit\'s path, or a map with "path" and "id", is expected; write a unit\'s path: tenants/eu',
  ],
  [
    "a unit with a slash at its end",
    fleetText({ organization: "units: [workloads, tenants EU/]" }),
    expect.stringContaining('; write "tenants-EU"'),
  ],
  [
    "an unlisted address of an alert",
    fleetText({ rest: ["budget: { monthly: 5, alerts: finops@example.com }"] }),
    '"alerts" is the string "finops@example.com", but a list is expected; put it in brackets: [finops@example.com]',
  ],
  [
    "an amount in words",
    fleetText({ rest: ["budget: { monthly: many, alerts: [finops@example.com] }"] }),
    '"monthly" is the string "many", but a number is expected; write a number, without a unit',
  ],
  [
    "an amount in quotes",
    fleetText({ rest: ['budget: { monthly: "5.5", alerts: [finops@example.com] }'] }),
    '"monthly" is the string "5.5", but a number is expected; write it without quotes: 5.5',
  ],
  [
    "an amount of nothing",
    fleetText({ rest: ["budget: { monthly: 0, alerts: [finops@example.com] }"] }),
    '"monthly" is 0, but must be more than 0; write more than 0',
  ],
  [
    "an address that is none",
    fleetText({ accounts: ["new: { email: nobody, unit: workloads }"] }),
    expect.stringContaining("aws+globex@example.com"),
  ],
  [
    "a statement without an effect",
    statement('{ Action: "*" }'),
    'organization.policies.p.statements[0] has no "Effect"; add "Effect": Allow or Deny',
  ],
  [
    "an effect in small letters",
    statement('{ Effect: deny, Action: "*" }'),
    '"Effect" is "deny"; accepted: Allow, Deny; write "Deny"',
  ],
  [
    "a condition's value without quotes",
    statement('{ Effect: Deny, Action: "*", Condition: { Bool: { "aws:SecureTransport": false } } }'),
    '"aws:SecureTransport" is the boolean false, but a string or a list of strings is expected; put it in quotes: "false"',
  ],
  [
    "actions as a map",
    statement("{ Effect: Deny, Action: { s3: all } }"),
    '"Action" is a map, but a string or a list of strings is expected; write a string, or strings in brackets',
  ],
  [
    "a policy's name with a capital",
    fleetText({
      organization:
        'units: [workloads], policies: { Deny_all: { units: [workloads], statements: [{ Effect: Deny, Action: "*" }] } }',
    }),
    expect.stringContaining('write "deny-all"'),
  ],
])("%s", (_, text, expected) => {
  expect(first(text)).toEqual(expected);
});

test.each([
  ["concurrency: 1.5", "write a whole number, or a share: 20%"],
  ["concurrency: [5]", "write a whole number, or a share: 20%"],
  ["concurrency: '5'", "write a share from 1% to 100%, or a whole number without quotes"],
  ["concurrency: 0%", "write a share from 1% to 100%, or a whole number without quotes"],
  ["failureTolerance: 101%", "write a share from 0% to 100%, or a whole number without quotes"],
  ["failureTolerance: -1", "write 0 or more"],
  ["waves: 100%", "put it in brackets: [100%]"],
  ["waves: [0.5]", "write cells in brackets, or a share: 10%"],
  ["waves: [{ web: 1 }]", "write cells in brackets, or a share: 10%"],
  ["bake: 10", "add the unit: 10s, 10m or 10h"],
  ["bake: 10 minutes", "write a number of seconds, minutes or hours, such as 30s, 10m or 2h"],
  ["verify: { path: /* }", 'write a path that starts with "/", without wildcards'],
])("a rollout with { %s }", (settings, fix) => {
  const found = findingsOf(fleetText({ rest: [`rollout: { dev: { ${settings} } }`] }));
  expect(found.map((one) => one.fix)).toEqual([fix]);
});

test.each([
  ["rollout: { Dev: {} }", 'write "dev"'],
  ["stages: [Dev]", 'write "dev"'],
  ["rollout:", "say in it how a stage is rolled out, or remove it"],
  ["rollout: { __proto__: {} }", expect.stringContaining("choose another name")],
])("%s", (line, fix) => {
  expect(findingsOf(fleetText({ rest: [line] })).map((one) => one.fix)).toEqual([fix]);
});

test.each([
  ["policies: [ReadOnlyAccess]", 'write "arn:aws:iam::aws:policy/ReadOnlyAccess"'],
  ['policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], session: 4', "write 4h"],
])("a permission set with { %s }", (set, fix) => {
  const rest = [
    `identity: { groups: [g], permissionSets: { S: { ${set} } }, access: [{ group: g, permissionSet: S, accounts: [web] }] }`,
  ];
  expect(findingsOf(fleetText({ rest })).map((found) => found.fix)).toContain(fix);
});

test("a role's ARN is not corrected as if it were a name", () => {
  const [found] = findingsOf(
    fleetText({ rest: ["state: { backend: s3, bucket: acme, region: eu-west-1, role: My Role }"] }),
  );
  expect(found?.fix).toBe("write an IAM role's ARN");
});

test.each([
  ["environment: { V: x }", "at least two characters"],
  ['layers: ["arn:aws:lambda:{region}:111111111111:layer:tools"]', "with its number at the end"],
])("a service with { %s } says what is missing", (setting, expected) => {
  const [found, ...others] = findingsOf(fleetText({}).replace("source:", `${setting}, source:`));
  expect(found?.message).toContain(expected);
  expect(others).toEqual([]);
});
