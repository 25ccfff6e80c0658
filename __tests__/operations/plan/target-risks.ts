import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { startPicture } from "../../../operations/plan/picture";
import type { ResourceChange, TerraformPlan } from "../../../operations/plan/terraform-plan";
import { fleetOf, smallFile } from "../../support/fleet";
import { planOf } from "../../support/plans";

/** A fleet of one cell, which has to stay in its zone. */
export const fleet = fleetOf({
  ...smallFile,
  zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
  cells: {
    globex: {
      ...{ stage: "production", tenant: "globex", zone: "eu" },
      targets: { globex: ["eu-central-1", "eu-west-1"] },
    },
  },
});
/** The first of its target stacks, and the alias of that target. */
export const stack = fleetStacks(fleet).find(({ kind }) => kind === "target") as FleetStack;
/** A fleet of which nothing else is to be said. */
export const none = { unchanged: [], orphans: [], failed: [] };
export const alias = "globex_eu_central_1";

/** The risks of one plan, as `code: message`. */
export function risks(
  resources: readonly ResourceChange[],
  more: Partial<TerraformPlan> = {},
  allAtOnce = false,
) {
  const picture = startPicture(fleet, { allAtOnce: () => allAtOnce });
  picture.add(stack, planOf(resources, more));
  return picture
    .finish(none)
    .groups.flatMap(({ risks }) => risks.map(({ code, message }) => `${code}: ${message}`));
}
