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
