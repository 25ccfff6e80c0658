import { isMap } from "../protocols/json";
import { invalid, type Json, type JsonMap } from "./store";

/** A field's kind: a value, or an object of fields; a name that ends in `?` may be missing. */
type Shape = "text" | "days" | "boolean" | "account" | "regions" | { readonly [field: string]: Shape };

const logging: Shape = {
  "loggingBucket?": { "retentionDays?": "days" },
  "accessLoggingBucket?": { "retentionDays?": "days" },
  "kmsKeyArn?": "text",
};
const backup: Shape = {
  backupAdmin: { accountId: "account" },
  centralBackup: { accountId: "account" },
  kmsKeyArn: "text",
};

/** The manifest of versions 3.x: https://docs.aws.amazon.com/controltower/latest/userguide/landing-zone-schemas.html */
const manifest3: Shape = {
  "governedRegions?": "regions",
  organizationStructure: { security: { name: "text" }, "sandbox?": { name: "text" } },
  centralizedLogging: { accountId: "account", "configurations?": logging, "enabled?": "boolean" },
  securityRoles: { accountId: "account" },
  "accessManagement?": { enabled: "boolean" },
  "backup?": { "enabled?": "boolean", "configurations?": backup },
};

/**
 * The manifest of version 4.0. Units are no part of it, and every part says whether it is there: "All enabled flags are
 * required in the manifest", says https://docs.aws.amazon.com/controltower/latest/userguide/lz-api-launch.html, while the
 * schema lets whole parts be left out. The stricter of the two is modelled.
 */
const manifest4: Shape = {
  "governedRegions?": "regions",
  centralizedLogging: { enabled: "boolean", "accountId?": "account", "configurations?": logging },
  config: { enabled: "boolean", "accountId?": "account", "configurations?": logging },
  securityRoles: { enabled: "boolean", "accountId?": "account" },
  accessManagement: { enabled: "boolean" },
  backup: { enabled: "boolean", "configurations?": backup },
};

/** What a part needs that is enabled, by the schema of each version. */
const neededBy = {
  centralizedLogging: "accountId",
  config: "accountId",
  securityRoles: "accountId",
  backup: "configurations",
} as const;

/** Parts of version 4.0 that need another one: https://docs.aws.amazon.com/controltower/latest/userguide/key-changes-lz-v4.html */
const partsNeeded = {
  securityRoles: "config",
  accessManagement: "securityRoles",
  backup: "securityRoles",
} as const;

function isOf(value: Json, kind: Exclude<Shape, object>): boolean {
  switch (kind) {
    case "account":
      return typeof value === "string" && /^\d{12}$/.test(value);
    case "regions":
      return Array.isArray(value) && value.every((one) => /^[a-z]{2}-[a-z-]*-\d$/.test(String(one)));
    case "text":
      return typeof value === "string";
    case "days":
      // The provider reads numbers in a document as strings, so those who want an empty plan write strings.
      return /^[1-9]\d*$/.test(String(value));
    default:
      return typeof value === kind;
  }
}

function check(value: Json, shape: Shape, path: string): void {
  if (typeof shape === "string") {
    if (isOf(value, shape)) return;
    throw invalid(`The LandingZoneManifest that you provided has no valid value in ${path} (${shape}).`);
  }
  if (!isMap(value)) throw invalid(`The LandingZoneManifest that you provided has no object in ${path}.`);
  const fields = new Map(Object.entries(shape).map(([name, kind]) => [name.replace(/\?$/, ""), kind]));
  for (const [name, one] of Object.entries(value)) {
    const field = fields.get(name);
    if (field === undefined) {
      throw invalid(
        `The LandingZoneManifest that you provided contains fields that are not recognized: ${path}.${name}.`,
      );
    }
    check(one, field, `${path}.${name}`);
  }
  for (const name of Object.keys(shape)) {
    if (name.endsWith("?") || value[name] !== undefined) continue;
    throw lacks(`${path}.${name}`);
  }
}

const lacks = (field: string) =>
  invalid(`The LandingZoneManifest that you provided is missing some required manifest fields: ${field}.`);

/** @throws {AwsError} an enabled part lacks what it needs */
function checkParts(manifest: JsonMap): void {
  for (const [part, field] of Object.entries(neededBy)) {
    const value = manifest[part];
    if (!isMap(value) || value.enabled === false || value[field] !== undefined) continue;
    throw lacks(`manifest.${part}.${field}`);
  }
}

/** @throws {AwsError} a part is enabled without another one that it needs */
function checkDependencies(manifest: JsonMap): void {
  const isOn = (part: string) => {
    const value = manifest[part];
    return isMap(value) && value.enabled === true;
  };
  for (const [part, needed] of Object.entries(partsNeeded)) {
    if (isOn(part) && !isOn(needed)) throw invalid(`${part} cannot be enabled while ${needed} is disabled.`);
  }
}

/**
 * The manifest of a landing zone, checked as Control Tower checks it before it begins.
 *
 * @throws {AwsError} 400 ValidationException for a field that is missing, unknown or of another kind, for a part without
 *   one that it needs, and for one account in both security roles
 */
export function readManifest(version: string, manifest: Json | undefined): JsonMap {
  if (!isMap(manifest)) throw invalid("The LandingZoneManifest that you provided is no object.");
  const isVersion3 = version.startsWith("3.");
  check(manifest, isVersion3 ? manifest3 : manifest4, "manifest");
  checkParts(manifest);
  if (!isVersion3) checkDependencies(manifest);
  const { centralizedLogging, securityRoles } = manifest;
  const archive = isMap(centralizedLogging) ? centralizedLogging.accountId : undefined;
  if (archive !== undefined && isMap(securityRoles) && archive === securityRoles.accountId) {
    throw invalid("The log archive account and the audit account cannot be the same account.");
  }
  return manifest;
}
