import { isMap } from "../../fleet/values";
import { referencesIn } from "./expressions";

/** A resource, data source or module of a stack's JSON. */
export interface Block {
  /** Its type; `module` of a module. */
  readonly type: string;
  readonly address: string;
  /** Path of the construct that it comes from; its address, if an override has added it. */
  readonly path: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The blocks of a stack's JSON. */
export function blocksOf(json: unknown): readonly Block[] {
  const { data, module, resource } = isMap(json) ? json : {};
  return [...instancesOf(resource, ""), ...instancesOf(data, "data."), ...instancesOf({ module }, "")];
}

function instancesOf(byType: unknown, prefix: string): readonly Block[] {
  return Object.entries(isMap(byType) ? byType : {}).flatMap(([type, instances]) =>
    Object.entries(isMap(instances) ? instances : {}).map(([id, written]) => {
      const attributes = isMap(written) ? written : {};
      const address = `${prefix}${type}.${id}`;
      return { type, address, path: pathOf(attributes) ?? address, attributes };
    }),
  );
}

function pathOf({ "//": notes }: Readonly<Record<string, unknown>>): string | undefined {
  const metadata = isMap(notes) ? notes.metadata : undefined;
  return isMap(metadata) && typeof metadata.path === "string" ? metadata.path : undefined;
}

/** The provider of AWS that a block of a stack's JSON names, such as `aws.globex_eu_west_1`. */
export function providerOf(json: unknown, name: unknown): Readonly<Record<string, unknown>> | undefined {
  const providers = isMap(json) && isMap(json.provider) ? json.provider.aws : undefined;
  return (Array.isArray(providers) ? providers : []).find((each) => `aws.${each.alias}` === name);
}

/** Addresses that a block refers to, in expressions or by `depends_on`. */
export function referencesOf({ attributes }: Block): readonly string[] {
  const { "//": _, depends_on, ...rest } = attributes;
  const after = Array.isArray(depends_on) ? depends_on.map(String) : [];
  return [...after, ...textsIn(rest).flatMap((text) => referencesIn(text).map(({ address }) => address))];
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.includes("${") ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
