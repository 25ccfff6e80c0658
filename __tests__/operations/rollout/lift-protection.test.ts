import { liftProtection } from "../../../operations/rollout/lift-protection";
import { quietCaller } from "../../support/caller";
import { type Answers, fakeAsker, missing, refusal } from "../recovery/fake-aws";

const account = { name: "globex", id: "333333333333", deployRole: "meridian-deploy" };
const orders = {
  ...{ stack: "globex_data", address: "aws_dynamodb_table.orders", type: "aws_dynamodb_table" },
  ...{ name: "acme_globex_orders", regions: ["eu-central-1", "eu-west-1"] },
};
const bucket = {
  ...{ stack: "s", address: "aws_s3_bucket.logs", type: "aws_s3_bucket", name: "logs" },
  regions: ["eu-west-1"],
};

/** Lifts the protection of these, and tells what AWS was asked. */
async function lift(things: Parameters<typeof liftProtection>[2], answers: Answers) {
  const asked: string[] = [];
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("no role")) };
  const open = () => fakeAsker(answers, asked)("", account.id);
  await liftProtection({ fleet: "acme", session, open, pause: 1 }, account, things);
  return asked;
}

/** Tables that are protected until they are updated, and take a moment for it. */
function protectedTables(): Answers {
  const looks = new Map<string, number>();
  return {
    DescribeTable({ TableName }) {
      const left = looks.get(String(TableName));
      if (left === undefined) return { Table: { TableStatus: "ACTIVE", DeletionProtectionEnabled: true } };
      looks.set(String(TableName), left - 1);
      return { Table: { TableStatus: left > 0 ? "UPDATING" : "ACTIVE", DeletionProtectionEnabled: false } };
    },
    UpdateTable({ DeletionProtectionEnabled, TableName }) {
      expect(DeletionProtectionEnabled).toBe(false);
      looks.set(String(TableName), 1);
      return {};
    },
  };
}

test("a table is told that it may be deleted, and waited for", async () => {
  expect(await lift([{ ...orders, regions: ["eu-west-1"] }], protectedTables())).toEqual([
    "eu-west-1 DescribeTable",
    "eu-west-1 UpdateTable",
    "eu-west-1 DescribeTable",
    "eu-west-1 DescribeTable",
  ]);
});

test("each of its regions is looked at, and one that is not protected is left as it is", async () => {
  const free: Answers = { DescribeTable: () => ({ Table: { TableStatus: "ACTIVE" } }) };
  expect(await lift([orders, bucket], free)).toEqual([
    "eu-central-1 DescribeTable",
    "eu-west-1 DescribeTable",
  ]);
});

test("what is no table needs nothing, and a table that is gone neither", async () => {
  expect(await lift([bucket], {})).toEqual([]);
  expect(await lift([orders], { DescribeTable: missing("ResourceNotFoundException") })).toHaveLength(2);
});

test("where AWS refuses, it says of which table", async () => {
  const answers = {
    ...protectedTables(),
    UpdateTable: () => {
      throw refusal("AccessDeniedException");
    },
  };
  await expect(lift([orders], answers)).rejects.toThrow(
    "the deletion protection of acme_globex_orders in eu-central-1 could not be lifted: ",
  );
});
