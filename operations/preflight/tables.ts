import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  ListTagsOfResourceCommand,
} from "@aws-sdk/client-dynamodb";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { globalRegion } from "../../fleet/geography/regions";
import type { Cell, Home, Table } from "../../fleet/model";
import { dataStackName, targetDataStackName } from "../../fleet/names";
import { stackTag } from "../../fleet/stack-mark";
import { encryptionKey, replicaRegions, tableArn, tableReplication } from "../../fleet/tables";
import type { AccountAsker } from "../aws/account-asker";
import { allPages } from "../aws/answers";
import { isRefusal } from "../aws/errors";
import { keyCheck } from "./keys";
import { type AccountScope, type Answer, type Check, roomAnswer } from "./model";
import { type Quota, quotaActions, quotaOf, raiseQuota } from "./quotas";

/** A table in one of its regions. */
interface PlacedTable {
  readonly table: Table;
  readonly place: Home;
  /** Name of the stack that makes it. */
  readonly stack: string;
  /** Region of the table that this is to be a replica of. */
  readonly replicaOf?: string;
}

/**
 * Room and names for the tables in each region that they are in, the users' keys that encrypt them, and the role that
 * replicates them.
 */
export function tableChecks({ account, fleet, stacks }: AccountScope): readonly Check[] {
  const selected = new Set(stacks.map(({ name }) => name));
  const all = fleet.cells.flatMap(placedTables).filter(({ place }) => place.account.id === account.id);
  const asked = all.filter(({ stack }) => selected.has(stack));
  const regions = [...new Set(asked.map(({ place }) => place.region))].sort();
  const replicates = asked.some(({ replicaOf }) => replicaOf !== undefined);
  return [
    ...regions.flatMap((region) => {
      const here = all.filter(({ place }) => place.region === region);
      const keys = here.flatMap(({ place, table }) => encryptionKey(table, place) ?? []);
      return [
        roomCheck(here, region),
        nameCheck(here, region),
        ...(keys.length > 0 ? [keyCheck([...new Set(keys)].sort(), region)] : []),
      ];
    }),
    // The deploy role that Meridian makes lets DynamoDB make it.
    ...(replicates && account.permissionsBoundary === undefined ? [replicationCheck()] : []),
  ];
}

function placedTables(cell: Cell): readonly PlacedTable[] {
  const { home, name, tables, targets } = cell;
  return tables.flatMap((table): readonly PlacedTable[] => {
    if (table.replicate === "none") {
      return targets.map(({ account, region }) => ({
        ...{ table, place: { account, region } },
        stack: targetDataStackName(name, account.name, region),
      }));
    }
    if (!home) return [];
    const stack = dataStackName(name);
    const replicas = replicaRegions(cell).map((region) => ({
      ...{ table, place: { ...home, region }, stack, replicaOf: home.region },
    }));
    return [{ table, place: home, stack }, ...replicas];
  });
}

/**
 * "Maximum number of tables": 2,500 in a region by default, says
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-tables. The code is the one that
 * Service Quotas lists.
 */
const tablesQuota = "L-F98FE922";

function roomCheck(tables: readonly PlacedTable[], region: string): Check {
  const quota: Quota = { service: "dynamodb", code: tablesQuota, region };
  return {
    subject: "DynamoDB tables",
    region,
    asks: ["dynamodb:ListTables", ...quotaActions],
    ask: async (asker) => {
      const [there, limit] = await Promise.all([tableNames(region, asker), quotaOf(quota, asker)]);
      const names = new Set(tables.map(({ table }) => table.tableName));
      return roomAnswer({
        ...{ nouns: ["table", "tables"], limit, there: there.length, needed: names.size },
        already: there.filter((name) => names.has(name)).length,
        raise: (total) => raiseQuota(quota, total),
      });
    },
  };
}

/** Names of all tables of a region. */
function tableNames(region: string, asker: AccountAsker): Promise<readonly string[]> {
  const client = asker.client(DynamoDBClient, region);
  return asker.once(`tables ${region}`, () =>
    allPages(async (ExclusiveStartTableName) => {
      const page = await asker.call(`asking DynamoDB in ${region}`, (limit) =>
        client.send(new ListTablesCommand({ ExclusiveStartTableName }), limit),
      );
      return { items: page.TableNames, next: page.LastEvaluatedTableName };
    }),
  );
}

/** No two tables of an account and region share a name, and a replica has that of its table. */
function nameCheck(tables: readonly PlacedTable[], region: string): Check {
  return {
    subject: "names of tables",
    region,
    asks: ["dynamodb:ListTables", "dynamodb:ListTagsOfResource", "dynamodb:DescribeTable"],
    ask: async (asker): Promise<Answer> => {
      const there = new Set(await tableNames(region, asker));
      const taken = tables.filter(({ table }) => there.has(table.tableName));
      const wrong = (await Promise.all(taken.map((one) => wrongWith(one, asker)))).flat();
      const names = tables.map(({ table }) => table.tableName).sort();
      return {
        status: wrong.length > 0 ? "fails" : "fine",
        needed: `${names.join(", ")}: free, or made by the fleet`,
        found: wrong.length > 0 ? wrong.join("; ") : taken.length > 0 ? "made by the fleet" : "free",
        raise:
          "look at what is in it, copy what is needed, and delete it; or give the table another name in the fleet file",
      };
    },
  };
}

/** What keeps a name that is taken from being the table's: who made it, or that it stands alone. */
async function wrongWith(
  { place, replicaOf, stack, table }: PlacedTable,
  asker: AccountAsker,
): Promise<readonly string[]> {
  const { region } = place;
  const { tableName } = table;
  const client = asker.client(DynamoDBClient, region);
  const asking = `asking DynamoDB in ${region}`;
  if (replicaOf !== undefined) {
    // Tags come to a replica after it was made, so only its group tells whose it is.
    const { Table: found } = await asker.call(asking, (limit) =>
      client.send(new DescribeTableCommand({ TableName: tableName }), limit),
    );
    const isReplica = found?.Replicas?.some(({ RegionName }) => RegionName === replicaOf);
    return isReplica ? [] : [`${tableName} is there, and is no replica of the one in ${replicaOf}`];
  }
  const ResourceArn = tableArn(table, place);
  const tags = await allPages(async (NextToken) => {
    const page = await asker.call(asking, (limit) =>
      client.send(new ListTagsOfResourceCommand({ ResourceArn, NextToken }), limit),
    );
    return { items: page.Tags, next: page.NextToken };
  });
  const isOwn = tags.some(({ Key, Value }) => Key === stackTag && Value === stack);
  return isOwn ? [] : [`${tableName} is there, and was not made by ${stack}`];
}

const { role: RoleName, service } = tableReplication;

function replicationCheck(): Check {
  return {
    subject: "role for replication",
    region: globalRegion,
    asks: ["iam:GetRole"],
    ask: async (asker): Promise<Answer> => {
      const isThere = await hasRole(asker);
      return {
        status: isThere ? "fine" : "note",
        needed: RoleName,
        found: isThere
          ? "it is there"
          : "it is not; DynamoDB makes it for the account's first replica, if the deploy role may let it",
        raise: `let the role call iam:CreateServiceLinkedRole for ${service}, or, as an administrator: aws iam create-service-linked-role --aws-service-name ${service}`,
      };
    },
  };
}

async function hasRole(asker: AccountAsker): Promise<boolean> {
  try {
    await asker.call("asking IAM", (limit) =>
      asker.client(IAMClient, globalRegion).send(new GetRoleCommand({ RoleName }), limit),
    );
    return true;
  } catch (error) {
    if (isRefusal(error, "NoSuchEntity", "NoSuchEntityException")) return false;
    throw error;
  }
}
