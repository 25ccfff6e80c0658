import type { Cell, Fleet, Stage } from "../../fleet/model";
import { wavesOf } from "../../fleet/rollout";
import { type FleetStack, fleetStacks } from "../../fleet/stacks";

/** In which order the stacks of a fleet are deployed. */
export interface Schedule {
  /** Stacks that belong to no cell, each after those that it comes after. */
  readonly foundation: readonly FleetStack[];
  /** One after the other: each begins when the one before it has been verified. */
  readonly stages: readonly ScheduledStage[];
}

/** A stage, with those of its cells that have something to do. */
export interface ScheduledStage {
  readonly stage: Stage;
  /** One after the other. A wave in which nothing is to do is there, and empty, so that waves keep their numbers. */
  readonly waves: readonly (readonly ScheduledCell[])[];
}

/** A cell, with those of its stacks that have something to do. */
export interface ScheduledCell {
  readonly cell: Cell;
  /** Stacks of data, before all others: steps like those of targets. */
  readonly data: readonly (readonly FleetStack[])[];
  /** Stacks of targets: one step after the other, those of one step at once. */
  readonly targets: readonly (readonly FleetStack[])[];
  /** What comes after the targets, in order: the front's logs, the front. */
  readonly front: readonly FleetStack[];
}

/**
 * Puts the stacks that have something to do into the order of the rollout.
 *
 * @param isConcerned whether a stack has something to do
 */
export function scheduleOf(fleet: Fleet, isConcerned: (stack: FleetStack) => boolean): Schedule {
  const stacks = fleetStacks(fleet).filter(isConcerned);
  const byCell = new Map<string, FleetStack[]>();
  for (const stack of stacks)
    if (stack.cell !== undefined) byCell.set(stack.cell, [...(byCell.get(stack.cell) ?? []), stack]);
  return {
    foundation: stacks.filter(({ cell }) => cell === undefined),
    stages: fleet.stages.map((stage) => {
      const cells = fleet.cells.filter((cell) => cell.stage === stage.name);
      const waves = wavesOf(cells, stage.rollout).map((wave) =>
        wave.flatMap((cell) => {
          const own = byCell.get(cell.name) ?? [];
          return own.length === 0 ? [] : [scheduledCell(cell, own, stage)];
        }),
      );
      return { stage, waves };
    }),
  };
}

function scheduledCell(cell: Cell, stacks: readonly FleetStack[], { rollout }: Stage): ScheduledCell {
  // As the fleet file has the regions, so that whoever wrote them knows which comes first.
  const order = [...new Set(cell.targets.map(({ stack }) => stack))];
  const targets = stacks
    .filter(({ kind }) => kind === "target")
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const steps = (own: readonly FleetStack[]) =>
    rollout.regions === "parallel" ? [own] : own.map((stack) => [stack]);
  return {
    cell,
    data: steps(stacks.filter(({ kind }) => kind === "data")),
    targets: steps(targets),
    front: stacks.filter(({ kind }) => kind !== "target" && kind !== "data"),
  };
}

/** All stacks of a scheduled cell, in their order. */
export function stacksOf({ data, front, targets }: ScheduledCell): readonly FleetStack[] {
  return [...data.flat(), ...targets.flat(), ...front];
}
