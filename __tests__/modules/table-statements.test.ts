import type { TableUse } from "../../fleet/model";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { tableStatements } from "../../modules/table-statements";
import { fleetOf } from "../support/fleet";
import { onlyResource, stackOf, synthJson } from "../support/synth";
import { tablesFile } from "../support/tables";

const orders = "arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_orders";

/** What a function in Frankfurt may do: the actions of each statement, and on what. */
function allowed(uses: Readonly<Record<string, TableUse["access"]>>, file: FleetFile = tablesFile) {
  const hello = { source: "index.ts", tables: uses };
  const [cell] = fleetOf({ ...file, services: { hello } }).cells;
  const target = cell?.targets.find(({ region }) => region === "eu-central-1");
  const [service] = cell?.services ?? [];
  if (!cell || !target || !service) throw new Error("the fleet has a cell with a target in Frankfurt");
  return tableStatements(cell.tables, service, target) as readonly {
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition?: object;
  }[];
}

const readActions = ["BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan"];
const writeActions = ["BatchWriteItem", "DeleteItem", "DescribeTable", "PutItem", "UpdateItem"];
const inDynamoDb = (names: readonly string[]) => names.map((name) => `dynamodb:${name}`);
const key = "arn:aws:kms:eu-central-1:333333333333:key/mrk-0123";
const throughDynamoDb = { StringEquals: { "kms:ViaService": "dynamodb.eu-central-1.amazonaws.com" } };

test("a reader reads its table and each index by name, in its own region", () => {
  expect(allowed({ orders: "read" })).toEqual([
    { Effect: "Allow", Action: inDynamoDb(readActions), Resource: [orders] },
    {
      Effect: "Allow",
      Action: ["dynamodb:Query", "dynamodb:Scan"],
      Resource: ["by-day", "by-state", "totals"].map((name) => `${orders}/index/${name}`),
    },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey"],
      Resource: [key],
      Condition: throughDynamoDb,
    },
  ]);
});

test("a writer writes, and reads neither table nor index", () => {
  expect(allowed({ orders: "write" })).toEqual([
    { Effect: "Allow", Action: inDynamoDb(writeActions), Resource: [orders] },
    {
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
      Resource: [key],
      Condition: throughDynamoDb,
    },
  ]);
});

test("both are the sum of both, and a key is named once", () => {
  const actions = (uses: Parameters<typeof allowed>[0]) =>
    new Set(allowed(uses).flatMap(({ Action }) => Action));
  expect(actions({ orders: "read-write" })).toEqual(
    new Set([...actions({ orders: "read" }), ...actions({ orders: "write" })]),
  );
  const keys = allowed({ orders: "read-write" }).filter(({ Condition }) => Condition);
  expect(keys.map(({ Resource }) => Resource)).toEqual([[key]]);
});

test("tables that are used alike share a statement, and those that are not used are in none", () => {
  const visits = orders.replace("orders", "visits");
  const [written, ...others] = allowed({ orders: "write", visits: "write" });
  expect(written?.Resource).toEqual([orders, visits]);
  expect(others).toHaveLength(1);
  expect(allowed({ visits: "read" })).toEqual([
    { Effect: "Allow", Action: inDynamoDb(readActions), Resource: [visits] },
  ]);
  expect(allowed({})).toEqual([]);
});

test("the role of a function has them, and its environment the names", () => {
  const stack = stackOf(synthJson(fleetOf(tablesFile)), "globex_globex_eu-central-1");
  const policy = JSON.parse(String(onlyResource(stack, "aws_iam_role_policy").policy));
  expect(policy.Statement.slice(1)).toEqual(allowed({ orders: "read-write", visits: "write" }));
  expect(onlyResource(stack, "aws_lambda_function").environment).toMatchObject({
    variables: { TABLE_ORDERS: "acme_globex_orders", TABLE_VISITS: "acme_globex_visits" },
  });
});
