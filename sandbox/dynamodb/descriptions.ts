import { isMap, type JsonInput } from "../protocols/json";
import { isChanging, type Replica, replicaIn, type Table, tableArn } from "./tables";

/** The version of global tables, the only one that AWS still makes. */
const globalTableVersion = "2019.11.21";

/** The maps in a list of JSON. */
export function mapsIn(list: unknown): readonly JsonInput[] {
  return Array.isArray(list) ? list.filter(isMap) : [];
}

/** ARN of a table's stream in a region. */
export function streamArn(table: Table, region: string): string {
  return `${tableArn(table, region)}/stream/${table.stream?.label}`;
}

/**
 * A table as DescribeTable shows it in a region: what moto keeps of it, with what is the region's own. Members that AWS
 * leaves out where there is nothing are left out.
 *
 * @param stored moto's description
 */
export function describeTable(table: Table, region: string, stored: JsonInput): JsonInput {
  const here = replicaIn(table, region);
  const arn = tableArn(table, region);
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, ...kept } = withoutOwn(stored);
  const indexes = (list: unknown) =>
    mapsIn(list).map((index) => ({ ...index, IndexArn: `${arn}/index/${index.IndexName}` }));
  return {
    ...kept,
    ...some("GlobalSecondaryIndexes", indexes(GlobalSecondaryIndexes)),
    ...some("LocalSecondaryIndexes", indexes(LocalSecondaryIndexes)),
    TableName: table.name,
    TableArn: arn,
    TableId: here.id,
    CreationDateTime: here.created,
    TableStatus: here.change?.status ?? (isChanging(table) ? "UPDATING" : "ACTIVE"),
    DeletionProtectionEnabled: here.isProtected,
    ...streamOf(table, region),
    ...(here.kmsKey && {
      SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: here.kmsKey.arn },
    }),
    ...(here.tableClass && { TableClassSummary: { TableClass: here.tableClass } }),
    ...replicasOf(table, region, GlobalSecondaryIndexes),
  };
}

/** What moto says for all regions, and each region has for itself. */
function withoutOwn(stored: JsonInput): JsonInput {
  const { LatestStreamArn, LatestStreamLabel, StreamSpecification, SSEDescription, ...kept } = stored;
  return kept;
}

function some(member: string, list: readonly object[]): JsonInput {
  return list.length > 0 ? { [member]: list } : {};
}

/** The last stream is shown even after it was turned off: scylladb/scylladb test_global_tables.py, run against AWS. */
function streamOf(table: Table, region: string): JsonInput {
  if (!table.stream) return {};
  const { isEnabled, label, viewType } = table.stream;
  return {
    LatestStreamLabel: label,
    LatestStreamArn: streamArn(table, region),
    ...(isEnabled && { StreamSpecification: { StreamEnabled: true, StreamViewType: viewType } }),
  };
}

/** The replicas in other regions: a region does not list its own. Without any, a table is no global table. */
function replicasOf(table: Table, region: string, indexes: unknown): JsonInput {
  const others = table.replicas.filter((replica) => replica.region !== region);
  if (others.length === 0) return {};
  const names = mapsIn(indexes).map(({ IndexName }) => ({ IndexName }));
  return {
    GlobalTableVersion: globalTableVersion,
    Replicas: others.map((replica) => describeReplica(replica, names)),
  };
}

function describeReplica({ region, change, kmsKey, tableClass }: Replica, indexes: readonly object[]) {
  return {
    RegionName: region,
    ReplicaStatus: change?.status ?? "ACTIVE",
    ...(kmsKey && { KMSMasterKeyId: kmsKey.arn }),
    ...(tableClass && { ReplicaTableClassSummary: { TableClass: tableClass } }),
    ...some("GlobalSecondaryIndexes", indexes),
  };
}
