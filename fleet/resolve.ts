import { accountsWithoutId, resolveAccount } from "./accounts";
import { resolveBootstrap } from "./foundation/bootstrap";
import { resolveBudgets } from "./foundation/budgets";
import { resolveIdentity } from "./foundation/identity";
import { resolveCi, resolvePipeline } from "./foundation/pipeline";
import { resolveOrganization } from "./foundation/resolve";
import { resolveStateBucket, statePrefix } from "./foundation/state-bucket";
import { frontAccount, targetAccounts } from "./front-place";
import { expandCountries } from "./geography/countries";
import { findRegion } from "./geography/regions";
import { methods } from "./limits";
import type { Cell, ExtensionFacts, Fleet, Service, State, Target, Zone } from "./model";
import { accountStackName, functionName, targetAlias, targetStackName } from "./names";
import { resolveFront } from "./resolve-front";
import { resolveStages, seconds } from "./rollout";
import type { CellEntry, FleetFile, RouteEntry, ServiceEntry } from "./schema/fleet-file";
import { resolveSecrets } from "./secrets";
import { resolveHome, resolveTables, resolveTableUses } from "./tables";
import { sortBy } from "./values";

const byName = <T>(entries: Readonly<Record<string, T>>) => sortBy(Object.entries(entries), ([name]) => name);

/**
 * Fills in every default and makes every name. Keys carry no order, so everything that is written as a map comes
 * out sorted by name; regions of a target keep theirs. Cells in accounts that have no id yet are left out.
 *
 * @param file a fleet file in which no check has found an error
 * @param extensions of the user's main.ts
 */
export function resolveFleet(file: FleetFile, extensions: readonly ExtensionFacts[] = []): Fleet {
  const waiting = byName(file.cells)
    .map(([name, entry]) => ({ name, accounts: accountsWithoutId(file, entry) }))
    .filter(({ accounts }) => accounts.length > 0);
  const cells = byName(file.cells)
    .filter(([name]) => !waiting.some((cell) => cell.name === name))
    .map(([name, entry]) => resolveCell(file, name, entry));
  return {
    name: file.fleet,
    state: resolveState(file),
    tags: { ...file.defaults?.tags, "meridian:fleet": file.fleet },
    cells,
    stages: resolveStages(file, cells),
    waiting,
    organization: resolveOrganization(file, extensions),
    identity: resolveIdentity(file),
    bootstrap: resolveBootstrap(file),
    budgets: resolveBudgets(file),
    stateBucket: resolveStateBucket(file),
    pipeline: resolvePipeline(file),
    ci: resolveCi(file),
    extensions: sortBy(extensions, ({ name }) => name),
  };
}

function resolveState(file: FleetFile): State {
  if (file.state?.backend !== "s3") return { backend: "local" };
  const { account, bucket, kmsKey, region, role } = file.state;
  return {
    backend: "s3",
    bucket,
    region,
    prefix: statePrefix(file),
    role,
    kmsKey,
    perAccount: account !== undefined,
  };
}

function resolveCell(file: FleetFile, name: string, entry: CellEntry): Cell {
  const targets = resolveTargets(file, name, entry);
  const zone = entry.zone === undefined ? undefined : resolveZone(file, entry.zone);
  const zones = [...(entry.zones ?? [])].sort().map((written) => resolveZone(file, written));
  const services = resolveServices(file, name, entry);
  const defaultCountry = entry.defaultCountry ?? findRegion(targets[0]?.region ?? "")?.country ?? "";
  const account = resolveAccount(file, frontAccount(entry) ?? "");
  return {
    name,
    fleet: file.fleet,
    stage: entry.stage,
    tenant: entry.tenant,
    zone,
    zones,
    defaultCountry,
    targets,
    home: resolveHome(entry, targets),
    tables: resolveTables(file, name, entry),
    services,
    front: resolveFront({
      fleet: file.fleet,
      cell: name,
      entry,
      account,
      targets,
      zone,
      zones,
    }),
    tags: {
      ...file.defaults?.tags,
      ...entry.tags,
      "meridian:fleet": file.fleet,
      "meridian:cell": name,
      "meridian:stage": entry.stage,
      ...(entry.tenant && { "meridian:tenant": entry.tenant }),
      ...(zone && { "meridian:zone": zone.name }),
      ...(zones.length > 0 && { "meridian:zone": zones.map(({ name }) => name).join(" ") }),
    },
  };
}

function resolveTargets(file: FleetFile, cell: string, entry: CellEntry): readonly Target[] {
  const perAccount = (entry.stackPer ?? file.defaults?.stackPer) === "account";
  return targetAccounts(entry).flatMap((accountName) => {
    const account = resolveAccount(file, accountName);
    return (entry.targets[accountName] ?? []).map((region) => ({
      account,
      region,
      alias: targetAlias(accountName, region),
      stack: perAccount ? accountStackName(cell, accountName) : targetStackName(cell, accountName, region),
    }));
  });
}

function resolveZone(file: FleetFile, name: string): Zone {
  const entry = file.zones?.[name];
  if (!entry) throw new Error(`zone ${name} is not declared`);
  return { name, regions: entry.regions, countries: expandCountries(entry.countries) };
}

/** A service's settings in one cell: its own, with the cell's on top. Variables, secrets and tables are merged one by one. */
export function mergeService(base: ServiceEntry, override: Partial<ServiceEntry> = {}): ServiceEntry {
  const environment = { ...base.environment, ...override.environment };
  const secrets = { ...base.secrets, ...override.secrets };
  const tables = { ...base.tables, ...override.tables };
  return { ...base, ...override, environment, secrets, tables };
}

/** What a service is where the fleet file does not say. */
export const serviceDefaults = {
  handler: "index.handler",
  runtime: "nodejs22.x",
  architecture: "arm64",
  memory: 256,
  timeout: 10,
  routes: ["/*"],
  logRetentionDays: 30,
  tracing: "PassThrough",
  layers: [] as string[],
  permissions: [],
  ephemeralStorage: 512,
  keepVersions: 5,
  streaming: false,
  secretsRefresh: "5m",
} as const satisfies Partial<ServiceEntry>;

/** Makes Node.js read the bundle's source map, so that a stack trace names lines of the source. */
export const sourceMaps = { NODE_OPTIONS: "--enable-source-maps" };

function resolveServices(file: FleetFile, cell: string, entry: CellEntry): readonly Service[] {
  return byName(file.services).map(([name, base]) => {
    const { environment, routes, secrets, tables, ...settings } = mergeService(base, entry.services?.[name]);
    return {
      ...serviceDefaults,
      ...settings,
      routes: (routes ?? serviceDefaults.routes).map(resolveRoute),
      name,
      functionName: functionName(file.fleet, cell, name),
      environment: { ...sourceMaps, ...environment },
      secrets: resolveSecrets(secrets),
      secretsRefresh: seconds(settings.secretsRefresh ?? serviceDefaults.secretsRefresh),
      tables: resolveTableUses({ tables }),
    };
  });
}

function resolveRoute(route: RouteEntry): Service["routes"][number] {
  if (typeof route === "string") return { path: route };
  const { cache, methods: written, path } = route;
  // In one order, so that another one in the file changes nothing.
  return { path, ttl: cache?.ttl, methods: written && methods.filter((method) => written.includes(method)) };
}
