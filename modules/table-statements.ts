import type { Service, Table, TableUse, Target } from "../fleet/model";
import { encryptionKey, indexArn, tableArn } from "../fleet/tables";

/** A table, and what a function may do with it. */
interface UsedTable extends Table {
  readonly access: TableUse["access"];
}

/**
 * What reads and writes items, and says how the table is made up, which clients ask for. Transactions are no actions of
 * their own: each of their parts is one of these. PartiQL is, and is not among them.
 *
 * - https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const actions = {
  read: [
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
  ],
  write: [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:DescribeTable",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
  ],
  /** All that can be asked of an index. */
  index: ["dynamodb:Query", "dynamodb:Scan"],
} as const;

/**
 * What DynamoDB does with a key of the user's own for whoever works with the table. Read off AWS's docs, which name the
 * caller for `Decrypt` and a list for "the principal", and AWS's CDK, which gives readers the first two and writers all:
 *
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 * - https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-dynamodb/lib/perms.ts
 */
const keyActions = {
  read: ["kms:Decrypt", "kms:DescribeKey"],
  write: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
} as const;

/**
 * Statements of a function's role for the tables that it works with, in its own region: reading and writing as the fleet
 * file says, indexes by name and for reading only, and a key of the user's own through DynamoDB only.
 */
export function tableStatements(
  tables: readonly Table[],
  service: Pick<Service, "tables">,
  target: Target,
): readonly object[] {
  const used = service.tables.flatMap(({ access, table }): readonly UsedTable[] => {
    const found = tables.find(({ name }) => name === table);
    return found ? [{ ...found, access }] : [];
  });
  const read = used.filter(({ access }) => access !== "write");
  const written = used.filter(({ access }) => access !== "read");
  const arns = (of: readonly UsedTable[]) => of.map((table) => tableArn(table, target));
  const indexes = read.flatMap((table) => table.indexes.map(({ name }) => indexArn(table, name, target)));
  return [
    allow(actions.read, arns(read)),
    allow(actions.index, indexes),
    allow(actions.write, arns(written)),
    // A key that is written with is read with as well.
    allow(keyActions.read, keysOf(read, target, keysOf(written, target)), throughDynamoDb(target)),
    allow(keyActions.write, keysOf(written, target), throughDynamoDb(target)),
  ].flat();
}

function allow(
  action: readonly string[],
  resource: readonly string[],
  condition?: Readonly<Record<string, unknown>>,
): readonly object[] {
  if (resource.length === 0) return [];
  return [{ Effect: "Allow", Action: action, Resource: resource, Condition: condition }];
}

/** ARNs of the keys of tables in the target's region, each once, sorted, but for some. */
function keysOf(
  tables: readonly UsedTable[],
  target: Target,
  but: readonly string[] = [],
): readonly string[] {
  const keys = tables.flatMap((table) => encryptionKey(table, target) ?? []);
  return [...new Set(keys)].filter((key) => !but.includes(key)).sort();
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
function throughDynamoDb({ region }: Target): Readonly<Record<string, unknown>> {
  return { StringEquals: { "kms:ViaService": `dynamodb.${region}.amazonaws.com` } };
}
