import type { Cell, Fleet } from "../../fleet/model";
import type { PlannedStack } from "./deploy-progress";

/** All stacks of a fleet: targets first, each front after its own. */
export function stacksOf(fleet: Fleet): readonly PlannedStack[] {
  const targetStacks = (cell: Cell) => [...new Set(cell.targets.map(({ stack }) => stack))];
  return [
    ...fleet.cells.flatMap(targetStacks).map((name) => ({ name, after: [] })),
    ...fleet.cells.map((cell) => ({ name: cell.front.stack, after: targetStacks(cell) })),
  ];
}
