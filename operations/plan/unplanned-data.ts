import type { Risk } from "./picture-schema";
import type { FailedPlan, FleetPlan } from "./plan-fleet";
import { riskOf } from "./risk";

/** Risks that are not in what was planned, but in data that was not. */
export function unplannedDataRisks({
  failed,
  planned,
}: Pick<FleetPlan, "failed" | "planned">): readonly Risk[] {
  return [...failed.values()]
    .filter(({ stack }) => stack.kind === "data")
    .flatMap((data) => {
      const { cell } = data.stack;
      const targets = [...planned.values()].filter(
        ({ stack }) => stack.cell === cell && stack.kind === "target",
      );
      return (
        homeRisk(data) ??
        missingRisk(
          data,
          targets.map(({ stack }) => stack.name),
        )
      );
    });
}

/** A home that would move: no deploy may do that. */
function homeRisk({ movedFrom, stack: { cell = "", name, regions } }: FailedPlan): Risk | undefined {
  if (movedFrom === undefined) return undefined;
  const message = `the home of "${cell}" would move from ${movedFrom} to ${regions.join()}, and "${name}" is deployed`;
  const draft = { code: "home-moved", subject: `cell ${cell}`, message: () => message } as const;
  return { ...riskOf(draft, (text) => text), stacks: [name] };
}

/** Functions that would be deployed without what this stack would add. */
function missingRisk(
  { isNew, stack: { cell = "", name } }: FailedPlan,
  targets: readonly string[],
): readonly Risk[] {
  if (targets.length === 0) return [];
  const missing = isNew ? "its tables are not there" : "what it would add is not there";
  const message = `"${name}" cannot be planned: ${missing} when functions of "${cell}" are deployed`;
  const draft = { code: "tables-not-planned", subject: `cell ${cell}`, message: () => message } as const;
  return [{ ...riskOf(draft, (text) => text), stacks: [...targets].sort() }];
}
