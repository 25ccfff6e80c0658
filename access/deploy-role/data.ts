import type { Cell, Fleet } from "../../fleet/model";
import type { NamedPolicy, Statement } from "../../fleet/policy-document";
import { encryptionKey, replicaRegions, tableReplication } from "../../fleet/tables";
import { dataOperations, tableReplicationRole } from "../calls/data";
import { allow, iamArn, namesOf, type RoleScope } from "./scope";

/**
 * What the tables of the fleet's cells need, in any region; which regions there are is the guardrail's business.
 *
 * It may also add and take away replicas, and read and write items, for DynamoDB copies the first ones with the rights of
 * whoever adds a replica. So it may where no table has a replica any more: the last one may be gone from the fleet file and
 * yet be there. That gives it nothing new, for it may change the code of the functions that read and write.
 */
export function dataPolicy(scope: RoleScope, { cells }: Pick<Fleet, "cells">): NamedPolicy {
  return {
    name: "data",
    document: {
      Version: "2012-10-17",
      Statement: [
        allow(
          "Tables",
          "dynamodb",
          [...dataOperations.table, ...dataOperations.replica],
          `arn:aws:dynamodb:*:${scope.account}:table/${namesOf(scope)}`,
        ),
        // `meridian preflight`. It takes no resource:
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
        allow("TableNames", "dynamodb", dataOperations.preflight, "*"),
        ...(cells.some(hasReplicas) ? [replication(scope)] : []),
        ...keys(scope, cells),
      ],
    },
  };
}

/** Whether a fleet has tables, and so whether its deploy roles need {@link dataPolicy}. */
export function hasTables({ cells }: Pick<Fleet, "cells">): boolean {
  return cells.some(({ tables }) => tables.length > 0);
}

function hasReplicas(cell: Cell): boolean {
  return replicaRegions(cell).length > 0 && cell.tables.some(({ replicate }) => replicate === "cell");
}

/** DynamoDB makes its own role for an account's first replica, with the rights of whoever adds it. */
function replication(scope: RoleScope): Statement {
  return allow(
    "ReplicationRole",
    "iam",
    ["CreateServiceLinkedRole"],
    iamArn(scope, `role/${tableReplicationRole}`),
    {
      StringEquals: { "iam:AWSServiceName": tableReplication.service },
    },
  );
}

/**
 * The users' own keys, through DynamoDB alone: in any region, for it works with the key of a replica from the region of
 * another one. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html#dynamodb-kms-authz
 */
function keys({ account }: RoleScope, cells: readonly Cell[]): readonly Statement[] {
  const anywhere = { account: { id: account }, region: "*" };
  const arns = cells.flatMap(({ tables }) => tables.flatMap((table) => encryptionKey(table, anywhere) ?? []));
  const all = [...new Set(arns)].sort();
  if (all.length === 0) return [];
  const through = dataOperations.key.filter((operation) => operation !== "DescribeKey");
  return [
    allow("TableKeys", "kms", through, all, {
      StringLike: { "kms:ViaService": "dynamodb.*.amazonaws.com" },
    }),
    // `meridian preflight` asks, too.
    allow("TableKeyStates", "kms", ["DescribeKey"], all),
  ];
}
