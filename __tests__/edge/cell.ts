import type { RouterInput } from "../../edge/router-code";
import { expandCountries } from "../../fleet/geography/countries";
import { type RoutingInput, resolveRouting } from "../../fleet/geography/routing";
import { resolveRouter } from "../../fleet/router";

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
  return resolveRouter({
    routes: cell.routes ?? [["/*", "hello"]],
    targets,
    routing: resolveRouting({
      regions: [...new Set(targets.map(({ region }) => region))],
      zones,
      order: cell.order,
    }),
    defaultCountry: cell.defaultCountry ?? "DE",
    failoverOn: cell.failoverOn ?? [502, 503, 504],
  });
}
