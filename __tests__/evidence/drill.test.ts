import { drillFleet, drillSizes } from "../../bench/drill-fleet";
import { type CellDrill, drillCell, type Violation } from "../../evidence/drill";
import type { Property } from "../../evidence/judge";
import { closedZone, onlyCell, onlyOf, type Spoiled, synthesizedOf, twoZones } from "./support";

const { cell, fleet } = onlyCell(twoZones);
const front = "world_front";

/** The drill of a front that somebody has spoiled. */
function drillSpoiled(spoil: (stacks: Readonly<Record<string, Spoiled>>) => void): Promise<CellDrill> {
  return drillCell(synthesizedOf(fleet, spoil), cell);
}

function violation({ violations }: CellDrill, property: Property, withExample = true): Violation {
  const found = violations.find(
    (each) => each.property === property && Boolean(each.example) === withExample,
  );
  if (!found) throw new Error(`no ${property} in ${JSON.stringify(violations, null, 2)}`);
  return found;
}

/** Changes the code of the router, and makes sure that there was something to change. */
function changeRouter(stack: Spoiled, from: string | RegExp, to: string): void {
  const router = onlyOf(stack, "aws_cloudfront_function");
  const changed = router.code.replace(from, to);
  if (changed === router.code) throw new Error(`the router has no ${from}`);
  router.code = changed;
}

const distributionOf = (stacks: Readonly<Record<string, Spoiled>>) =>
  onlyOf(stacks[front], "aws_cloudfront_distribution");

// All sizes are proven by the benchmark.
const sizes = drillSizes.filter(({ regions, zones }) => zones === Math.min(regions, 3));

test.each(sizes)("$regions regions and $zones zones hold", async (size) => {
  const made = onlyCell(drillFleet(size));
  const drill = await drillCell(synthesizedOf(made.fleet), made.cell);
  expect(drill.violations).toEqual([]);
  expect(drill.states).toBe(size.regions <= 6 ? 3 ** size.regions : 1 + 20 + 180);
  // 250 countries, 34 edge locations, and two viewers of whom nothing is known.
  expect(drill.cases % 286).toBe(0);
});

test("what only one region can answer is said, and is no violation", async () => {
  const { notes, violations } = await drillCell(synthesizedOf(fleet), cell);
  expect(notes).toEqual(["nothing answers viewers of zone us while us-east-1 is down"]);
  expect(violations).toEqual([]);
  const one = onlyCell(drillFleet({ regions: 1, zones: 1 }));
  expect((await drillCell(synthesizedOf(one.fleet), one.cell)).notes).toEqual([
    "nothing answers anybody while eu-central-1 is down",
  ]);
});

test("a closed zone and a cell without a zone hold, with two accounts in a region", async () => {
  const closed = onlyCell(closedZone);
  expect((await drillCell(synthesizedOf(closed.fleet), closed.cell)).violations).toEqual([]);
  const open = onlyCell({
    ...closedZone,
    accounts: { main: { id: "333333333333" }, other: { id: "444444444444" } },
    cells: { open: { stage: "p", targets: { main: ["eu-central-1", "us-east-1"], other: ["us-east-1"] } } },
  });
  expect((await drillCell(synthesizedOf(open.fleet), open.cell)).violations).toEqual([]);
});

describe("the drill fails on", () => {
  test("a router that was made without the residency of the fleet file", async () => {
    const { zones: _, ...open } = twoZones.cells.world ?? { stage: "", targets: {} };
    const without = onlyCell({ ...twoZones, cells: { world: open } });
    const [code] = [...synthesizedOf(without.fleet).values()].flatMap(({ blocks }) =>
      blocks
        .filter(({ type }) => type === "aws_cloudfront_function")
        .map(({ attributes }) => attributes.code),
    );
    const drill = await drillSpoiled((stacks) => {
      onlyOf(stacks[front], "aws_cloudfront_function").code = code;
    });
    expect(violation(drill, "residency").example).toMatchObject({
      down: [],
      method: "GET",
      expected: expect.stringMatching(/^an answer from .*, in zone (eu|us)$/),
    });
  });

  test("a router that pairs the best region with one of another zone", async () => {
    const drill = await drillSpoiled((stacks) => {
      changeRouter(stacks[front], /originId:\s*origins\[1\]/, 'originId:"main_us_east_1_"+service');
    });
    const { example } = violation(drill, "residency");
    expect(example).toMatchObject({ down: [], drained: [], viewer: { zone: "eu" } });
    expect(example?.would).toMatch(
      /^ask eu-\S+ \(main_eu_\w+\), and if that fails us-east-1 \(main_us_east_1_/,
    );
  });

  test("an origin that is missing", async () => {
    const drill = await drillSpoiled((stacks) => {
      const distribution = distributionOf(stacks);
      distribution.origin = distribution.origin.filter(
        ({ origin_id }: Spoiled) => origin_id !== "main_eu_west_1_hello",
      );
    });
    expect(violation(drill, "origins").example?.would).toBe(
      "ask the origin main_eu_west_1_hello, which the distribution lacks",
    );
  });

  test("a behaviour without the router", async () => {
    const drill = await drillSpoiled((stacks) => {
      distributionOf(stacks).default_cache_behavior.function_association = undefined;
    });
    expect(violation(drill, "residency", false).message).toBe(
      "the default behaviour has no router for viewers' requests: its own origin answers everyone",
    );
    expect(violation(drill, "residency").example?.would).toMatch(
      /^choose nothing, so that the behaviour's own/,
    );
  });

  test("an origin whose target stack lies in another region than its name says", async () => {
    const drill = await drillSpoiled((stacks) => {
      stacks["world_main_eu-west-1"].provider.aws[0].region = "us-west-2";
    });
    expect(violation(drill, "origins").example?.would).toMatch(
      /is in us-west-2, and its host name says eu-west-1/,
    );
  });

  test("an origin whose target stack was moved to another region altogether", async () => {
    const drill = await drillSpoiled((stacks) => {
      const text = JSON.stringify(stacks["world_main_eu-west-1"]).replaceAll("eu-west-1", "us-west-2");
      // Its state stays where the front looks for it.
      const state = /(terraform-state\/world_main_)us-west-2/g;
      Object.assign(stacks["world_main_eu-west-1"], JSON.parse(text.replaceAll(state, "$1eu-west-1")));
    });
    expect(violation(drill, "residency", false).message).toBe(
      "the origin main_eu_west_1_hello leads to account 333333333333 in us-west-2, which is no target of the cell",
    );
    expect(violation(drill, "residency").example?.would).toContain("us-west-2 (main_eu_west_1_hello)");
  });

  test("an origin that leads to a target other than it is called after", async () => {
    const drill = await drillSpoiled((stacks) => {
      const { origin } = distributionOf(stacks);
      const byId = (id: string) => origin.find(({ origin_id }: Spoiled) => origin_id === id);
      byId("main_eu_west_1_hello").domain_name = byId("main_us_east_1_hello").domain_name;
    });
    expect(violation(drill, "origins", false).message).toBe(
      "the origin main_eu_west_1_hello leads to what would be called main_us_east_1_hello",
    );
    expect(violation(drill, "residency").example).toMatchObject({ viewer: { zone: "eu" } });
  });

  test.each<[string, Property, string, string]>([
    ["read no drains", "drained regions", '"drained"', '"other"'],
    ["pair an origin with itself", "origins", /originId:\s*origins\[1\]/.source, "originId:origins[0]"],
    ["fail over on nothing", "origins", '"failoverOn":[502,503,504]', '"failoverOn":[]'],
    ["not fail over on a lost region", "reads", '"failoverOn":[502,503,504]', '"failoverOn":[502]'],
    ["send reads to one origin only", "reads", "isRead(request.method)", "false"],
    [
      "throw",
      "origins",
      "async function handler(event){",
      'async function handler(event){throw new Error("no");',
    ],
    ["be no JavaScript", "origins", "async function handler", "async function function"],
    ["believe the viewer's zone", "cache", 'request.headers["x-meridian-zone"]={', "const unused={"],
    ["take the worst region first", "order", ".filter(", ".reverse().filter("],
    ["answer 500 where no region is left", "reads", "503", "500"],
    ["know no route", "reads", "if(!service)", "if(true)"],
    ["change an origin", "origins", "cf.selectRequestOriginById(", "cf.updateRequestOrigin("],
  ])("a router that would %s", async (_, property, from, to) => {
    const pattern = from.includes("\\s") ? new RegExp(from) : from;
    const drill = await drillSpoiled((stacks) => changeRouter(stacks[front], pattern, to));
    expect(violation(drill, property).cases).toBeGreaterThan(0);
  });

  test.each<[string, Property, RegExp, (distribution: Spoiled, stack: Spoiled) => void]>([
    [
      "a router that no key-value store belongs to",
      "drained regions",
      /cannot read the key-value store acme_world/,
      (_, stack) => {
        onlyOf(stack, "aws_cloudfront_function").key_value_store_associations = undefined;
      },
    ],
    [
      "a cache key without the viewer's zone",
      "cache",
      /cache key \(policy acme_world_60\) lacks x-meridian-zone$/,
      (_, { resource }) => {
        for (const policy of Object.values<Spoiled>(resource.aws_cloudfront_cache_policy)) {
          const { headers } = policy.parameters_in_cache_key_and_forwarded_to_origin.headers_config;
          headers.items = headers.items.filter((name: string) => name !== "x-meridian-zone");
        }
      },
    ],
    [
      "a cache policy that the JSON does not hold",
      "cache",
      /behaviour can keep answers/,
      (distribution) => {
        distribution.default_cache_behavior.cache_policy_id = "658327ea-f89d-4fab-a63d-7e88639e58f6";
      },
    ],
    [
      "a behaviour whose own origin is missing",
      "origins",
      /names the origin nowhere, which the distribution lacks/,
      (distribution) => {
        distribution.default_cache_behavior.target_origin_id = "nowhere";
      },
    ],
    [
      "OPTIONS that cannot fail over",
      "reads",
      /does not fail over for OPTIONS/,
      (distribution) => {
        distribution.default_cache_behavior.cached_methods = ["GET", "HEAD"];
      },
    ],
    [
      "an origin that is not one of the fleet's functions",
      "origins",
      /main_eu_west_1_hello cannot be followed to a function: its host, example.com,/,
      ({ origin }) => {
        origin.find(({ origin_id }: Spoiled) => origin_id === "main_eu_west_1_hello").domain_name =
          "example.com";
      },
    ],
  ])("%s", async (_, property, message, spoil) => {
    const drill = await drillSpoiled((stacks) => spoil(distributionOf(stacks), stacks[front]));
    expect(violation(drill, property, false).message).toMatch(message);
  });

  test("a behaviour that does not allow a method", async () => {
    const drill = await drillSpoiled((stacks) => {
      distributionOf(stacks).default_cache_behavior.allowed_methods = ["GET", "HEAD", "OPTIONS"];
    });
    expect(violation(drill, "writes").example).toMatchObject({ method: "POST", down: [], drained: [] });
  });

  test("a cell without a distribution", async () => {
    const drill = await drillSpoiled((stacks) => {
      stacks[front].resource.aws_cloudfront_distribution = {};
    });
    expect(drill.violations).toEqual([
      { property: "origins", message: "world_front has no distribution, or more than one", cases: 1 },
    ]);
  });
});

test("the example is the smallest: fewest regions not up", async () => {
  const drill = await drillSpoiled((stacks) => changeRouter(stacks[front], '"drained"', '"other"'));
  const { example } = violation(drill, "drained regions");
  expect([example?.down.length, example?.drained.length]).toEqual([0, 1]);
});
