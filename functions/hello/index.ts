import { DynamoDBClient, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";

/** The part of a function URL's event that this example reads. */
interface UrlEvent {
  readonly rawPath: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** Made once, so that one connection serves many requests. */
const dynamo = new DynamoDBClient();

/** Greets, says which account and region answered, and how often anybody has come to this path, in any region. */
export async function handler(event: UrlEvent, context: { readonly invokedFunctionArn: string }) {
  const account = context.invokedFunctionArn.split(":")[4];
  const table = process.env.TABLE_VISITS;
  console.log(JSON.stringify({ message: "request", path: event.rawPath }));
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      message: process.env.GREETING,
      account,
      region: process.env.AWS_REGION,
      method: event.requestContext.http.method,
      path: event.rawPath,
      visits: table && (await countVisit(table, event.rawPath)),
      viewerCountry: event.headers["cloudfront-viewer-country"],
    }),
  };
}

/**
 * Each region counts in an item of its own, and the sum is what all have counted: where two regions write one item at
 * about the same time, only the last write stays.
 */
async function countVisit(table: string, path: string): Promise<number> {
  const region = process.env.AWS_REGION ?? "";
  await dynamo.send(
    new UpdateItemCommand({
      TableName: table,
      Key: { path: { S: path }, region: { S: region } },
      UpdateExpression: "ADD visits :one",
      ExpressionAttributeValues: { ":one": { N: "1" } },
    }),
  );
  const { Items = [] } = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: "#path = :path",
      ExpressionAttributeNames: { "#path": "path" },
      ExpressionAttributeValues: { ":path": { S: path } },
      ConsistentRead: true,
    }),
  );
  return Items.reduce((sum, { visits }) => sum + Number(visits?.N), 0);
}
