import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { type Bundles, bundleOf } from "../bundles/bundles";
import type { BundleRef } from "../bundles/zip";
import type { CheckedFleet } from "../check/load";
import type { Cell, Fleet, Target } from "../fleet/model";
import { roleName } from "../fleet/names";
import { secretsOf } from "../fleet/secrets";
import { stackTag } from "../fleet/stack-mark";
import type { FleetStack } from "../fleet/stacks";
import { sortBy } from "../fleet/values";
import { LambdaService } from "../modules/lambda-service";
import { targetProvider } from "../modules/target-provider";
import { addBackend } from "../terraform-state/backend";
import { bundlePath } from "./bundle-folder";
import { extendTarget } from "./extensions/contexts";
import type { Extension } from "./extensions/extension";
import type { ServiceVariable } from "./extensions/variables";

/** A target stack: one target of a cell, or, with `stackPer: account`, all targets of an account of the cell. */
export class TargetStack extends TerraformStack {
  /** What extensions set in the environment of its functions. */
  readonly variables: readonly ServiceVariable[];

  constructor(
    scope: Construct,
    { bundles, fleet }: CheckedFleet<BundleRef>,
    { account, name }: FleetStack,
    cell: Cell,
    extensions: readonly Extension[],
  ) {
    super(scope, name);
    addBackend(this, fleet.state, account);
    const targets = cell.targets.filter(({ stack }) => stack === name);
    // By region, so that another order of preference, which is the front's business, changes nothing here.
    this.variables = sortBy(targets, ({ region }) => region).flatMap((target) =>
      addTarget(this, { bundles, fleet, cell, target, extensions }),
    );
  }
}

/** What a target is made from. */
interface TargetInput {
  readonly bundles: Bundles<BundleRef>;
  readonly fleet: Fleet;
  readonly cell: Cell;
  readonly target: Target;
  readonly extensions: readonly Extension[];
}

function addTarget(
  stack: TargetStack,
  { bundles, cell, extensions, fleet, target }: TargetInput,
): readonly ServiceVariable[] {
  const scope = new Construct(stack, target.alias);
  const { account, alias, region } = target;
  const tags = { ...cell.tags, [stackTag]: target.stack };
  const provider = targetProvider(scope, { account, alias, region, fleet: cell.fleet, tags });
  const services = new Map<string, LambdaService>();
  const functions = Object.fromEntries(
    cell.services.map((service) => {
      const bundle = bundleOf(bundles, cell.name, service.name);
      const lambda = new LambdaService(scope, service.name, {
        provider,
        service,
        target,
        secrets: secretsOf(cell, target, service),
        roleName: roleName(cell.fleet, cell.name, service.name, region),
        bundlePath: bundlePath(bundle),
        bundleHash: bundle.sha256,
        frontAccountId: cell.front.account.id,
      });
      services.set(service.name, lambda);
      const { host, url, version } = lambda;
      return [service.name, { name: service.functionName, host, url, version }];
    }),
  );
  new TerraformOutput(scope, "output", {
    description: `Functions of ${cell.name} in ${account.name}, ${region}`,
    value: { account: account.id, region, functions },
  }).overrideLogicalId(alias);
  return extendTarget({ parent: scope, provider, fleet, cell, target, services }, extensions);
}
