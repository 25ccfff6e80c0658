import { AwsError } from "../http";
import { readManifest } from "./manifest";
import {
  type ControlTowerAccount,
  type ControlTowerOperation,
  entityId,
  finish,
  invalid,
  type Json,
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

/** Operations on the landing zone of a management account. All are done as soon as they are answered. */
export const landingZoneOperations: readonly ControlTowerOperation[] = [
  {
    name: "CreateLandingZone",
    method: "POST",
    path: "/create-landingzone",
    run: ({ account, input, call, tags }) => {
      const version = readVersion(input.version);
      const manifest = readManifest(version, input.manifest);
      if (account.landingZone) {
        throw new AwsError(409, "ConflictException", "A landing zone already exists in this organization.");
      }
      const arn = `arn:aws:controltower:${call.region}:${call.account}:landingzone/${entityId()}`;
      account.landingZone = { arn, version, manifest };
      account.tags.set(arn, tags);
      return { arn, operationIdentifier: finish(account, { type: "CREATE" }) };
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
    run: ({ account: { landingZone } }) => ({
      landingZones: landingZone ? [{ arn: landingZone.arn }] : [],
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
      return { operationIdentifier: finish(account, { type: "UPDATE" }) };
    },
  },
  {
    name: "ResetLandingZone",
    method: "POST",
    path: "/reset-landingzone",
    run: ({ account, input }) => {
      find(account, input.landingZoneIdentifier);
      return { operationIdentifier: finish(account, { type: "RESET" }) };
    },
  },
  {
    name: "DeleteLandingZone",
    method: "POST",
    path: "/delete-landingzone",
    run: ({ account, input }) => {
      const { arn } = find(account, input.landingZoneIdentifier);
      account.landingZone = undefined;
      account.tags.delete(arn);
      return { operationIdentifier: finish(account, { type: "DELETE" }) };
    },
  },
  {
    name: "GetLandingZoneOperation",
    method: "POST",
    path: "/get-landingzone-operation",
    run: ({ account, input }) => {
      const operation = account.operations.get(String(input.operationIdentifier));
      if (!operation || operation.control) {
        throw missing(`The operation ${String(input.operationIdentifier)} does not exist.`);
      }
      const { type, time } = operation;
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
