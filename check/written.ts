import type { Path, Problem } from "../fleet/diagnostics";
import { mergeService, serviceDefaults } from "../fleet/resolve";
import { routePath } from "../fleet/routes";
import type { CellEntry, FleetFile, ServiceEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { valueAt } from "../fleet/text/walk";

/** The entry of a section by its name, even if every object has a property of that name, such as `constructor`. */
export function entryOf<T>(
  section: Readonly<Record<string, T>> | undefined,
  name: string | undefined,
): T | undefined {
  return section && name !== undefined && Object.hasOwn(section, name) ? section[name] : undefined;
}

/** Whether the file has anything at a path: a value of the wrong shape is not missing, and is reported already. */
export function isWritten({ declared, file }: CheckInput, path: Path): boolean {
  return valueAt(file, path) !== undefined || declared.has?.(path) === true;
}

/** Settings of a service as written in one place of the file: the service's own, or a cell's overrides. */
interface WrittenService {
  readonly path: Path;
  readonly settings: Partial<ServiceEntry>;
}

/** Every place that sets something of a service, each once, however many cells it applies to. */
export function writtenServices(file: FleetFile): readonly WrittenService[] {
  return [
    ...Object.entries(file.services).map(([name, settings]) => ({ path: ["services", name], settings })),
    ...Object.entries(file.cells).flatMap(([cell, entry]) =>
      Object.entries(entry.services ?? {}).map(([name, settings]) => ({
        path: ["cells", cell, "services", name],
        settings,
      })),
    ),
  ];
}

/** A service as it is in one cell. */
export interface CellService {
  readonly name: string;
  readonly settings: ServiceEntry;
  /** Where one of its settings is written: with the cell if it overrides the setting. */
  pathOf(setting: keyof ServiceEntry): Path;
}

/** The services of a cell, its overrides merged in, by name. */
export function servicesOf(file: FleetFile, cell: string, entry: CellEntry): readonly CellService[] {
  return Object.entries(file.services)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, base]) => {
      const override = entryOf(entry.services, name);
      return {
        name,
        settings: mergeService(base, override),
        pathOf: (setting) =>
          override?.[setting] === undefined
            ? ["services", name, setting]
            : ["cells", cell, "services", name, setting],
      };
    });
}

/** Whether requests come to a service, or events only. */
export function takesRequests({ settings: { routes = serviceDefaults.routes } }: CellService): boolean {
  return routes.length > 0;
}

/** A route of a service in a cell, as written. */
export interface CellRoute {
  readonly route: string;
  readonly service: string;
  readonly path: Path;
}

/** The routes of all services of a cell, its overrides merged in. */
export function routesOf(file: FleetFile, cell: string, entry: CellEntry): readonly CellRoute[] {
  return servicesOf(file, cell, entry).flatMap(({ name, settings, pathOf }): readonly CellRoute[] => {
    const path = pathOf("routes");
    if (!settings.routes) return serviceDefaults.routes.map((route) => ({ route, service: name, path }));
    return settings.routes.map((route, index) => ({
      route: routePath(route),
      service: name,
      path: [...path, index],
    }));
  });
}

/** One target, as written. */
interface WrittenTarget {
  readonly account: string;
  readonly region: string;
  readonly path: Path;
}

/** The targets of a cell, in the order of the file. */
export function targetsOf(cell: string, entry: CellEntry): readonly WrittenTarget[] {
  return Object.entries(entry.targets).flatMap(([account, regions]) =>
    regions.map((region, index) => ({ account, region, path: ["cells", cell, "targets", account, index] })),
  );
}

/** One account that a cell uses, for its targets or for its front. */
interface AccountUse {
  readonly cell: string;
  readonly entry: CellEntry;
  readonly account: string;
  readonly path: Path;
  /** Whether the place that names the account is a key. */
  readonly atKey: boolean;
}

/** Every account of every cell, once per cell: where its targets name it, or else its front. */
export function accountUses(file: FleetFile): readonly AccountUse[] {
  return Object.entries(file.cells).flatMap(([cell, entry]) => {
    const uses = Object.keys(entry.targets).map((account) => ({
      cell,
      entry,
      account,
      path: ["cells", cell, "targets", account],
      atKey: true,
    }));
    const front = entry.front?.account;
    if (front === undefined || uses.some((use) => use.account === front)) return uses;
    return [
      ...uses,
      { cell, entry, account: front, path: ["cells", cell, "front", "account"], atKey: false },
    ];
  });
}

/** Keeps the first finding at each place: what is written once is reported once, however many cells it applies to. */
export function oncePerPlace(findings: readonly Problem[]): readonly Problem[] {
  const places = new Set<string>();
  return findings.filter(({ code, path }) => {
    const place = JSON.stringify([code, path]);
    return !places.has(place) && places.add(place);
  });
}

/** A list of regions in `front.order`: for one country or group, or for every viewer. */
export interface WrittenOrder {
  /** Absent where the order is for all. */
  readonly country?: string;
  readonly regions: readonly string[];
  readonly path: Path;
}

/** The orders of regions that a cell's front has. */
export function ordersOf(cell: string, { front }: CellEntry): readonly WrittenOrder[] {
  const path = ["cells", cell, "front", "order"];
  if (front?.order === undefined) return [];
  if (Array.isArray(front.order)) return [{ regions: front.order, path }];
  return Object.entries(front.order).map(([country, regions]) => ({
    country,
    regions,
    path: [...path, country],
  }));
}
