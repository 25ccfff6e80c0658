import type { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { BundleRef } from "../bundles/zip";
import type { CheckedFleet } from "../check/load";
import type { Cell, Fleet } from "../fleet/model";
import type { FleetStack, StackKind } from "../fleet/stacks";
import { AccountsStack } from "./accounts-stack";
import { BootstrapStack } from "./bootstrap-stack";
import { BudgetsStack } from "./budgets-stack";
import { ControlTowerStack, LandingZoneStack } from "./control-tower-stack";
import { DataStack } from "./data-stack";
import type { Extension } from "./extensions/extension";
import { sortedExtensions } from "./extensions/facts";
import { keepSettings } from "./extensions/settings";
import { FrontStack } from "./front-stack";
import { IdentityStack } from "./identity-stack";
import { LogStack } from "./log-stack";
import { OrganizationStack } from "./organization-stack";
import { PipelineStack } from "./pipeline-stack";
import { StateReplicaStack } from "./state-replica-stack";
import { StateStack } from "./state-stack";
import { TargetStack } from "./target-stack";

/** What a stack is made from. */
interface Input {
  readonly checked: CheckedFleet<BundleRef>;
  readonly stack: FleetStack;
  readonly extensions: readonly Extension[];
  /** @throws the stack is no part of a cell */
  cell(): Cell;
}

/** How each kind of stack is made. */
const makers: Readonly<Record<StackKind, (app: Construct, input: Input) => TerraformStack>> = {
  organization: (app, { checked: { fleet }, stack }) =>
    new OrganizationStack(app, fleet, stack, there(fleet.organization)),
  accounts: (app, { checked: { fleet }, stack }) =>
    new AccountsStack(app, fleet, stack, there(fleet.organization)),
  "landing-zone": (app, { checked: { fleet }, stack }) =>
    new LandingZoneStack(app, fleet, stack, there(fleet.organization?.controlTower?.landingZone)),
  "control-tower": (app, { checked: { fleet }, stack }) =>
    new ControlTowerStack(app, fleet, stack, there(fleet.organization?.controlTower)),
  identity: (app, { checked: { fleet }, stack }) =>
    new IdentityStack(app, fleet, stack, there(fleet.identity)),
  bootstrap: (app, { checked: { fleet }, stack }) =>
    new BootstrapStack(app, fleet, stack, there(fleet.bootstrap)),
  budgets: (app, { checked: { fleet }, stack }) => new BudgetsStack(app, fleet, stack, there(fleet.budgets)),
  state: (app, { checked: { fleet }, stack }) => new StateStack(app, fleet, stack, there(fleet.stateBucket)),
  state_replica: (app, { checked: { fleet }, stack }) =>
    new StateReplicaStack(app, fleet, stack, there(fleet.stateBucket)),
  pipeline: (app, { checked: { fleet }, stack }) =>
    new PipelineStack(app, fleet, stack, there(fleet.pipeline)),
  data: (app, { cell, checked: { fleet }, extensions, stack }) =>
    new DataStack(app, fleet, stack, cell(), extensions),
  target: (app, { cell, checked, extensions, stack }) =>
    new TargetStack(app, checked, stack, cell(), extensions),
  "front-logs": (app, { cell, checked: { fleet }, stack }) =>
    new LogStack(app, fleet, stack, cell(), there(cell().front.logs)),
  front: (app, { cell, checked, extensions, stack }) =>
    new FrontStack(app, checked, stack, cell(), extensions),
};

/**
 * Adds stacks of a fleet to an app, each after those that it needs.
 *
 * @param extensions those that the fleet was checked with
 * @throws one comes after a stack that is not among them
 * @throws {UserError} an extension does what none may
 */
export function addStacks(
  app: Construct,
  checked: CheckedFleet<BundleRef>,
  stacks: readonly FleetStack[],
  extensions: readonly Extension[] = [],
): void {
  const cells = new Map(checked.fleet.cells.map((cell) => [cell.name, cell]));
  const made = new Map<string, TerraformStack>();
  const byName = sortedExtensions(extensions);
  requireSame(checked.fleet, byName);
  for (const stack of stacks) {
    const construct = makers[stack.kind](app, {
      checked,
      stack,
      extensions: byName,
      cell: () => there(cells.get(stack.cell ?? "")),
    });
    if (byName.length > 0) keepSettings(construct);
    for (const name of stack.after) construct.addDependency(there(made.get(name)));
    made.set(stack.name, construct);
  }
}

/** The list of stacks goes by what the fleet knows of extensions: of another one, what it adds to cells would be missing. */
function requireSame(fleet: Fleet, extensions: readonly Extension[]): void {
  const [known, given] = [fleet.extensions, extensions].map((all) => all.map(({ name }) => name).join(", "));
  if (known !== given) throw new Error(`the fleet was checked with other extensions: ${known}; not ${given}`);
}

/** What the list of stacks says is there. */
function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the list of stacks names what the fleet does not have");
  return value;
}
