import { formatDrains, parseDrains } from "../../fleet/drains";
import { countryCodes } from "../../fleet/geography/countries";
import { regionCodes } from "../../fleet/geography/regions";
import { fc } from "../support/properties";
import { router, type TestCell } from "./cell";
import { type Answered, type Asked, askInNjs, askInV8 } from "./engines";
import { hasNjs } from "./njs";

const someOf = <T>(items: readonly T[], maxLength = 6) =>
  fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength });

/** Regions of one or two accounts; up to three zones over them, over other regions, and over any countries. */
const anyCell: fc.Arbitrary<TestCell> = fc
  .record({
    a: someOf(regionCodes, 12),
    b: fc.option(someOf(regionCodes), { nil: undefined }),
    order: fc.option(
      fc.oneof(someOf(regionCodes), fc.dictionary(fc.constantFrom("EU", "DE", "US"), someOf(regionCodes))),
      { nil: undefined },
    ),
    defaultCountry: fc.constantFrom(...countryCodes),
    failoverOn: someOf([500, 502, 503, 504]),
  })
  .chain((cell) => {
    const regions = [...new Set([...cell.a, ...(cell.b ?? [])])];
    const zone = fc.tuple(someOf(regions), someOf(countryCodes, 30));
    return fc.dictionary(fc.constantFrom("eu", "us", "apac"), zone, { maxKeys: 3 }).map((zones) => ({
      targets: { a: cell.a, ...(cell.b && { "b-c": cell.b }) },
      zones: disjoint(zones),
      order: cell.order,
      defaultCountry: cell.defaultCountry,
      failoverOn: cell.failoverOn,
      routes: [
        ["/orders/*", "orders"],
        ["/*", "hello-world"],
      ] as const,
    }));
  });

/** The checks refuse a country in two zones of a cell. */
function disjoint(zones: NonNullable<TestCell["zones"]>): NonNullable<TestCell["zones"]> {
  const taken = new Set<string>();
  return Object.fromEntries(
    Object.entries(zones).map(([name, [regions, countries]]) => [
      name,
      [regions, countries.filter((country) => !taken.has(country) && taken.add(country))],
    ]),
  );
}

const garbage = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom("", "de", "DEU", "__proto__", "EU", "QQ", " DE", "D", "toString"),
  fc.integer(),
  fc.constant(undefined),
);

const drains = (regions: readonly string[]) =>
  formatDrains(regions.map((region) => ({ region, since: "2026-11-21T10:00:00Z" })));

const anyStore = fc.oneof(
  someOf(regionCodes, 20).map(drains),
  fc.json(),
  fc.string(),
  fc.constantFrom('{"__proto__":1}', '{"constructor":{}}', "null", "{}"),
  fc.constant(undefined),
);

const anyRequest = (cell: TestCell): fc.Arbitrary<Asked> => {
  const regions = [...new Set(Object.values(cell.targets).flat())];
  return fc.record({
    method: fc.oneof(
      fc.constantFrom("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"),
      fc.constantFrom("get", "", "TRACE"),
    ),
    uri: fc.oneof(fc.webPath(), fc.constantFrom("/orders/7", "/", "/%00", "//")).map((path) => path || "/"),
    headers: fc.oneof(
      fc.constant({}),
      fc
        .oneof({ weight: 3, arbitrary: fc.constantFrom(...countryCodes) }, garbage)
        .map((value) => ({ "cloudfront-viewer-country": { value } })),
    ),
    edge: fc.option(fc.oneof(fc.constantFrom(...regionCodes), fc.string()), { nil: undefined }),
    // Most of the cell's own regions, so that it often has none left.
    drained: fc.oneof(anyStore, someOf(regions, regions.length).map(drains)),
  });
};

/** The regions that may answer, by the words of the issue alone. */
function allowedFor(cell: TestCell, country: string): readonly string[] {
  const regions = Object.values(cell.targets).flat();
  const zone = Object.values(cell.zones ?? {}).find(([, countries]) => countries.includes(country));
  return zone ? regions.filter((region) => zone[0].includes(region)) : regions;
}

function originsOf(cell: TestCell, region: string): readonly string[] {
  return Object.entries(cell.targets)
    .filter(([, regions]) => regions.includes(region))
    .flatMap(([account]) =>
      ["orders", "hello-world"].map((service) => `${`${account}_${region}`.replaceAll("-", "_")}_${service}`),
    );
}

function holds(cell: TestCell, asked: Asked, answered: Answered | undefined): void {
  const all = Object.values(cell.targets).flat();
  const known = new Set(all.flatMap((region) => originsOf(cell, region)));
  const origins = answered?.origins.flat() ?? [];
  expect(answered?.origins.length).toBe(answered?.status === undefined ? 1 : 0);
  for (const origin of origins) expect(known).toContain(origin);
  expect(new Set(origins).size).toBe(origins.length);
  expect(origins.length).toBeLessThanOrEqual(["GET", "HEAD", "OPTIONS"].includes(asked.method) ? 2 : 1);
  expect([undefined, 503]).toContain(answered?.status);
  const drained = drainedBy(asked.drained);
  const country = asked.headers?.["cloudfront-viewer-country"]?.value;
  if (typeof country === "string" && countryCodes.includes(country)) {
    const allowed = new Set(allowedFor(cell, country).flatMap((region) => originsOf(cell, region)));
    for (const origin of origins) expect(allowed).toContain(origin);
    const isLeft = allowedFor(cell, country).some((region) => !drained.has(region));
    expect(answered?.status).toBe(isLeft ? undefined : 503);
  }
  for (const region of drained)
    for (const origin of originsOf(cell, region)) expect(origins).not.toContain(origin);
}

/** The regions that a text in the store drains. */
function drainedBy(text: string | undefined): ReadonlySet<string> {
  return new Set(parseDrains(text).map(({ region }) => region));
}

const anyCase = (minLength: number, maxLength: number) =>
  anyCell.chain((cell) =>
    fc.record({ cell: fc.constant(cell), requests: fc.array(anyRequest(cell), { minLength, maxLength }) }),
  );

test("any viewer, any store: inside the zone, origins that exist, never one twice, 503 only where none is left", async () => {
  await fc.assert(
    fc.asyncProperty(anyCase(1, 20), async ({ cell, requests }) => {
      const answers = await askInV8(router(cell), requests);
      requests.forEach((asked, index) => {
        holds(cell, asked, answers[index]);
      });
    }),
    { numRuns: 80 },
  );
}, 60_000);

(hasNjs ? test : test.skip)(
  "njs gives the same answers as V8",
  async () => {
    await fc.assert(
      fc.asyncProperty(anyCase(20, 60), async ({ cell, requests }) => {
        const code = router(cell);
        expect(await askInNjs(code, requests)).toEqual(await askInV8(code, requests));
      }),
      { numRuns: 20 },
    );
  },
  60_000,
);
