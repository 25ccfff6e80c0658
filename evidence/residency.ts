import type { Cell, Fleet, Zone } from "../fleet/model";
import { cellStacks } from "../fleet/stacks";
import { parseFront } from "./front";
import { copiesOf, type Held } from "./held";
import { text } from "./json";
import { type ResidencyError, residencyErrors } from "./residency-errors";
import type { TypeKnowledge } from "./resource-types";
import { type Backend, blocksOf, type Place, type Stack } from "./stack";
import type { Synthesized } from "./synthesized";
import { regionsOf } from "./viewers";

/** The evidence for one cell: everything that its stacks make, and where it is. */
export interface CellResidency {
  readonly cell: string;
  /** `closed`: everything must lie in the zone. `shared`: viewers of each zone are answered from their own zone. */
  readonly kind: "closed" | "shared";
  readonly zones: readonly Zone[];
  /** Regions of its targets. */
  readonly regions: readonly string[];
  /** What lies in a region, by account, region and address. */
  readonly regional: readonly ResidencyRow[];
  /** What AWS keeps outside of any one region. */
  readonly global: readonly ResidencyRow[];
  readonly states: readonly StateRow[];
  /** Seconds that answers may be kept at edge locations; undefined where the JSON does not say. */
  readonly cacheSeconds?: number;
  readonly errors: readonly ResidencyError[];
}

/** A resource or data source, a replica of one, or what AWS keeps with either. */
export interface ResidencyRow {
  readonly stack: string;
  /** As Terraform prints it; of a replica and of what goes along with what that is: `….replica["eu-west-1"].stream`. */
  readonly address: string;
  readonly type: string;
  readonly place?: Place;
  /** Zones that the region belongs to; none for what is global. */
  readonly zones: readonly string[];
  readonly knowledge: TypeKnowledge;
  /** How many days back it goes; absent where it is not kept by days. */
  readonly days?: number;
}

/** Where the state of a stack lies. */
export interface StateRow {
  readonly stack: string;
  readonly where: string;
  /** The states that it reads, by what it calls them: the names of their stacks. */
  readonly reads: readonly string[];
}

/**
 * The evidence for a cell, read off the JSON of its stacks; undefined for a cell without a zone.
 *
 * @param extensions of the fleet: they say what their types of resources can hold
 */
export function cellResidency(
  stacks: Synthesized,
  cell: Cell,
  extensions: Fleet["extensions"] = [],
): CellResidency | undefined {
  const zones = cell.zone ? [cell.zone] : cell.zones;
  if (zones.length === 0) return undefined;
  const names = cellStacks(cell, extensions)
    .map(({ name }) => name)
    .sort();
  const own = names.flatMap((name) => stacks.get(name) ?? []);
  const copies = own.flatMap((stack) =>
    stack.blocks.flatMap((block) => copiesOf(stack, block, extensions).map((copy) => ({ stack, copy }))),
  );
  const rows = copies
    .flatMap(({ copy, stack }) => [copy, ...copy.along].map((held) => rowOf(cell, stack, held)))
    .sort(byPlace);
  const ttls = parseFront(stacks, cell)?.behaviours.map(({ cachePolicy }) => cachePolicy.maxTtl);
  return {
    cell: cell.name,
    kind: cell.zone ? "closed" : "shared",
    zones,
    regions: regionsOf(cell),
    regional: rows.filter(({ knowledge }) => knowledge.scope === "regional"),
    global: rows.filter(({ knowledge }) => knowledge.scope === "global"),
    states: own.map((stack) => ({
      stack: stack.name,
      where: stateOf(stack.backend),
      reads: blocksOf(stack, "terraform_remote_state").map(({ name }) => name),
    })),
    cacheSeconds: ttls?.every((ttl) => ttl !== undefined) ? Math.max(0, ...ttls) : undefined,
    errors: copies.flatMap(({ copy, stack }) => residencyErrors(stacks, cell, stack, copy)),
  };
}

function rowOf(cell: Cell, stack: Stack, held: Held): ResidencyRow {
  const { address, block, days, knowledge, place } = held;
  const zones = cell.zone ? [cell.zone] : cell.zones;
  const within =
    knowledge.scope === "regional" && place
      ? zones.filter((zone) => zone.regions.includes(place.region))
      : [];
  return {
    stack: stack.name,
    address,
    type: block.type,
    place,
    zones: within.map(({ name }) => name),
    knowledge,
    ...(days !== undefined && { days }),
  };
}

function byPlace(a: ResidencyRow, b: ResidencyRow): number {
  const key = ({ address, place, stack }: ResidencyRow) =>
    [place?.account, place?.region, stack, address].join(" ");
  return key(a) < key(b) ? -1 : 1;
}

/** Where a state lies, in words. */
function stateOf({ config, kind }: Backend): string {
  if (kind === "local") return "a file on the machine that deploys";
  const [bucket, key, region] = [text(config.bucket), text(config.key), text(config.region)];
  return `s3://${bucket}/${key}, in ${region}`;
}
