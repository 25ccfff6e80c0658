import { tableType } from "../plan/table-changes";
import type { FleetStore, StackPlace } from "../store/model";
import { type TerraformContext, untaint } from "../terraform/terraform";

/**
 * Keeps tables that a failed deploy has made and not finished, for instance because the region of a replica is down:
 * Terraform would destroy them and begin anew, where the next deploy can as well go on.
 *
 * @throws {TerraformFailure}
 */
export async function keepTables(
  store: Pick<FleetStore, "state">,
  place: StackPlace,
  terraform: TerraformContext,
): Promise<void> {
  const state = await store.state(place);
  for (const { instances, name, type } of state?.resources ?? []) {
    const isUnfinished = instances.some(({ status }) => status === "tainted");
    if (type === tableType && isUnfinished) await untaint(terraform, `${type}.${name}`);
  }
}
