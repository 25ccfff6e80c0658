import { cellRoutes } from "./cell-routes";
import { resolveRouting } from "./geography/routing";
import { logRegion } from "./log-region";
import type { Account, Domain, Front, LogBucket, Service, Target, Zone } from "./model";
import { cellName, frontStackName, logBucketName, logStackName, nameLimits } from "./names";
import { resolveRouter } from "./router";
import type { CellEntry, FrontEntry } from "./schema/fleet-file";

/** A cell, as far as its front needs to know it. */
export interface FrontInput {
  readonly fleet: string;
  readonly cell: string;
  readonly entry: CellEntry;
  readonly account: Account;
  readonly targets: readonly Target[];
  readonly services: readonly Service[];
  readonly defaultCountry: string;
  readonly zone?: Zone;
  readonly zones: readonly Zone[];
}

/** What a front is where the fleet file does not say. */
const frontDefaults = { priceClass: "PriceClass_100", failoverOn: [502, 503, 504], rateLimit: 2000 } as const;

/** Fills in the defaults of a cell's front. */
export function resolveFront(input: FrontInput): Front {
  const { account, cell, defaultCountry, entry, fleet, services, targets, zones } = input;
  const written: FrontEntry = entry.front ?? {};
  const regions = [...new Set(targets.map(({ region }) => region))];
  const routing = resolveRouting({ regions, zones, order: written.order });
  const failoverOn = written.failoverOn ?? frontDefaults.failoverOn;
  const routes = cellRoutes(services).map(({ route, service }) => [route.path, service.name] as const);
  return {
    account,
    stack: frontStackName(cell),
    keyValueStore: cellName(nameLimits.keyValueStore, fleet, cell),
    priceClass: written.priceClass ?? frontDefaults.priceClass,
    order: written.order,
    routing,
    router: resolveRouter({ routes, targets, routing, defaultCountry, failoverOn }),
    failoverOn,
    domain: written.domain && resolveDomain(written.domain),
    webAcl: written.webAcl && { rateLimit: written.rateLimit ?? frontDefaults.rateLimit },
    logs: written.logs ? resolveLogs(input, regions) : undefined,
  };
}

function resolveDomain({ name, certificate, hostedZone }: NonNullable<FrontEntry["domain"]>): Domain {
  if (certificate !== undefined) return { name, certificate };
  if (hostedZone !== undefined) return { name, hostedZone };
  throw new Error(`domain ${name} has neither a certificate nor a hosted zone`);
}

function resolveLogs(
  { account, cell, fleet, zone, zones }: FrontInput,
  regions: readonly string[],
): LogBucket {
  const region = logRegion(regions, (zone ?? zones[0])?.regions);
  if (region === undefined) throw new Error(`cell ${cell} has no region for logs`);
  const bucket = logBucketName({ fleet, cell, accountId: account.id, region });
  return { stack: logStackName(cell, region), bucket, region };
}
