import { DescribeTableCommand, DynamoDBClient, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { allPages, unlessMissing } from "../../aws/answers";
import { type PlannedCreate, textOf } from "../planned";
import type { Asker } from "./asker";
import { type Found, type Lookup, tagsOf } from "./model";

/**
 * States in which a table passes to another one within minutes, and takes no change until then.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
 */
const passing: ReadonlySet<string | undefined> = new Set(["CREATING", "DELETING"]);

/** Replicas are parts of their table, so whether they are there the provider finds out when it has the table. */
async function findTable({ region, values }: PlannedCreate, asker: Asker): Promise<readonly Found[]> {
  const TableName = textOf(values, "name") ?? "";
  const client = asker.client(DynamoDBClient, region);
  const asking = `asking DynamoDB in ${region}`;
  const answer = asker.call(asking, (limit) => client.send(new DescribeTableCommand({ TableName }), limit));
  const table = (await unlessMissing(answer, "ResourceNotFoundException"))?.Table;
  if (!table) return [];
  const what = `the table ${TableName} in ${region}`;
  if (passing.has(table.TableStatus)) {
    const doing = table.TableStatus === "CREATING" ? "still being made" : "being deleted";
    return [{ id: TableName, what, obstacle: `it is ${doing}; deploy again in a few minutes` }];
  }
  const tags = await allPages(async (NextToken) => {
    const command = new ListTagsOfResourceCommand({ ResourceArn: table.TableArn, NextToken });
    const page = await asker.call(asking, (limit) => client.send(command, limit));
    return { items: page.Tags, next: page.NextToken };
  });
  return [{ id: TableName, what, tags: tagsOf(tags) }];
}

/** What DynamoDB refuses to make twice. */
export const dynamoDbLookups = {
  aws_dynamodb_table: { identity: ["name"], find: findTable },
} as const satisfies Readonly<Record<string, Lookup>>;
