import type { DataThing, LostData } from "../../../operations/plan/data-things";
import { dataTypesOf } from "../../../operations/plan/resource-types";
import { parseStack } from "../../../operations/plan/stack-json";
import {
  dataIn,
  protectedIn,
  requireDestroyable,
  requireKnown,
  requireNamed,
  unnamedData,
  withEmptying,
} from "../../../operations/removal/data";
import type { StackState } from "../../../operations/store/model";

function state(resources: Readonly<Record<string, Readonly<Record<string, unknown>>>>): StackState {
  return {
    ...{ serial: 1, lineage: "l", outputs: {} },
    resources: Object.entries(resources).map(([address, attributes]) => {
      const [type = "", name = ""] = address.split(".");
      return { mode: "managed", type, name, provider: "p", instances: [{ attributes }] };
    }),
  };
}

const holding = state({
  "aws_s3_bucket.logs": { bucket: "logs-acme", id: "logs-acme" },
  "aws_dynamodb_table.orders": { name: "orders", id: "orders" },
  "aws_kms_key.key": { id: "0b5d2c1e" },
  "aws_cloudwatch_log_group.hello": { name: "/aws/lambda/acme_hello", id: "/aws/lambda/acme_hello" },
  "aws_cloudwatch_log_group.audit": { name: "audit", id: "audit" },
  "aws_lambda_function.hello": { id: "acme_hello" },
  "aws_cloudfront_key_value_store.store": { id: "acme_globex", name: "acme_globex" },
});

const known = dataTypesOf([]);

function orphan(data: readonly DataThing[], kept: readonly string[] = []) {
  return { stack: { name: "acme_globex_eu-west-1" }, data, kept };
}

test("buckets, tables, keys and logs of others hold data; the logs of a function and the drains of a front are ordinary", () => {
  expect(dataIn("s", "front", holding, known).map(({ name }) => name)).toEqual([
    "logs-acme",
    "orders",
    "0b5d2c1e",
    "audit",
  ]);
  expect(dataIn("s", "target", holding, known).map(({ name }) => name)).toContain("acme_globex");
});

test("each has to be named, by its name, its id or its address", () => {
  const data = dataIn("acme_globex_eu-west-1", "front", holding, known);
  const named = ["orders", "aws_s3_bucket.logs", "0b5d2c1e"];
  expect(unnamedData(data, named, data).map(({ name }) => name)).toEqual(["audit"]);
  expect(() => requireDestroyable([orphan(data)], named)).toThrow(
    expect.objectContaining({
      what: "nothing was changed: audit (acme_globex_eu-west-1) would be destroyed with the data in it",
      fix: "take a copy; then name what may go: --delete-data audit",
    }),
  );
  expect(() => requireDestroyable([orphan(data)], [...named, "audit"])).not.toThrow();
});

describe("tables of several stacks that have one name", () => {
  const table = (stack: string): LostData => ({
    ...{ stack, address: "aws_dynamodb_table.drafts", type: "aws_dynamodb_table", name: "acme_tea_drafts" },
    ...{ id: "acme_tea_drafts", isReplaced: false, isTainted: false },
  });
  const [one, other] = ["tea_data_tea_eu-west-1", "tea_data_tea_eu-west-3"];
  const both = [table(one), table(other)];
  const stackNamed = expect.objectContaining({
    fix: expect.stringContaining(`--delete-data ${one}:acme_tea_drafts`),
  });

  test.each(["acme_tea_drafts", "aws_dynamodb_table.drafts"])("are not all meant by %s", (name) => {
    expect(unnamedData(both, [name], both)).toEqual(both);
    expect(unnamedData(both, [`${one}:${name}`], both)).toEqual([table(other)]);
    expect(unnamedData([table(one)], [name], [table(one)])).toEqual([]);
  });

  test("are named with their stacks", () => {
    expect(() => requireNamed(both, ["acme_tea_drafts"])).toThrow(
      expect.objectContaining({
        fix: expect.stringContaining(
          `--delete-data ${one}:acme_tea_drafts --delete-data ${other}:acme_tea_drafts`,
        ),
      }),
    );
    const named = both.map(({ name, stack }) => `${stack}:${name}`);
    expect(() => requireNamed(both, named)).not.toThrow();
    expect(() => requireKnown(both, [...named, "acme_tea_drafts"])).not.toThrow();
    expect(() => requireKnown(both, [`tea_data:acme_tea_drafts`])).toThrow(
      expect.objectContaining({ fix: `those that there are: ${named.join(", ")}` }),
    );
  });

  test("may be one of a stack that stays, and one of an orphan", () => {
    const name = "acme_tea_drafts";
    expect(() => requireNamed([table(one)], [name], [table(other)])).toThrow(stackNamed);
    expect(() => requireDestroyable([orphan([table(one)])], [name], [table(other)])).toThrow(stackNamed);
    expect(() => requireDestroyable([orphan([table(one)])], [name])).not.toThrow();
  });
});

test("a name that is nothing's is refused: it may be a slip", () => {
  const data = dataIn("s", "front", holding, known);
  expect(() => requireKnown(data, ["order"])).toThrow(
    'nothing that would be destroyed has data and is called "order"',
  );
  expect(() => requireKnown([], ["orders"])).toThrow("called");
  expect(() => requireKnown(data, ["orders"])).not.toThrow();
});

test("what a stack that stays would lose has to be named, too", () => {
  const lost: LostData = {
    ...{ stack: "globex_data", address: "aws_dynamodb_table.orders", type: "aws_dynamodb_table" },
    ...{ name: "acme_globex_orders", isReplaced: false, isTainted: false },
  };
  expect(() => requireNamed([lost], [])).toThrow(
    expect.objectContaining({
      what: "nothing was changed: acme_globex_orders (globex_data) would be destroyed with the data in it",
      fix: expect.stringContaining("--delete-data acme_globex_orders"),
    }),
  );
  expect(() => requireNamed([{ ...lost, isReplaced: true }], [])).toThrow("be replaced by an empty one");
  expect(() => requireNamed([lost], ["acme_globex_orders"])).not.toThrow();
});

test("one that is made again only because its deploy was cut off can be kept, and it says how", () => {
  const lost: LostData = {
    ...{ stack: "globex_data", address: "aws_dynamodb_table.orders", type: "aws_dynamodb_table" },
    ...{ name: "acme_globex_orders", isReplaced: true, isTainted: true },
  };
  expect(() => requireNamed([lost], [])).toThrow(
    expect.objectContaining({
      fix: expect.stringContaining(
        "`terraform untaint aws_dynamodb_table.orders` in cdktf.out/stacks/globex_data",
      ),
    }),
  );
});

test("what an extension says of a type counts, and so do the regions that a table is in", () => {
  const tables = state({
    "aws_dynamodb_table.orders": {
      ...{ name: "orders", arn: "arn:aws:dynamodb:eu-west-1:1:table/orders" },
      replica: [{ region_name: "eu-central-1" }],
    },
    "aws_pipes_pipe.mail": { name: "mail", id: "mail" },
  });
  const said = (holdsData: boolean) =>
    dataTypesOf([{ resourceTypes: { aws_pipes_pipe: { holdsData, what: "mail" } } }]);
  expect(dataIn("s", "data", tables, said(true)).map(({ name, regions }) => [name, regions])).toEqual([
    ["orders", ["eu-west-1", "eu-central-1"]],
    ["mail", undefined],
  ]);
  expect(dataIn("s", "data", tables, said(false))).toHaveLength(1);
  // Of an extension that is gone, nobody says anything.
  expect(dataIn("s", "data", tables, known)).toHaveLength(2);
});

test("what Terraform or AWS protects is refused, named or not", () => {
  const json = parseStack(
    JSON.stringify({
      resource: {
        aws_organizations_account: { all: { lifecycle: { prevent_destroy: true } } },
        aws_dynamodb_table: { orders: {} },
        aws_rds_cluster: { orders: {} },
        aws_s3_bucket: { logs: {} },
      },
    }),
  );
  const kept = protectedIn(
    json,
    state({
      "aws_organizations_account.all": { id: "111111111111" },
      "aws_rds_cluster.orders": { id: "orders", deletion_protection: true },
      "aws_dynamodb_table.orders": { name: "orders", deletion_protection_enabled: true },
      "aws_s3_bucket.logs": { bucket: "logs" },
    }),
  );
  // A table's protection is lifted where the table is named.
  expect(kept).toEqual(["aws_organizations_account.all", "aws_rds_cluster.orders"]);
  expect(() => requireDestroyable([orphan([], kept)], [])).toThrow("must not be destroyed");
});

test("a bucket is told that it may be deleted with what is in it, and nothing else is changed", () => {
  const json = {
    resource: { aws_s3_bucket: { logs: { bucket: "logs" }, other: { bucket: "other" } } },
    output: { x: { value: 1 } },
  };
  const changed = withEmptying(JSON.stringify(json), [
    { type: "aws_s3_bucket", address: 'aws_s3_bucket.logs["a"]' },
    { type: "aws_dynamodb_table", address: "aws_dynamodb_table.orders" },
  ]);
  expect(changed?.addresses).toEqual(["aws_s3_bucket.logs"]);
  expect(JSON.parse(changed?.text ?? "")).toEqual({
    ...json,
    resource: {
      aws_s3_bucket: { logs: { bucket: "logs", force_destroy: true }, other: { bucket: "other" } },
    },
  });
  expect(
    withEmptying(changed?.text ?? "", [{ type: "aws_s3_bucket", address: "aws_s3_bucket.logs" }]),
  ).toBeUndefined();
});
