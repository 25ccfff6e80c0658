import { environment } from "../../check/environment";
import { quotas } from "../../check/quotas";
import { references } from "../../check/references";
import { homesForExtensions, replicas } from "../../check/replicas";
import { tables } from "../../check/tables";
import { formatPath } from "../../fleet/diagnostics";
import { resolveFleet } from "../../fleet/resolve";
import { parseStructure } from "../../fleet/text/structure";
import { parseYaml } from "../../fleet/text/yaml";

const declared = [
  "fleet: acme",
  'accounts: { web: { id: "111111111111" }, more: { id: "222222222222" } }',
  "services: { hello: { source: a.ts } }",
  "cells: { web: { stage: dev, targets: { web: [eu-central-1, eu-west-1] } } }",
];

/** A fleet file, in which the given lines stand in the place of those of their section. */
function parse(...lines: readonly string[]) {
  const sections = new Map([...declared, ...lines].map((line) => [line.split(":")[0], line]));
  const { input, problems } = parseStructure(parseYaml([...sections.values()].join("\n")));
  if (!input) throw new Error("not a map");
  return { input, problems };
}

const codes = (found: Iterable<{ readonly code: string; readonly path: readonly (string | number)[] }>) =>
  [...found].map(({ code, path }) => `${code} ${formatPath(path)}`);

function found(...lines: readonly string[]) {
  const { input } = parse(...lines);
  return codes([...tables(input), ...replicas(input)]);
}

const orders = "tables: { orders: { key: { customer: string } } }";
const homeless = ["no-home cells.web"];

describe("what is reported already hides nothing, and is not reported twice", () => {
  test("a key of which a part has the wrong shape is compared with no other", () => {
    const key = (type: string) =>
      `tables: { orders: { key: { a: string }, indexes: { by-b: { key: { a: string, b: ${type} } } } } }`;
    const { input, problems } = parse(key("strng"));
    expect(codes(problems)).toEqual(["not-allowed tables.orders.indexes.by-b.key.b"]);
    expect(codes(tables(input))).toEqual([]);
  });

  test("a table whose replication nobody knows needs no home", () => {
    expect(found(orders)).toEqual(homeless);
    expect(found("tables: { orders: { key: { customer: string }, replicate: cells } }")).toEqual([]);
  });

  test("a home that is not as it should be is said", () => {
    expect(
      found(orders, "cells: { web: { stage: dev, targets: { web: [eu-central-1, eu-west-1] }, home: 5 } }"),
    ).toEqual([]);
  });

  test("a misspelt home is an unknown region, and not one without a target as well", () => {
    const { input } = parse(
      orders,
      "cells: { web: { stage: dev, targets: { web: [eu-central-1, eu-west-1] }, home: eu-wset-1 } }",
    );
    expect(codes(references(input))).toEqual(["unknown-region cells.web.home"]);
    expect(codes(replicas(input))).toEqual([]);
  });

  test("a table that lacks its key stays declared", () => {
    const { input } = parse(
      "tables: { orders: {} }",
      "services: { hello: { source: a.ts, tables: { orders: read } } }",
    );
    expect(codes(references(input))).toEqual([]);
  });
});

test.each([
  ["a word", "al", 'write "all"'],
  ["an empty list", "[]", "give it a value, or remove it"],
  ["a number in a list", "[5]", 'put it in quotes: "5"'],
])("what an index holds is a word or a list, and messages know which was meant: %s", (_, written, fix) => {
  const index = `{ key: { b: string }, projection: ${written} }`;
  const { problems } = parse(`tables: { orders: { key: { a: string }, indexes: { by-b: ${index} } } }`);
  expect(problems.map((found) => found.fix)).toEqual([fix]);
});

test.each([
  ["tables.orders.key", "{ key: { __proto__: string } }"],
  ["tables.orders.indexes", "{ key: { a: string }, indexes: { __proto__: { key: { b: string } } } }"],
  [
    "tables.orders.indexes.by-b.key",
    "{ key: { a: string }, indexes: { by-b: { key: { __proto__: string } } } }",
  ],
])("a name that objects have already is no name in %s", (path, table) => {
  expect(codes(parse(`tables: { orders: ${table} }`).problems)).toEqual([`wrong-format ${path}.__proto__`]);
});

test("an index lists twenty attributes at most", () => {
  const listing = (length: number) => {
    const list = Array.from({ length }, (_, index) => `x${index}`).join(", ");
    const index = `{ key: { b: string }, projection: [${list}] }`;
    return codes(
      tables(parse(`tables: { orders: { key: { a: string }, indexes: { by-b: ${index} } } }`).input),
    );
  };
  expect(listing(20)).toEqual([]);
  expect(listing(21)).toEqual(["too-many-projected tables.orders.indexes.by-b.projection"]);
});

describe("a cell shares tables among its regions", () => {
  test.each([
    ["with one region, which is its home", "{ web: [eu-central-1] }", []],
    ["with several", "{ web: [eu-central-1, eu-west-1] }", homeless],
    [
      "with one region in each of two accounts",
      "{ web: [eu-central-1], more: [eu-central-1] }",
      ["table-across-accounts cells.web.targets"],
    ],
    ["with an account that has no region", "{ web: [eu-central-1], more: [] }", []],
  ])("%s", (_, targets, expected) => {
    expect(found(orders, `cells: { web: { stage: dev, targets: ${targets} } }`)).toEqual(expected);
  });

  test("or has one per target, which need nothing of all this", () => {
    const own = "tables: { orders: { key: { customer: string }, replicate: none, stream: old } }";
    expect(
      found(own, "cells: { web: { stage: dev, targets: { web: [eu-central-1], more: [eu-west-1] } } }"),
    ).toEqual([]);
  });
});

describe("a table's data stays in each zone of a cell", () => {
  const zones =
    "zones: { eu: { regions: [eu-central-1, eu-west-1], countries: [FR] }, de: { regions: [eu-central-1], countries: [DE] } }";
  const cell = (zone: string) =>
    `cells: { web: { stage: dev, ${zone}, targets: { web: [eu-central-1, eu-west-1] }, home: eu-west-1 } }`;

  test.each([
    ["zones: [eu]", []],
    ["zones: [de]", ["replica-outside-zone tables.orders"]],
    ["zones: [eu, de]", ["replica-outside-zone tables.orders"]],
    ["zones: [fr]", []],
  ])("%s", (zone, expected) => {
    expect(found(orders, zones, cell(zone))).toEqual(expected);
  });
});

describe("days of recovery that replicas do not keep", () => {
  const table = (more: string) => `tables: { orders: { key: { customer: string }, ${more} } }`;
  const one = "cells: { web: { stage: dev, targets: { web: [eu-central-1] } } }";
  const found = (...lines: readonly string[]) => codes(replicas(parse(...lines).input)).filter(isRecovery);
  const isRecovery = (each: string) => each.startsWith("recovery-of-replicas");

  test.each([
    ["recovery: 34d", "", ["recovery-of-replicas tables.orders.recovery"]],
    ["recovery: 35d", "", []],
    ["recovery: off", "", []],
    ["ttl: ends", "", []],
    ["recovery: 7d, replicate: none", "", []],
    ["recovery: 7d", one, []],
    ["recovery: { dev: 7d, other: 7d }", "", ["recovery-of-replicas tables.orders.recovery.dev"]],
    ["recovery: { dev: off, other: 7d }", "", []],
  ])("%s %s", (more, cells, expected) => {
    expect(found(table(more), ...(cells ? [cells] : []))).toEqual(expected);
  });
});

describe("a key of one's own", () => {
  const table = (key: string) =>
    `tables: { orders: { key: { customer: string }, replicate: none, kmsKey: "${key}" } }`;
  const one = "cells: { web: { stage: dev, targets: { web: [eu-central-1] } } }";

  test.each([
    ["arn:aws:kms:eu-central-1:111111111111:key/1", one, []],
    ["arn:aws:kms:{region}:{account}:key/1", one, []],
    ["arn:aws:kms:eu-west-1:111111111111:key/1", one, ["table-encryption-region tables.orders.kmsKey"]],
    ["arn:aws:kms:{region}:{account}:key/1", "", ["table-encryption-region tables.orders.kmsKey"]],
    ["arn:aws:kms:{region}:{account}:key/mrk-1", "", []],
    ["arn:aws:kms:{reg}:{account}:key/mrk-1", "", []],
  ])("%s %s", (key, cells, expected) => {
    expect(found(table(key), ...(cells ? [cells] : []))).toEqual(expected);
  });
});

describe("the variables of tables", () => {
  const table = "tables: { visits: { key: { path: string }, replicate: none } }";
  const service = (tables: string, length: number) =>
    `services: { hello: { source: a.ts, ${tables} environment: { TEXT: "${"x".repeat(length)}" } } }`;
  /** NODE_OPTIONS with its value, and TEXT without. */
  const others = "NODE_OPTIONS--enable-source-mapsTEXT".length;
  const own = "TABLE_VISITSacme_web_visits".length;

  test("count as a part of the environment's 4 KB", () => {
    const left = 4096 - others;
    const sizes = (tables: string, length: number) =>
      codes(quotas(parse(table, service(tables, length)).input));
    expect(sizes("", left)).toEqual([]);
    expect(sizes("tables: { visits: read },", left - own)).toEqual([]);
    expect(sizes("tables: { visits: read },", left - own + 1)).toEqual([
      "environment-too-large services.hello.environment",
    ]);
  });

  test("are taken where a cell adds the table to the service", () => {
    const { input } = parse(
      table,
      "services: { hello: { source: a.ts, environment: { TABLE_VISITS: a } } }",
      "cells: { web: { stage: dev, targets: { web: [eu-central-1] }, services: { hello: { tables: { visits: read } } } } }",
    );
    expect([...environment(input)]).toEqual([
      expect.objectContaining({
        code: "reserved-variable",
        path: ["services", "hello", "environment", "TABLE_VISITS"],
        other: { path: ["cells", "web", "services", "hello", "tables", "visits"], atKey: true },
      }),
    ]);
  });
});

test("an extension that adds something once to each cell needs a home where there are several regions", () => {
  const { input } = parse(
    "cells: { web: { stage: dev, targets: { web: [eu-central-1, eu-west-1] } }, one: { stage: dev, targets: { web: [eu-west-1] } } }",
  );
  const homes = (adds: readonly ("target" | "front" | "cell")[]) =>
    codes(
      homesForExtensions(resolveFleet(input.file, [{ name: "mail", adds, deploy: [], resourceTypes: {} }])),
    );
  expect(homes(["target", "cell"])).toEqual(homeless);
  expect(homes(["target", "front"])).toEqual([]);
});
