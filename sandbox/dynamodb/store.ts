import { AwsError, type HttpResponse, type ServiceHandler } from "../http";
import { motoCall } from "../moto/proxy";
import type { JsonInput } from "../protocols/json";
import { globalRegion } from "../services";
import type { Table } from "./tables";

/** The part of a table that names what moto keeps for it. */
export type Stored = Pick<Table, "account" | "name" | "store">;

/** What moto keeps of tables: items, keys, indexes, capacity, and a record of each change. */
export interface Store {
  /**
   * Asks about one table. In the answer it is called as its owner calls it.
   *
   * @throws {AwsError} what moto refuses
   */
  readonly ask: (table: Stored, action: string, input?: JsonInput) => Promise<JsonInput>;
  /** Asks with a request in which tables are called as moto calls them. */
  readonly pass: (account: string, target: string, input: JsonInput) => Promise<HttpResponse>;
}

/** The targets of DynamoDB's operations, and of those of its streams. */
export const targets = { tables: "DynamoDB_20120810", streams: "DynamoDBStreams_20120810" } as const;

/** All tables of an account are in this one of moto's regions: its own have no part in where a table is. */
const storeRegion = globalRegion;

/** @param moto who keeps the tables */
export function createStore(moto: ServiceHandler): Store {
  const pass: Store["pass"] = async (account, target, input) => {
    const call = motoCall({
      ...{
        service: "dynamodb",
        region: storeRegion,
        account,
        accessKeyId: account,
        method: "POST",
        path: "/",
      },
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": target },
      body: JSON.stringify(input),
    });
    return moto(call);
  };
  return {
    pass,
    async ask({ account, name, store }, action, input = {}) {
      const target = `${targets.tables}.${action}`;
      const { status, body } = await pass(account, target, { ...input, TableName: store });
      const output = JSON.parse(body.toString().replaceAll(store, name));
      if (status === 200) return output;
      throw new AwsError(status, String(output.__type).replace(/^.*#/, ""), String(output.message));
    },
  };
}

/** ARN of a stream as moto knows it: it reads no more of it than the table. */
export function storedStreamArn({ account, store }: Pick<Table, "account" | "store">): string {
  return `arn:aws:dynamodb:${storeRegion}:${account}:table/${store}/stream/x`;
}
