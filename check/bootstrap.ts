import { defaultDeployRole, hasBootstrappedRole, planRoleName, recordRoleName } from "../fleet/accounts";
import type { Path, Problem } from "../fleet/diagnostics";
import { findRegion } from "../fleet/geography/regions";
import { nameLimits } from "../fleet/names";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { count } from "../fleet/wording";
import { problem } from "./rules";
import { entryOf } from "./written";

/** What would keep the deploy roles of the bootstrap from being made, or from being assumed. */
export function bootstrap({ file }: CheckInput): readonly Problem[] {
  return [...optInRegions(file), ...externalIds(file), ...longRoleNames(file)];
}

/** Regions of the stack set that new accounts do not have enabled. */
function optInRegions(file: FleetFile): readonly Problem[] {
  return (file.bootstrap?.operation?.regionOrder ?? []).flatMap((region, index) => {
    if (!findRegion(region)?.optIn) return [];
    return [
      problem("opt-in-region", ["bootstrap", "operation", "regionOrder", index], {
        message: `every account of the stack set must opt in to region "${region}" first, which a new one has not done`,
        fix: "use regions that need no opt-in, such as us-east-1",
      }),
    ];
  });
}

/** There is one template for all accounts, and so one external id. */
function externalIds(file: FleetFile): readonly Problem[] {
  const common = file.defaults?.externalId;
  return Object.entries(file.accounts).flatMap(([name, { externalId }]) => {
    if (externalId === undefined || externalId === common || !hasBootstrappedRole(file, name)) return [];
    return [
      problem("bootstrap-external-id", ["accounts", name, "externalId"], {
        message: `account "${name}" has an external id of its own, but its deploy role is made ${common === undefined ? "without one" : "with the one from the defaults"}`,
        fix: 'remove it, or move it to "defaults" for all accounts, or name a role of the account\'s own as "deployRole"',
        atKey: true,
      }),
    ];
  });
}

/** A deploy role that templates make. */
interface MadeRole {
  readonly name: string;
  readonly path: Path;
  /** Whether it may be that of the state's account, where one more role is made. */
  readonly keepsRecords: boolean;
}

/** The one of all accounts, and the management account's where it has its own. */
function madeRoles({ accounts, bootstrap, defaults, organization, state }: FleetFile): readonly MadeRole[] {
  if (!bootstrap) return [];
  const management = organization?.management;
  const own = entryOf(accounts, management)?.deployRole;
  const isOwner = management !== undefined && state?.account === management && own !== undefined;
  return [
    {
      name: defaults?.deployRole ?? defaultDeployRole,
      path: ["defaults", "deployRole"],
      keepsRecords: state?.account !== undefined && !isOwner,
    },
    ...(management !== undefined && own !== undefined
      ? [{ name: own, path: ["accounts", management, "deployRole"], keepsRecords: isOwner }]
      : []),
  ];
}

/** The roles beside a deploy role are called after it: the fleet file takes as many characters as IAM does. */
function longRoleNames(file: FleetFile): readonly Problem[] {
  return madeRoles(file).flatMap(({ keepsRecords, name, path }) => {
    const longest = keepsRecords ? recordRoleName(name) : planRoleName(name);
    const excess = longest.length - nameLimits.role;
    if (excess <= 0) return [];
    return [
      problem("role-name-too-long", path, {
        message: `the role "${longest}", which is made beside the deploy role, would have a name of ${longest.length} characters, but the limit is ${nameLimits.role}`,
        fix: `shorten the deploy role's name by ${count(excess, "character")}`,
      }),
    ];
  });
}
