import { hasBootstrappedRole } from "../fleet/accounts";
import type { Problem } from "../fleet/diagnostics";
import { findRegion } from "../fleet/geography/regions";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";

/** What would keep the deploy roles of the bootstrap from being made, or from being assumed. */
export function bootstrap({ file }: CheckInput): readonly Problem[] {
  return [...optInRegions(file), ...externalIds(file)];
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
