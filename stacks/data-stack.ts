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
 * How often the provider asks before it gives up. It asks in each replica's region while it plans, and by itself 25 times,
 * which takes minutes; this takes half a minute (tried with hashicorp/aws 5.100.0 and a region of the sandbox that was down).
 * https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs#max_retries-1
 */
const attempts = 8;

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
    const tables = cell.tables.filter(({ replicate }) => (replicate === "cell") === isShared);
    const replicas = isShared ? replicaRegions(cell) : [];
    if (tables.length > 0 && replicas.length > 0) provider.maxRetries = attempts;
    // Beside the scopes of extensions, which may be called like tables.
    const parent = new Construct(this, "tables");
    for (const table of tables)
      new TableOfCell(parent, table.name, {
        provider,
        table,
        place: { account, region },
        replicas,
      });
    if (home && isShared) extendCell({ parent: this, provider, fleet, cell, home }, extensions);
  }
}
