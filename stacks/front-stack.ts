import { propertyAccess, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { cellRoutes } from "../fleet/cell-routes";
import type { Cell, Fleet, Service, Target } from "../fleet/model";
import { targetAlias } from "../fleet/names";
import { sortBy } from "../fleet/sort";
import { Front, type FrontRoute } from "../modules/front";
import { targetProvider } from "../modules/target-provider";
import { addBackend, remoteState } from "../terraform-state/backend";
import { checkProviders } from "./provider-rules";

/** CloudFront is managed through us-east-1: https://docs.aws.amazon.com/general/latest/gr/cf_region.html */
const frontRegion = "us-east-1";

/** The front stack of a cell. Deployed after the cell's target stacks, whose function URLs it reads. */
export class FrontStack extends TerraformStack {
  constructor(scope: Construct, fleet: Fleet, cell: Cell, targetStacks: readonly TerraformStack[]) {
    super(scope, cell.front.stack);
    const { account, stack } = cell.front;
    addBackend(this, fleet.state, account);
    const producers = new Map(cell.targets.map((target) => [target.stack, target.account]));
    const outputs = new Map(
      [...producers].map(([name, owner]) => [name, remoteState(this, fleet.state, name, owner)]),
    );
    for (const producer of targetStacks) this.addDependency(producer);

    const provider = targetProvider(this, {
      account,
      region: frontRegion,
      alias: targetAlias(account.name, frontRegion),
      fleet: cell.fleet,
      tags: { ...cell.tags, "meridian:stack": stack },
    });
    const front = new Front(this, "front", {
      provider,
      cell,
      origins: sortBy(cell.targets, ({ alias }) => alias).flatMap((target) =>
        cell.services.map((service) => ({
          id: originId(target, service),
          host: propertyAccess(outputs.get(target.stack)?.get(target.alias), [
            "functions",
            service.name,
            "host",
          ]).toString(),
          timeout: service.timeout,
        })),
      ),
      routes: frontRoutes(cell),
      routerCode: cell.front.router,
    });
    new TerraformOutput(this, "url", { description: `Where ${cell.name} answers`, value: front.url });
    new TerraformOutput(this, "distribution_id", { value: front.distributionId });
    new TerraformOutput(this, "key_value_store", {
      description: `Which regions of ${cell.name} are drained`,
      value: front.keyValueStoreArn,
    });
    checkProviders(this);
  }
}

function originId(target: Target, service: Service): string {
  return `${target.alias}_${service.name}`;
}

/** Every route of the cell, in the order that CloudFront tries them. */
function frontRoutes(cell: Cell): readonly FrontRoute[] {
  const [home] = cell.targets;
  return cellRoutes(cell.services).map(({ route, service }) => ({
    pattern: route.path,
    originId: home ? originId(home, service) : "",
    ttl: route.ttl,
  }));
}
