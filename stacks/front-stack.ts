import { propertyAccess, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { BundleRef } from "../bundles/zip";
import type { CheckedFleet } from "../check/load";
import { globalRegion } from "../fleet/geography/regions";
import type { Cell, Service, Target } from "../fleet/model";
import { cellRoutes, hashesBodies, isRouted, takesBodies } from "../fleet/routes";
import type { FleetStack } from "../fleet/stacks";
import { sortBy } from "../fleet/values";
import { Front, type FrontProps, type FrontRoute } from "../modules/front";
import { remoteState } from "../terraform-state/backend";
import { bundlePath } from "./bundle-folder";
import { extendFront } from "./extensions/contexts";
import type { Extension } from "./extensions/extension";
import { hashBundle } from "./hash-bundle";
import { SingleProviderStack } from "./single-provider-stack";

/** The front stack of a cell. Deployed after the cell's target stacks, whose function URLs it reads. */
export class FrontStack extends SingleProviderStack {
  constructor(
    scope: Construct,
    { fleet, routers }: CheckedFleet<BundleRef>,
    stack: FleetStack,
    cell: Cell,
    extensions: readonly Extension[],
  ) {
    super(scope, fleet, stack, cell.tags);
    const routerCode = routers.get(cell.name);
    if (routerCode === undefined) throw new Error(`there is no router for ${cell.name}`);
    const producers = new Map(cell.targets.map((target) => [target.stack, target.account]));
    const outputs = new Map(
      [...producers].map(([name, owner]) => [name, remoteState(this, fleet.state, name, owner)]),
    );
    const front = new Front(this, "front", {
      provider: this.provider,
      cell,
      origins: sortBy(cell.targets, ({ alias }) => alias).flatMap((target) =>
        cell.services.filter(isRouted).map((service) => ({
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
      routerCode,
      hashBundle: hashesBodies(cell) ? hashRef() : undefined,
    });
    new TerraformOutput(this, "url", { description: `Where ${cell.name} answers`, value: front.url });
    new TerraformOutput(this, "distribution_id", { value: front.distribution.id });
    new TerraformOutput(this, "key_value_store", {
      description: `Which regions of ${cell.name} are drained`,
      value: front.keyValueStoreArn,
    });
    const { provider } = this;
    const { account } = stack;
    const { distribution } = front;
    extendFront(
      { parent: this, provider, fleet, cell, account, region: globalRegion, distribution },
      extensions,
    );
  }
}

function hashRef(): FrontProps["hashBundle"] {
  const bundle = hashBundle();
  return { bundlePath: bundlePath(bundle), bundleHash: bundle.sha256 };
}

function originId(target: Target, service: Service): string {
  return `${target.alias}_${service.name}`;
}

/** Every route of the cell, in the order that CloudFront tries them. */
function frontRoutes(cell: Cell): readonly FrontRoute[] {
  const [first] = cell.targets;
  return cellRoutes(cell.services).map(({ route, service }) => ({
    pattern: route.path,
    originId: first ? originId(first, service) : "",
    ttl: route.ttl,
    takesBodies: takesBodies(route),
  }));
}
