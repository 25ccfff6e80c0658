import { cachePolicies } from "../../check/cache-policies";
import type { CellEntry, FleetFile, RouteEntry } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { stackOf, synthJson } from "../support/synth";

const timed = (count: number): readonly RouteEntry[] =>
  Array.from({ length: count }, (_, index) => ({ path: `/${index}/*`, cache: { ttl: index + 1 } }));

function fileOf(
  routes: readonly RouteEntry[],
  cells: Readonly<Record<string, Partial<CellEntry>>>,
): FleetFile {
  return {
    fleet: "acme",
    accounts: { one: { id: "111111111111" }, two: { id: "222222222222" } },
    services: { hello: { source: "index.ts", routes: [...routes] } },
    cells: Object.fromEntries(
      Object.entries(cells).map(([name, entry]) => [
        name,
        {
          stage: "dev",
          targets: { two: ["eu-west-1"], one: ["eu-west-1"] },
          front: { account: "one" },
          ...entry,
        },
      ]),
    ),
  };
}

const found = (...of: Parameters<typeof fileOf>) => [...cachePolicies({ file: fileOf(...of), declared: {} })];

type Cells = Parameters<typeof fileOf>[1];

test.each<[string, readonly RouteEntry[], Cells, number]>([
  ["19 times, and one policy for the rest", [...timed(19), "/*"], {}, 0],
  ["20 times, and one policy for the rest", [...timed(20), "/*"], {}, 1],
  ["20 times, and the default behaviour", timed(20), {}, 1],
  ["20 times, the default behaviour's among them", [...timed(19), { path: "/*", cache: { ttl: 99 } }], {}, 0],
  ["20 times, one of them twice", [...timed(19), { path: "/*", cache: { ttl: 1 } }], {}, 0],
  ["two cells of 11", [...timed(10), "/*"], { other: {} }, 1],
  ["two cells of 11 in two accounts", [...timed(10), "/*"], { other: { front: { account: "two" } } }, 0],
  [
    "a cell that overrides its routes",
    [...timed(18), "/*"],
    { other: { services: { hello: { routes: ["/*"] } } } },
    0,
  ],
])("%s", (_, routes, more, warnings) => {
  expect(found(routes, { web: {}, ...more })).toHaveLength(warnings);
});

test("what is counted is what is made", () => {
  const file = fileOf(timed(20), { web: {} });
  const front = stackOf(synthJson(fleetOf(file)), "web_front");
  expect(Object.keys(front.resource.aws_cloudfront_cache_policy ?? {})).toHaveLength(21);
  expect(found(timed(20), { web: {} })[0]?.message).toContain("need 21 cache policies");
});
