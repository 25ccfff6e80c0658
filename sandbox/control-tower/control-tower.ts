import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError, type HttpResponse, type ServiceHandler } from "../http";
import { controlOperations } from "./controls";
import { landingZoneOperations } from "./landing-zone";
import {
  type ControlTowerAccount,
  type ControlTowerInput,
  emptyControlTower,
  invalid,
  type Json,
  type JsonMap,
  missing,
} from "./store";

/** By path: https://docs.aws.amazon.com/controltower/latest/APIReference/API_Operations.html */
const operations = { ...landingZoneOperations, ...controlOperations };

function readInput({ body }: AwsCall): JsonMap {
  try {
    const input = JSON.parse(body.toString() || "{}") as Json;
    if (typeof input === "object" && input !== null && !Array.isArray(input)) return input as JsonMap;
  } catch {
    // Refused below, like any other body that is no object.
  }
  throw invalid("The body of the request is no JSON object.");
}

function readTags({ tags = {} }: ControlTowerInput): Readonly<Record<string, string>> {
  const entries = Object.entries(tags ?? {}).map(([key, value]) => [key, String(value)]);
  return Object.fromEntries(entries);
}

function answer(output: object): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": "application/json", "x-amzn-requestid": randomUUID() },
    body: Buffer.from(JSON.stringify(output)),
  };
}

function answerTags(account: ControlTowerAccount, call: AwsCall, arn: string): object {
  const before = account.tags.get(arn);
  if (!before) throw missing(`The resource ${arn} does not exist.`);
  switch (call.method) {
    case "GET":
      return { tags: before };
    case "POST":
      account.tags.set(arn, { ...before, ...readTags(readInput(call)) });
      return {};
    default: {
      const gone = new URLSearchParams(call.path.split("?")[1]).getAll("tagKeys");
      const kept = Object.entries(before).filter(([key]) => !gone.includes(key));
      account.tags.set(arn, Object.fromEntries(kept));
      return {};
    }
  }
}

/** Control Tower of every management account: the landing zone and the controls of units, which it only remembers. */
export function createControlTower(): ServiceHandler {
  const accounts = new Map<string, ControlTowerAccount>();
  return async (call) => {
    const account = accounts.get(call.account) ?? emptyControlTower();
    accounts.set(call.account, account);
    const path = call.path.split("?")[0] ?? "";
    const tagged = /^\/tags\/(.+)$/.exec(path)?.[1];
    if (tagged && ["GET", "POST", "DELETE"].includes(call.method)) {
      return answer(answerTags(account, call, decodeURIComponent(tagged)));
    }
    const operation =
      call.method === "POST" && Object.hasOwn(operations, path) ? operations[path] : undefined;
    if (!operation) {
      throw new AwsError(
        400,
        "NotImplemented",
        `the sandbox does not serve controltower ${call.method} ${path}`,
      );
    }
    const input = readInput(call);
    return answer(operation({ account, input, call, tags: readTags(input) }));
  };
}
