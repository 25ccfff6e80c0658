import { findingsOf, fleetText } from "../support/findings";

const waits = (rest: readonly string[], settings = "") =>
  findingsOf(
    fleetText({ accounts: [`ops: { email: aws+ops@example.com, unit: workloads${settings} }`], rest }),
  )
    .filter(({ code }) => code === "account-without-id")
    .map(({ message }) => message.replace('account "ops" has no id yet', ""));

test("an account that nothing waits for is only named", () => {
  expect(waits([])).toEqual([""]);
});

test.each([
  [["bootstrap: { delivery: ops }"], ": until it has one, no deploy role trusts it"],
  [
    ["state: { backend: local, account: ops, bucket: acme, region: eu-west-1 }"],
    ": until it has one, the bucket for the state is not created",
  ],
  [
    [
      "state: { backend: local, account: ops, bucket: acme, region: eu-west-1 }",
      "bootstrap: { delivery: ops }",
    ],
    ": until it has one, the bucket for the state is not created, and no deploy role trusts it",
  ],
])("with %j it is said what waits", (rest, expected) => {
  expect(waits(rest)).toEqual([expected]);
});

test.each([
  ["targets: { ops: [eu-west-1] }", "is left out"],
  ["targets: { web: [eu-west-1] }, front: { account: ops }", "is left out"],
])("a cell with %s waits", (settings, expected) => {
  const text = fleetText({ accounts: ["ops: { email: aws+ops@example.com, unit: workloads }"] });
  const messages = findingsOf(
    text.replace("cells: {", `cells: { late: { stage: dev, tenant: web, ${settings} },`),
  ).map(({ message }) => message);
  expect(messages).toContain(`account "ops" has no id yet: until it has one, cell "late" ${expected}`);
});

test("an account that is to be closed is waited for by nobody", () => {
  expect(waits([], ", closed: true")).toEqual([]);
});
