import { z } from "zod";
import { fleetSchema } from "./fleet-file";

/** A part of a JSON schema. */
type SchemaNode = Record<string, unknown>;

/** The schema of the fleet file for editors, as the text of `fleet.schema.json`. */
export function fleetJsonSchema(): string {
  return jsonSchemaText(fleetSchema, { title: "Meridian fleet", description: "Meridian's fleet file." });
}

/**
 * A schema as the text of a file.
 *
 * Draft 7 is what yaml-language-server supports best. Keys are sorted, so that only a change of the schema changes
 * the text.
 */
export function jsonSchemaText(
  of: z.ZodType,
  about: { readonly title: string; readonly description: string },
): string {
  const schema = z.toJSONSchema(of, {
    target: "draft-7",
    override: ({ jsonSchema }) => {
      namePatterns(jsonSchema);
      withoutTrivialBounds(jsonSchema);
    },
  });
  return `${JSON.stringify(sorted({ ...schema, ...about }), null, 2)}\n`;
}

/** Editors say more about `patternProperties` than about a rule for property names. */
function namePatterns(node: SchemaNode): void {
  const names = node.propertyNames as SchemaNode | undefined;
  if (!names) return;
  const { pattern, type: _, ...rest } = names;
  if (typeof pattern === "string") {
    node.patternProperties = { [pattern]: node.additionalProperties };
    node.additionalProperties = false;
  }
  if (Object.keys(rest).length > 0) node.propertyNames = rest;
  else delete node.propertyNames;
}

/** The largest number that JavaScript can count to is no limit worth telling. */
function withoutTrivialBounds(node: SchemaNode): void {
  if (node.maximum === Number.MAX_SAFE_INTEGER) delete node.maximum;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}
