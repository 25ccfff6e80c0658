import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Account, Cell, Fleet, Target } from "../fleet/model";
import { roleName } from "../fleet/names";
import { sortBy } from "../fleet/sort";
import { LambdaService } from "../modules/lambda-service";
import { targetProvider } from "../modules/target-provider";
import { addBackend } from "../terraform-state/backend";
import { bundlePath } from "./bundle-path";
import { checkProviders } from "./provider-rules";

/** A target stack: one target of a cell, or, with `stackPer: account`, all targets of an account of the cell. */
export class TargetStack extends TerraformStack {
  constructor(scope: Construct, id: string, fleet: Fleet, cell: Cell, targets: readonly Target[]) {
    super(scope, id);
    addBackend(this, fleet.state, accountOf(targets));
    // By region, so that another order of preference, which is the front's business, changes nothing here.
    for (const target of sortBy(targets, ({ region }) => region)) addTarget(this, cell, target);
    checkProviders(this);
  }
}

/** All targets of a stack are in one account. */
function accountOf([target]: readonly Target[]): Account {
  if (!target) throw new Error("a target stack without targets");
  return target.account;
}

function addTarget(stack: TargetStack, cell: Cell, target: Target): void {
  const scope = new Construct(stack, target.alias);
  const { account, alias, region } = target;
  const tags = { ...cell.tags, "meridian:stack": target.stack };
  const provider = targetProvider(scope, { account, alias, region, fleet: cell.fleet, tags });
  const functions = Object.fromEntries(
    cell.services.map((service) => {
      const lambda = new LambdaService(scope, service.name, {
        provider,
        service,
        target,
        roleName: roleName(cell.fleet, cell.name, service.name, region),
        bundlePath: bundlePath(service.bundle),
        frontAccountId: cell.front.account.id,
      });
      const { host, url, version } = lambda;
      return [service.name, { name: service.functionName, host, url, version }];
    }),
  );
  new TerraformOutput(scope, "output", {
    description: `Functions of ${cell.name} in ${account.name}, ${region}`,
    value: { account: account.id, region, functions },
  }).overrideLogicalId(alias);
}
