import type { Identities } from "../gateway/identities";
import { type AwsCall, AwsError, type HttpResponse, type OwnService } from "../http";
import { isMap, type JsonInput, jsonAnswer, readObject } from "../protocols/json";
import { findOperation, type RestOperation } from "../protocols/rest";
import type { KeyChange, KeyValueStore } from "./key-value-store";

/** Finds a store by its ARN, in any account. */
export type FindKeyValueStore = (arn: string) => KeyValueStore | undefined;

/** What an operation gets to see of a call. */
interface DataCall {
  readonly store: KeyValueStore;
  /** The key that the path names, or "". */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly ifMatch: string | undefined;
  readonly body: Buffer;
}

/** An operation on a store. */
interface DataOperation extends RestOperation {
  readonly run: (call: DataCall) => HttpResponse;
}

const root = "/key-value-stores/{KvsARN}";

/** The operations of the data plane. */
export const keyOperations: readonly DataOperation[] = [
  { name: "DescribeKeyValueStore", method: "GET", path: root, run: describeStore },
  { name: "ListKeys", method: "GET", path: `${root}/keys`, run: listKeys },
  { name: "UpdateKeys", method: "POST", path: `${root}/keys`, run: updateKeys },
  { name: "GetKey", method: "GET", path: `${root}/keys/{Key}`, run: getKey },
  { name: "PutKey", method: "PUT", path: `${root}/keys/{Key}`, run: putKey },
  { name: "DeleteKey", method: "DELETE", path: `${root}/keys/{Key}`, run: deleteKey },
];

/**
 * The data plane of CloudFront KeyValueStore: the service `cloudfront-keyvaluestore`, which signs with SigV4A and
 * belongs to no region.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 *
 * It answers with the statuses of its model: 400 `ValidationException`, 403 `AccessDeniedException`, 404
 * `ResourceNotFoundException`, 409 `ConflictException`.
 */
export function createKeyValueStoreData(identities: Identities, find: FindKeyValueStore): OwnService {
  return {
    operations: keyOperations.map(({ name }) => name),
    handle: async (call) => {
      requireSigV4A(call, identities);
      return answerKeyValueStore(call, find);
    },
  };
}

function answerKeyValueStore(call: AwsCall, find: FindKeyValueStore): HttpResponse {
  const found = findOperation(keyOperations, call);
  if (!found) {
    const what = `${call.method} ${call.path.split("?")[0]}`;
    throw new AwsError(
      400,
      "ValidationException",
      `The sandbox knows no operation of key-value stores: ${what}`,
    );
  }
  const { operation, params, query } = found;
  const { KvsARN: arn = "", Key: key = "" } = params;
  if (arn.split(":")[4] !== call.account) {
    throw new AwsError(403, "AccessDeniedException", `Account ${call.account} may not use ${arn}`);
  }
  const store = find(arn);
  if (!store) throw new AwsError(404, "ResourceNotFoundException", `Key value store not found: ${arn}`);
  return operation.run({ store, key, query, ifMatch: call.headers["if-match"], body: call.body });
}

function describeStore({ store }: DataCall): HttpResponse {
  const body = {
    ...counts(store),
    KvsARN: store.arn,
    Created: seconds(store.created),
    LastModified: seconds(store.modified),
    Status: "READY",
  };
  return jsonAnswer(200, body, { etag: store.etag });
}

/** Pages hold 10 keys, or as many as asked for, up to 50. The token is the last key of the page before. */
function listKeys({ store, query }: DataCall): HttpResponse {
  const after = query.get("NextToken");
  const rest = store.list().filter(([key]) => after === null || key > after);
  const page = rest.slice(0, Math.min(Number(query.get("MaxResults") ?? 10), 50));
  const items = page.map(([Key, Value]) => ({ Key, Value }));
  return jsonAnswer(200, {
    Items: items,
    ...(rest.length > page.length && { NextToken: items.at(-1)?.Key }),
  });
}

function getKey({ store, key }: DataCall): HttpResponse {
  const value = store.get(key);
  if (value === undefined) throw new AwsError(404, "ResourceNotFoundException", `Key not found: ${key}`);
  return jsonAnswer(200, { Key: key, Value: value, ...counts(store) });
}

function putKey(call: DataCall): HttpResponse {
  return changed(call, [{ key: call.key, value: textOf(parse(call.body), "Value") }]);
}

function deleteKey(call: DataCall): HttpResponse {
  return changed(call, [{ key: call.key }]);
}

function updateKeys(call: DataCall): HttpResponse {
  const body = parse(call.body);
  const puts = listOf(body, "Puts").map((item) => ({
    key: textOf(item, "Key"),
    value: textOf(item, "Value"),
  }));
  const deletes = listOf(body, "Deletes").map((item) => ({ key: textOf(item, "Key") }));
  return changed(call, [...puts, ...deletes]);
}

/** Makes changes for a writer who has seen the current version. */
function changed({ store, ifMatch }: DataCall, changes: readonly KeyChange[]): HttpResponse {
  if (!ifMatch) throw invalid("If-Match is missing");
  if (ifMatch !== store.etag) throw new AwsError(409, "ConflictException", "Pre-Condition failed");
  store.change(changes);
  return jsonAnswer(200, counts(store), { etag: store.etag });
}

function counts(store: KeyValueStore) {
  return { ItemCount: store.list().length, TotalSizeInBytes: store.bytes };
}

/** The protocol's form of a time: seconds since the epoch. */
function seconds(time: Date): number {
  return time.getTime() / 1000;
}

function parse(body: Buffer): JsonInput {
  return readObject(body, () => invalid("the body is not a JSON object"));
}

function textOf(map: JsonInput, name: string): string {
  const value = map[name];
  if (typeof value !== "string") throw invalid(`${name} is missing`);
  return value;
}

function listOf(map: JsonInput, name: string): readonly JsonInput[] {
  const value = map[name] ?? [];
  if (!Array.isArray(value) || !value.every(isMap)) throw invalid(`${name} is not a list of maps`);
  return value;
}

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

/**
 * Refuses a call of the data plane that AWS would not take for signed: it wants SigV4A, signed for a set of regions, at
 * the account's own host, by a key that it knows. The signature itself is not calculated again.
 *
 * @throws {AwsError} 403
 */
function requireSigV4A(call: AwsCall, identities: Identities): void {
  const { authorization = "" } = call.headers;
  const [, algorithm, accessKeyId = ""] = /^(\S+) .*?Credential=([^/,\s]+)/.exec(authorization) ?? [];
  if (algorithm !== "AWS4-ECDSA-P256-SHA256") {
    throw refused("InvalidSignatureException", `SigV4A is needed, and this is ${algorithm}`);
  }
  if (!call.headers["x-amz-region-set"]) {
    throw refused("InvalidSignatureException", "X-Amz-Region-Set is missing");
  }
  if (!/Signature=[0-9a-f]+$/.test(authorization)) {
    throw refused("InvalidSignatureException", "the signature is missing");
  }
  const identity = identities.find(accessKeyId);
  if (!identity || identity.sessionToken !== call.headers["x-amz-security-token"]) {
    throw refused("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  const [owner] = call.host.split(".");
  const arn = decodeURIComponent(call.path.split("/")[2] ?? "");
  if (owner !== arn.split(":")[4]) {
    throw refused("AccessDeniedException", `the host ${call.host} does not begin with the account of ${arn}`);
  }
}

function refused(code: string, message: string): AwsError {
  return new AwsError(403, code, message);
}
