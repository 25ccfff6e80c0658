import { boundaryName, defaultDeployRole, resolveAccount } from "../accounts";
import { globalRegion } from "../geography/regions";
import type { FleetFile } from "../schema/fleet-file";
import type { BootstrapEntry } from "../schema/foundation";
import type { Bootstrap } from "./model";
import { ciAccount } from "./pipeline";
import { outermost, unitsOf } from "./units";

/** Fills in how accounts get their deploy role; undefined where the fleet file does not say. */
export function resolveBootstrap(file: FleetFile): Bootstrap | undefined {
  const { bootstrap, defaults, fleet, organization } = file;
  if (!bootstrap || !organization) return undefined;
  const { concurrency = 1, failureTolerance = 0 } = bootstrap.operation ?? {};
  const name = defaults?.deployRole ?? defaultDeployRole;
  // The builds of the pipeline work as the deploy roles; other CI systems only ever plan.
  const deploying = [organization.management, bootstrap.delivery, file.pipeline?.account];
  return {
    management: resolveAccount(file, organization.management),
    region: stackSetRegion(bootstrap),
    stackSet: stackSetName(fleet, name),
    units: outermost(bootstrap.units ?? unitsOf(organization).map(({ path }) => path)),
    role: {
      name,
      boundary: boundaryName(name),
      externalId: defaults?.externalId,
      trusted: trusted(file, deploying),
      planners: trusted(file, [...deploying, file.ci && ciAccount(file)]),
    },
    regions: stackRegions(bootstrap),
    failureTolerance,
    concurrency,
  };
}

/**
 * Where the stack set is managed. Every region can: StackSets is a service of each region.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs.html
 */
function stackSetRegion({ region = globalRegion }: BootstrapEntry): string {
  return region;
}

/** Where it puts stacks, each once, in order. */
export function stackRegions(bootstrap: BootstrapEntry): readonly string[] {
  return [...new Set(bootstrap.operation?.regionOrder ?? [stackSetRegion(bootstrap)])];
}

/**
 * A letter, then letters, digits and hyphens, which roles and fleets need not keep to:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStackSet.html
 */
function stackSetName(fleet: string, role: string): string {
  const name = `${fleet}-${role}`.replaceAll(/[^A-Za-z0-9-]+/g, "-");
  return /^[a-z]/.test(name) ? name : `fleet-${name}`;
}

/** Ids of those accounts that have one by now. */
function trusted(file: FleetFile, names: readonly (string | undefined)[]): readonly string[] {
  const ids = names.flatMap((name) => (name === undefined ? [] : (file.accounts[name]?.id ?? [])));
  return [...new Set(ids)].sort();
}
