import { cellStacks } from "../fleet/cell-stacks";
import type { Cell } from "../fleet/model";
import { parseFront } from "./front";
import { blocks, text } from "./json";
import { knowledgeOf, type TypeKnowledge } from "./resource-types";
import { type Backend, type Block, blocksOf, type Place, type Stack } from "./stack";
import type { Synthesized } from "./synthesized";

/** The evidence for one cell: everything that its stacks make, and where it is. */
export interface CellResidency {
  readonly cell: string;
  /** `closed`: everything must lie in the zone. `shared`: viewers of each zone are answered from their own zone. */
  readonly kind: "closed" | "shared";
  readonly zones: readonly ZoneOfCell[];
  /** What lies in a region, by account, region and address. */
  readonly regional: readonly ResidencyRow[];
  /** What AWS keeps outside of any one region. */
  readonly global: readonly ResidencyRow[];
  readonly states: readonly StateRow[];
  /** Seconds that answers may be kept at edge locations; undefined where the JSON does not say. */
  readonly cacheSeconds?: number;
  readonly errors: readonly ResidencyError[];
}

/** A zone, as far as a cell has it. */
export interface ZoneOfCell {
  readonly name: string;
  readonly regions: readonly string[];
  readonly countries: readonly string[];
}

/** A resource or data source. */
export interface ResidencyRow {
  readonly stack: string;
  readonly address: string;
  readonly type: string;
  readonly place?: Place;
  /** Zones that the region belongs to; none for what is global. */
  readonly zones: readonly string[];
  readonly knowledge: TypeKnowledge;
}

/** Where the state of a stack lies. */
export interface StateRow {
  readonly stack: string;
  readonly where: string;
  /** The states that it reads, by what it calls them: the names of their stacks. */
  readonly reads: readonly string[];
}

/** Data of a zone could leave it. */
export interface ResidencyError {
  readonly stack: string;
  readonly address: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}

/** The evidence for a cell, read off the JSON of its stacks; undefined for a cell without a zone. */
export function cellResidency(stacks: Synthesized, cell: Cell): CellResidency | undefined {
  const zones = cell.zone ? [cell.zone] : cell.zones;
  if (zones.length === 0) return undefined;
  const names = cellStacks(cell)
    .map(({ name }) => name)
    .sort();
  const own = names.flatMap((name) => stacks.get(name) ?? []);
  const found = own.flatMap((stack) => stack.blocks.map((block) => ({ stack, block })));
  const rows = found.map(({ block, stack }) => rowOf(cell, stack, block)).sort(byPlace);
  const ttls = parseFront(stacks, cell)?.behaviours.map(({ cachePolicy }) => cachePolicy.maxTtl);
  return {
    cell: cell.name,
    kind: cell.zone ? "closed" : "shared",
    zones: zones.map(({ countries, name, regions }) => ({ name, regions, countries })),
    regional: rows.filter(({ knowledge }) => knowledge.scope === "regional"),
    global: rows.filter(({ knowledge }) => knowledge.scope === "global"),
    states: own.map((stack) => ({
      stack: stack.name,
      where: stateOf(stack.backend),
      reads: blocksOf(stack, "terraform_remote_state").map(({ name }) => name),
    })),
    cacheSeconds: ttls?.every((ttl) => ttl !== undefined) ? Math.max(0, ...ttls) : undefined,
    errors: found.flatMap(({ block, stack }) => errorsOf(cell, stack, block)),
  };
}

function rowOf(cell: Cell, stack: Stack, { address, attributes, place, type }: Block): ResidencyRow {
  const zones = cell.zone ? [cell.zone] : cell.zones;
  const knowledge = knowledgeOf(type, attributes);
  const within =
    knowledge.scope === "regional" && place
      ? zones.filter((zone) => zone.regions.includes(place.region))
      : [];
  return { stack: stack.name, address, type, place, zones: within.map(({ name }) => name), knowledge };
}

function byPlace(a: ResidencyRow, b: ResidencyRow): number {
  const key = ({ address, place, stack }: ResidencyRow) =>
    [place?.account, place?.region, stack, address].join(" ");
  return key(a) < key(b) ? -1 : 1;
}

function errorsOf(cell: Cell, stack: Stack, block: Block): readonly ResidencyError[] {
  if (knowledgeOf(block.type, block.attributes).scope === "state") return [];
  const found = misplaced(cell, block) ?? outsideZone(cell, stack, block) ?? straysLogs(cell, block);
  return found ? [{ stack: stack.name, address: block.address, ...found }] : [];
}

type Wrong = Pick<ResidencyError, "what" | "why" | "fix">;

function misplaced(cell: Cell, { place }: Block): Wrong | undefined {
  if (!place) {
    return {
      what: "does not say where it is",
      why: "its provider names no region, or not one account",
      fix: "give it the provider of a target",
    };
  }
  const accounts = [...new Set([...cell.targets.map(({ account }) => account.id), cell.front.account.id])];
  if (accounts.includes(place.account)) return undefined;
  return {
    what: `is in account ${place.account}, which is none of the cell's`,
    why: "another account is in other hands",
    fix: `move it to ${accounts.join(" or ")}`,
  };
}

function outsideZone(cell: Cell, stack: Stack, { attributes, place, type }: Block): Wrong | undefined {
  const { holdsData, scope, what } = knowledgeOf(type, attributes);
  if (scope !== "regional" || !holdsData || !place) return undefined;
  const left = zonesToStayIn(cell, stack).filter((zone) => !zone.regions.includes(place.region));
  if (left.length === 0) return undefined;
  return {
    what: `is in ${place.region}, outside ${zoneNames(left)}`,
    why: `it can hold ${what}`,
    fix: `move it to ${left.map(({ regions }) => regions.join(" or ")).join(", and to ")}, or leave it out`,
  };
}

/** A distribution names the bucket of its logs by host name: `<bucket>.s3.<region>.amazonaws.com`. */
function straysLogs(cell: Cell, { attributes, type }: Block): Wrong | undefined {
  if (type !== "aws_cloudfront_distribution") return undefined;
  const zones = cell.zone ? [cell.zone] : cell.zones;
  for (const { bucket } of blocks(attributes.logging_config)) {
    const region = /\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(text(bucket) ?? "")?.[1] ?? "";
    const left = zones.filter(({ regions }) => !regions.includes(region));
    if (left.length === 0) continue;
    return {
      what: `writes access logs to ${text(bucket) ?? "a bucket"}, ${region ? `in ${region}, outside ${zoneNames(left)}` : "and nobody can tell where that is"}`,
      why: "they hold viewers' addresses",
      fix: "log to a bucket in the zone, or not at all",
    };
  }
  return undefined;
}

function zoneNames(zones: readonly ZoneOfCell[]): string {
  return `zone ${zones.map(({ name }) => name).join(" and ")}`;
}

/**
 * The zones that a resource of a stack must lie in. In a cell of several, a target serves the viewers of its own
 * region's zones, or those of none, which the drill proves; but what belongs to the front sees every viewer.
 */
function zonesToStayIn(cell: Cell, stack: Stack): readonly ZoneOfCell[] {
  if (cell.zone) return [cell.zone];
  return stack.name === cell.front.stack ? cell.zones : [];
}

/** Where a state lies, in words. */
function stateOf({ config, kind }: Backend): string {
  if (kind === "local") return "a file on the machine that deploys";
  const [bucket, key, region] = [text(config.bucket), text(config.key), text(config.region)];
  return `s3://${bucket}/${key}, in ${region}`;
}
