import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fleet } from "../../fleet/model";
import type { Extension } from "../../stacks/extensions/extension";
import { synthHere } from "../../stacks/synth-here";
import { checkedOf } from "./fleet";

/** The attributes of a resource in Terraform JSON. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What of a stack's Terraform JSON the tests look at. */
export interface StackJson {
  readonly provider: {
    readonly aws: readonly (Attributes & { readonly alias: string; readonly region: string })[];
  };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly module?: Readonly<Record<string, Attributes>>;
  readonly import?: readonly Attributes[];
  readonly moved?: readonly Attributes[];
  readonly removed?: readonly Attributes[];
  readonly output: Readonly<Record<string, Attributes>>;
  readonly terraform: { readonly backend: Readonly<Record<string, Attributes>> };
}

/** The synthesized text of each stack, by name. */
export function synthTexts(fleet: Fleet, extensions: readonly Extension[] = []): ReadonlyMap<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), "meridian-synth-"));
  try {
    synthHere(checkedOf(fleet), outdir, { extensions });
    const stacks = join(outdir, "stacks");
    return new Map(
      readdirSync(stacks).map((name) => [name, readFileSync(join(stacks, name, "cdk.tf.json"), "utf8")]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** The synthesized JSON of each stack, by name. */
export function synthJson(
  fleet: Fleet,
  extensions: readonly Extension[] = [],
): ReadonlyMap<string, StackJson> {
  return new Map([...synthTexts(fleet, extensions)].map(([name, text]) => [name, JSON.parse(text)]));
}

/** Every resource of a stack, with its type. */
export function resources({
  resource = {},
}: StackJson): readonly { readonly type: string; readonly attributes: Attributes }[] {
  return Object.entries(resource).flatMap(([type, instances]) =>
    Object.values(instances).map((attributes) => ({ type, attributes })),
  );
}

/** The only resource of a type in a stack. */
export function onlyResource(stack: StackJson, type: string): Attributes {
  const found = Object.values(stack.resource[type] ?? {});
  if (found.length !== 1) throw new Error(`${found.length} resources of type ${type}`);
  return found[0] as Attributes;
}

/** A stack that must be there. */
export function stackOf(stacks: ReadonlyMap<string, StackJson>, name: string): StackJson {
  const found = stacks.get(name);
  if (!found) throw new Error(`no stack ${name} in ${[...stacks.keys()].join(", ")}`);
  return found;
}

/** A reference, as Terraform JSON writes it. */
export function ref(expression: string): string {
  return `\${${expression}}`;
}
