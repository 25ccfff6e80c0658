import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RouterInput, routerCode } from "../../edge/router-code";
import { type CellDrill, drillCell, type Violation } from "../../evidence/drill";
import type { Property } from "../../evidence/judge";
import { type Viewer, viewersOf } from "../../evidence/viewers";
import { regionCountries } from "../../fleet/geography/regions";
import type { Cell, Fleet } from "../../fleet/model";
import { projectRoot } from "../../fleet/project";
import { cellRoutes } from "../../fleet/routes";
import { onlyCell, onlyOf, type Spoiled, synthesizedOf, twoZones } from "./support";

export type Made = { readonly cell: Cell; readonly fleet: Fleet };

export const twoZonesMade = onlyCell(twoZones);
export const { cell } = twoZonesMade;
export const front = "world_front";

/** Someone of every zone and order, and one who cannot be placed. */
const few = ["AD", "BR", "CA", "DE", "FR", "IE", "US", "ZZ"];

const fewOf = new WeakMap<Cell, readonly Viewer[]>();

/** The drill of a front that somebody has spoiled, as a few viewers see it. */
export function drillSpoiled(
  spoil: (stacks: Readonly<Record<string, Spoiled>>) => void,
  { cell, fleet }: Made = twoZonesMade,
): Promise<CellDrill> {
  const viewers = fewOf.get(cell) ?? viewersOf(cell).filter(({ country }) => few.includes(country ?? ""));
  fewOf.set(cell, viewers);
  return drillCell(synthesizedOf(fleet, spoil), cell, { viewers });
}

/** The drill with another router. */
export function drillCode(code: string, made: Made = twoZonesMade): Promise<CellDrill> {
  return drillSpoiled((stacks) => {
    onlyOf(stacks[made.cell.front.stack], "aws_cloudfront_function").code = code;
  }, made);
}

/** The drill with a router whose source somebody has spoiled. */
export function drillRouter(from: string, to: string, made: Made = twoZonesMade): Promise<CellDrill> {
  if (!source.includes(from)) throw new Error(`the router has no ${from}`);
  return drillCode(
    routerOf(
      made.cell,
      {},
      source.replace(from, () => to),
    ),
    made,
  );
}

export function violation({ violations }: CellDrill, property: Property, withExample = true): Violation {
  const found = violations.find(
    (each) => each.property === property && Boolean(each.example) === withExample,
  );
  if (!found) throw new Error(`no ${property} in ${JSON.stringify(violations, null, 2)}`);
  return found;
}

export const source = readFileSync(join(projectRoot, "edge", "router.js"), "utf8");

/** The code of a cell's router. */
export function routerOf(
  { defaultCountry, front, services, targets }: Cell,
  made: Partial<RouterInput> = {},
  from = source,
) {
  return routerCode(from, {
    routes: cellRoutes(services).map(({ route, service }) => [route.path, service.name] as const),
    targets,
    routing: front.routing,
    defaultCountry,
    regionCountries,
    failoverOn: front.failoverOn,
    ...made,
  });
}

export const distributionOf = (stacks: Readonly<Record<string, Spoiled>>) =>
  onlyOf(stacks[front], "aws_cloudfront_distribution");
