import type { Problem } from "../fleet/diagnostics";
import { frontAccount } from "../fleet/front-place";
import { serviceDefaults } from "../fleet/resolve";
import { routePath } from "../fleet/routes";
import type { CellEntry, FleetFile, RouteEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { entryOf, servicesOf } from "./written";

/** Per account, unless AWS raises it: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const defaultQuota = 20;

/** Accounts whose fronts make more cache policies than an account may have by default. */
export function cachePolicies({ file }: CheckInput): readonly Problem[] {
  const needed = new Map<string, number>();
  for (const [cell, entry] of Object.entries(file.cells)) {
    const account = frontAccount(entry);
    if (account === undefined || !entryOf(file.accounts, account)) continue;
    needed.set(account, (needed.get(account) ?? 0) + policiesOf(file, cell, entry));
  }
  return [...needed]
    .filter(([, policies]) => policies > defaultQuota)
    .map(([account, policies]) =>
      problem("many-cache-policies", ["accounts", account], {
        message: `the fronts in account "${account}" need ${policies} cache policies, but CloudFront allows ${defaultQuota} by default`,
        fix: 'ask AWS to raise the quota, use fewer different cache times, or move some fronts to another "account"',
        atKey: true,
      }),
    );
}

/** One for each cache time among the routes of a cell, and one for all routes, or a default behaviour, without. */
function policiesOf(file: FleetFile, cell: string, entry: CellEntry): number {
  const routes = servicesOf(file, cell, entry).flatMap(
    ({ settings }): readonly RouteEntry[] => settings.routes ?? serviceDefaults.routes,
  );
  const times = routes.map((route) => (typeof route === "string" ? undefined : route.cache?.ttl));
  const hasDefault = routes.some((route) => routePath(route) === "/*");
  return new Set([...times, ...(hasDefault ? [] : [undefined])]).size;
}
