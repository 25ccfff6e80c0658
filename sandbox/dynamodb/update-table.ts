import { AwsError, notServed } from "../http";
import { isMap, type JsonInput } from "../protocols/json";
import { storedTable, type TableContext } from "./context";
import { describeTable, mapsIn } from "./descriptions";
import { encrypted } from "./encryption";
import { updateReplicas } from "./replicas";
import type { Store } from "./store";
import { disabled, enabledStream } from "./streams";
import {
  inUse,
  invalid,
  invalidParameter,
  isChanging,
  type Place,
  requireTable,
  type Table,
  withReplica,
} from "./tables";

/** Members that take a call of their own, in the order in which AWS names them (DDB-TABLE-224, DDB-TABLE-433). */
const alone: readonly (readonly [member: string, what: string])[] = [
  ["ReplicaUpdates", "Replica modification"],
  ["SSESpecification", "Server-Side Encryption modification"],
  ["TableClass", "TableClass modification"],
  ["DeletionProtectionEnabled", "DeletionProtection modification"],
  ["WarmThroughput", "WarmThroughput"],
];

/** What UpdateTable can change. */
const members: readonly string[] = [
  ...alone.map(([member]) => member),
  ...["BillingMode", "ProvisionedThroughput", "GlobalSecondaryIndexUpdates", "StreamSpecification"],
];

/**
 * Changes a table, from any of its regions. What the members of a call may be was measured on AWS: ack-api-quirks,
 * DDB-TABLE-162, -174, -222, -224, -296, -382, -433 and -442, see sandbox/README.md.
 *
 * @throws {AwsError} AWS would refuse it
 */
export async function updateTable(context: TableContext, input: JsonInput, place: Place): Promise<object> {
  const { store, tables } = context;
  const { region } = place;
  requireKept("UpdateTable", input);
  requireOneChange(input);
  const table = requireTable(tables, input.TableName, place);
  if (input.ReplicaUpdates !== undefined) return changeReplicas(context, table, input, place);
  if (isChanging(table)) throw inUse();
  const changed = await changedTable(context, table, input, place);
  const stored = await changeStored(store, changed, input);
  tables.put(changed);
  return { TableDescription: describeTable(changed, region, stored) };
}

async function changeReplicas(context: TableContext, table: Table, input: JsonInput, place: Place) {
  const { isDown, now, replicaMs, store, tables } = context;
  const { account, region } = place;
  const stored = await storedTable(store, table);
  const updated = updateReplicas(table, mapsIn(input.ReplicaUpdates), {
    ...{ region, now: now(), replicaMs, isDown, isOnDemand: isOnDemand(stored) },
    isTaken: (other) => tables.find(table.name, { account, region: other }) !== undefined,
  });
  const changed = updated.stream?.isEnabled
    ? updated
    : { ...updated, stream: await enabledStream(store, updated, "NEW_AND_OLD_IMAGES", now()) };
  tables.put(changed);
  // The answer does not have a new replica yet.
  const replicas = changed.replicas.filter(({ change }) => change?.status !== "CREATING");
  const description = describeTable({ ...changed, replicas }, region, stored);
  return { TableDescription: { ...description, TableStatus: "UPDATING" } };
}

/** Members that neither moto nor the sandbox keeps: a plan would never be empty again. */
const notKept = ["GlobalTableWitnessUpdates", "MultiRegionConsistency", "OnDemandThroughput"] as const;

/**
 * Refuses what is not kept.
 *
 * @throws {AwsError} there is any of it
 */
export function requireKept(action: string, input: JsonInput): void {
  const other = notKept.find((member) => input[member] !== undefined);
  if (other) throw notServed(`dynamodb ${action} with ${other}`);
}

function requireOneChange(input: JsonInput): void {
  const given = members.filter((member) => input[member] !== undefined);
  const has = (member: string) => given.includes(member);
  if (given.length === 0) {
    throw invalid(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required",
    );
  }
  for (const [member, what] of alone) {
    if (has(member) && given.length > 1) {
      throw invalidParameter(`${what} must be the only operation in the request`);
    }
  }
  const isIndexMade = mapsIn(input.GlobalSecondaryIndexUpdates).some(({ Update }) => Update === undefined);
  if (isIndexMade && has("ProvisionedThroughput")) {
    throw invalidParameter("You cannot create or delete index while updating table IOPS");
  }
  if (isIndexMade && has("StreamSpecification")) {
    throw invalidParameter("You cannot create or delete index while changing stream status");
  }
  if (has("StreamSpecification") && has("ProvisionedThroughput")) {
    throw invalidParameter("You cannot modify stream status while updating table IOPS");
  }
}

/** Whether moto's description is that of a table without provisioned capacity. */
function isOnDemand({ BillingModeSummary }: JsonInput): boolean {
  return isMap(BillingModeSummary) && BillingModeSummary.BillingMode === "PAY_PER_REQUEST";
}

/** A table after the changes to what moto does not keep. Deletion protection is that of one region only. */
async function changedTable(
  context: TableContext,
  table: Table,
  input: JsonInput,
  place: Place,
): Promise<Table> {
  const { region } = place;
  const { DeletionProtectionEnabled, SSESpecification, StreamSpecification, TableClass } = input;
  if (typeof DeletionProtectionEnabled === "boolean") {
    return withReplica(table, region, { isProtected: DeletionProtectionEnabled });
  }
  if (typeof TableClass === "string") {
    // From the first region it goes to all, from another it stays there: DDB-TABLE-294.
    const isFirst = table.replicas[0]?.region === region;
    if (!isFirst) return withReplica(table, region, { tableClass: TableClass });
    return { ...table, replicas: table.replicas.map((replica) => ({ ...replica, tableClass: TableClass })) };
  }
  if (isMap(SSESpecification)) return encrypted(table, SSESpecification, region);
  if (!isMap(StreamSpecification)) return table;
  const { StreamEnabled, StreamViewType } = StreamSpecification;
  if (StreamEnabled !== true) return disabled(table);
  if (table.stream?.isEnabled) {
    throw invalid(`Table already has an enabled stream: TableName: ${table.name}`);
  }
  if (typeof StreamViewType !== "string") {
    throw invalidParameter("If stream is being enabled then UpdateViewType is required");
  }
  return { ...table, stream: await enabledStream(context.store, table, StreamViewType, context.now()) };
}

/** Hands on what moto keeps. */
async function changeStored(store: Store, table: Table, input: JsonInput): Promise<JsonInput> {
  const stored = await storedTable(store, table);
  const updates = mapsIn(input.GlobalSecondaryIndexUpdates);
  const { BillingMode, ProvisionedThroughput, WarmThroughput } = input;
  const changes = {
    ...(BillingMode !== undefined && { BillingMode }),
    ...(ProvisionedThroughput !== undefined && { ProvisionedThroughput }),
    ...(WarmThroughput !== undefined && { WarmThroughput }),
    ...(updates.length > 0 && indexChanges(stored, updates, mapsIn(input.AttributeDefinitions))),
  };
  if (Object.keys(changes).length === 0) return stored;
  const { TableDescription } = await store.ask(table, "UpdateTable", changes);
  return isMap(TableDescription) ? TableDescription : stored;
}

const attributesOf = ({ KeySchema }: JsonInput) =>
  mapsIn(KeySchema).map(({ AttributeName }) => String(AttributeName));

/**
 * The changes to indexes, with the attributes that are part of a key afterwards: AWS looks at no others, and forgets them
 * with the last index that has them.
 *
 * @throws {AwsError} AWS would refuse them
 */
function indexChanges(stored: JsonInput, updates: readonly JsonInput[], definitions: readonly JsonInput[]) {
  const indexes = new Map(
    mapsIn(stored.GlobalSecondaryIndexes).map((index) => [String(index.IndexName), attributesOf(index)]),
  );
  const made = updates.filter(({ Update }) => Update === undefined);
  if (made.length > 1) {
    throw new AwsError(
      400,
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
  }
  const known = [...mapsIn(stored.AttributeDefinitions), ...definitions];
  const isKnown = (name: string) => known.some(({ AttributeName }) => AttributeName === name);
  for (const { Create, Delete, Update } of updates) {
    const action = [Create, Delete, Update].find(isMap) ?? {};
    const name = String(action.IndexName);
    if (isMap(Create)) {
      if (indexes.has(name)) throw invalid("Attempting to create an index which already exists");
      const attributes = attributesOf(Create);
      const missing = attributes.filter((attribute) => !isKnown(attribute));
      if (missing.length > 0) {
        const defined = known.map(({ AttributeName }) => AttributeName).join(", ");
        throw invalidParameter(
          `Some index key attributes are not defined in AttributeDefinitions. Keys: [${missing.join(", ")}], AttributeDefinitions: [${defined}]`,
        );
      }
      indexes.set(name, attributes);
    } else if (!indexes.has(name)) {
      throw new AwsError(
        400,
        "ResourceNotFoundException",
        `Requested resource not found: Index ${name} for table`,
      );
    } else if (isMap(Delete)) {
      indexes.delete(name);
    }
  }
  const used = new Set([
    ...attributesOf(stored),
    ...mapsIn(stored.LocalSecondaryIndexes).flatMap(attributesOf),
    ...[...indexes.values()].flat(),
  ]);
  const byName = new Map(known.map((definition) => [String(definition.AttributeName), definition]));
  return {
    GlobalSecondaryIndexUpdates: updates,
    AttributeDefinitions: [...byName].filter(([name]) => used.has(name)).map(([, definition]) => definition),
  };
}
