import { randomUUID } from "node:crypto";
import { notServed } from "../http";
import { isMap, type JsonInput } from "../protocols/json";
import { requireDeletable, withoutReplica } from "./deletion";
import { reencrypted, replicaKey } from "./encryption";
import { inUse, invalid, isChanging, type Replica, replicaIn, type Table, withReplica } from "./tables";

/** What a change of replicas depends on, beside the table. */
export interface ReplicaContext {
  /** That was asked. */
  readonly region: string;
  /** In milliseconds since 1970. */
  readonly now: number;
  readonly replicaMs: number;
  readonly isDown: (region: string) => boolean;
  readonly isOnDemand: boolean;
  /** Whether a region has a table of that name, of whatever kind. */
  readonly isTaken: (region: string) => boolean;
}

type Kind = "Create" | "Delete" | "Update";

interface Action {
  readonly kind: Kind;
  readonly region: string;
  readonly parameters: JsonInput;
}

/**
 * A table after its replicas were changed: one at a time, from any of its regions. A stream that is off has to be turned
 * on afterwards. What is refused, in which words, was measured on AWS: ack-api-quirks, DDB-TABLE-203, -221 to -228, -265
 * to -267, -294, -297, -305, -307, -309 and -313, see sandbox/README.md.
 *
 * @throws {AwsError} AWS would refuse it
 */
export function updateReplicas(table: Table, updates: readonly JsonInput[], context: ReplicaContext): Table {
  const actions = readActions(updates);
  const [first] = actions;
  if (!first) throw invalid("There are no actions specified in the Replica Update Action of the request.");
  if (first.kind === "Update") return updateSettings(table, actions, context);
  const { region } = first;
  if (region === context.region) throw invalid(localRegion);
  requireRegion(region, context);
  return first.kind === "Create"
    ? createReplica(table, first, context)
    : deleteReplica(table, region, context);
}

const localRegion =
  "Cannot add or delete the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.";

function readActions(updates: readonly JsonInput[]): readonly Action[] {
  const actions = updates.flatMap((update) =>
    (["Create", "Delete", "Update"] as const).flatMap((kind): readonly Action[] => {
      const parameters = update[kind];
      return isMap(parameters) ? [{ kind, region: String(parameters.RegionName), parameters }] : [];
    }),
  );
  if (new Set(actions.map(({ kind }) => kind)).size > 1) {
    throw invalid("Update table operation with more than one type of replica actions not allowed");
  }
  if (new Set(actions.map(({ region }) => region)).size > 1 && actions[0]?.kind !== "Update") {
    throw invalid("Update table operation with more than one create or delete replica actions not allowed");
  }
  return actions;
}

function requireRegion(region: string, { isDown }: ReplicaContext): void {
  if (!/^[a-z]{2,3}(-[a-z]+)+-\d+$/.test(region)) {
    throw invalid(
      `Region ${region} is not supported. The latest version of global tables are only supported in the following regions: those of AWS`,
    );
  }
  // Nobody has seen what AWS says here; a server error would be repeated for minutes.
  if (isDown(region)) throw invalid(`Failed to access the region: ‘${region}’. It is in an outage.`);
}

function notMember(region: string) {
  return invalid(
    `Update global table operation failed because one or more replicas were not part of the global table. Please retry the request without these replicas: [${region}].`,
  );
}

function createReplica(table: Table, { region, parameters }: Action, context: ReplicaContext): Table {
  const { isOnDemand, isTaken, now, replicaMs } = context;
  const alreadyThere = invalid(
    `Failed to create a the new replica of table with name: ‘${table.name}’ because one or more replicas already existed as tables.`,
  );
  const member = table.replicas.find((replica) => replica.region === region);
  if (member?.change?.status === "DELETING") throw alreadyThere;
  if (isChanging(table)) throw inUse();
  if (isTaken(region)) throw alreadyThere;
  // Auto scaling, which AWS takes as well, is not served.
  if (!isOnDemand) throw invalid("Table write capacity should either be Pay-Per-Request or AutoScaled.");
  const { tableClass } = replicaIn(table, context.region);
  const { KMSMasterKeyId, TableClassOverride } = parameters;
  const replica: Replica = {
    region,
    id: randomUUID(),
    created: now / 1000,
    change: { status: "CREATING", until: now + replicaMs },
    source: context.region,
    tags: new Map(),
    isProtected: false,
    tableClass: typeof TableClassOverride === "string" ? TableClassOverride : tableClass,
    kmsKey: replicaKey(table, KMSMasterKeyId, region),
  };
  return { ...table, replicas: [...table.replicas, replica] };
}

function deleteReplica(table: Table, region: string, { now, replicaMs }: ReplicaContext): Table {
  if (!table.replicas.some((replica) => replica.region === region)) throw notMember(region);
  requireDeletable(table, region);
  return withoutReplica(table, region, now + replicaMs);
}

/** Members of an update that the sandbox keeps. */
const kept: ReadonlySet<string> = new Set(["RegionName", "KMSMasterKeyId", "TableClassOverride"]);

function updateSettings(table: Table, actions: readonly Action[], { isOnDemand }: ReplicaContext): Table {
  for (const { region, parameters } of actions) {
    const given = Object.keys(parameters).filter((member) => parameters[member] !== undefined);
    if (given.length < 2) {
      throw invalid("There are no actions specified in the Replica Update Action of the request.");
    }
    if (!table.replicas.some((replica) => replica.region === region)) throw notMember(region);
    if (isOnDemand && given.includes("ProvisionedThroughputOverride")) {
      throw invalid(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    const other = given.find((member) => !kept.has(member));
    if (other) throw notServed(`dynamodb UpdateTable with ${other} of a replica`);
  }
  if (isChanging(table)) throw inUse();
  const keys = new Map(
    actions.flatMap(({ region, parameters: { KMSMasterKeyId } }) =>
      typeof KMSMasterKeyId === "string" ? [[region, KMSMasterKeyId] as const] : [],
    ),
  );
  return actions.reduce(
    (changed, { region, parameters: { TableClassOverride } }) =>
      typeof TableClassOverride === "string"
        ? withReplica(changed, region, { tableClass: TableClassOverride })
        : changed,
    keys.size > 0 ? reencrypted(table, keys) : table,
  );
}
