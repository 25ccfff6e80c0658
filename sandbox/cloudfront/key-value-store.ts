import { AwsError } from "../http";
import { entityId } from "./ids";

/** Limits of a store, from the CloudFront quotas page. */
const maxKeyBytes = 512;
const maxValueBytes = 1024;
const maxStoreBytes = 5 * 1024 * 1024;

/** A change of one key: without a value, the key is removed. */
export interface KeyChange {
  readonly key: string;
  readonly value?: string;
}

/** The keys and values of one CloudFront KeyValueStore, as its data plane and the functions see them. */
export class KeyValueStore {
  readonly created = new Date();
  #modified = this.created;
  #values: ReadonlyMap<string, string> = new Map();
  #etag: string;

  constructor(readonly arn: string) {
    this.#etag = entityId("key-value-store", arn);
  }

  /** The version that a writer names in `If-Match`. It follows from all changes so far. */
  get etag(): string {
    return this.#etag;
  }

  /** When a key or value last changed. */
  get modified(): Date {
    return this.#modified;
  }

  /** Bytes of all keys and values. */
  get bytes(): number {
    return size(this.#values);
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
    this.change([{ key, value }]);
  }

  /** Removes a key; one that is not there is no error. */
  delete(key: string): void {
    if (this.#values.has(key)) this.change([{ key }]);
  }

  /**
   * Makes all of the changes, or none.
   *
   * @throws {AwsError} `ValidationException` when a key, a value or the store would be too large
   */
  change(changes: readonly KeyChange[]): void {
    const values = new Map(this.#values);
    for (const { key, value } of changes) {
      const keyBytes = Buffer.byteLength(key);
      if (keyBytes === 0 || keyBytes > maxKeyBytes) throw invalid(`A key has 1 to ${maxKeyBytes} bytes.`);
      if (value === undefined) {
        values.delete(key);
        continue;
      }
      if (Buffer.byteLength(value) > maxValueBytes)
        throw invalid(`A value has at most ${maxValueBytes} bytes.`);
      values.set(key, value);
    }
    if (size(values) > maxStoreBytes) throw invalid(`A store has at most ${maxStoreBytes} bytes.`);
    this.#values = values;
    this.#modified = new Date();
    this.#etag = entityId(this.#etag, JSON.stringify(changes));
  }
}

function size(values: ReadonlyMap<string, string>): number {
  return [...values].reduce(
    (bytes, [key, value]) => bytes + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
}

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}
