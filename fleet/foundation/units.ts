import type { OrganizationEntry } from "../schema/foundation";
import { sortBy } from "../values";
import type { Unit } from "./model";

/** Whether a unit is another one, or lies below it. */
export function isBelow(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(`${ancestor}/`);
}

/** Whether a unit is one of some units, or lies below one. */
export function isBelowAny(path: string, ancestors: readonly string[]): boolean {
  return ancestors.some((ancestor) => isBelow(path, ancestor));
}

/** All units of an organization, by path: those that are written, and those that they lie in. */
export function unitsOf({ units: written = [] }: OrganizationEntry): readonly Unit[] {
  const ids = new Map(written.flatMap((unit) => (typeof unit === "string" ? [] : [[unit.path, unit.id]])));
  const paths = written.flatMap((unit) => lineage(typeof unit === "string" ? unit : unit.path));
  return sortBy([...new Set(paths)], (path) => path).map((path) => {
    const names = path.split("/");
    const parent = names.slice(0, -1).join("/") || undefined;
    return { path, name: names.at(-1) ?? path, parent, id: ids.get(path) };
  });
}

/** Of some units, those that lie below no other of them, sorted. */
export function outermost(paths: readonly string[]): readonly string[] {
  const distinct = [...new Set(paths)].sort();
  return distinct.filter((path) => !distinct.some((other) => other !== path && isBelow(path, other)));
}

/**
 * A unit's path and those of the units around it, the outermost first.
 *
 * @example lineage("tenants/eu") // ["tenants", "tenants/eu"]
 */
export function lineage(path: string): readonly string[] {
  const names = path.split("/");
  return names.map((_, index) => names.slice(0, index + 1).join("/"));
}
