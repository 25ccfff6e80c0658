import type { Cell, Fleet } from "../../fleet/model";
import type { PlannedStack } from "./deploy-progress";

/**
 * The stacks of a fleet: targets first, each front after its own.
 *
 * @param without regions whose target stacks are left out, because they are down
 */
export function stacksOf(fleet: Fleet, without: readonly string[] = []): readonly PlannedStack[] {
  const targetStacks = (cell: Cell) => {
    const down = cell.targets.filter(({ region }) => without.includes(region)).map(({ stack }) => stack);
    return [...new Set(cell.targets.map(({ stack }) => stack))].filter((stack) => !down.includes(stack));
  };
  return [
    ...fleet.cells.flatMap(targetStacks).map((name) => ({ name, after: [] })),
    ...fleet.cells.map((cell) => ({ name: cell.front.stack, after: targetStacks(cell) })),
  ];
}
