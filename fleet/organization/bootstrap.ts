import { boundaryName, defaultDeployRole, resolveAccount } from "../accounts";
import type { FleetFile } from "../schema";
import { type Bootstrap, managementRegion } from "./model";
import { outermost, unitsOf } from "./units";

/** Fills in how accounts get their deploy role; undefined where the fleet file does not say. */
export function resolveBootstrap(file: FleetFile): Bootstrap | undefined {
  const { bootstrap, defaults, fleet, organization } = file;
  if (!bootstrap || !organization) return undefined;
  const {
    concurrency = 1,
    failureTolerance = 0,
    regionOrder = [managementRegion],
  } = bootstrap.operation ?? {};
  const name = defaults?.deployRole ?? defaultDeployRole;
  return {
    management: resolveAccount(file, organization.management),
    stackSet: `${fleet}-${name}`,
    units: outermost(bootstrap.units ?? unitsOf(organization).map(({ path }) => path)),
    role: {
      name,
      boundary: boundaryName(name),
      externalId: defaults?.externalId,
      trusted: trusted(file, [organization.management, bootstrap.delivery]),
    },
    regions: regionOrder,
    failureTolerance,
    concurrency,
  };
}

/** Ids of those accounts that have one by now. */
function trusted(file: FleetFile, names: readonly (string | undefined)[]): readonly string[] {
  const ids = names.flatMap((name) => (name === undefined ? [] : (file.accounts[name]?.id ?? [])));
  return [...new Set(ids)].sort();
}
