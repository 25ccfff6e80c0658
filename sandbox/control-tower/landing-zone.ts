import { AwsError } from "../http";
import type { Organizations } from "../organizations/organizations";
import { isMap } from "../protocols/json";
import { enableIdentityCenter } from "./baselines";
import { readManifest } from "./manifest";
import {
  type ControlTowerAccount,
  type ControlTowerOperation,
  entityId,
  finish,
  finished,
  invalid,
  type Json,
  type JsonMap,
  type LandingZone,
  missing,
} from "./store";

const latestVersion = "4.0";

/** A landing zone is named by its ARN, or by the id at the end of it, as the Terraform provider does. */
function find({ landingZone }: ControlTowerAccount, identifier: Json | undefined): LandingZone {
  const names = landingZone ? [landingZone.arn, landingZone.arn.split("/").at(-1)] : [];
  if (landingZone && names.includes(String(identifier))) return landingZone;
  throw missing(`The landing zone ${String(identifier)} does not exist.`);
}

function readVersion(version: unknown): string {
  if (typeof version === "string" && /^(?:3\.[0-3]|4\.0)$/.test(version)) return version;
  throw invalid(`The landing zone version ${String(version)} is not supported: 3.0 to 3.3 and 4.0 are.`);
}

/**
 * What may not be enabled before Control Tower is set up:
 * https://docs.aws.amazon.com/controltower/latest/userguide/getting-started-prereqs.html
 */
function refuseTrusted(organizations: Organizations, management: string): void {
  for (const service of ["config.amazonaws.com", "cloudtrail.amazonaws.com"]) {
    if (!organizations.trusts(management, service)) continue;
    throw invalid(
      `The organization has trusted access enabled for ${service}, which has to be disabled first.`,
    );
  }
}

/** Services that Control Tower enables in the organization, by the parts of its landing zone. */
function servicesOf(version: string, manifest: JsonMap): readonly string[] {
  const isOn = (part: string) => {
    const value = manifest[part];
    return isMap(value) ? value.enabled !== false : version.startsWith("3.");
  };
  return [
    "controltower.amazonaws.com",
    ...(isOn("config") ? ["config.amazonaws.com"] : []),
    ...(isOn("centralizedLogging") ? ["cloudtrail.amazonaws.com"] : []),
    ...(isOn("accessManagement") ? ["sso.amazonaws.com"] : []),
  ];
}

/** Operations on the landing zone of a management account. All are done as soon as they are answered. */
export const landingZoneOperations: readonly ControlTowerOperation[] = [
  {
    name: "CreateLandingZone",
    method: "POST",
    path: "/create-landingzone",
    run: ({ account, organizations, input, call, tags }) => {
      const version = readVersion(input.version);
      const manifest = readManifest(version, input.manifest);
      if (account.landingZone) {
        throw new AwsError(409, "ConflictException", "A landing zone already exists in this organization.");
      }
      refuseTrusted(organizations, call.account);
      const { region } = call;
      const arn = `arn:aws:controltower:${region}:${call.account}:landingzone/${entityId()}`;
      account.landingZone = { arn, region, version, manifest };
      account.tags.set(arn, tags);
      const operationIdentifier = finish(account, { subject: "landing zone", type: "CREATE" });
      for (const service of servicesOf(version, manifest)) organizations.trust(call.account, service);
      enableIdentityCenter(account, call, operationIdentifier);
      return { arn, operationIdentifier };
    },
  },
  {
    name: "GetLandingZone",
    method: "POST",
    path: "/get-landingzone",
    run: ({ account, input }) => {
      const { arn, version, manifest } = find(account, input.landingZoneIdentifier);
      return {
        landingZone: {
          arn,
          version,
          manifest,
          latestAvailableVersion: latestVersion,
          status: "ACTIVE",
          driftStatus: { status: "IN_SYNC" },
        },
      };
    },
  },
  {
    name: "ListLandingZones",
    method: "POST",
    path: "/list-landingzones",
    run: ({ account: { landingZone }, call }) => ({
      landingZones: landingZone?.region === call.region ? [{ arn: landingZone.arn }] : [],
    }),
  },
  {
    name: "UpdateLandingZone",
    method: "POST",
    path: "/update-landingzone",
    run: ({ account, input }) => {
      const before = find(account, input.landingZoneIdentifier);
      const version = readVersion(input.version);
      account.landingZone = {
        ...before,
        version,
        manifest: readManifest(version, input.manifest ?? before.manifest),
      };
      return { operationIdentifier: finish(account, { subject: "landing zone", type: "UPDATE" }) };
    },
  },
  {
    name: "ResetLandingZone",
    method: "POST",
    path: "/reset-landingzone",
    run: ({ account, input }) => {
      find(account, input.landingZoneIdentifier);
      return { operationIdentifier: finish(account, { subject: "landing zone", type: "RESET" }) };
    },
  },
  {
    name: "DeleteLandingZone",
    method: "POST",
    path: "/delete-landingzone",
    run: ({ account, input }) => {
      const { arn } = find(account, input.landingZoneIdentifier);
      account.landingZone = undefined;
      account.baselines.clear();
      account.tags.delete(arn);
      return { operationIdentifier: finish(account, { subject: "landing zone", type: "DELETE" }) };
    },
  },
  {
    name: "GetLandingZoneOperation",
    method: "POST",
    path: "/get-landingzone-operation",
    run: ({ account, input }) => {
      const { type, time } = finished(account, "landing zone", input.operationIdentifier);
      return {
        operationDetails: {
          operationIdentifier: input.operationIdentifier,
          operationType: type,
          status: "SUCCEEDED",
          startTime: time,
          endTime: time,
        },
      };
    },
  },
];
