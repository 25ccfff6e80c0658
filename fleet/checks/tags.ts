import type { Path, Problem } from "../diagnostics";
import { problem } from "../rules";
import type { CellEntry, FleetFile } from "../schema";
import type { CheckInput } from "./check";

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const maxTags = 50;

/** Tags that AWS refuses, or that Meridian would overwrite. */
export function tags({ file }: CheckInput): readonly Problem[] {
  return [
    ...reservedTags(file.defaults?.tags, ["defaults", "tags"]),
    ...Object.entries(file.cells).flatMap(([cell, entry]) => [
      ...reservedTags(entry.tags, ["cells", cell, "tags"]),
      ...tooMany(file, cell, entry),
    ]),
  ];
}

function reservedTags(written: CellEntry["tags"] = {}, path: Path): readonly Problem[] {
  return Object.keys(written)
    .filter((key) => /^(aws|meridian):/i.test(key))
    .map((key) =>
      problem("reserved-tag", [...path, key], {
        message: `tags under "${key.slice(0, key.indexOf(":") + 1)}" are reserved`,
        fix: `rename "${key}"`,
        atKey: true,
      }),
    );
}

function tooMany(file: FleetFile, cell: string, entry: CellEntry): readonly Problem[] {
  const own = [
    "fleet",
    "cell",
    "stage",
    ...(entry.tenant ? ["tenant"] : []),
    ...(entry.zone || entry.zones ? ["zone"] : []),
  ].length;
  const written = Object.keys({ ...file.defaults?.tags, ...entry.tags }).length;
  if (written + own <= maxTags) return [];
  return [
    problem("too-many-tags", ["cells", cell, "tags"], {
      message: `cell "${cell}" has ${written} tags, and ${own} more that Meridian sets`,
      fix: `keep ${maxTags - own} at most, those of "defaults" included`,
      atKey: true,
    }),
  ];
}
