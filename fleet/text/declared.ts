import type { Path } from "../diagnostics";
import { lineage } from "../foundation/units";
import { isMap } from "../values";
import { valueAt } from "./walk";

/** Names declared in the fleet file, by kind. */
export interface Declared {
  /** Absent where the section itself cannot be read: then no name can be called unknown. */
  readonly accounts?: readonly string[];
  /** Absent like `accounts`; empty where the section is not there. */
  readonly zones?: readonly string[];
  /** Absent like `accounts`. */
  readonly services?: readonly string[];
  /** Absent like `accounts`; empty where the section is not there. */
  readonly tables?: readonly string[];
  /** Absent like `accounts`. */
  readonly cells?: readonly string[];
  /** Stages of cells. Absent where the stage of a cell cannot be read. */
  readonly stages?: readonly string[];
  /** Organizational units, by path, with those above them. Absent like `accounts`, and without an organization. */
  readonly units?: readonly string[];
  /** Absent like `accounts`. */
  readonly groups?: readonly string[];
  /** Absent like `accounts`. */
  readonly permissionSets?: readonly string[];
  /** Whether the file has anything at a path of `CheckInput.file`, right or wrong. */
  readonly has?: (path: Path) => boolean;
  /** How many items the list or the map at a path of `CheckInput.file` has in the file, right or wrong. */
  readonly length?: (path: Path) => number;
}

/** The one key that the schema library passes over, because objects have it already. */
export const unusable = "__proto__";

/** All names that the data declares, whatever else is wrong with what they name. */
export function declaredNames(data: unknown): Declared {
  const hasOrganization = isMap(valueAt(data, ["organization"]));
  return {
    accounts: keysOf(valueAt(data, ["accounts"])),
    zones: orNone(valueAt(data, ["zones"]), keysOf),
    services: keysOf(valueAt(data, ["services"])),
    tables: orNone(valueAt(data, ["tables"]), keysOf),
    cells: keysOf(valueAt(data, ["cells"])),
    stages: stagesOf(valueAt(data, ["cells"])),
    units: hasOrganization ? orNone(valueAt(data, ["organization", "units"]), unitPaths) : undefined,
    groups: orNone(valueAt(data, ["identity", "groups"]), texts),
    permissionSets: orNone(valueAt(data, ["identity", "permissionSets"]), keysOf),
  };
}

type Names = readonly string[] | undefined;

/** A section that is not there declares nothing; of one that cannot be read, nobody knows. */
function orNone(value: unknown, namesOf: (value: unknown) => Names): Names {
  return value === undefined ? [] : namesOf(value);
}

function keysOf(value: unknown): Names {
  return isMap(value) ? Object.keys(value).filter((name) => name !== unusable) : undefined;
}

function stagesOf(cells: unknown): Names {
  if (!isMap(cells)) return undefined;
  const stages = Object.values(cells).map((cell) => valueAt(cell, ["stage"]));
  return stages.every((stage) => typeof stage === "string") ? [...new Set(stages)] : undefined;
}

function texts(value: unknown): Names {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}

function unitPaths(value: unknown): Names {
  if (!Array.isArray(value)) return undefined;
  const paths = texts(value.map((unit) => (isMap(unit) ? unit.path : unit))) ?? [];
  return [...new Set(paths.flatMap(lineage))].sort();
}
