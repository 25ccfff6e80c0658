import { type AwsCall, AwsError, type HttpResponse } from "../http";
import type { Identities } from "../identities";
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

type Operation = (call: DataCall) => HttpResponse;

/** Operations by method and what follows the ARN in the path. */
const keyOperations: Readonly<Record<string, Operation>> = {
  "GET ": describeStore,
  "GET keys": listKeys,
  "POST keys": updateKeys,
  "GET keys/{Key}": getKey,
  "PUT keys/{Key}": putKey,
  "DELETE keys/{Key}": deleteKey,
};

/**
 * The data plane of CloudFront KeyValueStore: the service `cloudfront-keyvaluestore`, which signs with SigV4A and
 * belongs to no region.
 * https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Operations_Amazon_CloudFront_KeyValueStore.html
 *
 * @throws {AwsError} with the statuses of its model: 400 `ValidationException`, 403 `AccessDeniedException`,
 *   404 `ResourceNotFoundException`, 409 `ConflictException`
 */
export function answerKeyValueStore(call: AwsCall, find: FindKeyValueStore): HttpResponse {
  const [pathname = "", search = ""] = call.path.split(/\?(.*)/s);
  const [root, arn = "", keys, key = "", ...more] = pathname.slice(1).split("/").map(decodeURIComponent);
  const shape = keys === undefined ? "" : key === "" ? keys : `${keys}/{Key}`;
  const operation =
    root === "key-value-stores" && more.length === 0 && keyOperations[`${call.method} ${shape}`];
  if (!operation) {
    const what = `${call.method} ${pathname}`;
    throw new AwsError(
      400,
      "ValidationException",
      `The sandbox knows no operation of key-value stores: ${what}`,
    );
  }
  if (arn.split(":")[4] !== call.account) {
    throw new AwsError(403, "AccessDeniedException", `Account ${call.account} may not use ${arn}`);
  }
  const store = find(arn);
  if (!store) throw new AwsError(404, "ResourceNotFoundException", `Key value store not found: ${arn}`);
  const query = new URLSearchParams(search);
  return operation({ store, key, query, ifMatch: call.headers["if-match"], body: call.body });
}

function describeStore({ store }: DataCall): HttpResponse {
  const body = {
    ...counts(store),
    KvsARN: store.arn,
    Created: seconds(store.created),
    LastModified: seconds(store.modified),
    Status: "READY",
  };
  return json(body, store.etag);
}

/** Pages hold 10 keys, or as many as asked for, up to 50. The token is the last key of the page before. */
function listKeys({ store, query }: DataCall): HttpResponse {
  const after = query.get("NextToken");
  const rest = store.list().filter(([key]) => after === null || key > after);
  const page = rest.slice(0, Math.min(Number(query.get("MaxResults") ?? 10), 50));
  const items = page.map(([Key, Value]) => ({ Key, Value }));
  return json({ Items: items, ...(rest.length > page.length && { NextToken: items.at(-1)?.Key }) });
}

function getKey({ store, key }: DataCall): HttpResponse {
  const value = store.get(key);
  if (value === undefined) throw new AwsError(404, "ResourceNotFoundException", `Key not found: ${key}`);
  return json({ Key: key, Value: value, ...counts(store) });
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
  return json(counts(store), store.etag);
}

function counts(store: KeyValueStore) {
  return { ItemCount: store.list().length, TotalSizeInBytes: store.bytes };
}

/** The protocol's form of a time: seconds since the epoch. */
function seconds(time: Date): number {
  return time.getTime() / 1000;
}

type JsonMap = Readonly<Record<string, unknown>>;

function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(body: Buffer): JsonMap {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (isMap(value)) return value;
  } catch {
    // Said below.
  }
  throw invalid("the body is not a JSON object");
}

function textOf(map: JsonMap, name: string): string {
  const value = map[name];
  if (typeof value !== "string") throw invalid(`${name} is missing`);
  return value;
}

function listOf(map: JsonMap, name: string): readonly JsonMap[] {
  const value = map[name] ?? [];
  if (!Array.isArray(value) || !value.every(isMap)) throw invalid(`${name} is not a list of maps`);
  return value;
}

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

function json(body: unknown, etag?: string): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": "application/json", ...(etag !== undefined && { etag }) },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/**
 * Refuses a call of the data plane that AWS would not take for signed: it wants SigV4A, signed for a set of regions, at
 * the account's own host, by a key that it knows. The signature itself is not calculated again.
 *
 * @throws {AwsError} 403
 */
export function requireSigV4A(call: AwsCall, identities: Identities): void {
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
