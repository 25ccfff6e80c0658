import { type AwsCall, AwsError } from "../http";

/** A table in one region. What is not said here is the same in all its regions. */
export interface Replica {
  readonly region: string;
  /** UUID: AWS gives each replica its own. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** What is done to it at the moment, and until when, in milliseconds since 1970. Absent: nothing. */
  readonly change?: { readonly status: "CREATING" | "DELETING"; readonly until: number };
  /** The region that was asked to make it; absent for the one that CreateTable made. */
  readonly source?: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Point-in-time recovery: to how many days, and since when, in seconds since 1970. Absent where it is off. */
  readonly recovery?: { readonly days: number; readonly since: number };
  readonly isProtected: boolean;
  /** Absent until somebody has said it, as AWS shows it. */
  readonly tableClass?: string;
  /** Absent where a key of AWS's, which nobody sees, encrypts it. */
  readonly kmsKey?: KmsKey;
}

/** A key that encrypts a replica. */
export interface KmsKey {
  readonly arn: string;
  /** `aws`: the account's `alias/aws/dynamodb`. */
  readonly by: "aws" | "customer";
}

/** What its stream tells of changes. */
export interface Stream {
  readonly label: string;
  readonly viewType: string;
  readonly isEnabled: boolean;
  /** Number of the last change that is not in it; absent where all that moto has recorded are. */
  readonly after?: string;
}

/**
 * A table, in one region or in several. Its items, keys, indexes and capacity are those of one table of moto's, in one
 * region of moto's for all tables of an account: so a transaction may take tables of different regions together, and the
 * outage of a region takes no data away from the others.
 */
export interface Table {
  /** 12 digits. */
  readonly account: string;
  readonly name: string;
  /** As moto calls it: at random, so that nothing else is called so. */
  readonly store: string;
  /** In the order in which they were made. Never empty. */
  readonly replicas: readonly Replica[];
  /** The attribute that says when an item may go; absent where that is off. */
  readonly ttl?: string;
  /** The last one, even if it is off by now. */
  readonly stream?: Stream;
}

/** Where a call is made. */
export type Place = Pick<AwsCall, "account" | "region">;

/** The tables of all accounts. */
export interface Tables {
  /** A table that has, or is to have, a replica there. */
  readonly find: (name: string, place: Place) => Table | undefined;
  /** By name: what {@link Tables.find} finds in a place. */
  readonly list: (place: Place) => readonly Table[];
  /** Takes the place of the one with the same store. */
  readonly put: (table: Table) => void;
  readonly remove: (table: Table) => void;
}

/** No table at first. Whatever is done to a replica ends when its time has come by `now`, in milliseconds since 1970. */
export function createTables(now: () => number): Tables {
  const tables = new Map<string, Table>();
  const list = ({ account, region }: Place) =>
    [...tables.values()]
      .filter((table) => table.account === account)
      .map((table) => ended(table, now()))
      .filter(({ replicas }) => replicas.some((replica) => replica.region === region))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    list,
    find: (name, place) => list(place).find((table) => table.name === name),
    put: (table) => void tables.set(table.store, table),
    remove: ({ store }) => void tables.delete(store),
  };
}

/** A table after the changes whose time is over. */
function ended(table: Table, now: number): Table {
  const isOver = ({ change }: Replica) => change !== undefined && change.until <= now;
  if (!table.replicas.some(isOver)) return table;
  const replicas = table.replicas
    .filter((replica) => !(isOver(replica) && replica.change?.status === "DELETING"))
    .map((replica) => (isOver(replica) ? { ...replica, change: undefined } : replica));
  return { ...table, replicas };
}

/** A table with one of its replicas changed. */
export function withReplica(table: Table, region: string, change: Partial<Replica>): Table {
  const replicas = table.replicas.map((replica) =>
    replica.region === region ? { ...replica, ...change } : replica,
  );
  return { ...table, replicas };
}

/**
 * The replica of a table in a region.
 *
 * @throws there is none
 */
export function replicaIn(table: Table, region: string): Replica {
  const replica = table.replicas.find((one) => one.region === region);
  if (!replica) throw new Error(`${table.name} has no replica in ${region}`);
  return replica;
}

/** Whether a replica is being made or deleted: until then, no UpdateTable and no DeleteTable is taken. */
export function isChanging({ replicas }: Table): boolean {
  return replicas.some(({ change }) => change !== undefined);
}

/** ARN of a table in a region. */
export function tableArn({ account, name }: Pick<Table, "account" | "name">, region: string): string {
  return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
}

/** A request that AWS calls invalid. */
export function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

/** A request with a parameter that does not hold. */
export function invalidParameter(message: string): AwsError {
  return invalid(`One or more parameter values were invalid: ${message}`);
}

/** What is in the middle of another change. */
export function inUse(message = "The resource which you are attempting to change is in use."): AwsError {
  return new AwsError(400, "ResourceInUseException", message);
}

/** A table that is not in this region, or is only being made there. */
export function tableNotFound(name: string): AwsError {
  return new AwsError(
    400,
    "ResourceNotFoundException",
    `Requested resource not found: Table: ${name} not found`,
  );
}

/**
 * The name of the table that a request is about, which may give its ARN instead.
 *
 * Source: `TableArn` in the API's model, and `Invalid AWS region in …` in terraform-aws-modules/terraform-aws-dynamodb-table 85.
 *
 * @throws {AwsError} none is given, or it is one of another region or account
 */
export function tableNameOf(given: unknown, { account, region }: Place): string {
  const name = typeof given === "string" ? given : "";
  if (!name.startsWith("arn:")) {
    if (/^[\w.-]{3,255}$/.test(name)) return name;
    throw invalid(
      `1 validation error detected: Value '${name}' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+, with 3 to 255 characters`,
    );
  }
  const [, , , itsRegion, itsAccount, resource = ""] = name.split(":");
  const [, table] = /^table\/([\w.-]+)$/.exec(resource) ?? [];
  if (!table || itsRegion !== region) {
    throw invalid(`1 validation error detected: Invalid AWS region in '${name}'`);
  }
  if (itsAccount === account) return table;
  throw new AwsError(
    400,
    "AccessDeniedException",
    `${name} belongs to another account, and the sandbox gives nobody access to it: it keeps no resource policies of tables`,
  );
}

/**
 * The table that a request is about. One that is still being made answers DescribeTable only: measured on AWS, see
 * sandbox/README.md.
 *
 * @throws {AwsError} there is none in the caller's account and region
 */
export function requireTable(tables: Tables, given: unknown, place: Place): Table {
  const name = tableNameOf(given, place);
  const table = tables.find(name, place);
  if (!table || replicaIn(table, place.region).change?.status === "CREATING") throw tableNotFound(name);
  return table;
}
