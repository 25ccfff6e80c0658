import { createHash } from "node:crypto";

/** A hash of `parts` in hexadecimal digits. */
export function digest(parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** An id in the form of a UUID: the same for the same parts. */
export function uuid(...parts: readonly string[]): string {
  const hex = digest(parts);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/**
 * The first id that is free. An id follows from its parts, so a thing that was renamed still holds the id of
 * its old name.
 */
export function freshId(taken: { has(id: string): boolean }, make: (attempt: string) => string): string {
  for (let attempt = 0; ; attempt++) {
    const id = make(String(attempt));
    if (!taken.has(id)) return id;
  }
}
