import type { Path, Problem } from "../fleet/diagnostics";
import { homeRegion } from "../fleet/foundation/control-tower";
import { identityRegion } from "../fleet/foundation/identity";
import { findRegion } from "../fleet/geography/regions";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";

/** A region of something that there is once for the whole fleet, where the fleet file names it. */
interface CentralRegion {
  readonly region: string;
  readonly path: Path;
  /** Who has to opt in to it where that is needed. */
  readonly accounts: string;
}

const homePath = ["organization", "controlTower", "homeRegion"];
const identityPath = ["identity", "region"];

/** Regions that the fleet file gives Control Tower, Identity Center, the stack set and the pipeline. */
export function centralRegions({
  bootstrap,
  identity,
  organization,
  pipeline,
}: FleetFile): readonly CentralRegion[] {
  const entry = (path: Path, accounts: string, region: string | undefined) =>
    region === undefined ? [] : [{ region, path, accounts }];
  // https://docs.aws.amazon.com/singlesignon/latest/userguide/regions.html
  return [
    ...entry(homePath, "the management account", organization?.controlTower?.homeRegion),
    ...entry(identityPath, "every account that people sign in to", identity?.region),
    ...entry(["bootstrap", "region"], "the management account", bootstrap?.region),
    ...entry(["pipeline", "region"], `account "${pipeline?.account}"`, pipeline?.region),
  ];
}

/** Central services in regions that cannot work, or that no zone has. */
export function centralServices({ file }: CheckInput): readonly Problem[] {
  return [...optIn(file), ...identityElsewhere(file), ...outsideZones(file)];
}

function optIn(file: FleetFile): readonly Problem[] {
  return centralRegions(file).flatMap(({ accounts, path, region }) => {
    if (!findRegion(region)?.optIn) return [];
    return [
      problem("opt-in-region", path, {
        message: `${accounts} must opt in to region "${region}" first`,
        fix: `run "aws account enable-region --region-name ${region}" there once, and wait until it is ENABLED`,
      }),
    ];
  });
}

/**
 * Control Tower takes no Identity Center that is in another region than its own, and one in us-east-1 only by an exception
 * that nobody should build on: https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html
 */
function identityElsewhere({ identity, organization }: FleetFile): readonly Problem[] {
  const { controlTower } = organization ?? {};
  if (!controlTower?.enabled || identity?.region === undefined) return [];
  const home = homeRegion(controlTower);
  if (identity.region === home) return [];
  return [
    problem("identity-region", identityPath, {
      message: `IAM Identity Center is in "${identity.region}", but Control Tower's home region is "${home}"`,
      fix: "write the same region for both, or remove this one",
    }),
  ];
}

/** What keeps people's names and addresses, or the logs of all accounts, in a region that is in none of the zones. */
function outsideZones({ identity, organization, zones }: FleetFile): readonly Problem[] {
  const allowed = [...new Set(Object.values(zones ?? {}).flatMap(({ regions }) => regions))].sort();
  if (allowed.length === 0 || !organization) return [];
  const { controlTower } = organization;
  const places = [
    ...(controlTower?.enabled
      ? [
          {
            what: "Control Tower",
            path: homePath,
            region: homeRegion(controlTower),
            isWritten: controlTower.homeRegion !== undefined,
          },
        ]
      : []),
    ...(identity
      ? [
          {
            what: "IAM Identity Center",
            path: identityPath,
            region: identityRegion(identity, organization),
            isWritten: identity.region !== undefined,
          },
        ]
      : []),
  ];
  return places.flatMap(({ isWritten, path, region, what }) => {
    if (allowed.includes(region) || !findRegion(region)) return [];
    return [
      problem("central-outside-zones", isWritten ? path : path.slice(0, -1), {
        message: `${what} is in "${region}", which is in no zone`,
        fix: `set it up in a region of a zone, and write that as "${path.at(-1)}": ${listed(allowed)}`,
        atKey: !isWritten,
      }),
    ];
  });
}
