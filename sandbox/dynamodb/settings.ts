import { AwsError } from "../http";
import { isMap, type JsonInput, listTags, readTagKeys, readTags } from "../protocols/json";
import type { TableOperation } from "./context";
import {
  invalid,
  type Place,
  replicaIn,
  requireTable,
  type Table,
  type Tables,
  tableNameOf,
  withReplica,
} from "./tables";

/**
 * Tags and point-in-time recovery, which each region has for itself, and the time to live, which all have together.
 * Measured on AWS: DDB-TABLE-230 of ack-api-quirks, see sandbox/README.md.
 *
 * @param now in milliseconds since 1970
 */
export function settingOperations(
  tables: Tables,
  now: () => number,
): Readonly<Record<string, TableOperation>> {
  const changeTags = (
    input: JsonInput,
    place: Place,
    change: (tags: ReadonlyMap<string, string>) => ReadonlyMap<string, string>,
  ) => {
    const table = taggedTable(tables, input, place);
    const tags = change(replicaIn(table, place.region).tags);
    if (tags.size > 50) throw invalid("Number of Tags exceed the current limit for the provided ResourceArn");
    tables.put(withReplica(table, place.region, { tags }));
    return {};
  };
  return {
    TagResource: (input, place) =>
      changeTags(input, place, (tags) => new Map([...tags, ...readTags(input.Tags)])),
    UntagResource(input, place) {
      const keys = readTagKeys(input.TagKeys);
      return changeTags(input, place, (tags) => new Map([...tags].filter(([key]) => !keys.includes(key))));
    },
    ListTagsOfResource: (input, place) => ({
      Tags: listTags(replicaIn(taggedTable(tables, input, place), place.region).tags),
    }),
    DescribeTimeToLive: (input, place) => ({
      TimeToLiveDescription: describeTtl(requireTable(tables, input.TableName, place)),
    }),
    UpdateTimeToLive(input, place) {
      const specification = isMap(input.TimeToLiveSpecification) ? input.TimeToLiveSpecification : {};
      tables.put(withTtl(requireTable(tables, input.TableName, place), specification));
      return { TimeToLiveSpecification: specification };
    },
    DescribeContinuousBackups: (input, place) =>
      describeBackups(recoverableTable(tables, input, place), place.region, now()),
    UpdateContinuousBackups(input, place) {
      const specification = isMap(input.PointInTimeRecoverySpecification)
        ? input.PointInTimeRecoverySpecification
        : {};
      const table = recoverableTable(tables, input, place);
      const changed = withRecovery(table, place.region, specification, now());
      tables.put(changed);
      return describeBackups(changed, place.region, now());
    },
  };
}

function taggedTable(tables: Tables, { ResourceArn }: JsonInput, place: Place): Table {
  if (typeof ResourceArn !== "string" || !ResourceArn.startsWith("arn:")) {
    throw invalid(`One or more parameter values were invalid: ARNs must start with 'arn:': ${ResourceArn}`);
  }
  if (ResourceArn.split(":")[3] !== place.region) {
    throw invalid(`Invalid TableArn: Invalid ResourceArn provided as input ${ResourceArn}`);
  }
  try {
    return requireTable(tables, ResourceArn, place);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
    const message = `Requested resource not found: ResourcArn: ${ResourceArn} not found`;
    throw new AwsError(400, "ResourceNotFoundException", message);
  }
}

function describeTtl({ ttl }: Table) {
  return ttl === undefined
    ? { TimeToLiveStatus: "DISABLED" }
    : { TimeToLiveStatus: "ENABLED", AttributeName: ttl };
}

/** The words for an empty name: https://github.com/hashicorp/terraform-provider-aws/issues/44730. */
function withTtl(table: Table, { AttributeName, Enabled }: JsonInput): Table {
  if (AttributeName === "") {
    throw invalid(
      "1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (Enabled !== true) {
    if (table.ttl === undefined) throw invalid("TimeToLive is already disabled");
    return { ...table, ttl: undefined };
  }
  if (table.ttl === AttributeName) throw invalid("TimeToLive is already enabled");
  if (table.ttl !== undefined) {
    throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${table.ttl}`);
  }
  return { ...table, ttl: String(AttributeName) };
}

/** The operations on backups call a table that is not there by an error of their own. */
function recoverableTable(tables: Tables, { TableName }: JsonInput, place: Place): Table {
  try {
    return requireTable(tables, TableName, place);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ResourceNotFoundException") throw error;
    const name = tableNameOf(TableName, place);
    throw new AwsError(400, "TableNotFoundException", `Table not found: ${name}`);
  }
}

/** Minutes that the latest time to which a table can be put back is behind, as AWS's guide says. */
const recoveryLag = 5;

function describeBackups(table: Table, region: string, now: number) {
  const { recovery } = replicaIn(table, region);
  const seconds = Math.floor(now / 1000);
  const description = recovery
    ? {
        PointInTimeRecoveryStatus: "ENABLED",
        RecoveryPeriodInDays: recovery.days,
        EarliestRestorableDateTime: recovery.since,
        LatestRestorableDateTime: Math.max(recovery.since, seconds - recoveryLag * 60),
      }
    : { PointInTimeRecoveryStatus: "DISABLED" };
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: description,
    },
  };
}

/** Days to which a table can be put back at most, and without a word: API_PointInTimeRecoverySpecification. */
const mostDays = 35;

function withRecovery(
  table: Table,
  region: string,
  { PointInTimeRecoveryEnabled, RecoveryPeriodInDays: days }: JsonInput,
  now: number,
): Table {
  const { recovery } = replicaIn(table, region);
  if (PointInTimeRecoveryEnabled !== true) {
    if (days === undefined) return withReplica(table, region, { recovery: undefined });
    throw invalid(
      "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.",
    );
  }
  if (days !== undefined && !(Number(days) >= 1 && Number(days) <= mostDays)) {
    const bound = Number(days) < 1 ? "greater than or equal to 1" : `less than or equal to ${mostDays}`;
    throw invalid(
      `1 validation error detected: Value '${days}' at 'pointInTimeRecoverySpecification.recoveryPeriodInDays' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  const since = recovery?.since ?? Math.floor(now / 1000);
  return withReplica(table, region, {
    recovery: { since, days: days === undefined ? (recovery?.days ?? mostDays) : Number(days) },
  });
}
