import type { Path } from "../fleet/diagnostics";
import type { FleetFile } from "../fleet/schema/fleet-file";

/** A place that names something. */
export interface Use {
  readonly name: string;
  readonly path: Path;
  readonly atKey?: boolean;
}

/** Every place of the foundation that names an account. */
export function accountsNamed(file: FleetFile): readonly Use[] {
  const { bootstrap, ci, identity, organization, pipeline, state } = file;
  const landingZone = ["organization", "controlTower", "landingZone"];
  return [
    ...optional(organization?.management, ["organization", "management"]),
    ...optional(organization?.controlTower?.landingZone?.logArchive, [...landingZone, "logArchive"]),
    ...optional(organization?.controlTower?.landingZone?.audit, [...landingZone, "audit"]),
    ...policyTargets(file, "accounts"),
    ...(identity?.access ?? []).flatMap(({ accounts = [] }, index) =>
      listed(accounts, ["identity", "access", index, "accounts"]),
    ),
    ...optional(bootstrap?.delivery, ["bootstrap", "delivery"]),
    ...optional(state?.account, ["state", "account"]),
    ...optional(pipeline?.account, ["pipeline", "account"]),
    ...optional(ci?.account, ["ci", "account"]),
  ];
}

/** Every place that names an organizational unit. */
export function unitsNamed(file: FleetFile): readonly Use[] {
  const { accounts, bootstrap, identity, organization } = file;
  return [
    ...optional(organization?.controlTower?.landingZone?.security, [
      "organization",
      "controlTower",
      "landingZone",
      "security",
    ]),
    ...policyTargets(file, "units"),
    ...Object.entries(accounts).flatMap(([name, { unit }]) => optional(unit, ["accounts", name, "unit"])),
    ...(identity?.access ?? []).flatMap(({ units = [] }, index) =>
      listed(units, ["identity", "access", index, "units"]),
    ),
    ...listed(bootstrap?.units ?? [], ["bootstrap", "units"]),
  ];
}

function policyTargets({ organization }: FleetFile, kind: "accounts" | "units"): readonly Use[] {
  return Object.entries(organization?.policies ?? {}).flatMap(([policy, entry]) =>
    listed(entry[kind] ?? [], ["organization", "policies", policy, kind]),
  );
}

function optional(name: string | undefined, path: Path): readonly Use[] {
  return name === undefined ? [] : [{ name, path }];
}

function listed(names: readonly string[], path: Path): readonly Use[] {
  return names.map((name, index) => ({ name, path: [...path, index] }));
}
