import { type CellStack, cellStacks } from "../../fleet/cell-stacks";
import { stacksAround } from "../../fleet/foundation/stacks";
import type { Fleet } from "../../fleet/model";

/** All stacks of a fleet: what is around it, then what stands alone, and each front after all that its cell needs. */
export function stacksOf(fleet: Fleet): readonly CellStack[] {
  const stacks = fleet.cells.flatMap(cellStacks);
  return [
    ...stacksAround(fleet),
    ...stacks.filter(({ after }) => after.length === 0),
    ...stacks.filter(({ after }) => after.length > 0),
  ];
}
