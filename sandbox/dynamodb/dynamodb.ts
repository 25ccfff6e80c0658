import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError, notServed, type OwnService, type ServiceHandler } from "../http";
import type { Outages } from "../outages";
import { actionOf } from "../protocols/errors";
import { jsonAnswer, readObject } from "../protocols/json";
import type { TableOperation } from "./context";
import { callData, dataOperations } from "./data";
import { settingOperations } from "./settings";
import { createStore } from "./store";
import { streamOperations } from "./streams";
import { tableOperations } from "./table-operations";
import { createTables } from "./tables";

/** What DynamoDB stands on. */
export interface DynamoDbOptions {
  /** Who keeps the items, without replicas. */
  readonly moto: ServiceHandler;
  readonly outages: Pick<Outages, "isDown">;
  /** In milliseconds since 1970. @default the time */
  readonly now?: () => number;
  /** How long it takes to make or delete a replica, in milliseconds. @default 1000 */
  readonly replicaMs?: number;
}

/**
 * DynamoDB and its streams. moto keeps the items; that a table is in several regions, and what each of them has for itself,
 * is kept here.
 */
export function createDynamoDb(options: DynamoDbOptions): OwnService {
  const { moto, now = Date.now, outages, replicaMs = 1000 } = options;
  const tables = createTables(now);
  const store = createStore(moto);
  const operations: Readonly<Record<string, TableOperation>> = {
    ...tableOperations({ tables, store, now, replicaMs, isDown: outages.isDown }),
    ...settingOperations(tables, now),
    ...streamOperations(tables, store),
  };
  const inTurn = createTurns();
  const refused = () =>
    new AwsError(400, "SerializationException", "the body of the request is no JSON object");
  return {
    operations: [...Object.keys(operations), ...dataOperations],
    async handle(call: AwsCall) {
      const action = actionOf(call);
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
      const isData = dataOperations.includes(action);
      if (!operation && !isData) throw notServed(`dynamodb ${action}`);
      return inTurn(async () => {
        const input = readObject(call.body, refused);
        if (!operation) return callData(tables, store, input, call);
        return jsonAnswer(200, await operation(input, call), {
          "content-type": "application/x-amz-json-1.0",
          "x-amzn-requestid": randomUUID(),
        });
      });
    },
  };
}

/**
 * Does one thing after the other. What allows a change of a table must not change while moto is asked; and moto takes
 * back all that was written to any table while a transaction ran that it then cancels. It computes one answer at a time, so
 * nobody waits longer for that.
 */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act);
    last = turn.catch(() => {});
    return turn;
  };
}
