import { z } from "zod";
import type { Path } from "../diagnostics";
import { fleetSchema } from "../schema/fleet-file";
import { isMap } from "../values";

/** The value at a path of plain data; undefined where there is none. Inherited properties do not count. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string | number, unknown>)[part]
        : undefined,
    data,
  );
}

/** What the schema wants at a path. Where it depends on the data (the state's backend), the data decides. */
function schemaAt(path: Path, data: unknown): z.ZodType | undefined {
  let schema: z.ZodType | undefined = fleetSchema;
  for (const [depth, part] of path.entries()) {
    schema = stepInto(schema, part, valueAt(data, path.slice(0, depth)));
    if (!schema) return undefined;
  }
  return resolveVariant(schema, valueAt(data, path));
}

function stepInto(
  outer: z.ZodType | undefined,
  part: string | number,
  value: unknown,
): z.ZodType | undefined {
  const schema = resolveVariant(outer, value);
  if (schema instanceof z.ZodObject) return schema.shape[part];
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  return undefined;
}

function resolveVariant(outer: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  let schema = outer;
  while (schema instanceof z.ZodOptional) schema = schema.unwrap() as z.ZodType;
  if (schema instanceof z.ZodUnion && !(schema instanceof z.ZodDiscriminatedUnion)) {
    return (schema.options as readonly z.ZodType[])
      .filter((option) => suits(option, value))
      .sort((a, b) => keysKnown(b, value) - keysKnown(a, value))[0];
  }
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
  const options = schema.options as readonly z.ZodType[];
  const key = schema.def.discriminator;
  return options.find(
    (option) => option instanceof z.ZodObject && option.shape[key].safeParse(valueAt(value, [key])).success,
  );
}

/** Whether a value is of the kind that a schema is for, right or wrong inside. */
function suits(schema: z.ZodType, value: unknown): boolean {
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return isMap(value);
  return schema instanceof z.ZodArray ? Array.isArray(value) : typeof value === "string";
}

/** How many of the keys that are there a kind of map knows: the kind that knows most was meant. */
function keysKnown(schema: z.ZodType, value: unknown): number {
  if (!(schema instanceof z.ZodObject) || !isMap(value)) return 0;
  return Object.keys(value).filter((key) => Object.hasOwn(schema.shape, key)).length;
}

/** The keys that a map at a path may have; none where names are free. */
export function knownKeys(path: Path, data: unknown): readonly string[] {
  const schema = schemaAt(path, data);
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Whether only a list may stand at a path. */
export function isList(path: Path, data: unknown): boolean {
  return schemaAt(path, data) instanceof z.ZodArray;
}

/** Whether only whole numbers may stand at a path. */
export function isWhole(path: Path, data: unknown): boolean {
  const schema = schemaAt(path, data);
  return schema instanceof z.ZodNumber && schema.isInt;
}

/** What the schema says about the setting at a path, without a full stop. */
export function describedAt(path: Path, data: unknown): string | undefined {
  const parent = schemaAt(path.slice(0, -1), data);
  const schema = stepInto(parent, path.at(-1) ?? "", valueAt(data, path.slice(0, -1)));
  return schema?.description?.replace(/\.$/, "");
}
