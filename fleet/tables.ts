import type { Cell, Home, KeyAttribute, Service, Table, TableKey, TableUse, Target } from "./model";
import { joinName, nameLimits } from "./names";
import { type Filling, fillPlaceholders } from "./placeholders";
import type { CellEntry, FleetFile, ServiceEntry, TableEntry } from "./schema/fleet-file";
import { sortBy } from "./values";

/**
 * Days that a table can be put back at most, and where AWS is told nothing else.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
 */
export const longestRecovery = 35;

/** What a table is where the fleet file does not say. */
export const tableDefaults = { replicate: "cell", recovery: `${longestRecovery}d` } as const;

/**
 * The role that DynamoDB makes for an account's first replica, with the rights of whoever adds it, and the service that it is
 * for. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
 */
export const tableReplication = {
  role: "AWSServiceRoleForDynamoDBReplication",
  service: "replication.dynamodb.amazonaws.com",
} as const;

/**
 * How the id of a KMS key begins that several regions can have.
 * https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
 */
export const multiRegionPrefix = "mrk-";

/** Whether several regions can have a KMS key with this ARN. */
export function isMultiRegionKey(arn: string): boolean {
  return arn.includes(`:key/${multiRegionPrefix}`);
}

/** How AWS calls a table of a cell, the same in each of its regions, e.g. `acme_globex_orders`. */
export function tableName(fleet: string, cell: string, table: string): string {
  return joinName(nameLimits.table, fleet, cell, table);
}

/** The tables of a cell, by name. */
export function resolveTables(file: FleetFile, cell: string, { stage }: CellEntry): readonly Table[] {
  return sortBy(Object.entries(file.tables ?? {}), ([name]) => name).map(([name, entry]) => {
    const replicate = entry.replicate ?? tableDefaults.replicate;
    return {
      name,
      tableName: tableName(file.fleet, cell, name),
      key: resolveKey(entry.key),
      indexes: sortBy(Object.entries(entry.indexes ?? {}), ([index]) => index).map(([index, written]) => ({
        name: index,
        key: resolveKey(written.key),
        projection: Array.isArray(written.projection)
          ? [...written.projection].sort()
          : (written.projection ?? "all"),
      })),
      replicate,
      ttl: entry.ttl,
      recoveryDays: recoveryDays(entry.recovery, stage),
      // Replicas need it, and so does a table of one region: it is to get one without another change, and to lose its last
      // one, with which the provider would turn the stream off first, and AWS refuses that.
      // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html
      stream: entry.stream ?? (replicate === "cell" ? "new-and-old" : undefined),
      kmsKey: entry.kmsKey,
    };
  });
}

/** A map's order is that of the file: the partition key is the first. Names that are numbers, which maps sort, are not taken. */
function resolveKey(entry: TableEntry["key"]): TableKey {
  const [partition, sort] = Object.entries(entry).map(([name, type]): KeyAttribute => ({ name, type }));
  if (!partition) throw new Error("a key has no attribute");
  return { partition, sort };
}

function recoveryDays(written: TableEntry["recovery"], stage: string): number | undefined {
  const text = (typeof written === "object" ? written[stage] : written) ?? tableDefaults.recovery;
  return text === "off" ? undefined : Number.parseInt(text, 10);
}

/** Where what a cell's regions share is managed from: as written, or its only region. */
export function resolveHome({ home }: CellEntry, targets: readonly Target[]): Home | undefined {
  const [first, ...others] = targets;
  if (!first) return undefined;
  if (home === undefined && others.some(({ region }) => region !== first.region)) return undefined;
  const { account, region } = targets.find((target) => target.region === home) ?? first;
  return { account, region: home ?? region };
}

/** What a service works with, by table. */
export function resolveTableUses({ tables }: Pick<ServiceEntry, "tables">): readonly TableUse[] {
  return sortBy(Object.entries(tables ?? {}), ([name]) => name).map(([table, access]) => ({ table, access }));
}

/** Regions other than the home one that a shared table has replicas in, sorted. */
export function replicaRegions({ home, targets }: Cell): readonly string[] {
  return [...new Set(targets.map(({ region }) => region))].filter((region) => region !== home?.region).sort();
}

/** ARN of a table in one region. */
export function tableArn({ tableName }: Pick<Table, "tableName">, { account, region }: Home): string {
  return `arn:aws:dynamodb:${region}:${account.id}:table/${tableName}`;
}

/** ARN of the user's own key that encrypts a table in one region; undefined where the key is AWS's. */
export function encryptionKey({ kmsKey }: Pick<Table, "kmsKey">, place: Filling): string | undefined {
  return kmsKey && fillPlaceholders(kmsKey, place);
}

/** ARN of an index of a table in one region. */
export function indexArn(table: Pick<Table, "tableName">, index: string, place: Home): string {
  return `${tableArn(table, place)}/index/${index}`;
}

/**
 * The variable that tells a function how AWS calls a table.
 *
 * @example tableVariable("open-orders") // "TABLE_OPEN_ORDERS"
 */
export function tableVariable(table: string): string {
  return `TABLE_${table.toUpperCase().replaceAll("-", "_")}`;
}

/** The variables of a service's tables. */
export function tableEnvironment(
  cell: Pick<Cell, "tables">,
  service: Service,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    service.tables.flatMap(({ table }) => {
      const found = cell.tables.find(({ name }) => name === table);
      return found ? [[tableVariable(table), found.tableName]] : [];
    }),
  );
}
