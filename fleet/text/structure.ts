import type { Path, Problem } from "../diagnostics";
import { type FleetFile, fleetSchema } from "../schema/fleet-file";
import { isMap } from "../values";
import { type Declared, declaredNames, unusable } from "./declared";
import { describeIssue, isMissing, meantKey } from "./issues";
import { Pruned } from "./prune";
import { problem } from "./rules";
import { emptySection, notAMap } from "./types";
import { withinUnions } from "./unions";
import { valueAt } from "./walk";
import type { YamlFile } from "./yaml";

/** What a check looks at. */
export interface CheckInput {
  /** The fleet file without the parts whose shape is wrong: those are reported already. */
  readonly file: FleetFile;
  /** Names that the file declares, those with a wrong shape included, so that one mistake is not reported twice. */
  readonly declared: Declared;
}

/** What is wrong with a fleet file's shape, and what of it can be checked further. */
export interface Structure {
  readonly problems: readonly Problem[];
  /** Absent where the file is not even a map. */
  readonly input?: CheckInput;
  /** Where in the file that is what `input` has at a path: wrong items may be missing in front of it. */
  original(path: Path): Path;
}

/** Instead of what the root needs and does not have. */
const placeholders: FleetFile = { fleet: "fleet", accounts: {}, services: {}, cells: {} };

/** Sections without which there is nothing to deploy. */
const sections = ["accounts", "services", "cells"] as const;

/** Each round may reveal what was hidden below or above a wrong part; a fleet file is at most eight levels deep. */
const maxRounds = 20;

/**
 * Compares a fleet file with the schema.
 *
 * Whatever is wrong is reported and left out, and what remains goes on to the checks, so that a wrong shape in one
 * place hides no contradiction in another. Misspelt keys are read as what they were most likely meant to be.
 */
export function parseStructure(yaml: YamlFile): Structure {
  if (!isMap(yaml.data)) return { problems: [notAMap()], original: (path) => path };
  const pruned = new Pruned(yaml.data);
  const problems = [
    ...readMisspelt(pruned, yaml),
    ...emptySections(pruned.data),
    ...unusableNames(pruned.data),
  ];
  const issues = issuesOf(pruned.data);
  const written = (path: Path) => valueAt(yaml.data, pruned.original(path));
  const has = (path: Path) => written(path) !== undefined;
  const length = (path: Path) => Object.keys(written(path) ?? {}).length;
  const declared = { ...declaredNames(pruned.data), has, length };
  problems.push(...issues.flatMap((issue) => describeIssue(issue, contextOf(pruned, yaml))));
  return {
    problems: problems.map((found) => ({ ...found, path: pruned.original(found.path) })),
    input: { file: pruneUntilRight(pruned), declared },
    original: (path) => pruned.original(path),
  };
}

type Issues = ReturnType<typeof issuesOf>;

function issuesOf(data: unknown) {
  return withinUnions(fleetSchema.safeParse(data).error?.issues ?? []);
}

function contextOf(pruned: Pruned, yaml: YamlFile) {
  return { data: pruned.data, written: (path: Path) => yaml.written(pruned.original(path)) };
}

/** Renames misspelt keys, for what follows, and says which they were. */
function readMisspelt(pruned: Pruned, yaml: YamlFile): readonly Problem[] {
  const problems: Problem[] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    const before = problems.length;
    for (const issue of issuesOf(pruned.data)) {
      if (issue.code !== "unrecognized_keys") continue;
      for (const key of issue.keys) {
        const path = issue.path as Path;
        const meant = meantKey([...path, key], pruned.data);
        if (meant === undefined) continue;
        problems.push(...describeIssue({ ...issue, keys: [key] }, contextOf(pruned, yaml)));
        pruned.rename(path, key, meant);
      }
    }
    if (problems.length === before) break;
  }
  return problems;
}

function emptySections(data: unknown): readonly Problem[] {
  return sections.filter((section) => isEmptyMap(valueAt(data, [section]))).map(emptySection);
}

/** Maps whose keys are names. `*` stands for each key. */
const named: readonly Path[] = [
  ["tables", "*", "key"],
  ["tables", "*", "indexes"],
  ["tables", "*", "indexes", "*", "key"],
  ...[...sections, "zones", "tables", "rollout"].map((section) => [section]),
  ["organization", "policies"],
  ["identity", "permissionSets"],
];

function unusableNames(data: unknown): readonly Problem[] {
  return named
    .flatMap((path) => placesOf(path, data))
    .filter((path) => Object.hasOwn(valueAt(data, path) ?? {}, unusable))
    .map((path) =>
      problem("wrong-format", [...path, unusable], {
        message: `the name is "${unusable}"`,
        fix: "choose another name, made of lower-case letters, digits and inner hyphens",
        atKey: true,
      }),
    );
}

/** The paths that one with `*` in it stands for. */
function placesOf(path: Path, data: unknown): readonly Path[] {
  return path.reduce<readonly Path[]>(
    (places, part) =>
      places.flatMap((place) => {
        if (part !== "*") return [[...place, part]];
        const value = valueAt(data, place);
        return isMap(value) ? Object.keys(value).map((key) => [...place, key]) : [];
      }),
    [[]],
  );
}

function isEmptyMap(value: unknown): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}

/** Leaves out what is wrong until the rest is right; at worst nothing is left. */
function pruneUntilRight(pruned: Pruned): FleetFile {
  for (let round = 0; round < maxRounds; round += 1) {
    const data = { ...placeholders, ...(pruned.data as object) };
    const result = fleetSchema.safeParse(data);
    if (result.success) return result.data;
    pruned.drop(withinUnions(result.error.issues).flatMap((issue) => wrongParts(issue, data)));
  }
  return placeholders;
}

/** What to leave out: the wrong value, or, where a key is missing, the entry that lacks it. */
function wrongParts(issue: Issues[number], data: unknown): readonly Path[] {
  const path = issue.path as Path;
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => [...path, key]);
  return [valueAt(data, path) === undefined && isMissing(path, data) ? path.slice(0, -1) : path];
}
