import { codesOf, fleetText } from "../support/findings";

const identity = (permissionSet: string, access = "accounts: [web]") =>
  codesOf(
    fleetText({
      rest: [
        "identity:",
        "  groups: [g]",
        `  permissionSets: { S: ${permissionSet} }`,
        `  access: [{ group: g, permissionSet: S, ${access} }]`,
      ],
    }),
  );

const policies = (number: number) =>
  `{ policies: [${Array.from({ length: number }, (_, index) => `"arn:aws:iam::aws:policy/P${index}"`).join(", ")}] }`;

test.each<[number, readonly string[]]>([
  [10, []],
  [11, ["many-managed-policies identity.permissionSets.S.policies"]],
  [20, ["many-managed-policies identity.permissionSets.S.policies"]],
  [21, ["out-of-range identity.permissionSets.S.policies"]],
])("%i managed policies", (number, expected) => {
  expect(identity(policies(number))).toEqual(expected);
});

/** Bytes of the policy around its one resource. */
const around = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "" }],
}).length;

test.each<[string, number, readonly string[]]>([
  ["10,240 bytes", 10_240 - around, []],
  ["one more", 10_241 - around, ["permission-set-too-large identity.permissionSets.S.statements"]],
])("statements of %s", (_, length, expected) => {
  const resource = "arn:aws:s3:::".padEnd(length, "a");
  expect(identity(`{ statements: [{ Effect: Allow, Action: "s3:*", Resource: "${resource}" }] }`)).toEqual(
    expected,
  );
});

test("white space does not count", () => {
  const resource = "arn:aws:s3:::".padEnd(20_000, " ");
  expect(identity(`{ statements: [{ Effect: Allow, Action: "s3:*", Resource: "${resource}x" }] }`)).toEqual(
    [],
  );
});

test("names have 32 characters at most", () => {
  const set = (length: number) =>
    identity(policies(1)).length === 0 &&
    codesOf(
      fleetText({
        rest: [
          `identity: { groups: [g], permissionSets: { ${"S".repeat(length)}: ${policies(1)} }, access: [{ group: g, permissionSet: ${"S".repeat(length)}, accounts: [web] }] }`,
        ],
      }),
    );
  expect(set(32)).toEqual([]);
  expect(set(33)).toEqual([`out-of-range identity.permissionSets.${"S".repeat(33)}`]);
});

test("a unit stands for the accounts below it, so one without is reported, unless it is unknown", () => {
  expect(identity(policies(1), "units: [workloads]")).toEqual([]);
  expect(identity(policies(1), "units: [nowhere]")).toEqual(["unknown-unit identity.access[0].units[0]"]);
});
