import { readFileSync } from "node:fs";
import { type Diagnostic, formatPath, hasErrors, type Path, type Problem } from "../fleet/diagnostics";
import type { ExtensionFacts, Fleet } from "../fleet/model";
import { resolveFleet } from "../fleet/resolve";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { decodeText } from "../fleet/text/encoding";
import { parseStructure } from "../fleet/text/structure";
import type { PlacedProblem } from "../fleet/text/syntax";
import { parseYaml } from "../fleet/text/yaml";
import { findProblems } from "./all";
import { problem } from "./rules";

/** What a fleet file says about where the cells are. */
export interface LoadedFleet {
  /** Everything found, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
  /** Only where no diagnostic is an error. */
  readonly fleet?: Fleet;
  /** As written, including the cells that wait for the ids of their accounts. Present if `fleet` is. */
  readonly written?: FleetFile;
}

/** What belongs to a fleet beside its file. */
export interface FleetBeside {
  /** Of the user's main.ts. @default none */
  readonly extensions?: readonly ExtensionFacts[];
}

/**
 * Reads a fleet file for work on what is deployed. Sources are not looked at, routers may be too large, and policies may
 * lock the deploy out. Never throws because of what is in the file.
 *
 * @param file path of the fleet file, absolute or relative to the working directory
 */
export function loadFleet(file: string, { extensions }: FleetBeside = {}): LoadedFleet {
  const read = readFleet(file);
  if ("unreadable" in read) return { diagnostics: read.unreadable };
  const diagnostics = read.diagnose(read.problems);
  if (hasErrors(diagnostics)) return { diagnostics };
  return { diagnostics, fleet: resolveFleet(read.file, extensions), written: read.file };
}

/** A fleet file as far as it can be read. */
export type ReadFleet =
  | { readonly unreadable: readonly Diagnostic[] }
  | {
      /** The part of the file that has the right shape. */
      readonly file: FleetFile;
      /** What the checks found in it. */
      readonly problems: readonly Problem[];
      /** Puts problems in their places in the file, with what is wrong with its shape, and sorts all by these. */
      diagnose(problems: readonly Problem[]): readonly Diagnostic[];
    };

/** Reads a fleet file, or a text in its place, and finds what is wrong with it; sources are not looked at. */
export function readFleet(file: string, text?: string): ReadFleet {
  const bytes = text === undefined ? readBytes(file) : Buffer.from(text);
  if (bytes === undefined) return { unreadable: [missingFile(file)] };
  const decoded = decodeText(bytes);
  if ("problem" in decoded) return { unreadable: [diagnosticAt(file, decoded.problem)] };
  const yaml = parseYaml(decoded.text);
  if (yaml.problems.length > 0)
    return { unreadable: yaml.problems.map((found) => diagnosticAt(file, found)) };
  const diagnose = (found: Problem) =>
    diagnosticAt(file, {
      ...found,
      position: yaml.position(found.path, found.atKey),
      otherPosition: found.other && yaml.position(found.other.path, found.other.atKey),
    });
  const { input, original, problems: wrongShapes } = parseStructure(yaml);
  if (!input) return { unreadable: wrongShapes.map(diagnose) };
  return {
    file: input.file,
    problems: findProblems(input),
    diagnose: (problems) =>
      [...wrongShapes, ...problems.map((problem) => inOriginal(problem, original))]
        .map(diagnose)
        .sort(byPosition),
  };
}

/** A finding with its place, in whichever file that is. */
export function diagnosticAt(file: string, found: PlacedProblem): Diagnostic {
  const { code, fix, message, other, otherPosition, path, position, severity, why } = found;
  return {
    ...{ code, severity, message, why, fix },
    path: formatPath(path),
    file,
    ...position,
    ...(otherPosition && { other: { path: formatPath(other?.path ?? []), ...otherPosition } }),
  };
}

/** A problem at its places in the file as it is written. */
function inOriginal(problem: Problem, original: (path: Path) => Path): Problem {
  const { other, path } = problem;
  return {
    ...problem,
    path: original(path),
    ...(other && { other: { ...other, path: original(other.path) } }),
  };
}

function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function missingFile(file: string): Diagnostic {
  return diagnosticAt(file, {
    ...problem("no-fleet-file", [], {
      message: `${file} cannot be read`,
      fix: "name another file with --fleet or MERIDIAN_FLEET, or run from the folder that holds fleet.yaml",
    }),
    position: { line: 1, column: 1 },
  });
}

function byPosition(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column || a.code.localeCompare(b.code, "en");
}
