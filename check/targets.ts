import type { Path, Problem } from "../fleet/diagnostics";
import { findRegion } from "../fleet/geography/regions";
import type { CellEntry } from "../fleet/schema/fleet-file";
import type { CheckInput } from "../fleet/text/structure";
import { problem } from "./rules";
import { targetsOf } from "./written";

/** Cells without targets, duplicate targets, and regions that do not work, or not yet. */
export function targets({ file }: CheckInput): readonly Problem[] {
  const cells = Object.entries(file.cells);
  return [
    ...cells.flatMap(([cell, entry]) => [
      ...noTargets(cell, entry),
      ...duplicates(cell, entry),
      ...withoutFunctionUrls(cell, entry),
    ]),
    ...optInRegions(cells),
  ];
}

function noTargets(cell: string, entry: CellEntry): readonly Problem[] {
  const path = ["cells", cell, "targets"];
  const accounts = Object.entries(entry.targets);
  const empty = accounts.filter(([, regions]) => regions.length === 0);
  if (empty.length === accounts.length) {
    return [
      problem("no-targets", path, {
        message: `cell "${cell}" has no targets`,
        fix: "write accounts with their regions: { <account>: [eu-central-1] }",
      }),
    ];
  }
  return empty.map(([account]) =>
    problem("no-targets", [...path, account], {
      message: `cell "${cell}" has no regions in account "${account}"`,
      why: "nothing is deployed to an account without regions",
      fix: "list its regions, e.g. [eu-central-1], or remove the account from the targets",
    }),
  );
}

function duplicates(cell: string, entry: CellEntry): readonly Problem[] {
  const firsts = new Map<string, Path>();
  return targetsOf(cell, entry).flatMap(({ account, region, path }) => {
    const target = `${account}/${region}`;
    const first = firsts.get(target);
    if (!first) {
      firsts.set(target, path);
      return [];
    }
    return [
      problem("duplicate-target", path, {
        message: `region "${region}" is listed twice in account "${account}" of cell "${cell}"`,
        fix: "remove one of the two",
        other: { path: first },
      }),
    ];
  });
}

/** A warning only: AWS may have changed the region since its list was read. */
function withoutFunctionUrls(cell: string, entry: CellEntry): readonly Problem[] {
  return targetsOf(cell, entry)
    .filter(({ region }) => findRegion(region)?.functionUrls === false)
    .map(({ region, path }) =>
      problem("no-function-url", path, {
        message: `AWS's documentation lists region "${region}" as having no function URLs`,
        fix: "use another region, unless Lambda now offers function URLs there",
      }),
    );
}

/** One warning per account and region: opting in is done once, for all cells. */
function optInRegions(cells: readonly (readonly [string, CellEntry])[]): readonly Problem[] {
  const seen = new Set<string>();
  return cells.flatMap(([cell, entry]) =>
    targetsOf(cell, entry).flatMap(({ account, region, path }) => {
      const target = `${account}/${region}`;
      if (!findRegion(region)?.optIn || seen.has(target)) return [];
      seen.add(target);
      return [
        problem("opt-in-region", path, {
          message: `account "${account}" must opt in to region "${region}" first`,
          fix: `run "aws account enable-region --region-name ${region}" in the account once, and wait until it is ENABLED`,
        }),
      ];
    }),
  );
}
