import type { Path, Problem } from "../fleet/diagnostics";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const maxTags = 50;

/** Characters. https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Tag.html */
const maxValueLength = 256;

/** Tags that AWS refuses, or that Meridian would overwrite. */
export function tags({ file }: CheckInput): readonly Problem[] {
  return [
    ...reservedTags(file.defaults?.tags, ["defaults", "tags"]),
    ...Object.entries(file.cells).flatMap(([cell, entry]) => [
      ...reservedTags(entry.tags, ["cells", cell, "tags"]),
      ...tooMany(file, cell, entry),
      ...tooLong(cell, entry),
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
      message: `cell "${cell}" has ${written} tags, and Meridian sets ${own} more`,
      fix: `keep at most ${maxTags - own}, including those of "defaults"`,
      atKey: true,
    }),
  ];
}

/** The zones of a cell are joined in one tag; each of the others holds one name. */
function tooLong(cell: string, { zones }: CellEntry): readonly Problem[] {
  const value = (zones ?? []).join(" ");
  if (value.length <= maxValueLength) return [];
  return [
    problem("out-of-range", ["cells", cell, "zones"], {
      message: `the names of the zones of cell "${cell}" have ${value.length} characters, but the tag "meridian:zone" can hold only ${maxValueLength}`,
      fix: "use shorter names, or fewer zones",
      atKey: true,
    }),
  ];
}
