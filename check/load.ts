import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Bundled, bundleServices } from "../bundles/bundles";
import { type Diagnostic, formatPath, hasErrors, type Problem } from "../fleet/diagnostics";
import type { Fleet } from "../fleet/model";
import { resolveFleet } from "../fleet/resolve";
import { problem } from "../fleet/rules";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { parseStructure } from "../fleet/text/structure";
import { type Position, parseYaml } from "../fleet/text/yaml";
import { checks } from "./all";
import { guardrailLockouts } from "./guardrail";
import { policyLimits } from "./policy-limits";
import { routerSizes } from "./router-size";

/** A fleet file, read and checked. */
export interface LoadedFleet {
  /** Everything found, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
  /** Only where no diagnostic is an error: nothing is synthesized from a fleet that fails a check. */
  readonly fleet?: Fleet;
  /** As it is written: with the cells that wait for the ids of their accounts. There where `fleet` is. */
  readonly written?: FleetFile;
}

/** How much of a fleet to load. */
export interface LoadOptions {
  /**
   * Whether the fleet is to be deployed. Without, sources are not looked at, bundles are empty, routers may be too large,
   * and policies may lock the deploy out: enough for who asks where the cells are. @default true
   */
  readonly bundles?: boolean;
}

/**
 * Reads a fleet file, checks it and bundles its sources. Needs neither credentials nor a network, and never throws
 * for what stands in the file.
 *
 * @param file path of the fleet file, absolute or relative to the working directory
 */
export async function loadFleet(file: string, { bundles = true }: LoadOptions = {}): Promise<LoadedFleet> {
  const text = readText(file);
  if (text === undefined) return { diagnostics: [missingFile(file)] };
  const yaml = parseYaml(text);
  const diagnose = (
    problem: Problem,
    position: Position = yaml.position(problem.path, problem.atKey),
  ): Diagnostic => ({
    code: problem.code,
    severity: problem.severity,
    message: problem.message,
    why: problem.why,
    fix: problem.fix,
    path: formatPath(problem.path),
    file,
    ...position,
  });
  if (yaml.problems.length > 0) {
    return { diagnostics: yaml.problems.map((problem) => diagnose(problem, problem.position)) };
  }
  const structure = parseStructure(yaml);
  const { input, original } = structure;
  if (!input) return { diagnostics: structure.problems.map((problem) => diagnose(problem)) };
  const bundled = bundles ? await bundleServices(input.file, dirname(resolve(file))) : unbundled;
  const found = [...checks.flatMap((check) => [...check(input)]), ...bundled.problems];
  const diagnostics = [
    ...structure.problems,
    ...found.map((problem) => ({ ...problem, path: original(problem.path) })),
  ]
    .map((problem) => diagnose(problem))
    .sort(byPosition);
  if (hasErrors(diagnostics)) return { diagnostics };
  const fleet = resolveFleet(input.file, bundled.bundleOf);
  const late = (
    bundles ? [...routerSizes(fleet), ...policyLimits(fleet), ...guardrailLockouts(fleet)] : []
  ).map((problem) => diagnose(problem));
  if (late.length > 0) return { diagnostics: [...diagnostics, ...late].sort(byPosition) };
  return { diagnostics, fleet, written: input.file };
}

/** For fleets that are not deployed. */
const unbundled: Bundled = {
  problems: [],
  bundleOf: () => ({ file: "", zip: new Uint8Array(), sha256: "", unzippedSize: 0 }),
};

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function missingFile(file: string): Diagnostic {
  return {
    ...problem("no-fleet-file", [], {
      message: `${file} cannot be read`,
      fix: "name another file with --fleet or MERIDIAN_FLEET, or run from the folder that holds fleet.yaml",
    }),
    path: "",
    file,
    line: 1,
    column: 1,
  };
}

function byPosition(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column || a.code.localeCompare(b.code, "en");
}
