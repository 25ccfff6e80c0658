import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { accountChecks } from "../../../operations/preflight/preflight";
import { tableChecks } from "../../../operations/preflight/tables";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { fleetOf, smallFile } from "../../support/fleet";
import { missing } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

const globex = smallFile.cells.globex as FleetFile["cells"][string];
const key = "arn:aws:kms:{region}:{account}:key/mrk-1";
const tables: FleetFile["tables"] = {
  orders: { key: { customer: "string" }, kmsKey: key },
  sessions: { key: { id: "string" }, replicate: "none" },
};
const file: FleetFile = { ...smallFile, tables, cells: { globex: { ...globex, home: "eu-central-1" } } };
const checks = tableChecks(scopeOf(fleetOf(file), "globex"));
const inRegion = (name: string) => checks.filter(({ region }) => region === name);
const [frankfurt, ireland] = [inRegion("eu-central-1"), inRegion("eu-west-1")];

const names = (...TableNames: readonly string[]) => ({ ListTables: () => ({ TableNames }) });
const quota = (Value: number) => ({ GetServiceQuota: () => ({ Quota: { Value } }) });
const made = (stack: string) => ({
  ListTagsOfResource: () => ({ Tags: [{ Key: "meridian:stack", Value: stack }] }),
});

test("a fleet without tables is asked nothing", () => {
  expect(tableChecks(scopeOf(fleetOf(smallFile), "globex"))).toEqual([]);
});

test("tables are among what an account is asked about", () => {
  const subjects = accountChecks(scopeOf(fleetOf(file), "globex")).map(({ subject }) => subject);
  expect(subjects).toEqual(expect.arrayContaining(["DynamoDB tables", "names of tables", "keys of tables"]));
});

test("an account is asked where its selected stacks have tables, replicas included", () => {
  expect(checks.map(({ region, subject }) => `${region} ${subject}`)).toEqual([
    ...["eu-central-1", "eu-west-1"].flatMap((region) =>
      ["DynamoDB tables", "names of tables", "keys of tables"].map((subject) => `${region} ${subject}`),
    ),
    "us-east-1 role for replication",
  ]);
  const all = scopeOf(fleetOf(file), "globex");
  const stacks = all.stacks.filter(({ name }) => name === "globex_data_globex_eu-west-1");
  expect(new Set(tableChecks({ ...all, stacks }).map(({ region }) => region))).toEqual(
    new Set(["eu-west-1"]),
  );
});

describe("the number of tables", () => {
  const subject = "DynamoDB tables";

  test("has to hold all of the fleet in the region, beside the tables of others", async () => {
    expect(await answerTo(ireland, subject, { ...names("other"), ...quota(3) })).toMatchObject({
      status: "fine",
      needed: "2 tables",
      found: "1 of at most 3",
    });
    expect(await answerTo(ireland, subject, { ...names("other"), ...quota(2) })).toMatchObject({
      status: "fails",
      raise:
        "aws service-quotas request-service-quota-increase --region eu-west-1 --service-code dynamodb --quota-code L-F98FE922 --desired-value 3",
    });
  });

  test("counts none twice that is there already", async () => {
    const there = { ...names("acme_globex_orders", "acme_globex_sessions"), ...quota(2) };
    expect(await answerTo(ireland, subject, there)).toMatchObject({
      status: "fine",
      needed: "2 tables, 2 of them there",
    });
  });

  test("is counted over all pages of the list", async () => {
    const ListTables = ({ ExclusiveStartTableName: start }: Readonly<Record<string, unknown>>) =>
      start === undefined ? { TableNames: ["a"], LastEvaluatedTableName: "a" } : { TableNames: ["b"] };
    expect(await answerTo(ireland, subject, { ListTables, ...quota(4) })).toMatchObject({
      found: "2 of at most 4",
    });
  });
});

describe("the name of a table", () => {
  const subject = "names of tables";

  test("is fine where nothing has it", async () => {
    expect(await answerTo(frankfurt, subject, names("other"))).toMatchObject({
      status: "fine",
      needed: "acme_globex_orders, acme_globex_sessions: free, or made by the fleet",
      found: "free",
    });
  });

  test("is fine where the stack's own table has it", async () => {
    const own = { ...names("acme_globex_orders"), ...made("globex_data") };
    expect(await answerTo(frankfurt, subject, own)).toMatchObject({
      status: "fine",
      found: "made by the fleet",
    });
  });

  test("fails where somebody else's table has it", async () => {
    for (const tags of [made("globex_data_globex_eu-west-1"), { ListTagsOfResource: () => ({}) }]) {
      expect(await answerTo(frankfurt, subject, { ...names("acme_globex_orders"), ...tags })).toMatchObject({
        status: "fails",
        found: "acme_globex_orders is there, and was not made by globex_data",
      });
    }
  });

  test("of a replica fails where a table of its own has it", async () => {
    const table = (...regions: readonly string[]) => ({
      ...names("acme_globex_orders"),
      DescribeTable: () => ({ Table: { Replicas: regions.map((RegionName) => ({ RegionName })) } }),
    });
    expect(await answerTo(ireland, subject, table("eu-central-1"))).toMatchObject({ status: "fine" });
    expect(await answerTo(ireland, subject, table())).toMatchObject({
      status: "fails",
      found: "acme_globex_orders is there, and is no replica of the one in eu-central-1",
    });
  });
});

describe("the user's own key", () => {
  const subject = "keys of tables";
  const state = (KeyState: string, KeySpec = "SYMMETRIC_DEFAULT") => ({
    DescribeKey: () => ({ KeyMetadata: { KeyState, KeySpec } }),
  });

  test("has to be there in each region: a multi-Region key is replicated first", async () => {
    expect(await answerTo(ireland, subject, state("Enabled"))).toMatchObject({
      status: "fine",
      needed: "arn:aws:kms:eu-west-1:333333333333:key/mrk-1",
    });
    expect(await answerTo(ireland, subject, { DescribeKey: missing("NotFoundException") })).toMatchObject({
      status: "fails",
      found: "arn:aws:kms:eu-west-1:333333333333:key/mrk-1 is not there",
      raise: expect.stringContaining("aws kms replicate-key --key-id mrk-1 --replica-region eu-west-1"),
    });
  });

  test.each([
    [state("Disabled"), "is Disabled", "enable-key --region eu-west-1"],
    [state("PendingDeletion"), "is to be deleted", "cancel-key-deletion"],
    [state("Enabled", "RSA_2048"), "is of type RSA_2048", "symmetric"],
  ])("has to be one that DynamoDB can use (%#)", async (answers, found, raise) => {
    expect(await answerTo(ireland, subject, answers)).toMatchObject({
      status: "fails",
      found: expect.stringContaining(found),
      raise: expect.stringContaining(raise),
    });
  });
});

describe("the role that replicates", () => {
  test("is to be looked at where it is missing and the deploy role is not Meridian's", async () => {
    const subject = "role for replication";
    expect(await answerTo(checks, subject, { GetRole: () => ({}) })).toMatchObject({ status: "fine" });
    expect(await answerTo(checks, subject, { GetRole: missing("NoSuchEntityException") })).toMatchObject({
      status: "note",
      raise: expect.stringContaining("iam:CreateServiceLinkedRole"),
    });
  });

  test("is not asked for where it does not matter", () => {
    const subjects = (more: FleetFile) =>
      tableChecks(scopeOf(fleetOf(more), "globex")).map(({ subject }) => subject);
    const { sessions } = tables;
    if (!sessions) throw new Error("the fleet has changed");
    expect(subjects({ ...file, tables: { sessions } })).not.toContain("role for replication");
    const cell = bootstrapFile.cells.globex as FleetFile["cells"][string];
    const cells = { globex: { ...cell, home: "eu-central-1" } };
    const bootstrapped = tableChecks(scopeOf(bootstrapFleet({ tables, cells }), "globex"));
    expect(bootstrapped.map(({ subject }) => subject)).not.toContain("role for replication");
    expect(bootstrapped.length).toBeGreaterThan(0);
  });
});
