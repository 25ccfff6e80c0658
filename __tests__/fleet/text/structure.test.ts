import { formatPath } from "../../../fleet/diagnostics";
import { parseStructure } from "../../../fleet/text/structure";
import { parseYaml } from "../../../fleet/text/yaml";

const parse = (text: string) => parseStructure(parseYaml(text));
const codesOf = (text: string) => parse(text).problems.map(({ code, path }) => `${code} ${formatPath(path)}`);

const accounts = 'accounts: { web: { id: "111111111111" } }';
const services = "services: { hello: { source: a.ts } }";
const cells = "cells: { web: { stage: dev, targets: { web: [eu-west-1] } } }";
const fleet = (...parts: readonly string[]) => ["fleet: acme", ...parts].join("\n");

test("a right file has no problems and goes on as it is", () => {
  const { problems, input } = parse(fleet(accounts, services, cells));
  expect(problems).toEqual([]);
  expect(input?.file).toEqual({
    fleet: "acme",
    accounts: { web: { id: "111111111111" } },
    services: { hello: { source: "a.ts" } },
    cells: { web: { stage: "dev", targets: { web: ["eu-west-1"] } } },
  });
});

test.each(["", "null", "5", "text"])("a file that holds %j gives one or a few clear problems", (text) => {
  const { problems } = parse(text);
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThanOrEqual(4);
});

describe("what is wrong is left out", () => {
  test("a wrong setting, and nothing else of its service", () => {
    const { input } = parse(
      fleet(accounts, "services: { hello: { source: a.ts, memory: 5, timeout: 3 } }", cells),
    );
    expect(input?.file.services).toEqual({ hello: { source: "a.ts", timeout: 3 } });
  });

  test("a service that lacks its source, but it stays declared", () => {
    const { input } = parse(
      fleet(accounts, "services: { hello: { source: a.ts }, other: { memory: 512 } }", cells),
    );
    expect(Object.keys(input?.file.services ?? {})).toEqual(["hello"]);
    expect(input?.declared.services).toEqual(["hello", "other"]);
  });

  test("a cell whose targets are all wrong, so that nobody says it has none", () => {
    const { input } = parse(fleet(accounts, services, "cells: { web: { stage: dev, targets: { web: } } }"));
    expect(input?.file.cells).toEqual({});
  });

  test("a name that cannot be one", () => {
    const { input } = parse(fleet('accounts: { Web: { id: "111111111111" } }', services, cells));
    expect(input?.file.accounts).toEqual({});
    expect(input?.declared.accounts).toEqual(["Web"]);
  });

  test("an unreadable section, and then no name of it counts as unknown", () => {
    expect(parse(fleet("accounts: 5", services, cells)).input?.declared.accounts).toBeUndefined();
    expect(parse(fleet(accounts, services, cells, "zones: 5")).input?.declared.zones).toBeUndefined();
    expect(parse(fleet(accounts, services, cells)).input?.declared.zones).toEqual([]);
  });
});

test("paths lead to the place in the file, whatever was left out in front of it", () => {
  const { input, original } = parse(
    fleet(
      accounts,
      services,
      "cells: { web: { stage: dev, targets: { web: [1, eu-west-1, 2, 3, eu-west-9] } } }",
    ),
  );
  expect(input?.file.cells.web?.targets).toEqual({ web: ["eu-west-1", "eu-west-9"] });
  expect(original(["cells", "web", "targets", "web", 0]).at(-1)).toBe(1);
  expect(original(["cells", "web", "targets", "web", 1]).at(-1)).toBe(4);
});

describe("a misspelt key", () => {
  const text = fleet(
    accounts,
    services,
    "cels: { web: { stgae: dev, targets: { web: [eu-west-1] }, teannt: 5 } }",
  );

  test("is reported once, not as missing too", () => {
    expect(codesOf(text)).toEqual([
      "unknown-key cels",
      "unknown-key cels.web.stgae",
      "unknown-key cels.web.teannt",
      "wrong-type cels.web.teannt",
    ]);
  });

  test("is read as the one that was meant", () => {
    const { input, original } = parse(text);
    expect(input?.file.cells).toEqual({ web: { stage: "dev", targets: { web: ["eu-west-1"] } } });
    expect(original(["cells", "web", "stage"])).toEqual(["cels", "web", "stgae"]);
  });

  test("stays out where the right one is there as well", () => {
    const { problems, input } = parse(fleet(accounts, services, cells, "acounts: {}"));
    expect(problems.map(({ fix }) => fix)).toEqual(['remove it: "accounts" already exists']);
    expect(input?.file.accounts).toEqual({ web: { id: "111111111111" } });
  });
});

test("the state's keys are those of its backend", () => {
  const { problems } = parse(fleet(accounts, services, cells, "state: { backend: local, kmsKey: x }"));
  expect(problems.map(({ fix }) => fix)).toEqual([
    'remove it; the keys here are "backend", "bucket", "region", "prefix", "account", "replica"',
  ]);
  expect(codesOf(fleet(accounts, services, cells, "state: { bucket: acme }"))).toEqual([
    "missing-key state.backend",
  ]);
  expect(codesOf(fleet(accounts, services, cells, "state:"))).toEqual(["wrong-type state"]);
});

test("the value of an environment variable is in no message", () => {
  const settings = "environment: { PASSWORD: 31415926, OTHER: [27182818], KEYS: { a: 1618033 } }";
  const { problems } = parse(fleet(accounts, `services: { hello: { source: a.ts, ${settings} } }`, cells));
  expect(problems).toHaveLength(3);
  expect(JSON.stringify(problems)).not.toMatch(/31415926|27182818|1618033/);
});

test.each([
  ["333333333333", 'write "333333333333"'],
  ["012345678901", 'write "012345678901"'],
  ["0o17", "write the 12 digits"],
  ["12345678901", 'write "012345678901" if leading zeros were lost'],
  ["1e11", "write the 12 digits"],
])("the account id %s without quotes is shown as it should be", (written, fix) => {
  const { problems } = parse(fleet(`accounts: { web: { id: ${written} } }`, services, cells));
  expect(problems.map(({ code }) => code)).toEqual(["account-id-unquoted"]);
  expect(problems[0]?.fix).toContain(fix);
  expect(problems[0]?.message).toContain(written);
});

test("a name that JavaScript objects have anyway is no name", () => {
  const { problems, input } = parse(fleet('accounts: { __proto__: { id: "5" } }', services, cells));
  expect(problems.map(({ code, path }) => [code, ...path])).toEqual([
    ["wrong-format", "accounts", "__proto__"],
  ]);
  expect(input?.declared.accounts).toEqual([]);
  expect(
    codesOf(
      fleet(accounts, services, cells, "organization: { management: web, policies: { __proto__: {} } }"),
    ),
  ).toEqual(["wrong-format organization.policies.__proto__"]);
});

test("data that contains itself does no harm", () => {
  expect(codesOf(fleet(accounts, services, "cells: &c { web: *c }"))).toContain(
    "missing-key cells.web.stage",
  );
});

describe("what the checks can ask of a part that is left out", () => {
  const { input } = parse(
    fleet(
      'accounts: { web: { id: "111111111111" }, other: { id: "5", eamil: nobody } }',
      services,
      cells,
      "organization: { units: [Tenants EU, workloads/staging] }",
      "identity: { groups: [a, 5], access: [{ group: a }, { group: b, permissionSet: C, units: [X Y] }] }",
    ),
  );

  test("is whether it is there, however wrong", () => {
    expect(input?.file.accounts.other).toBeUndefined();
    expect(input?.file.organization).toBeUndefined();
    const has = input?.declared.has;
    expect(has?.(["organization"])).toBe(true);
    expect(has?.(["accounts", "other", "id"])).toBe(true);
    expect(has?.(["accounts", "other", "email"])).toBe(true);
    expect(has?.(["accounts", "other", "unit"])).toBe(false);
    expect(has?.(["budget"])).toBe(false);
  });

  test("is also what it declares, with the units that others lie in", () => {
    expect(input?.declared.units).toEqual(["Tenants EU", "workloads", "workloads/staging"]);
    expect(input?.declared.groups).toEqual(["a"]);
    expect(input?.declared.permissionSets).toEqual([]);
    expect(parse(fleet(accounts, services, cells)).input?.declared.units).toBeUndefined();
  });
});

describe("what may be of several types is read as the type that it has", () => {
  const routes = (written: string) =>
    codesOf(fleet(accounts, `services: { hello: { source: a.ts, routes: [${written}] } }`, cells));
  const order = (written: string) =>
    codesOf(
      fleet(
        accounts,
        services,
        `cells: { web: { stage: dev, targets: { web: [eu-west-1] }, front: { order: ${written} } } }`,
      ),
    );

  test.each([
    ['"/a", { path: "/b", cache: { ttl: 60 } }', []],
    ["a", ["wrong-format services.hello.routes[0]"]],
    ["{ path: b }", ["wrong-format services.hello.routes[0].path"]],
    ['{ path: "/b", cache: { ttl: 0 } }', ["out-of-range services.hello.routes[0].cache.ttl"]],
    ['{ path: "/b", cahce: { ttl: 60 } }', ["unknown-key services.hello.routes[0].cahce"]],
    ["{ cache: { ttl: 60 } }", ["missing-key services.hello.routes[0].path"]],
    ["7", ["wrong-type services.hello.routes[0]"]],
  ])("routes: [%s]", (written, expected) => {
    expect(routes(written)).toEqual(expected);
  });

  test.each([
    ["[eu-west-1]", []],
    ["{ DE: [eu-west-1] }", []],
    ["{ DE: eu-west-1 }", ["wrong-type cells.web.front.order.DE"]],
    ["[]", ["out-of-range cells.web.front.order"]],
    ["eu-west-1", ["wrong-type cells.web.front.order"]],
    ["{ germany: [eu-west-1] }", ["wrong-format cells.web.front.order.germany"]],
  ])("order: %s", (written, expected) => {
    expect(order(written)).toEqual(expected);
  });
});
