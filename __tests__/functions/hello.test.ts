import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Call {
  readonly operation: string;
  readonly body: Readonly<Record<string, unknown>>;
}

describe("the example's handler", () => {
  const calls: Call[] = [];
  const before = { ...process.env };
  let server: Server;

  /** A DynamoDB that has a path's visits of two regions. */
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const operation = String(request.headers["x-amz-target"]).replace("DynamoDB_20120810.", "");
      calls.push({ operation, body: JSON.parse(await text(request)) });
      const items = [{ visits: { N: "2" } }, { visits: { N: "40" } }];
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(JSON.stringify(operation === "Query" ? { Items: items } : {}));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
  });

  afterAll(() => {
    process.env = before;
    server.close();
  });

  const answer = async () => {
    const { handler } = await import("../../functions/hello");
    const event = { rawPath: "/hi", headers: {}, requestContext: { http: { method: "GET" } } };
    const arn = "arn:aws:lambda:eu-west-1:222222222222:function:hello:live";
    const { body } = await handler(event, { invokedFunctionArn: arn });
    return JSON.parse(body);
  };

  test("counts in an item of its region, and says what all regions have counted", async () => {
    process.env.TABLE_VISITS = "acme_staging_visits";
    expect(await answer()).toMatchObject({ account: "222222222222", region: "eu-west-1", visits: 42 });
    expect(calls).toMatchObject([
      { operation: "UpdateItem", body: { Key: { path: { S: "/hi" }, region: { S: "eu-west-1" } } } },
      { operation: "Query", body: { ConsistentRead: true, TableName: "acme_staging_visits" } },
    ]);
  });

  test("counts nothing where the fleet has no table", async () => {
    Reflect.deleteProperty(process.env, "TABLE_VISITS");
    calls.length = 0;
    expect(await answer()).not.toHaveProperty("visits");
    expect(calls).toEqual([]);
  });
});
