import { codesOf, findingsOf } from "../support/findings";

const long = (length: number, end = "") => "r".repeat(length - end.length) + end;

function fleet({ bootstrap = "bootstrap: {}", common = "deployer", own = "", state = "" } = {}): string {
  return [
    "fleet: acme",
    `defaults: { deployRole: ${common} }`,
    "accounts:",
    `  management: { id: "111111111111"${own && `, deployRole: ${own}`} }`,
    '  web: { id: "222222222222", unit: workloads }',
    '  tools: { id: "333333333333", unit: workloads }',
    "services: { hello: { source: a.ts } }",
    "cells: { web: { stage: dev, tenant: web, targets: { web: [eu-central-1, eu-west-1] } } }",
    "organization: { management: management, units: [workloads] }",
    bootstrap,
    state && `state: { backend: s3, bucket: acme-state, region: eu-central-1, account: ${state} }`,
  ].join("\n");
}

const codes = (parts: Parameters<typeof fleet>[0]) => codesOf(fleet(parts));

describe("the name of a deploy role leaves room", () => {
  const common = ["role-name-too-long defaults.deployRole"];
  const own = ["role-name-too-long accounts.management.deployRole"];

  test("for the role that plans beside it, in all accounts and in the management account", () => {
    expect(codes({ common: long(59) })).toEqual([]);
    expect(codes({ common: long(60) })).toEqual(common);
    expect(codes({ own: long(59) })).toEqual([]);
    expect(codes({ own: long(60) })).toEqual(own);
    expect(codes({ common: long(60), bootstrap: "" })).toEqual([]);
  });

  test("for the one that keeps records, in the account of the state", () => {
    expect(codes({ common: long(57), state: "tools" })).toEqual([]);
    expect(codes({ common: long(58), state: "tools" })).toEqual(common);
    expect(codes({ own: long(58), state: "tools" })).toEqual([]);
    expect(codes({ own: long(58), state: "management" })).toEqual(own);
    expect(codes({ common: long(58), own: "root", state: "management" })).toEqual([]);
  });

  test("which one that ends in -deploy has, for that is left away", () => {
    expect(codes({ common: long(64, "-deploy"), state: "tools" })).toEqual([]);
  });

  test("and the message says how much is missing", () => {
    const [finding] = findingsOf(fleet({ common: long(61) }));
    expect(finding).toMatchObject({
      message: expect.stringContaining(`"${long(61)}-plan"`),
      fix: "shorten the deploy role's name by 2 characters",
    });
  });
});
