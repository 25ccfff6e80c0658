import { countryCodes, expandCountries, isCountry, isGroup } from "../countries";
import type { Path, Problem } from "../diagnostics";
import { nearest, suggest } from "../nearest";
import { findRegion, regionCodes, usableRegions } from "../regions";
import { type Code, problem } from "../rules";
import type { FleetFile } from "../schema";
import type { CheckInput } from "./check";
import { accountUses, ordersOf, targetsOf } from "./written";

/** Names that lead nowhere: accounts, zones, services, regions and countries. */
export function references({ file, declared }: CheckInput): readonly Problem[] {
  return [
    ...undeclared(
      "unknown-account",
      accountUses(file).map(({ account, ...use }) => ({ ...use, name: account })),
      declared.accounts,
    ),
    ...undeclared("unknown-zone", zoneUses(file), declared.zones),
    ...undeclared("unknown-service", serviceUses(file), declared.services),
    ...regionUses(file)
      .filter(({ name }) => !findRegion(name))
      .map(unknownRegion),
    ...countryUses(file)
      .filter(({ name }) => !isCountry(name) && !isGroup(name))
      .map(unknownCountry),
    ...defaultCountries(file).flatMap(notOneCountry),
  ];
}

/** A place that names something. */
interface Use {
  readonly name: string;
  readonly path: Path;
  readonly atKey?: boolean;
}

function undeclared(
  code: Code,
  uses: readonly Use[],
  declared: readonly string[] | undefined,
): readonly Problem[] {
  if (!declared) return [];
  const known = new Set(declared);
  const kind = code.replace("unknown-", "");
  return uses
    .filter(({ name }) => !known.has(name))
    .map(({ name, path, atKey }) => {
      const isNear = nearest(name, declared) !== undefined;
      const fix = isNear ? suggest(name, declared) : `declare it below "${kind}s"${declaredNow(declared)}`;
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

function regionUses(file: FleetFile): readonly Use[] {
  const state = file.state?.backend === "s3" ? [{ name: file.state.region, path: ["state", "region"] }] : [];
  const zones = Object.entries(file.zones ?? {}).flatMap(([zone, { regions }]) =>
    regions.map((name, index) => ({ name, path: ["zones", zone, "regions", index] })),
  );
  const targets = Object.entries(file.cells).flatMap(([cell, entry]) =>
    targetsOf(cell, entry).map(({ region, path }) => ({ name: region, path })),
  );
  const orders = Object.entries(file.cells).flatMap(([cell, entry]) =>
    ordersOf(cell, entry).flatMap(({ path, regions }) =>
      regions.map((name, index) => ({ name, path: [...path, index] })),
    ),
  );
  return [...state, ...zones, ...targets, ...orders];
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
      why: "a viewer who cannot be placed is taken to be in it",
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

/** Codes in common use that ISO 3166-1 has another one for. */
const usualNames: Readonly<Record<string, string>> = { UK: "GB", EL: "GR" };

/** One of two letters is wrong in too many ways to guess the country; letters that changed places are no guess. */
function unknownCountry({ name, path, atKey }: Use): Problem {
  const meant = usualNames[name] ?? countryCodes.find((code) => code === `${name[1]}${name[0]}`);
  return problem("unknown-country", path, {
    message: `there is no country "${name}"`,
    fix: meant === undefined ? 'write an ISO 3166-1 code such as "DE", or "EU" or "EEA"' : `write "${meant}"`,
    atKey,
  });
}
