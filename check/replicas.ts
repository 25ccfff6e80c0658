import type { Path, Place, Problem } from "../fleet/diagnostics";
import { findRegion } from "../fleet/geography/regions";
import type { Fleet } from "../fleet/model";
import type { CellEntry, FleetFile } from "../fleet/schema/fleet-file";
import { isMultiRegionKey, longestRecovery, multiRegionPrefix, tableDefaults } from "../fleet/tables";
import type { CheckInput } from "../fleet/text/structure";
import { listed } from "../fleet/wording";
import { problem } from "./rules";
import { tablesOf } from "./tables";
import { entryOf, isWritten, targetsOf } from "./written";

/** What the regions of a cell share, where that is not possible or not allowed. */
export function replicas(input: CheckInput): readonly Problem[] {
  const { file } = input;
  const shared = sharedTables(input);
  const cells = Object.entries(file.cells);
  return [
    ...cells.flatMap(([cell, entry]) => [
      ...withoutHome(input, cell, entry, shared),
      ...elsewhereAtHome(cell, entry),
      ...acrossAccounts(cell, entry, shared),
    ]),
    ...shared.flatMap((table) => [
      ...outsideZone(file, table),
      ...otherStream(file, table),
      ...shorterRecovery(file, table),
    ]),
    ...keysElsewhere(file),
  ];
}

/** A table with a replica in each region of every cell, and where that is said. */
interface SharedTable extends Place {
  readonly name: string;
}

/** Where `replicate` is not as it should be, nobody knows: that is reported already. */
function sharedTables(input: CheckInput): readonly SharedTable[] {
  return tablesOf(input.file).flatMap(([name, { replicate }]) => {
    const path = ["tables", name, "replicate"];
    const isSaid = isWritten(input, path);
    if (isSaid && replicate === undefined) return [];
    if ((replicate ?? tableDefaults.replicate) !== "cell") return [];
    return [{ name, ...(isSaid ? { path } : { path: ["tables", name], atKey: true }) }];
  });
}

const placeOf = ({ atKey, path }: SharedTable): Place => ({ path, atKey });

function regionsOf(cell: string, entry: CellEntry): ReadonlySet<string> {
  return new Set(targetsOf(cell, entry).map(({ region }) => region));
}

const homeFix = (regions: Iterable<string>) =>
  `add "home" with the one that shall manage it: ${listed([...regions].sort())}`;

function withoutHome(
  input: CheckInput,
  cell: string,
  entry: CellEntry,
  shared: readonly SharedTable[],
): readonly Problem[] {
  const [table] = shared;
  const regions = regionsOf(cell, entry);
  if (!table || regions.size < 2 || isWritten(input, ["cells", cell, "home"])) return [];
  return [
    problem("no-home", ["cells", cell], {
      message: `cell "${cell}" shares table "${table.name}" among ${regions.size} regions, but does not say which is its home`,
      fix: homeFix(regions),
      other: placeOf(table),
      atKey: true,
    }),
  ];
}

/** Extensions share something, too, if they add it once to each cell. */
export function homesForExtensions({ cells, extensions }: Fleet): readonly Problem[] {
  const extension = extensions.find(({ adds }) => adds.includes("cell"));
  if (!extension) return [];
  return cells
    .filter(({ home, targets }) => !home && targets.length > 0)
    .map(({ name, targets }) =>
      problem("no-home", ["cells", name], {
        message: `extension "${extension.name}" adds to cell "${name}" what its regions share, but the cell does not say which is its home`,
        fix: homeFix(new Set(targets.map(({ region }) => region))),
        atKey: true,
      }),
    );
}

/** A region that AWS does not have is reported as such, and so is a cell without regions. */
function elsewhereAtHome(cell: string, entry: CellEntry): readonly Problem[] {
  const { home } = entry;
  const regions = regionsOf(cell, entry);
  if (home === undefined || !findRegion(home) || regions.size === 0 || regions.has(home)) return [];
  return [
    problem("home-without-target", ["cells", cell, "home"], {
      message: `cell "${cell}" has no target in its home "${home}"`,
      fix: `write one of its regions: ${listed([...regions].sort())}`,
      other: { path: ["cells", cell, "targets"], atKey: true },
    }),
  ];
}

/**
 * Replicas in several accounts are something else, which Terraform's provider 5.100.0 does not know:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_MA_HowItWorks.html
 */
function acrossAccounts(cell: string, entry: CellEntry, shared: readonly SharedTable[]): readonly Problem[] {
  const [table] = shared;
  const accounts = Object.keys(entry.targets).filter((account) => entry.targets[account]?.length);
  if (!table || accounts.length < 2) return [];
  return [
    problem("table-across-accounts", ["cells", cell, "targets"], {
      message: `cell "${cell}" has targets in the accounts ${listed(accounts.sort())}, but its regions share ${shared.length > 1 ? "the tables" : "table"} ${listed(shared.map(({ name }) => name))}`,
      fix: 'make a cell for each account, or write "replicate: none" in the tables',
      other: placeOf(table),
      atKey: true,
    }),
  ];
}

/** What a viewer of a zone writes is in every region of the cell a second later: each has to be in each of its zones. */
function outsideZone({ cells, zones }: FleetFile, table: SharedTable): readonly Problem[] {
  return Object.entries(cells).flatMap(([cell, entry]) => {
    const regions = [...regionsOf(cell, entry)].filter(findRegion).sort();
    for (const name of entry.zones ?? []) {
      const zone = entryOf(zones, name);
      const inside = regions.find((region) => zone?.regions.includes(region));
      const outside = regions.find((region) => zone && !zone.regions.includes(region));
      if (inside === undefined || outside === undefined) continue;
      return [
        problem("replica-outside-zone", table.path, {
          message: `table "${table.name}" of cell "${cell}" would be replicated from "${inside}" to "${outside}", outside zone "${name}"`,
          why: "a zone's data must stay in the zone",
          fix: 'write "replicate: none", so that each region has a table of its own, or make a cell for each zone',
          other: { path: ["cells", cell], atKey: true },
          atKey: table.atKey,
        }),
      ];
    }
    return [];
  });
}

function otherStream(file: FleetFile, { name }: SharedTable): readonly Problem[] {
  const stream = entryOf(file.tables, name)?.stream ?? "new-and-old";
  if (stream === "new-and-old") return [];
  return Object.entries(file.cells)
    .filter(([cell, entry]) => regionsOf(cell, entry).size > 1)
    .map(([cell]) =>
      problem("stream-of-replicas", ["tables", name, "stream"], {
        message: `the stream of table "${name}" is "${stream}", but the table has replicas in cell "${cell}"`,
        fix: 'write "new-and-old", or "replicate: none"',
        other: { path: ["cells", cell, "targets"], atKey: true },
      }),
    );
}

/** Of each stage that says it, where a cell has several regions. */
function shorterRecovery(file: FleetFile, { name }: SharedTable): readonly Problem[] {
  const written = entryOf(file.tables, name)?.recovery;
  const path = ["tables", name, "recovery"];
  const all =
    typeof written === "object"
      ? Object.entries(written).map(([stage, text]) => ({ stage, text, path: [...path, stage] }))
      : [{ stage: undefined, text: written ?? tableDefaults.recovery, path }];
  return all.flatMap(({ path, stage, text }) => {
    const several = Object.entries(file.cells).find(
      ([cell, entry]) => (stage ?? entry.stage) === entry.stage && regionsOf(cell, entry).size > 1,
    );
    if (text === "off" || Number.parseInt(text, 10) >= longestRecovery || !several) return [];
    return [
      problem("recovery-of-replicas", path, {
        message: `table "${name}" keeps ${text} of backups in the home of cell "${several[0]}", and ${longestRecovery}d in its other regions`,
        fix: `write "${longestRecovery}d", which all regions keep, or "replicate: none", or leave it where it is no harm that items can be read that much longer`,
        other: { path: ["cells", several[0], "targets"], atKey: true },
      }),
    ];
  });
}

function keysElsewhere(file: FleetFile): readonly Problem[] {
  const targets = Object.entries(file.cells)
    .flatMap(([cell, entry]) => targetsOf(cell, entry).map((target) => ({ ...target, cell })))
    .filter(({ region }) => findRegion(region));
  return tablesOf(file).flatMap(([name, { kmsKey = "" }]) => {
    const path = ["tables", name, "kmsKey"];
    const [, , , region = ""] = kmsKey.split(":");
    if (region === "{region}") return isMultiRegionKey(kmsKey) ? [] : onlyInOne(path, targets);
    const other = targets.find((target) => target.region !== region);
    if (!findRegion(region) || !other) return [];
    return [
      problem("table-encryption-region", path, {
        message: `the key is in region "${region}", but cell "${other.cell}" has table "${name}" in "${other.region}"`,
        fix: `write "${kmsKey.replace(`:${region}:`, ":{region}:")}", and make it a multi-Region key with a replica in every region of the cells`,
        other: { path: other.path },
      }),
    ];
  });
}

/** Ids of all other keys are different in every region. */
function onlyInOne(
  path: Path,
  targets: readonly { readonly region: string; readonly path: Path }[],
): readonly Problem[] {
  const [first] = targets;
  const other = targets.find(({ region }) => region !== first?.region);
  if (!first || !other) return [];
  return [
    problem("table-encryption-region", path, {
      message: `the key is no multi-Region key, whose id would begin with "${multiRegionPrefix}", so it cannot be in "${first.region}" and in "${other.region}"`,
      fix: "make a multi-Region key with a replica in every region of the cells, and write its id",
      other: { path: other.path },
    }),
  ];
}
