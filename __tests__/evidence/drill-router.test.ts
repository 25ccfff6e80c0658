import type { Property } from "../../evidence/judge";
import { cell, drillCode, drillRouter, routerOf, violation } from "./spoiled-drill";
import { onlyCell, twoZones } from "./support";

describe("the drill fails on", () => {
  test("a router that was made without the residency of the fleet file", async () => {
    const { zones: _, ...open } = twoZones.cells.world ?? { stage: "", targets: {} };
    const without = onlyCell({ ...twoZones, cells: { world: open } });
    const drill = await drillCode(routerOf(without.cell));
    expect(violation(drill, "residency").example).toMatchObject({
      down: [],
      method: "GET",
      expected: expect.stringMatching(/^an answer from .*, in zone (eu|us)$/),
    });
  });

  test("a router that pairs the best region with one of another zone", async () => {
    const drill = await drillRouter(
      "originId: origins[1]",
      'originId: "main_us_east_1_" + origins[1].split("_").pop()',
    );
    const { example } = violation(drill, "residency");
    expect(example).toMatchObject({ down: [], drained: [], viewer: { zone: "eu" } });
    expect(example?.would).toMatch(
      /^ask eu-\S+ \(main_eu_\w+\), and if that fails us-east-1 \(main_us_east_1_/,
    );
  });

  test.each<[string, Property, string, string]>([
    ["read no drains", "drained regions", 'store.get("drained"', 'store.get("other"'],
    ["pair an origin with itself", "origins", "originId: origins[1]", "originId: origins[0]"],
    ["send reads to one origin only", "reads", "isRead(request.method) &&", "false &&"],
    ["throw", "origins", "try {", 'throw new Error("no"); try {'],
    ["believe the viewer's zone", "cache", 'request.headers["x-meridian-zone"] =', "const unused ="],
    [
      "believe the viewer's id of a request",
      "cache",
      'request.headers["x-meridian-request"] =',
      "const unused =",
    ],
    [
      "let a viewer smuggle an Authorization in",
      "authorization",
      'delete headers["x-meridian-authorization"];',
      "",
    ],
    ["lose the viewer's Authorization", "authorization", "if (!headers.authorization) return;", "return;"],
    ["keep answers to an Authorization for all", "authorization", 'headers.authorization ? id : "-"', '"-"'],
    [
      "keep answers to an Authorization for all, of GET alone",
      "authorization",
      "moveAuthorization(request.headers, id)",
      'moveAuthorization(request.headers, request.method === "GET" ? "-" : id)',
    ],
    [
      "take the worst region first",
      "order",
      ".filter((region) => !drained",
      ".reverse().filter((region) => !drained",
    ],
    ["answer 500 where no region is left", "reads", "reply(503", "reply(500"],
    ["answer 503 always", "reads", "if (origins.length === 0)", "if (true)"],
    ["know no route", "reads", "if (!found)", "if (true)"],
    ["change an origin", "origins", "cf.selectRequestOriginById(", "cf.updateRequestOrigin("],
    [
      "let the request go on after an exception",
      "residency",
      "return unavailable();\n  }\n}",
      "return event.request;\n  }\n}",
    ],
    [
      "ask any region after an exception",
      "residency",
      "return unavailable();\n  }\n}",
      'cf.selectRequestOriginById("main_us_east_1_hello"); return event.request;\n  }\n}',
    ],
    [
      "drain some methods only",
      "drained regions",
      "const drained =",
      'const drained = request.method === "DELETE" ? {} :',
    ],
    [
      "drain some paths only",
      "drained regions",
      "const drained =",
      'const drained = request.uri.startsWith("/static") ? {} :',
    ],
    [
      "order regions by the path",
      "order",
      "routing.order,",
      'request.uri.startsWith("/static") ? routing.order.reverse() : routing.order,',
    ],
  ])("a router that would %s", async (_, property, from, to) => {
    expect(violation(await drillRouter(from, to), property).cases).toBeGreaterThan(0);
  });

  test("a router that would be no JavaScript", async () => {
    const drill = await drillCode("async function function");
    expect(violation(drill, "origins").example?.would).toMatch(/^fail: the router cannot be loaded: /);
  });

  test.each<[readonly number[], Property, string]>([
    [[], "origins", "a pair with status codes to fail over on"],
    [[502], "reads", "an answer from eu-west-1 or eu-central-1 at once"],
    [[502, 503], "reads", "an answer from eu-west-1 or eu-central-1 at once"],
    [[502, 504], "reads", "an answer from eu-west-1 or eu-central-1 at once"],
  ])("a router that would fail over on %j only", async (failoverOn, property, expected) => {
    const drill = await drillCode(routerOf(cell, { failoverOn }));
    expect(violation(drill, property).example?.expected).toBe(expected);
  });

  test("a router that would pair two accounts of one region while two regions are left", async () => {
    const made = onlyCell({
      ...twoZones,
      accounts: { main: { id: "333333333333" }, other: { id: "444444444444" } },
      cells: {
        world: {
          stage: "p",
          targets: { main: ["eu-central-1", "us-east-1"], other: ["eu-central-1", "us-east-1"] },
          front: { account: "main" },
        },
      },
    });
    const drill = await drillRouter(
      "originId: origins[1]",
      'originId: origins[0].replace("main_", "other_")',
      made,
    );
    expect(violation(drill, "origins").example?.expected).toBe("a pair in different regions");
  });

  test("a router that would swap two services", async () => {
    const services = {
      one: { source: "index.ts", routes: ["/one/*"] },
      two: { source: "index.ts", routes: ["/two/*"] },
    };
    const made = onlyCell({ ...twoZones, services });
    const drill = await drillCode(
      routerOf(made.cell, {
        routes: [
          ["/one/*", "two"],
          ["/two/*", "one"],
        ],
      }),
      made,
    );
    expect(violation(drill, "routes").example).toMatchObject({
      path: expect.stringMatching(/^\/one\//),
      expected: "an answer from the service one",
    });
  });
});
