import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { checkFleet } from "../../check/load";
import { loadFleet } from "../../check/read";
import { fc } from "../support/properties";

const folder = mkdtempSync(join(tmpdir(), "meridian-load-"));
const file = join(folder, "fleet.yaml");
afterAll(() => rmSync(folder, { recursive: true }));

/** One of every kind of setting. */
const good = {
  fleet: "acme",
  state: { backend: "s3", bucket: "acme-state", region: "eu-central-1" },
  defaults: { stackPer: "account", tags: { owner: "platform" } },
  zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
  accounts: { globex: { id: "111111111111", zone: "eu" }, staging: { id: "222222222222" } },
  tables: {
    orders: {
      key: { customer: "string", order: "string" },
      indexes: {
        "by-state": { key: { state: "string", order: "string" }, projection: ["total"] },
        "by-day": { key: { day: "number" }, projection: "keys" },
      },
      replicate: "cell",
      ttl: "expiresAt",
      recovery: { staging: "off" },
      stream: "new-and-old",
      kmsKey: "arn:aws:kms:{region}:111111111111:key/mrk-1",
    },
    visits: { key: { path: "string" }, replicate: "none", recovery: "7d", stream: "keys" },
  },
  services: {
    hello: {
      source: "handler.ts",
      tables: { orders: "read-write" },
      memory: 256,
      environment: { GREETING: "hello {region}" },
      routes: ["/api/*", "/*"],
      logRetentionDays: 30,
      layers: ["arn:aws:lambda:{region}:111111111111:layer:tools:1"],
      streaming: false,
      secrets: { STRIPE_KEY: { parameter: "/acme/{cell}/stripe" }, DATABASE: { secret: "{stage}/db" } },
      secretsRefresh: "10m",
      permissions: [
        { actions: ["s3:GetObject"], resources: ["arn:aws:s3:::a/*"], conditions: { Bool: { a: "true" } } },
      ],
    },
  },
  stages: ["staging", "production"],
  rollout: {
    production: {
      waves: [["globex"], "100%"],
      concurrency: 5,
      failureTolerance: "10%",
      bake: "10m",
      verify: { path: "/", status: 200 },
      rollback: "automatic",
    },
  },
  cells: {
    globex: {
      stage: "production",
      tenant: "globex",
      zone: "eu",
      targets: { globex: ["eu-central-1", "eu-west-1"] },
      home: "eu-west-1",
      services: { hello: { memory: 512, tables: { visits: "write" } } },
      front: { account: "globex", priceClass: "PriceClass_All" },
    },
    staging: {
      stage: "staging",
      viewers: ["DE", "US"],
      targets: { staging: ["eu-central-1", "us-east-1"] },
      home: "us-east-1",
    },
  },
};

beforeAll(() => writeFileSync(join(folder, "handler.ts"), "export const handler = async () => 1;\n"));

async function load(text: string) {
  writeFileSync(file, text);
  return checkFleet(file);
}

/** Whatever the file says: findings inside it, each once, and a fleet exactly if none is an error. */
async function expectSense(text: string): Promise<void> {
  const { checked, diagnostics } = await load(text);
  const lines = text.split("\n");
  for (const { line, column } of diagnostics) {
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
  }
  const found = diagnostics.map(({ code, line, column, message }) => `${line}:${column} ${code} ${message}`);
  expect(found).toEqual([...new Set(found)]);
  expect(checked !== undefined).toBe(diagnostics.every(({ severity }) => severity !== "error"));
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
  return [
    path,
    ...[...keys].flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key])),
  ];
}

function change(
  value: unknown,
  [key, ...rest]: Path,
  edit: (parent: Record<string | number, unknown>, key: string | number) => void,
): unknown {
  if (key === undefined || typeof value !== "object" || value === null) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  if (rest.length > 0) copy[key] = change(copy[key], rest, edit);
  else edit(copy, key);
  return copy;
}

const junk = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    1e21,
    "",
    "x",
    "eu-central-1",
    "globex",
    [],
    {},
    [null],
    [[]],
    { a: null },
    { toString: 0 },
    [{ toString: 0, valueOf: "x", length: 1 }],
    { constructor: null },
  ),
  fc.constantFrom("constructor", "__proto__", "toString", "~", "- a", "a: b", "/*", "{x}"),
  fc.jsonValue({ maxDepth: 2 }),
);

const mutation = fc.oneof(
  fc.record({
    path: fc.constantFrom(...pathsIn(good).slice(1)),
    kind: fc.constant("delete" as const),
    value: junk,
  }),
  fc.record({
    path: fc.constantFrom(...pathsIn(good).slice(1)),
    kind: fc.constant("replace" as const),
    value: junk,
  }),
  fc.record({
    path: fc.constantFrom(...pathsIn(good).slice(1)),
    kind: fc.constant("rename" as const),
    value: fc.constantFrom("constructor", "__proto__", "Stage", "stgae", "<<", "x y", "a"),
  }),
);

function mutate(
  data: unknown,
  { path, kind, value }: { readonly path: Path; readonly kind: string; readonly value: unknown },
) {
  return change(data, path, (parent, key) => {
    const old = parent[key];
    if (kind === "replace") parent[key] = value;
    else if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
    if (kind === "rename" && !Array.isArray(parent))
      Object.defineProperty(parent, String(value), {
        value: old,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  });
}

test("a good file gives a fleet and nothing to say", async () => {
  expect(await load(stringify(good))).toMatchObject({
    diagnostics: [],
    checked: { fleet: { name: "acme" } },
  });
});

test("a file that is not there is a finding, too", async () => {
  const missing = join(folder, "nowhere.yaml");
  expect(loadFleet(missing)).toEqual({
    diagnostics: [
      expect.objectContaining({ code: "no-fleet-file", file: missing, path: "", line: 1, column: 1 }),
    ],
  });
});

describe("a fleet that is not to be deployed", () => {
  test("needs no sources that bundle, and has the same cells", async () => {
    const text = stringify(good);
    const { checked: whole } = await load(text);
    const broken = stringify({
      ...good,
      services: { hello: { ...good.services.hello, source: "not-there.ts" } },
    });
    expect(await load(broken)).not.toHaveProperty("checked");
    const { diagnostics, fleet } = loadFleet(file);
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(fleet?.cells.map(({ front, name, targets }) => [name, targets, front])).toEqual(
      whole?.fleet.cells.map(({ front, name, targets }) => [name, targets, front]),
    );
  });

  test("may have a router that is too large", async () => {
    const long = "x".repeat(200);
    const routes = [...Array.from({ length: 70 }, (_, index) => `/${index}${long}/*`), "/*"];
    writeFileSync(file, stringify({ ...good, services: { hello: { ...good.services.hello, routes } } }));
    const { diagnostics } = await checkFleet(file);
    expect(diagnostics.map(({ code }) => code)).toContain("router-too-large");
    expect(loadFleet(file).fleet).toBeDefined();
  });

  test("may have policies that would lock a deploy out: a drain is not one", async () => {
    const lockout = join(__dirname, "fixtures/guardrail-lockout/fleet.yaml");
    expect((await checkFleet(lockout)).checked).toBeUndefined();
    expect(loadFleet(lockout).fleet).toBeDefined();
  });

  test("is none where another check finds an error", async () => {
    writeFileSync(file, stringify({ ...good, accounts: {} }));
    expect(loadFleet(file).fleet).toBeUndefined();
  });
});

test("a map that JavaScript cannot turn into text is a map like any other", async () => {
  for (const value of [{ toString: 0 }, [{ toString: 0 }]]) {
    for (const key of ["fleet", "zones", "state"]) await expectSense(stringify({ ...good, [key]: value }));
    const hello = { ...good.services.hello, memory: value, runtime: value, logRetentionDays: value };
    await expectSense(stringify({ ...good, services: { hello } }));
  }
});

test("what the YAML parser says twice is one finding", async () => {
  const text = stringify(good);
  await expectSense(`${text.slice(0, 143)}[[${text.slice(143)}`);
});

test("findings come in the order of the file, and name it", async () => {
  const names = readFileSync(join(__dirname, "fixtures/wrong-type/fleet.yaml"), "utf8");
  const { diagnostics } = await load(names);
  const lines = diagnostics.map(({ line }) => line);
  expect(lines).toEqual([...lines].sort((a, b) => a - b));
  expect(diagnostics.every((diagnostic) => diagnostic.file === file)).toBe(true);
});

test("a good file with a few places deleted, replaced or renamed gives findings or a fleet", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      await expectSense(
        stringify(mutations.reduce(mutate, good as unknown), { aliasDuplicateObjects: false }),
      );
    }),
    { numRuns: 100 },
  );
}, 30_000);

test("a good file cut off or with garbage in it gives findings or a fleet", async () => {
  const text = stringify(good);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(text.length),
      fc.nat(20),
      fc.string({ maxLength: 4 }),
      async (at, removed, added) => {
        await expectSense(text.slice(0, at) + added + text.slice(at + removed));
      },
    ),
    { numRuns: 100 },
  );
}, 30_000);
