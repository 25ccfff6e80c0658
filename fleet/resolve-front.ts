import type { Account } from "./account";
import { logRegion } from "./front-place";
import { resolveRouting } from "./geography/routing";
import type { Domain, Front, LogBucket, Target, Zone } from "./model";
import { cellName, frontStackName, logBucketName, logStackName, nameLimits } from "./names";
import type { CellEntry, FrontEntry } from "./schema/fleet-file";

/** A cell, as far as its front needs to know it. */
export interface FrontInput {
  readonly fleet: string;
  readonly cell: string;
  readonly entry: CellEntry;
  readonly account: Account;
  readonly targets: readonly Target[];
  readonly zone?: Zone;
  readonly zones: readonly Zone[];
}

/** What a front is where the fleet file does not say. */
const frontDefaults = {
  priceClass: "PriceClass_100",
  bodies: "edge-hash",
  // 429: a region that Lambda throttles. A region that may still answer is better than none.
  failoverOn: [429, 502, 503, 504],
  exposeRegion: true,
  rateLimit: 2000,
} as const;

/** Fills in the defaults of a cell's front. */
export function resolveFront(input: FrontInput): Front {
  const { account, cell, entry, fleet, targets, zones } = input;
  const written: FrontEntry = entry.front ?? {};
  const regions = [...new Set(targets.map(({ region }) => region))];
  const routing = resolveRouting({ regions, zones, order: written.order });
  return {
    account,
    stack: frontStackName(cell),
    keyValueStore: cellName(nameLimits.keyValueStore, fleet, cell),
    priceClass: written.priceClass ?? frontDefaults.priceClass,
    order: written.order,
    routing,
    failoverOn: written.failoverOn ?? frontDefaults.failoverOn,
    bodies: written.bodies ?? frontDefaults.bodies,
    exposeRegion: written.exposeRegion ?? frontDefaults.exposeRegion,
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
