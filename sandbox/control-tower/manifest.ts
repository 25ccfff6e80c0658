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

/** The manifest of version 4.0: units are no part of it, and every other part can be left out. */
const manifest4: Shape = {
  "governedRegions?": "regions",
  "centralizedLogging?": { enabled: "boolean", "accountId?": "account", "configurations?": logging },
  "config?": { enabled: "boolean", "accountId?": "account", "configurations?": logging },
  "securityRoles?": { enabled: "boolean", "accountId?": "account" },
  "accessManagement?": { enabled: "boolean" },
  "backup?": { enabled: "boolean", "configurations?": backup },
};

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
    throw invalid(
      `The LandingZoneManifest that you provided is missing some required manifest fields: ${path}.${name}.`,
    );
  }
}

/**
 * The manifest of a landing zone, checked as Control Tower checks it before it begins.
 *
 * @throws {AwsError} 400 ValidationException for a field that is missing, unknown or of another kind, and for one
 *   account in both security roles
 */
export function readManifest(version: string, manifest: Json | undefined): JsonMap {
  if (!isMap(manifest)) throw invalid("The LandingZoneManifest that you provided is no object.");
  check(manifest, version.startsWith("3.") ? manifest3 : manifest4, "manifest");
  const { centralizedLogging, securityRoles } = manifest;
  const archive = isMap(centralizedLogging) ? centralizedLogging.accountId : undefined;
  if (archive !== undefined && isMap(securityRoles) && archive === securityRoles.accountId) {
    throw invalid("The log archive account and the audit account cannot be the same account.");
  }
  return manifest;
}
