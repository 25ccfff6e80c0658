import { dataPolicy } from "../../../access/deploy-role/data";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import {
  asked,
  bootstrapFile,
  bootstrapFleet,
  inOtherAccount,
  someScope,
} from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const globex = bootstrapFile.cells.globex as FleetFile["cells"][string];
const key = "arn:aws:kms:{region}:{account}:key/mrk-1";
const home = { globex: { ...globex, home: "eu-central-1" } };
const table = "arn:aws:dynamodb:eu-west-1:333333333333:table/acme_globex_orders";
const role =
  "arn:aws:iam::333333333333:role/aws-service-role/replication.dynamodb.amazonaws.com/AWSServiceRoleForDynamoDBReplication";
const replicator = { "iam:AWSServiceName": "replication.dynamodb.amazonaws.com" };
const kms = "arn:aws:kms:eu-west-1:333333333333:key/mrk-1";
const through = { "kms:ViaService": "dynamodb.eu-west-1.amazonaws.com" };

const documentOf = (more: Partial<FleetFile>) => dataPolicy(someScope, bootstrapFleet(more)).document;

test("is for tables of the fleet alone, and their keys through DynamoDB alone", () => {
  const tables = { orders: { key: { customer: "string" }, kmsKey: key } } as const;
  expectTight(documentOf({ tables, cells: home }), [
    asked("allow", "dynamodb:CreateTable", table),
    asked("allow", "dynamodb:UpdateTable", table.replace("eu-west-1", "eu-central-1")),
    asked("allow", "dynamodb:CreateTableReplica", table),
    asked("allow", "dynamodb:PutItem", table),
    asked("allow", "dynamodb:Query", `${table}/index/by-state`),
    asked("nothing", "dynamodb:UpdateTable", table.replace("acme_", "other_")),
    asked("nothing", "dynamodb:Scan", table.replace("acme_", "acme-eu_")),
    asked("nothing", "dynamodb:UpdateTable", inOtherAccount(table)),
    asked("nothing", "dynamodb:PutResourcePolicy", table),
    asked("nothing", "dynamodb:DeleteTable", table.replace("table/", "global-table/")),
    asked("allow", "dynamodb:ListTables", "*"),
    asked("nothing", "dynamodb:DescribeLimits", "*"),

    asked("allow", "iam:CreateServiceLinkedRole", role, replicator),
    asked("nothing", "iam:CreateServiceLinkedRole", role),
    asked("nothing", "iam:CreateServiceLinkedRole", role, { "iam:AWSServiceName": "ecs.amazonaws.com" }),
    asked("nothing", "iam:CreateServiceLinkedRole", inOtherAccount(role), replicator),
    asked("nothing", "iam:CreateServiceLinkedRole", role.replace("DynamoDB", "X"), replicator),
    asked("nothing", "iam:DeleteServiceLinkedRole", role, replicator),

    asked("allow", "kms:CreateGrant", kms, through),
    asked("allow", "kms:Decrypt", kms.replace("eu-west-1", "eu-central-1"), through),
    asked("nothing", "kms:CreateGrant", kms),
    asked("nothing", "kms:Decrypt", kms, { "kms:ViaService": "s3.eu-west-1.amazonaws.com" }),
    asked("nothing", "kms:ScheduleKeyDeletion", kms, through),
    asked("nothing", "kms:CreateGrant", kms.replace("mrk-1", "mrk-2"), through),
    asked("nothing", "kms:CreateGrant", inOtherAccount(kms), through),
    asked("allow", "kms:DescribeKey", kms),
    asked("nothing", "kms:DescribeKey", kms.replace("mrk-1", "mrk-2")),
    asked("nothing", "kms:DescribeKey", inOtherAccount(kms)),
  ]);
});

test("without replicas and keys of the user's, takes the last replica away all the same, and makes no role", () => {
  const tables = { sessions: { key: { id: "string" }, replicate: "none" } } as const;
  expectTight(documentOf({ tables }), [
    asked("allow", "dynamodb:CreateTable", table),
    asked("allow", "dynamodb:DeleteTableReplica", table),
    asked("nothing", "dynamodb:PutResourcePolicy", table),
    asked("nothing", "dynamodb:DeleteTableReplica", table.replace("acme_", "other_")),
    asked("nothing", "dynamodb:CreateTable", table.replace("acme_", "other_")),
    asked("nothing", "dynamodb:CreateTable", inOtherAccount(table)),
    asked("nothing", "dynamodb:CreateTable", table.replace("table/", "global-table/")),
    asked("allow", "dynamodb:ListTables", "*"),
    asked("nothing", "dynamodb:DescribeLimits", "*"),
    asked("nothing", "iam:CreateServiceLinkedRole", role, replicator),
    asked("nothing", "kms:Decrypt", kms, through),
  ]);
});
