import type { Cell, Fleet } from "../fleet/model";
import { cellStacks } from "../fleet/stacks";
import { replicaRegions } from "../fleet/tables";
import type { FrontFinding } from "./front-checks";
import { groupBy } from "./group-by";
import { copiesOf } from "./held";
import { text } from "./json";
import { blocksOf, type Place, type Stack } from "./stack";
import type { State } from "./states";
import type { Synthesized } from "./synthesized";

/** Where the items of a cell are, and what that means where regions are down or drained. */
export interface CellData {
  /** By name. */
  readonly tables: readonly TableData[];
  /** What holds for them, in sentences without full stops. */
  readonly notes: readonly string[];
}

/** Where one table of a cell is. */
export interface TableData {
  /** As AWS calls it. */
  readonly table: string;
  /** `copies`: each region has all items. `apart`: each has only its own. `single`: one region. */
  readonly kind: "copies" | "apart" | "single";
  /** Sorted. */
  readonly regions: readonly string[];
  /** The region that copies are managed from. */
  readonly home?: string;
}

/** A table, or what its replicas make of it, as the JSON has it. */
interface Made {
  readonly table: string;
  /** Its own first, then its replicas'. */
  readonly places: readonly Place[];
}

function tablesOf(stacks: Synthesized, cell: Cell, extensions: Fleet["extensions"]): readonly Made[] {
  const own = cellStacks(cell, extensions).flatMap(({ name }) => stacks.get(name) ?? []);
  return own.flatMap((stack) => tablesIn(stack));
}

function tablesIn(stack: Stack): readonly Made[] {
  return blocksOf(stack, "aws_dynamodb_table")
    .filter(({ mode }) => mode === "resource")
    .map((block) => ({
      table: text(block.attributes.name) ?? block.address,
      places: copiesOf(stack, block, []).flatMap(({ place }) => place ?? []),
    }));
}

/**
 * Where a cell's tables are, those that extensions add among them.
 *
 * @returns undefined for a cell without tables
 */
export function cellData(
  stacks: Synthesized,
  cell: Cell,
  extensions: Fleet["extensions"] = [],
): CellData | undefined {
  const made = tablesOf(stacks, cell, extensions);
  if (made.length === 0) return undefined;
  const tables = groupBy(made, ({ table }) => table)
    .map(tableData)
    .sort((a, b) => (a.table < b.table ? -1 : 1));
  return { tables, notes: (["copies", "apart"] as const).flatMap((kind) => notesOn(tables, kind)) };
}

function tableData(made: readonly Made[]): TableData {
  const [first] = made;
  const places = made.flatMap((each) => each.places);
  const regions = [...new Set(places.map(({ region }) => region))].sort();
  const table = first?.table ?? "";
  if (places.length === 1) return { table, kind: "single", regions };
  if (made.length > 1) return { table, kind: "apart", regions };
  return { table, kind: "copies", regions, home: first?.places[0]?.region };
}

/**
 * What global tables of version 2019.11.21 do, in their usual mode (MREC):
 *
 * - https://docs.aws.amazon.com/prescriptive-guidance/latest/dynamodb-global-tables/overview.html: usually within a second,
 *   and no SLA for it; each item by itself; the last writer wins, by the time of the write, and nothing records that
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-global-table-design.prescriptive-guidance.evacuation.html:
 *   what a region had not sent when it went offline is kept, and sent once it is back
 * - https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html and
 *   https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-dynamodb-globaltable-globaltablewitness.html:
 *   the other mode (MRSC) takes three regions, one of which may be a witness without items, of one of AWS's sets; it cannot be
 *   turned on later
 * - https://github.com/hashicorp/terraform-provider-aws/pull/42637: from version 6 of the provider on
 */
const notes: Readonly<Record<"copies" | "apart", readonly string[]>> = {
  copies: [
    "what is written in one region is in the others usually within a second, and AWS promises no time; each item by itself, also those of one transaction",
    "where two regions write one item before each has heard of the other, the last writer wins: the other write is gone, and nothing tells of it",
    "after a drain, the other regions miss what the drained one has not sent yet, usually for a second",
    "what a region had not sent when it was cut off is missing elsewhere until it is back; then it is sent, and loses against later writes of the same item",
    "reads that are strongly consistent are so within their own region only. Across regions (MRSC) it would take exactly three regions of one of AWS's sets, version 6 of the provider, and new tables",
  ],
  apart: [
    "nothing is copied between regions: after a drain, or while a region is down, viewers do not find what they wrote there, and find it again when they are answered from there again",
  ],
};

function notesOn(tables: readonly TableData[], kind: "copies" | "apart"): readonly string[] {
  return tables.some((table) => table.kind === kind) ? notes[kind] : [];
}

/** What of the tables of a fleet file is not in the JSON where functions work with it. */
export function checkData(stacks: Synthesized, cell: Cell): readonly FrontFinding[] {
  const made = tablesOf(stacks, cell, []);
  return cell.tables.flatMap(({ replicate, tableName }): readonly FrontFinding[] => {
    const finding = (message: string): FrontFinding => ({ property: "data", message });
    const same = made.filter(({ table }) => table === tableName);
    const missing = cell.targets.filter(
      ({ account, region }) =>
        !same.some(({ places }) =>
          places.some((place) => place.account === account.id && place.region === region),
        ),
    );
    const isSplit = replicate === "cell" && replicaRegions(cell).length > 0 && same.length > 1;
    return [
      ...missing.map(({ account, region }) =>
        finding(`${tableName} is not in ${region} of account ${account.name}, where functions look for it`),
      ),
      ...(isSplit
        ? [finding(`${tableName} is ${same.length} tables, and a drain would not find what is in another`)]
        : []),
    ];
  });
}

/** What a state of the regions means for items, in sentences without full stops; none where it touches no table. */
export function dataMeanwhile({ tables }: CellData, { down, drained }: State): readonly string[] {
  return tables.flatMap(({ kind, regions, table }): readonly string[] => {
    const among = (some: readonly string[]) => regions.filter((region) => some.includes(region));
    const [lost, left] = [among(down), among(drained)];
    if (lost.length + left.length === 0) return [];
    const rest = regions.filter((region) => ![...lost, ...left].includes(region)).join(", ");
    if (kind !== "copies") {
      const where = [...lost, ...left].sort().join(", ");
      return [`${table}: what was written in ${where} is there only, and nobody is answered from there`];
    }
    if (rest === "") return [`${table}: no region is left that works with it`];
    if (lost.length === 0) return [`${table}: goes on in ${rest}, with all that ${left.join(", ")} has sent`];
    return [
      `${table}: goes on in ${rest}; what ${lost.join(", ")} had not sent, usually the last second, is missing until it is back`,
    ];
  });
}
