import type { Problem } from "../fleet/diagnostics";
import { countryCodes, expandCountries, isCountry, isGroup } from "../fleet/geography/countries";
import { findRegion, regionCodes, usableRegions } from "../fleet/geography/regions";
import type { FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { nearest, suggest } from "../fleet/wording";
import { centralRegions } from "./central-regions";
import { accountsNamed, type Use, unitsNamed } from "./named";
import { type Code, problem } from "./rules";
import { accountUses, entryOf, ordersOf, targetsOf, writtenServices } from "./written";

/** Names that lead nowhere: of what the fleet file declares, of regions and of countries. */
export function references({ file, declared }: CheckInput): readonly Problem[] {
  return [
    ...undeclared(
      "unknown-account",
      [
        ...accountUses(file).map(({ account, ...use }) => ({ ...use, name: account })),
        ...accountsNamed(file),
      ],
      declared.accounts,
      (id) => Object.keys(file.accounts).find((name) => entryOf(file.accounts, name)?.id === id),
    ),
    ...undeclared("unknown-zone", zoneUses(file), declared.zones),
    ...undeclared("unknown-service", serviceUses(file), declared.services),
    ...undeclared("unknown-table", tableUses(file), declared.tables),
    ...undeclared("unknown-cell", waveUses(file), declared.cells),
    ...undeclared("unknown-unit", unitsNamed(file), declared.units),
    ...undeclared("unknown-group", accessUses(file, "group"), declared.groups),
    ...undeclared("unknown-permission-set", accessUses(file, "permissionSet"), declared.permissionSets),
    ...regionUses(file)
      .filter(({ name }) => !findRegion(name))
      .map(unknownRegion),
    ...countryUses(file)
      .filter(({ name }) => !isCountry(name) && !isGroup(name))
      .map(unknownCountry),
    ...defaultCountries(file).flatMap(notOneCountry),
  ];
}

/** Where the names of each kind are declared. */
const sections = {
  "unknown-account": "accounts",
  "unknown-zone": "zones",
  "unknown-service": "services",
  "unknown-table": "tables",
  "unknown-cell": "cells",
  "unknown-unit": "organization.units",
  "unknown-group": "identity.groups",
  "unknown-permission-set": "identity.permissionSets",
} as const satisfies Partial<Record<Code, string>>;

/** @param meant what an undeclared name stands for, where that can be told */
function undeclared(
  code: keyof typeof sections,
  uses: readonly Use[],
  declared: readonly string[] | undefined,
  meant: (name: string) => string | undefined = () => undefined,
): readonly Problem[] {
  if (!declared) return [];
  const known = new Set(declared);
  const kind = code.replace("unknown-", "").replaceAll("-", " ");
  return uses
    .filter(({ name }) => !known.has(name))
    .map(({ name, path, atKey }) => {
      const near = meant(name) ?? nearest(name, declared);
      const declare = `declare it under "${sections[code]}"${declaredNow(declared)}`;
      const fix = near === undefined ? declare : `write "${near}"`;
      return problem(code, path, { message: `there is no ${kind} "${name}"`, fix, atKey });
    });
}

function declaredNow(declared: readonly string[]): string {
  return declared.length > 0 ? `, or ${suggest("", declared)}` : "";
}

function zoneUses(file: FleetFile): readonly Use[] {
  const entries = [
    ...Object.entries(file.accounts).map(([name, { zone }]) => ({ zone, path: ["accounts", name, "zone"] })),
    ...Object.entries(file.cells).flatMap(([name, { zone, zones = [] }]) => [
      { zone, path: ["cells", name, "zone"] },
      ...zones.map((listed, index) => ({ zone: listed, path: ["cells", name, "zones", index] })),
    ]),
  ];
  return entries.flatMap(({ zone, path }) => (zone === undefined ? [] : [{ name: zone, path }]));
}

function serviceUses(file: FleetFile): readonly Use[] {
  return Object.entries(file.cells).flatMap(([cell, { services = {} }]) =>
    Object.keys(services).map((name) => ({ name, path: ["cells", cell, "services", name], atKey: true })),
  );
}

function tableUses(file: FleetFile): readonly Use[] {
  return writtenServices(file).flatMap(({ path, settings }) =>
    Object.keys(settings.tables ?? {}).map((name) => ({
      name,
      path: [...path, "tables", name],
      atKey: true,
    })),
  );
}

function waveUses({ rollout = {} }: FleetFile): readonly Use[] {
  return Object.entries(rollout).flatMap(([stage, { waves = [] }]) =>
    waves.flatMap((wave, index) =>
      (Array.isArray(wave) ? wave : []).map((name, position) => ({
        name,
        path: ["rollout", stage, "waves", index, position],
      })),
    ),
  );
}

function accessUses({ identity }: FleetFile, key: "group" | "permissionSet"): readonly Use[] {
  return (identity?.access ?? []).map((entry, index) => ({
    name: entry[key],
    path: ["identity", "access", index, key],
  }));
}

function regionUses(file: FleetFile): readonly Use[] {
  const state = (["region", "replica"] as const).flatMap((key) => {
    const name = file.state?.[key];
    return name === undefined ? [] : [{ name, path: ["state", key] }];
  });
  const stackSet = (file.bootstrap?.operation?.regionOrder ?? []).map((name, index) => ({
    name,
    path: ["bootstrap", "operation", "regionOrder", index],
  }));
  const central = centralRegions(file).map(({ path, region }) => ({ name: region, path }));
  const zones = Object.entries(file.zones ?? {}).flatMap(([zone, { regions }]) =>
    regions.map((name, index) => ({ name, path: ["zones", zone, "regions", index] })),
  );
  const targets = Object.entries(file.cells).flatMap(([cell, entry]) =>
    targetsOf(cell, entry).map(({ region, path }) => ({ name: region, path })),
  );
  const homes = Object.entries(file.cells).flatMap(([cell, { home }]) =>
    home === undefined ? [] : [{ name: home, path: ["cells", cell, "home"] }],
  );
  const orders = Object.entries(file.cells).flatMap(([cell, entry]) =>
    ordersOf(cell, entry).flatMap(({ path, regions }) =>
      regions.map((name, index) => ({ name, path: [...path, index] })),
    ),
  );
  return [...state, ...stackSet, ...central, ...zones, ...targets, ...homes, ...orders];
}

function countryUses(file: FleetFile): readonly Use[] {
  const zones = Object.entries(file.zones ?? {}).flatMap(([zone, { countries }]) =>
    countries.map((name, index) => ({ name, path: ["zones", zone, "countries", index] })),
  );
  const viewers = Object.entries(file.cells).flatMap(([cell, entry]) =>
    (entry.viewers ?? []).map((name, index) => ({ name, path: ["cells", cell, "viewers", index] })),
  );
  const orders = Object.entries(file.cells).flatMap(([cell, entry]) =>
    ordersOf(cell, entry).flatMap(({ country, path }) =>
      country === undefined ? [] : [{ name: country, path, atKey: true }],
    ),
  );
  return [...zones, ...viewers, ...orders];
}

function defaultCountries(file: FleetFile): readonly Use[] {
  return Object.entries(file.cells).flatMap(([cell, { defaultCountry: name }]) =>
    name === undefined ? [] : [{ name, path: ["cells", cell, "defaultCountry"] }],
  );
}

function notOneCountry(use: Use): readonly Problem[] {
  if (isCountry(use.name)) return [];
  if (!isGroup(use.name)) return [unknownCountry(use)];
  return [
    problem("unknown-country", use.path, {
      message: `"${use.name}" is not one country`,
      why: "viewers whose country is unknown are treated as being in it",
      fix: `write the code of one country, such as "${expandCountries([use.name])[0]}"`,
    }),
  ];
}

function unknownRegion({ name, path }: Use): Problem {
  if (/^(cn|us-gov|us-iso\w*|eu-iso\w*|eusc)-/.test(name)) {
    return problem("unknown-region", path, {
      message: `"${name}" is not a commercial region of AWS`,
      why: "China, GovCloud and the sovereign clouds have accounts and endpoints of their own",
      fix: 'use a commercial region, such as "eu-central-1"',
    });
  }
  return problem("unknown-region", path, {
    message: `there is no region "${name}"`,
    fix: suggest(name, nearest(name, regionCodes) === undefined ? usableRegions(regionCodes) : regionCodes),
  });
}

/** Codes in common use for which ISO 3166-1 has another. */
const usualNames: Readonly<Record<string, string>> = { UK: "GB", EL: "GR" };

/** With one of two letters wrong, the country is anybody's guess; swapped letters are safe to correct. */
function unknownCountry({ name, path, atKey }: Use): Problem {
  const meant = usualNames[name] ?? countryCodes.find((code) => code === `${name[1]}${name[0]}`);
  return problem("unknown-country", path, {
    message: `there is no country "${name}"`,
    fix: meant === undefined ? 'write an ISO 3166-1 code such as "DE", or "EU" or "EEA"' : `write "${meant}"`,
    atKey,
  });
}
