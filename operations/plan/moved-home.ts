import type { FleetStack } from "../../fleet/stacks";
import type { StackState } from "../store/model";
import { regionOfArn } from "./places";

/**
 * The region that a data stack's things were made in, where that is not its region now. Terraform only knows them by name:
 * it would look for them in the new region, and take a replica there for the table, or find nothing and make another one.
 */
export function earlierHome(
  { kind, regions }: Pick<FleetStack, "kind" | "regions">,
  { resources }: StackState,
): string | undefined {
  if (kind !== "data") return undefined;
  return resources
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ instances }) => instances.map(({ attributes }) => regionOfArn(attributes?.arn)))
    .find((region) => region !== undefined && !regions.includes(region));
}

/** Why a stack whose home has moved is not planned. */
export function movedWhy({ regions }: FleetStack, from: string): string {
  return `its home is ${regions.join()} now, and what it holds was made in ${from}: put \`home: ${from}\` back (docs/change.md says how to move it)`;
}
