import { Construct } from "constructs";
import type { Cell, Fleet } from "../fleet/model";
import { dataStackName } from "../fleet/names";
import type { FleetStack } from "../fleet/stacks";
import { replicaRegions } from "../fleet/tables";
import { TableOfCell } from "../modules/table";
import { extendCell } from "./extensions/contexts";
import type { Extension } from "./extensions/extension";
import { SingleProviderStack } from "./single-provider-stack";

/**
 * What the regions of a cell share, in its home region; or the tables of one target that no other shares. A stack of its
 * own, so that taking a target back to an earlier release never touches data.
 *
 * It has no outputs: names and ARNs of tables follow from the fleet file, so whoever needs one reads no state.
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
    const { account, name, regions } = stack;
    const { home } = cell;
    const [region = ""] = regions;
    const isShared = name === dataStackName(cell.name);
    // A scope of their own, beside those of extensions, which may be called alike.
    const tables = new Construct(this, "tables");
    for (const table of cell.tables) {
      if ((table.replicate === "cell") !== isShared) continue;
      new TableOfCell(tables, table.name, {
        provider,
        table,
        place: { account, region },
        replicas: isShared ? replicaRegions(cell) : [],
      });
    }
    if (home && isShared) extendCell({ parent: this, provider, fleet, cell, home }, extensions);
  }
}
