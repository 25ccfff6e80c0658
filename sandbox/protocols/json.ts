import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError, type HttpResponse, notServed, type OwnService } from "../http";
import { actionOf } from "./errors";

/** What a caller sends to an operation of a JSON service: the members of its request. */
export type JsonInput = Readonly<Record<string, unknown>>;

/** One operation of a JSON service: from the members of the request to those of the answer. Times are in seconds. */
export type Operation = (input: JsonInput, call: AwsCall) => object | Promise<object>;

/** Whether a value is a JSON object, and no list. */
export function isMap(value: unknown): value is JsonInput {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The JSON object in the body of a request; an empty body is an empty object.
 *
 * @throws what `refused` makes, where there is anything else in it
 */
export function readObject(body: Buffer, refused: () => AwsError): JsonInput {
  try {
    const input: unknown = JSON.parse(body.toString() || "{}");
    if (isMap(input)) return input;
  } catch {
    // Refused below, like any other body that is no object.
  }
  throw refused();
}

/** An answer in JSON. */
export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/**
 * A service of AWS's JSON protocol, where the header `X-Amz-Target` names the operation.
 *
 * @param name the service, as an error is to name it
 * @param operations by action, e.g. `DescribeOrganization`; any other action is refused as not implemented
 */
export function jsonService(name: string, operations: Readonly<Record<string, Operation>>): OwnService {
  const refused = () =>
    new AwsError(400, "SerializationException", "the body of the request is no JSON object");
  return {
    operations: Object.keys(operations),
    handle: async (call) => {
      const action = actionOf(call);
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
      if (!operation) throw notServed(`${name} ${action}`);
      return jsonAnswer(200, await operation(readObject(call.body, refused), call), {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-requestid": randomUUID(),
      });
    },
  };
}

/**
 * A member of a request that has to be there.
 *
 * @param code the error of the service for a request that is not valid
 * @throws {AwsError} where the member is missing, empty, or no string
 */
export function requiredText(input: JsonInput, member: string, code = "ValidationException"): string {
  const value = input[member];
  if (typeof value === "string" && value !== "") return value;
  throw new AwsError(400, code, `${member} is required`);
}

/** Reads tags as JSON services take them: a list of `{Key, Value}`. */
export function readTags(tags: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(tags)) return new Map();
  return new Map(tags.map(({ Key, Value }) => [String(Key), String(Value)]));
}

/** Reads the keys of tags that are to go. */
export function readTagKeys(keys: unknown): readonly string[] {
  return Array.isArray(keys) ? keys.map(String) : [];
}

/** Tags as JSON services list them. */
export function listTags(tags: ReadonlyMap<string, string>) {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
