import { UserError } from "../../fleet/errors";
import type { Cell, Fleet } from "../../fleet/model";
import { suggest } from "../../fleet/nearest";

/**
 * The cell of that name, or all.
 *
 * @throws {UserError} there is none of that name
 */
export function cellsNamed({ cells }: Fleet, name: string | undefined): readonly Cell[] {
  if (name === undefined) return cells;
  const found = cells.filter((cell) => cell.name === name);
  if (found.length > 0) return found;
  throw new UserError(
    `there is no cell "${name}"`,
    "--cell names a cell of the fleet file",
    suggest(
      name,
      cells.map((cell) => cell.name),
    ),
  );
}

/**
 * The cells, of those named, that have targets in a region.
 *
 * @throws {UserError} none has
 */
export function cellsIn(fleet: Fleet, region: string, name: string | undefined): readonly Cell[] {
  const cells = cellsNamed(fleet, name);
  const found = cells.filter(({ targets }) => targets.some((target) => target.region === region));
  if (found.length > 0) return found;
  const regions = new Set(cells.flatMap(({ targets }) => targets.map((target) => target.region)));
  throw new UserError(
    name === undefined
      ? `no cell has targets in "${region}"`
      : `cell "${name}" has no targets in "${region}"`,
    "only a region that answers viewers can be taken out of the routing, or put back",
    suggest(region, [...regions]),
  );
}
