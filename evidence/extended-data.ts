import type { Cell, Fleet } from "../fleet/model";
import { cellStacks } from "../fleet/stacks";
import { groupBy } from "./group-by";
import { text } from "./json";
import { knowledgeOf } from "./resource-types";
import type { State } from "./states";
import type { Synthesized } from "./synthesized";

/** What extensions say that holds data in a region: each region has only its own. */
export interface ExtendedData {
  /** Terraform's name of the type, such as `aws_sqs_queue`. */
  readonly type: string;
  /** As AWS calls it; absent where the JSON does not say. */
  readonly name?: string;
  /** Extensions that say so, with commas. */
  readonly extension: string;
  /** What it can hold, in their words. */
  readonly what: string;
  /** Sorted. */
  readonly regions: readonly string[];
}

/**
 * What extensions add to a cell that holds data in its region, by type and name: nothing copies it, as far as Meridian can
 * tell. Tables are not among it: `data.ts` has them.
 */
export function extendedData(
  stacks: Synthesized,
  cell: Cell,
  extensions: Fleet["extensions"],
): readonly ExtendedData[] {
  const found = cellStacks(cell, extensions)
    .flatMap(({ name }) => stacks.get(name) ?? [])
    .flatMap((stack) =>
      stack.blocks.flatMap((block) => {
        const { holdsData, saidBy, scope, what } = knowledgeOf(stack, block, extensions);
        const isOwn = block.mode === "resource" && scope === "regional" && holdsData;
        if (!isOwn || saidBy === undefined || !block.place) return [];
        const { region } = block.place;
        return [{ type: block.type, name: nameOf(block.attributes), extension: saidBy, what, region }];
      }),
    );
  return groupBy(found, labelOf)
    .flatMap((alike): readonly ExtendedData[] => {
      const [first] = alike;
      if (!first) return [];
      const { region: _, ...thing } = first;
      return [{ ...thing, regions: [...new Set(alike.map(({ region }) => region))].sort() }];
    })
    .sort((a, b) => (labelOf(a) < labelOf(b) ? -1 : 1));
}

/** One that is an expression is another in each region. */
function nameOf({ name }: Readonly<Record<string, unknown>>): string | undefined {
  const written = text(name);
  return written?.includes("${") ? undefined : written;
}

/** What people call it. */
export function labelOf({ name, type }: Pick<ExtendedData, "name" | "type">): string {
  return name === undefined ? type : `${type} ${name}`;
}

/** What a state of the regions means for it, in sentences without full stops; none where it touches nothing. */
export function extendedMeanwhile(
  things: readonly ExtendedData[],
  { down, drained }: State,
): readonly string[] {
  return things.flatMap((thing) => {
    const where = thing.regions.filter((region) => [...down, ...drained].includes(region)).join(", ");
    return where === "" ? [] : [`${labelOf(thing)}: what is in ${where} is there only, and stays there`];
  });
}
