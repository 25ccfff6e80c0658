/** What was read, with what tells it from what is there later. */
export interface StoredObject {
  readonly bytes: Buffer;
  readonly tag: string;
}

/** What lies right below a folder; both without its path. */
export interface Listing {
  readonly names: readonly string[];
  readonly folders: readonly string[];
}

/** A part of a store: files or objects of S3, by keys with `/` between their parts. */
export interface Objects {
  /** For messages, without a slash at its end: `s3://acme-state/acme/333333333333`. */
  readonly place: string;
  /**
   * Undefined where there is none.
   *
   * @param patience `large` for what may take its time @default "small"
   */
  read(key: string, patience?: "small" | "large"): Promise<StoredObject | undefined>;
  /** Bytes; undefined where there is none. */
  size(key: string): Promise<number | undefined>;
  /** Whole or not at all, over what may be there. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Removes what may be there.
   *
   * @param tag only while it is what was read
   * @returns whether it is gone; false where it has another tag
   */
  remove(key: string, tag?: string): Promise<boolean>;
  /** @param folder with `/` at its end, or empty */
  list(folder: string): Promise<Listing>;
}

/** Requests, or open files, at once. */
const atOnce = 16;

/** Maps with an asynchronous function, a few at once, and keeps the order. */
export async function mapFew<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
