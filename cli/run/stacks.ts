import { type CellStack, cellStacks } from "../../fleet/cell-stacks";
import type { Fleet } from "../../fleet/model";

/** All stacks of a fleet, each front after all that its cell needs before. */
export function stacksOf(fleet: Fleet): readonly CellStack[] {
  const stacks = fleet.cells.flatMap(cellStacks);
  return [
    ...stacks.filter(({ after }) => after.length === 0),
    ...stacks.filter(({ after }) => after.length > 0),
  ];
}
