import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RouterInput, routerCode } from "../../edge/router-code";
import { expandCountries } from "../../fleet/geography/countries";
import { regionCountries } from "../../fleet/geography/regions";
import { type RoutingInput, resolveRouting } from "../../fleet/geography/routing";

/** A cell, in the words of these tests. */
export interface TestCell {
  /** Account to regions. */
  readonly targets: Readonly<Record<string, readonly string[]>>;
  /** Zone to regions and countries. */
  readonly zones?: Readonly<
    Record<string, readonly [regions: readonly string[], countries: readonly string[]]>
  >;
  readonly order?: RoutingInput["order"];
  readonly defaultCountry?: string;
  readonly routes?: RouterInput["routes"];
  readonly failoverOn?: readonly number[];
}

const source = readFileSync(join(__dirname, "../../edge/router.js"), "utf8");

/** The router of a test's cell. */
export function router(cell: TestCell): string {
  const targets = Object.entries(cell.targets).flatMap(([name, regions]) =>
    regions.map((region) => ({ account: { name }, region })),
  );
  const zones = Object.entries(cell.zones ?? {}).map(([name, [regions, countries]]) => ({
    name,
    regions,
    countries: expandCountries(countries),
  }));
  return routerCode(source, {
    routes: cell.routes ?? [["/*", "hello"]],
    targets,
    routing: resolveRouting({
      regions: [...new Set(targets.map(({ region }) => region))],
      zones,
      order: cell.order,
    }),
    defaultCountry: cell.defaultCountry ?? "DE",
    failoverOn: cell.failoverOn ?? [502, 503, 504],
    regionCountries,
  });
}
