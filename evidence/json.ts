/** An object of Terraform JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one where it is something else. */
export function object(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The blocks of a kind: Terraform JSON takes one as an object or as a list of one. */
export function blocks(value: unknown): readonly JsonObject[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(object);
}

/** The value as a text; undefined where it is something else. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The texts of a list. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
