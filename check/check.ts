import type { Path, Problem } from "../fleet/diagnostics";
import type { FleetFile } from "../fleet/schema/fleet-file";

/** What a check looks at. */
export interface CheckInput {
  /** The fleet file without the parts whose shape is wrong: those are reported already. */
  readonly file: FleetFile;
  /** Names that the file declares, those with a wrong shape included, so that one mistake is not reported twice. */
  readonly declared: Declared;
}

/** Names declared in the fleet file, by kind. */
export interface Declared {
  /** Absent where the section itself cannot be read: then no name can be called unknown. */
  readonly accounts?: readonly string[];
  /** Absent like `accounts`; empty where the section is not there. */
  readonly zones?: readonly string[];
  /** Absent like `accounts`. */
  readonly services?: readonly string[];
  /** Organizational units, by path, with those above them. Absent like `accounts`, and without an organization. */
  readonly units?: readonly string[];
  /** Absent like `accounts`. */
  readonly groups?: readonly string[];
  /** Absent like `accounts`. */
  readonly permissionSets?: readonly string[];
  /** Whether the file has anything at a path of `CheckInput.file`, right or wrong. */
  readonly has?: (path: Path) => boolean;
}

/** One group of rules. Pure: it reports what it finds and changes nothing. */
export type Check = (input: CheckInput) => Iterable<Problem>;
