import type { Fleet, Target } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import { isMap } from "../../fleet/values";
import type { ResourceChange, TerraformPlan } from "./terraform-plan";

/** The region that a resource of a plan lies in, where that can be told. */
export type RegionOf = (resource: ResourceChange) => string | undefined;

/**
 * Where the resources of a plan lie: what the provider of each says. One that is no longer in the stack's JSON has none
 * there; its region is that of its target's alias, of its ARN, or the only one of the stack.
 */
export function regionsIn(plan: TerraformPlan, stack: FleetStack, targets: readonly Target[]): RegionOf {
  const { provider_config: providers = {}, root_module } = plan.configuration ?? {};
  const byProvider = new Map(
    Object.entries(providers).map(([key, { expressions }]) => [key, constantOf(expressions?.region)]),
  );
  const byAddress = new Map(
    (root_module?.resources ?? []).map(({ address, provider_config_key: key }) => [
      address,
      key === undefined ? undefined : byProvider.get(key),
    ]),
  );
  const only = stack.regions.length === 1 ? stack.regions[0] : undefined;
  return ({ address, change, name }) =>
    byAddress.get(address.replace(/\[.*$/s, "")) ??
    targets.find(({ alias }) => name.startsWith(`${alias}_`))?.region ??
    regionOfArn(isMap(change.before) ? change.before.arn : undefined) ??
    only;
}

function constantOf(expression: unknown): string | undefined {
  const value = isMap(expression) ? expression.constant_value : undefined;
  return typeof value === "string" ? value : undefined;
}

/** The region in an ARN; those of global services have none. */
export function regionOfArn(arn: unknown): string | undefined {
  return typeof arn === "string" ? /^arn:[^:]*:[^:]*:([a-z0-9-]+):/.exec(arn)?.[1] : undefined;
}

/** The targets of the cell that a stack is a part of. */
export function targetsAround(fleet: Fleet): (stack: FleetStack) => readonly Target[] {
  const cells = new Map(fleet.cells.map(({ name, targets }) => [name, targets]));
  return ({ cell }) => (cell === undefined ? [] : (cells.get(cell) ?? []));
}
