import type { Construct } from "constructs";
import type { Cell, Fleet } from "../fleet/model";
import { dataStackName } from "../fleet/names";
import type { FleetStack } from "../fleet/stacks";
import { extendCell } from "./extensions/contexts";
import type { Extension } from "./extensions/extension";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * What the regions of a cell share, in its home region; or the tables of one target that no other shares. A stack of its
 * own, so that taking a target back to an earlier release never touches data.
 */
export class DataStack extends SingleProviderStack {
  constructor(
    scope: Construct,
    fleet: Fleet,
    stack: FleetStack,
    cell: Cell,
    extensions: readonly Extension[],
  ) {
    super(scope, fleet, stack, cell.tags);
    const { provider } = this;
    const { home } = cell;
    if (home && stack.name === dataStackName(cell.name))
      extendCell({ parent: this, provider, fleet, cell, home }, extensions);
  }
}
