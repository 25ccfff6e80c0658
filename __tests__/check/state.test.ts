import type { StateBucket } from "../../fleet/foundation/model";
import { limits } from "../../fleet/limits";
import { policySize } from "../../fleet/policy-document";
import { stateBucketPolicy } from "../../modules/state-bucket-policies";
import { codesOf, findingsOf, fleetText } from "../support/findings";

const state = (settings: string, zone?: string) =>
  codesOf(
    fleetText({
      organization: false,
      rest: [
        "zones: { eu: { regions: [eu-central-1, eu-west-1], countries: [EU] } }",
        `state: { ${settings} }`,
      ],
    })
      .replace('"222222222222"', zone === undefined ? "$&" : `$&, zone: ${zone}`)
      .replace("tenant: web", zone === undefined ? "$&" : `$&, zone: ${zone}`),
  );

const bucket = "bucket: acme, region: eu-central-1";

test.each([
  ["backend: local", []],
  [`backend: s3, ${bucket}`, []],
  [`backend: s3, ${bucket}, role: "arn:aws:iam::222222222222:role/state", kmsKey: some`, []],
  [`backend: local, account: web, ${bucket}, prefix: acme`, []],
  [`backend: s3, account: web, ${bucket}, role: "arn:aws:iam::222222222222:role/state"`, []],
  [`backend: s3, account: web, ${bucket}, replica: eu-west-1`, []],
  [`backend: local, ${bucket}`, ["state-bucket-settings state.bucket"]],
  ["backend: local, prefix: acme", ["state-bucket-settings state.prefix"]],
  [`backend: s3, ${bucket}, replica: eu-west-1`, ["state-bucket-settings state.replica"]],
  ["backend: local, account: web, bucket: acme", ["state-bucket-settings state.account"]],
  [`backend: s3, account: web, ${bucket}, kmsKey: some`, ["state-bucket-settings state.kmsKey"]],
  [`backend: s3, account: web, ${bucket}, replica: eu-central-1`, ["state-bucket-settings state.replica"]],
  [`backend: s3, account: web, ${bucket}, replica: us-east-1`, ["replica-outside-zone state.replica"]],
  ["backend: s3, account: web, bucket: acme, region: us-east-1, replica: us-west-2", []],
  ["backend: s3, account: web, bucket: acme, region: eu-south-1", ["opt-in-region state.region"]],
])("{ %s }", (settings, expected) => {
  expect(state(settings)).toEqual(expected);
});

test("an account with a zone keeps the state in it", () => {
  expect(state(`backend: s3, account: web, ${bucket}, replica: us-east-1`, "eu")).toEqual([
    "outside-zone state.replica",
  ]);
  expect(state("backend: s3, account: web, bucket: acme, region: us-east-1", "eu")).toEqual([
    "outside-zone state.region",
  ]);
});

test("the replica's name fits, too", () => {
  const named = (length: number) =>
    state(
      `backend: s3, account: web, bucket: ${"a".repeat(length)}, region: eu-central-1, replica: eu-west-1`,
    );
  expect(named(55)).toEqual([]);
  expect(named(56)).toEqual(["out-of-range state.bucket"]);
});

test("an account that has yet to be created holds no state, but may be what the bucket is for", () => {
  const inNew = (backend: string) =>
    findingsOf(
      fleetText({
        accounts: ["ops: { email: aws+ops@example.com, unit: workloads }"],
        rest: [`state: { backend: ${backend}, account: ops, ${bucket} }`],
      }),
    ).map(({ code }) => code);
  expect(inNew("local")).toEqual(["account-without-id"]);
  expect(inNew("s3")).toEqual(["account-without-id", "state-bucket-settings"]);
});

test("a prefix is short enough for the policies that name keys by it", () => {
  const prefixed = (length: number) =>
    state(`backend: s3, account: web, ${bucket}, prefix: ${"p".repeat(length)}`);
  expect(prefixed(100)).toEqual([]);
  expect(prefixed(101)).toEqual(["out-of-range state.prefix"]);
});

describe("accounts of one bucket", () => {
  const found = (count: number, settings: (index: number) => string = () => "", where = "account: web, ") =>
    codesOf(
      fleetText({
        organization: false,
        accounts: Array.from({ length: count - 1 }, (_, index) => {
          return `a${index}: { id: "${100_000_000_000 + index}"${settings(index)} }`;
        }),
        rest: [`state: { backend: s3, ${where}${bucket} }`],
      }),
    );

  test("are as many as its policy has room for", () => {
    expect(found(limits.stateAccounts)).toEqual([]);
    expect(found(limits.stateAccounts + 1)).toEqual(["too-many-state-accounts state.account"]);
    expect(found(limits.stateAccounts + 1, () => "", "")).toEqual([]);
  });

  test("are open ones", () => {
    const closed = (index: number) => (index === 0 ? ", closed: true" : "");
    expect(found(limits.stateAccounts + 1, closed)).toEqual(["needs-organization accounts.a0.closed"]);
  });

  test("are fewer where many have deploy roles of their own", () => {
    const ownRole = (index: number) => `, deployRole: r${index}`;
    expect(found(141, ownRole)).toEqual(["too-many-state-accounts state.account"]);
    expect(found(543, () => ", deployRole: the-same")).toEqual(["too-many-state-accounts state.account"]);
    expect(found(542, () => ", deployRole: the-same")).toEqual([]);
  });

  test.each([
    [545, 1],
    [542, 2],
    [425, 41],
    [136, 136],
  ])("fit into the policy: %d of them, with %d roles", (accounts, roles) => {
    const account = (index: number) => ({
      name: `a${index}`,
      id: String(100_000_000_000 + index),
      deployRole: String(index % roles).padStart(64, "r"),
    });
    const longest: StateBucket = {
      account: account(0),
      bucket: "b".repeat(63),
      region: "ap-southeast-1",
      prefix: "p".repeat(limits.statePrefix),
      readers: Array.from({ length: accounts }, (_, index) => account(index)),
      planners: ["a", "b"].map((letter) => letter.padStart(64, "r")),
    };
    expect(policySize(stateBucketPolicy(longest.bucket, longest))).toBeLessThan(20 * 1024);
  });
});
