import { transformSync } from "esbuild";

/** What the router of a cell needs to know. */
export interface RouterInput {
  /** Path patterns and the services that answer them, in the order in which CloudFront tries them. */
  readonly routes: readonly RoutedPath[];
  /** The targets of the cell. */
  readonly targets: readonly { readonly region: string; readonly account: { readonly name: string } }[];
  /** For each viewer country: its zone, if the cell has several, and the regions that may answer, the best first. */
  readonly routing: ReadonlyMap<string, { readonly zone?: string; readonly regions: readonly string[] }>;
  /** Where a viewer is taken to be of whom nothing is known. */
  readonly defaultCountry: string;
  /** Countries of AWS's regions, for viewers of whom only the edge location is known. */
  readonly regionCountries: ReadonlyMap<string, string>;
  /** Status codes after which a read asks the next region. */
  readonly failoverOn: readonly number[];
}

/** A path pattern, the service that answers it, and, where it takes some only, its methods. */
export type RoutedPath = readonly [pattern: string, service: string, methods?: readonly string[]];

/** What the router finds in front of itself; packed, because CloudFront takes 10 KB. */
interface RouterConfig {
  /** A regular expression, the service that it leads to, and the methods that it takes, unless it takes all. */
  readonly routes: readonly RoutedPath[];
  /** Each region's code, then the accounts of its targets. A region's letter is its place here, in base 36. */
  readonly regions: readonly (readonly string[])[];
  /**
   * By zone, `""` for none: the letters of its regions, then groups of countries. `012 AtDe 21Us` says that AT and DE
   * have the regions 0, 1 and 2 in this order, and US 2, 1 and 0: where an order goes on like the zone's, it is cut.
   */
  readonly countries: Readonly<Record<string, string>>;
  /** ` eu-central-1DE us-east-1US` */
  readonly regionCountries: string;
  readonly defaultCountry: string;
  readonly failoverOn: readonly number[];
}

const minified = new Map<string, string>();

/**
 * The code of a cell's router, as CloudFront runs it: minified, with the cell's own facts in front.
 *
 * @param source text of `edge/router.js`
 */
export function routerCode(source: string, input: RouterInput): string {
  const code = minified.get(source) ?? minify(source);
  minified.set(source, code);
  return [importLine, `const config=${JSON.stringify(pack(input))};`, code].join("\n");
}

/** How CloudFront's module comes in. */
const importLine = 'import cf from "cloudfront";';

/**
 * Without its import the source is a script, whose functions keep their names: CloudFront calls `handler` by its own,
 * and whoever reads the code in the console finds the others. The syntax stays, because CloudFront's engine knows no
 * more: not even `{ zone }` for `{ zone: zone }`, which would be shorter, is in the list.
 */
function minify(source: string): string {
  return transformSync(source.replace(importLine, ""), {
    minifyWhitespace: true,
    minifyIdentifiers: true,
    target: "es2017",
    supported: { "object-extensions": false },
    legalComments: "none",
  }).code.trim();
}

function pack(input: RouterInput): RouterConfig {
  const codes = [...new Set(input.targets.map(({ region }) => region))];
  const accountsIn = (code: string) =>
    input.targets.filter(({ region }) => region === code).map(({ account }) => account.name);
  return {
    routes: input.routes.map(([pattern, ...rest]) => [patternToRegExp(pattern), ...rest]),
    regions: codes.map((code) => [code, ...accountsIn(code)]),
    countries: packedCountries(input.routing, codes),
    regionCountries: [...input.regionCountries].map(([region, country]) => ` ${region}${country}`).join(""),
    defaultCountry: input.defaultCountry,
    failoverOn: input.failoverOn,
  };
}

/** What was packed before: a routing that several cells share is packed once for each order of their regions. */
const packed = new WeakMap<RouterInput["routing"], Map<string, RouterConfig["countries"]>>();

function packedCountries(routing: RouterInput["routing"], codes: readonly string[]) {
  const key = codes.join();
  const known = packed.get(routing) ?? new Map<string, RouterConfig["countries"]>();
  const letters = new Map(codes.map((code, index) => [code, index.toString(36)]));
  const countries = known.get(key) ?? packCountries(routing, letters);
  packed.set(routing, known.set(key, countries));
  return countries;
}

/** Countries as `De`, so that no search for one can hit the end of one and the start of the next. */
function packCountries(routing: RouterInput["routing"], letterOf: ReadonlyMap<string, string>) {
  const zones = new Map<string, { readonly all: string; readonly orders: Map<string, string> }>();
  for (const [country, { zone = "", regions }] of routing) {
    const allowed = new Set(regions);
    const all = [...letterOf].map(([region, letter]) => (allowed.has(region) ? letter : "")).join("");
    const { orders } = zones.get(zone) ?? { orders: new Map<string, string>() };
    const order = withoutTail(regions.map((region) => letterOf.get(region) ?? "").join(""), all);
    orders.set(order, `${orders.get(order) ?? ""}${country[0]}${country[1]?.toLowerCase()}`);
    zones.set(zone, { all, orders });
  }
  return Object.fromEntries(
    [...zones]
      .sort()
      .map(([zone, { all, orders }]) => [zone, [all, ...[...orders].map((pair) => pair.join(""))].join(" ")]),
  );
}

/** Cuts an order where it goes on like `all` does without what came before. */
function withoutTail(order: string, all: string): string {
  const rest = (head: string) => [...all].filter((letter) => !head.includes(letter)).join("");
  const lengths = Array.from({ length: order.length }, (_, length) => length);
  const length = lengths.find(
    (candidate) => order === order.slice(0, candidate) + rest(order.slice(0, candidate)),
  );
  return order.slice(0, length);
}

/** CloudFront's wildcards: `*` for any characters, `?` for exactly one. */
function patternToRegExp(pattern: string): string {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return `^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`;
}
