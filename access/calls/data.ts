import { globalRegion } from "../../fleet/geography/regions";
import type { Cell, Home, Table } from "../../fleet/model";
import { dataStackName, targetDataStackName } from "../../fleet/names";
import { encryptionKey, replicaRegions, tableArn, tableReplication } from "../../fleet/tables";
import { type Call, callsOn } from "./model";

/** What is called for tables, by what it is called on. */
export const dataOperations = {
  /**
   * Of `aws_dynamodb_table`, in each region that the table is in: what a replica has for itself (its point-in-time recovery,
   * its tags) is read and changed there, and only the rest in the home region. `UpdateTable` also lifts deletion protection,
   * and is what adds and removes replicas. `UpdateTimeToLive` has to be allowed in all regions:
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
   *
   * What was made and not written down is looked for by `DescribeTable` and `ListTagsOfResource`.
   */
  table: [
    "CreateTable",
    "DeleteTable",
    "DescribeContinuousBackups",
    "DescribeTable",
    "DescribeTimeToLive",
    "ListTagsOfResource",
    "TagResource",
    "UntagResource",
    "UpdateContinuousBackups",
    "UpdateTable",
    "UpdateTimeToLive",
  ],
  /**
   * What DynamoDB asks, besides, of whoever adds and removes a replica, in the replica's region: the rights to read and write
   * the items that it copies there. Same page.
   */
  replica: [
    "BatchWriteItem",
    "CreateTableReplica",
    "DeleteItem",
    "DeleteTableReplica",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "UpdateItem",
  ],
  /** What `meridian preflight` asks, besides. It takes no resource. */
  preflight: ["ListTables"],
  /**
   * What DynamoDB asks of whoever encrypts a table with a key of their own, in their name and through DynamoDB alone:
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
   */
  key: [
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
  ],
} as const;

/** Path of the role that replicates, below `role/`. */
export const tableReplicationRole = `aws-service-role/${tableReplication.service}/${tableReplication.role}`;

/** What Terraform calls for the tables of one data stack of a cell, and what a deploy looks up before. */
export function dataCalls(cell: Cell, stack: string): readonly Call[] {
  if (stack === dataStackName(cell.name)) {
    return cell.home ? sharedCalls(cell, cell.home) : [];
  }
  const target = cell.targets.find(
    ({ account, region }) => stack === targetDataStackName(cell.name, account.name, region),
  );
  const own = cell.tables.filter(({ replicate }) => replicate === "none");
  return target ? own.flatMap((table) => tableCalls(table, target)) : [];
}

function sharedCalls(cell: Cell, home: Home): readonly Call[] {
  const shared = cell.tables.filter(({ replicate }) => replicate === "cell");
  const replicas = replicaRegions(cell).map((region) => ({ ...home, region }));
  return [
    ...shared.flatMap((table) => [
      ...[home, ...replicas].flatMap((place) => tableCalls(table, place)),
      ...replicas.flatMap((place) =>
        callsOn("dynamodb", dataOperations.replica, {
          region: place.region,
          resource: tableArn(table, place),
        }),
      ),
    ]),
    ...(shared.length > 0 && replicas.length > 0
      ? callsOn("iam", ["CreateServiceLinkedRole"], {
          region: globalRegion,
          resource: `arn:aws:iam::${home.account.id}:role/${tableReplicationRole}`,
          context: { "iam:AWSServiceName": tableReplication.service },
        })
      : []),
  ];
}

/**
 * Calls for a table in one region. Left out is that the provider asks KMS for the key that AWS keeps for DynamoDB
 * (`alias/aws/dynamodb`), to know it from a key of the user's: it goes on without an answer.
 */
function tableCalls(table: Table, place: Home): readonly Call[] {
  const { region } = place;
  const key = encryptionKey(table, place);
  return [
    ...callsOn("dynamodb", dataOperations.table, { region, resource: tableArn(table, place) }),
    ...(key === undefined
      ? []
      : callsOn("kms", dataOperations.key, {
          region,
          resource: key,
          context: { "kms:ViaService": `dynamodb.${region}.amazonaws.com` },
        })),
  ];
}
