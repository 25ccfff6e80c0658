import { propertyAccess, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { routerCode } from "../edge/router-code";
import type { Cell, Fleet, Service, Target } from "../fleet/model";
import { targetAlias } from "../fleet/names";
import { orderRoutes } from "../fleet/routes";
import { sortBy } from "../fleet/sort";
import { Front } from "../modules/front";
import { targetProvider } from "../modules/target-provider";
import { addBackend, remoteState } from "../terraform-state/backend";
import { checkProviders } from "./provider-rules";

/** CloudFront is managed through us-east-1: https://docs.aws.amazon.com/general/latest/gr/cf_region.html */
const frontRegion = "us-east-1";

/** Answers that say that the region, not the request, is at fault. */
const failoverOn = [502, 503, 504];

/** The front stack of a cell. Deployed after the cell's target stacks, whose function URLs it reads. */
export class FrontStack extends TerraformStack {
  constructor(scope: Construct, fleet: Fleet, cell: Cell, targetStacks: readonly TerraformStack[]) {
    super(scope, cell.front.stack);
    addBackend(this, fleet.state);
    const { account, stack } = cell.front;
    const outputs = new Map(
      targetStacks.map((producer) => [producer.node.id, remoteState(this, fleet.state, producer.node.id)]),
    );
    for (const producer of targetStacks) this.addDependency(producer);

    const provider = targetProvider(this, {
      account,
      region: frontRegion,
      alias: targetAlias(account.name, frontRegion),
      fleet: cell.fleet,
      tags: { ...cell.tags, "meridian:stack": stack },
    });
    const routes = frontRoutes(cell);
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
      routes: routes.map(([pattern, originIds]) => ({ pattern, originId: originIds[0] ?? "" })),
      routerCode: routerCode({ routes, failoverOn }),
    });
    new TerraformOutput(this, "url", { description: `Where ${cell.name} answers`, value: front.url });
    new TerraformOutput(this, "distribution_id", { value: front.distributionId });
    checkProviders(this);
  }
}

function originId(target: Target, service: Service): string {
  return `${target.alias}_${service.name}`;
}

/** Every route of the cell with its origins, the preferred one first, in the order that CloudFront tries them. */
function frontRoutes(cell: Cell): readonly (readonly [pattern: string, originIds: readonly string[]])[] {
  const serviceOf = new Map(
    cell.services.flatMap((service) => service.routes.map((route) => [route, service])),
  );
  return orderRoutes([...serviceOf.keys()]).flatMap((pattern) => {
    const service = serviceOf.get(pattern);
    return service ? [[pattern, cell.targets.map((target) => originId(target, service))] as const] : [];
  });
}
