import type { Property } from "../../evidence/judge";
import { distributionOf, drillSpoiled, front, violation } from "./spoiled-drill";
import { onlyOf, type Spoiled } from "./support";

describe("the drill fails on", () => {
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
    expect(violation(drill, "residency").example?.would).toMatch(/^choose nothing, so the behaviour's own/);
  });

  test("an origin whose target stack lies in another region than its name says", async () => {
    const drill = await drillSpoiled((stacks) => {
      stacks["world_main_eu-west-1"].provider.aws[0].region = "us-west-2";
    });
    expect(violation(drill, "origins").example?.would).toMatch(
      /is in us-west-2, but its host name says eu-west-1/,
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
      "the origin main_eu_west_1_hello leads to account 333333333333 in us-west-2, which is not a target of the cell",
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
      "the origin main_eu_west_1_hello leads to what should be called main_us_east_1_hello",
    );
    expect(violation(drill, "residency").example).toMatchObject({ viewer: { zone: "eu" } });
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
      /behaviour can cache answers/,
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
      "functions that do not learn where a viewer is",
      "residency",
      /^the behaviour of \/static\/\* does not tell its router where a viewer is/,
      ({ default_cache_behavior, ordered_cache_behavior }) => {
        for (const behaviour of [default_cache_behavior, ...ordered_cache_behavior])
          behaviour.cache_policy_id = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
      },
    ],
    [
      "an origin whose calls nobody signs",
      "origins",
      /^the origin main_eu_west_1_hello has no access control/,
      ({ origin }) => {
        origin.find(
          ({ origin_id }: Spoiled) => origin_id === "main_eu_west_1_hello",
        ).origin_access_control_id = undefined;
      },
    ],
    [
      "an access control that signs nothing",
      "origins",
      /^the origin main_eu_central_1_hello has no access control/,
      (_, stack) => {
        onlyOf(stack, "aws_cloudfront_origin_access_control").signing_behavior = "never";
      },
    ],
    [
      "an origin with a path",
      "routes",
      /^the origin main_eu_west_1_hello puts \/v1 in front of every path$/,
      ({ origin }) => {
        origin.find(({ origin_id }: Spoiled) => origin_id === "main_eu_west_1_hello").origin_path = "/v1";
      },
    ],
    [
      "a router that is not published",
      "residency",
      /^the behaviour of \/static\/\* has a router that is not published/,
      (_, stack) => {
        onlyOf(stack, "aws_cloudfront_function").publish = false;
      },
    ],
    [
      "a distribution that is off",
      "routes",
      /^the distribution is not enabled$/,
      (distribution) => {
        distribution.enabled = false;
      },
    ],
    [
      "a Lambda function at the edge",
      "routes",
      /^the default behaviour runs a Lambda function for origin-request, which is not the fleet's$/,
      ({ default_cache_behavior }) => {
        default_cache_behavior.lambda_function_association = [
          { event_type: "origin-request", lambda_arn: "arn" },
        ];
      },
    ],
    [
      "another function at the edge",
      "routes",
      /^the default behaviour runs a function for viewer-response, which is not the fleet's$/,
      ({ default_cache_behavior }) => {
        default_cache_behavior.function_association.push({
          event_type: "viewer-response",
          function_arn: "arn",
        });
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

  test("a front whose functions do not learn where a viewer is, with a request that leaves its zone", async () => {
    const drill = await drillSpoiled((stacks) => {
      const { default_cache_behavior, ordered_cache_behavior } = distributionOf(stacks);
      for (const behaviour of [default_cache_behavior, ...ordered_cache_behavior])
        behaviour.cache_policy_id = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
    });
    expect(violation(drill, "residency").example).toMatchObject({ viewer: { country: "US", zone: "us" } });
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
