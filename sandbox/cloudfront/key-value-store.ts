import { AwsError } from "../http";
import { entityId } from "./ids";

/** Limits of a store, from the CloudFront quotas page. */
const MAX_KEY_BYTES = 512;
const MAX_VALUE_BYTES = 1024;
const MAX_STORE_BYTES = 5 * 1024 * 1024;

/** The keys and values of one CloudFront KeyValueStore, as its data plane and the functions see them. */
export class KeyValueStore {
  readonly #values = new Map<string, string>();
  #etag: string;
  #bytes = 0;

  constructor(readonly arn: string) {
    this.#etag = entityId("key-value-store", arn);
  }

  /** The version that a writer names in `If-Match`. It follows from all changes so far. */
  get etag(): string {
    return this.#etag;
  }

  /** Bytes of all keys and values. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  /** Every key with its value, in the order of the keys. */
  list(): readonly (readonly [key: string, value: string])[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** @throws {AwsError} `ValidationException` when key, value or store would be too large */
  put(key: string, value: string): void {
    const before = this.#values.get(key);
    const [keyBytes, valueBytes] = [Buffer.byteLength(key), Buffer.byteLength(value)];
    const bytes = this.#bytes - (before === undefined ? 0 : size(key, before)) + keyBytes + valueBytes;
    if (keyBytes === 0 || keyBytes > MAX_KEY_BYTES) throw invalid(`A key has 1 to ${MAX_KEY_BYTES} bytes.`);
    if (valueBytes > MAX_VALUE_BYTES) throw invalid(`A value has at most ${MAX_VALUE_BYTES} bytes.`);
    if (bytes > MAX_STORE_BYTES) throw invalid(`A store has at most ${MAX_STORE_BYTES} bytes.`);
    this.#values.set(key, value);
    this.#bytes = bytes;
    this.#etag = entityId(this.#etag, "put", key, value);
  }

  /** Removes a key; one that is not there is no error. */
  delete(key: string): void {
    const before = this.#values.get(key);
    if (before === undefined) return;
    this.#values.delete(key);
    this.#bytes -= size(key, before);
    this.#etag = entityId(this.#etag, "delete", key);
  }
}

function size(key: string, value: string): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}
