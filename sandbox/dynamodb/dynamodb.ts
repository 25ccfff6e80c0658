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
      if (dataOperations.includes(action)) {
        return callData(tables, store, readObject(call.body, refused), call);
      }
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (!operation) throw notServed(`dynamodb ${action}`);
      const answer = await inTurn(async () => operation(readObject(call.body, refused), call));
      return jsonAnswer(200, answer, {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-requestid": randomUUID(),
      });
    },
  };
}

/** Does one thing after the other: what a change of a table is allowed by must not change while moto is asked. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(act: () => Promise<T>): Promise<T> => {
    const turn = last.then(act);
    last = turn.catch(() => {});
    return turn;
  };
}
