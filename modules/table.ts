import {
  DynamodbTable,
  type DynamodbTableAttribute,
  type DynamodbTableConfig,
  type DynamodbTableGlobalSecondaryIndex,
  type DynamodbTableReplica,
} from "@cdktf/provider-aws/lib/dynamodb-table";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Home, KeyAttribute, Table, TableIndex } from "../fleet/model";
import { encryptionKey } from "../fleet/tables";
import { sortBy } from "../fleet/values";

/** A table, where it is managed from, and where else it is. */
export interface TableOfCellProps {
  /** Of the place. */
  readonly provider: AwsProvider;
  readonly table: Table;
  readonly place: Home;
  /** Regions besides the place's own that have a replica. */
  readonly replicas: readonly string[];
}

/** AWS's letters for what a key can hold. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html */
const attributeTypes = { string: "S", number: "N", binary: "B" } as const;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html */
const streamViewTypes = {
  "new-and-old": "NEW_AND_OLD_IMAGES",
  new: "NEW_IMAGE",
  old: "OLD_IMAGE",
  keys: "KEYS_ONLY",
} as const;

/**
 * "Up to several hours for large tables" is what it takes to add a replica; the provider would give up after half an hour.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-globaltable.html
 */
const patience = "6h";

/**
 * A DynamoDB table, billed by request, protected from deletion, and with its replicas a global table of version 2019.11.21.
 * The provider of its own region makes and reads the replicas as well.
 *
 * Where a setting is off, that is said, because what is not said stays as it is once it was on: with hashicorp/aws 5.100.0
 * the blocks for recovery, encryption and expiry keep the state's value when they are gone
 * (https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/dynamodb/table.go). Of what a replica
 * has in AWS, that version cannot set two things, which are AWS's defaults then:
 *
 * - deletion protection, which each replica has for itself: off. https://github.com/hashicorp/terraform-provider-aws/issues/42846
 * - the days of point-in-time recovery: 35. https://github.com/hashicorp/terraform-provider-aws/issues/41504
 */
export class TableOfCell extends Construct {
  constructor(scope: Construct, id: string, { place, provider, replicas, table }: TableOfCellProps) {
    super(scope, id);
    const { indexes, key, name, tableName } = table;
    const made = new DynamodbTable(this, "table", {
      provider,
      name: tableName,
      billingMode: "PAY_PER_REQUEST",
      hashKey: key.partition.name,
      rangeKey: key.sort?.name,
      attribute: attributes(table),
      globalSecondaryIndex: indexes.length > 0 ? indexes.map(index) : undefined,
      replica:
        replicas.length > 0 ? replicas.map((region) => replica(table, { ...place, region })) : undefined,
      deletionProtectionEnabled: true,
      ...settings(table, place),
      timeouts: { create: patience, update: patience },
    });
    // What people meet in plans, and no other table of the stack can be called.
    made.overrideLogicalId(name);
  }
}

/** Those that are part of a key, each once, by name: the provider takes no others. */
function attributes({ indexes, key }: Table): DynamodbTableAttribute[] {
  const all = [key, ...indexes.map((index) => index.key)].flatMap(
    ({ partition, sort }): readonly KeyAttribute[] => (sort ? [partition, sort] : [partition]),
  );
  const types = new Map(all.map(({ name, type }) => [name, attributeTypes[type]]));
  return sortBy([...types], ([name]) => name).map(([name, type]) => ({ name, type }));
}

function index({ key, name, projection }: TableIndex): DynamodbTableGlobalSecondaryIndex {
  const isList = typeof projection !== "string";
  return {
    name,
    hashKey: key.partition.name,
    rangeKey: key.sort?.name,
    projectionType: isList ? "INCLUDE" : projection === "all" ? "ALL" : "KEYS_ONLY",
    nonKeyAttributes: isList ? [...projection] : undefined,
  };
}

/**
 * A replica gets the table's tags, those of the provider among them. A key of the user's own has to be said for each: another
 * one makes another replica.
 */
function replica(table: Table, place: Home): DynamodbTableReplica {
  return {
    regionName: place.region,
    kmsKeyArn: encryptionKey(table, place),
    pointInTimeRecovery: table.recoveryDays !== undefined,
    propagateTags: true,
  };
}

/** What can be on or off. An expiry that was on cannot be turned off like this: AWS wants to hear its attribute again. */
function settings(
  table: Table,
  place: Home,
): Pick<
  DynamodbTableConfig,
  "pointInTimeRecovery" | "serverSideEncryption" | "streamEnabled" | "streamViewType" | "ttl"
> {
  const { kmsKey, recoveryDays, stream, ttl } = table;
  return {
    pointInTimeRecovery: { enabled: recoveryDays !== undefined, recoveryPeriodInDays: recoveryDays },
    serverSideEncryption: {
      enabled: kmsKey !== undefined,
      kmsKeyArn: encryptionKey(table, place),
    },
    streamEnabled: stream !== undefined,
    streamViewType: stream && streamViewTypes[stream],
    ttl: { enabled: ttl !== undefined, attributeName: ttl },
  };
}
