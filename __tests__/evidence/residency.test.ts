import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cellResidency } from "../../evidence/residency";
import { residencyMarkdown } from "../../evidence/residency-markdown";
import { knowledgeOf } from "../../evidence/resource-types";
import { parseStack } from "../../evidence/stack";
import { countryGroups } from "../../fleet/geography/countries";
import { projectRoot } from "../../fleet/project";
import { cellTypes, isMadeByMeridian } from "../../fleet/resource-types";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { closedZone, onlyCell, onlyOf, type Spoiled, synthesizedOf, twoZones } from "./support";

type Spoil = (stacks: Readonly<Record<string, Spoiled>>) => void;

/** The evidence of a fleet's only cell, which has a zone. */
function residencyOf(file: FleetFile, spoil?: Spoil) {
  const { cell, fleet } = onlyCell(file);
  const found = cellResidency(synthesizedOf(fleet, spoil), cell);
  if (!found) throw new Error("the cell has no zone");
  return found;
}

/** Everything that a front can have. */
const fullFront: FleetFile = {
  ...closedZone,
  cells: {
    globex: {
      stage: "production",
      zone: "eu",
      targets: { main: ["eu-central-1", "eu-west-1"] },
      front: {
        logs: true,
        webAcl: "managed",
        domain: { name: "api.example.com", hostedZone: "Z0123456789ABC" },
      },
    },
  },
};

const stack = "globex_main_eu-west-1";

test("a closed zone holds everything that can hold data, and each resource is listed once", () => {
  const { errors, global, kind, regional, states } = residencyOf(closedZone);
  expect({ errors, kind }).toEqual({ errors: [], kind: "closed" });
  const holding = regional.filter(({ knowledge }) => knowledge.holdsData);
  expect(holding.map(({ place, type }) => `${type} ${place?.region}`)).toEqual([
    "aws_cloudwatch_log_group eu-central-1",
    "aws_lambda_function eu-central-1",
    "aws_cloudwatch_log_group eu-west-1",
    "aws_lambda_function eu-west-1",
  ]);
  expect(new Set(global.map(({ type }) => type))).toContain("aws_cloudfront_key_value_store");
  expect(states.map(({ reads, stack }) => [stack, reads.length])).toEqual([
    ["globex_front", 2],
    ["globex_main_eu-central-1", 0],
    ["globex_main_eu-west-1", 0],
  ]);
});

/** The sources of a file and of all that it imports of the project. */
function sourcesFrom(file: string, seen = new Map<string, string>()): ReadonlyMap<string, string> {
  if (seen.has(file)) return seen;
  const source = readFileSync(file, "utf8");
  seen.set(file, source);
  for (const [, path] of source.matchAll(/from "(\.[^"]+(?<!\.json))"/g))
    sourcesFrom(join(file, "..", `${path}.ts`), seen);
  return seen;
}

/** Types of what some stacks can make, by the modules of the provider that they import. */
function typesMadeBy(stacks: readonly string[], isWanted = (_path: string) => true): readonly string[] {
  const imports = stacks.flatMap((name) =>
    [...sourcesFrom(join(projectRoot, "stacks", name)).values()].flatMap((source) =>
      [...source.matchAll(/"(@cdktf\/provider-aws\/lib\/[\w-]+)"/g)].map(([, path]) => path ?? ""),
    ),
  );
  const types = imports
    .filter(isWanted)
    .flatMap((path) =>
      Object.values<{ readonly tfResourceType?: string }>(jest.requireActual(path)).flatMap(
        ({ tfResourceType }) => tfResourceType ?? [],
      ),
    );
  return types.filter((type) => type !== "aws");
}

test("every type that a cell's stacks can make is in the table", () => {
  const types = typesMadeBy(["target-stack.ts", "data-stack.ts", "front-stack.ts", "log-stack.ts"]);
  const known: readonly string[] = cellTypes;
  expect(types).toContain("aws_lambda_function");
  expect(types.filter((type) => !known.includes(type))).toEqual([]);
});

test("every type that any stack can make is known to be Meridian's", () => {
  const stacks = readdirSync(join(projectRoot, "stacks")).filter((name) => name.endsWith("-stack.ts"));
  const resources = typesMadeBy(stacks, (path) => !path.includes("/lib/data-"));
  expect(resources).toContain("aws_organizations_account");
  expect(resources.filter((type) => !isMadeByMeridian(type))).toEqual([]);
});

test("a front with logs, a web ACL and a domain stays in the zone", () => {
  expect(residencyOf(fullFront).errors).toEqual([]);
});

test("the evidence is for cells with a zone only, and says of which there is none", () => {
  const { front: _, zone: __, ...open } = closedZone.cells.globex ?? { stage: "", targets: {} };
  const { cell, fleet } = onlyCell({ ...closedZone, cells: { globex: open } });
  expect(cellResidency(synthesizedOf(fleet), cell)).toBeUndefined();
  expect(residencyMarkdown(fleet, [])).toContain("No zone is given for globex");
});

test("in a cell of several zones a target belongs to its region's zone, or serves viewers of none", () => {
  const { cells, ...rest } = twoZones;
  const targets = { main: ["eu-central-1", "us-east-1", "sa-east-1"] };
  const file = { ...rest, cells: { world: { stage: "p", ...cells.world, targets } } };
  const found = residencyOf(file);
  expect(found.errors).toEqual([]);
  const page = residencyMarkdown(onlyCell(file).fleet, [found]);
  expect(page).toContain("### sa-east-1, account 333333333333: serves viewers of no zone");
  expect(page).toContain("### us-east-1, account 333333333333: zone us");
  expect(page).toContain(
    `- Viewers from the EU (zone eu, ${countryGroups.EU?.length} country codes) may be answered from eu-central-1 only.`,
  );
  expect(page).toContain("Answers are kept at edge locations for 60 seconds at most.");
});

/** Adds a provider for another place to a stack. */
function addProvider({ provider }: Spoiled, place: Readonly<Record<string, unknown>>): void {
  provider.aws.push({ ...provider.aws[0], alias: "elsewhere", ...place });
}

describe("it is an error", () => {
  test("to keep a log group in another region", () => {
    const { errors } = residencyOf(closedZone, (stacks) => {
      addProvider(stacks[stack], { region: "us-east-1" });
      onlyOf(stacks[stack], "aws_cloudwatch_log_group").provider = "aws.elsewhere";
    });
    expect(errors).toEqual([
      {
        stack,
        address: expect.stringMatching(/^aws_cloudwatch_log_group\./),
        what: "is in us-east-1, outside zone eu",
        why: "it can hold whatever the handlers log, for as long as the group keeps it",
        fix: "move it to eu-central-1 or eu-west-1 or eu-west-3, or remove it",
      },
    ]);
  });

  test.each<[string, RegExp, Spoil]>([
    [
      "to hold a type that the table does not know outside the zone",
      /^is in us-east-1, outside zone eu$/,
      ({ globex_front }) => {
        globex_front.resource.aws_dynamodb_table = { sessions: { provider: "aws.main_us_east_1" } };
      },
    ],
    [
      "to read data outside the zone",
      /^is in us-east-1, outside zone eu$/,
      ({ globex_front }) => {
        globex_front.data.aws_s3_object = { file: { provider: "aws.main_us_east_1" } };
      },
    ],
    [
      "to name no provider",
      /^does not say where it is$/,
      (stacks) => {
        onlyOf(stacks[stack], "aws_lambda_function").provider = undefined;
      },
    ],
    [
      "to be in an account that is not the cell's",
      /^is in account 999999999999, which the cell does not use$/,
      (stacks) => {
        addProvider(stacks[stack], { allowed_account_ids: ["999999999999"], assume_role: [] });
        onlyOf(stacks[stack], "aws_lambda_function").provider = "aws.elsewhere";
      },
    ],
    [
      "to assume the role of another account than the provider allows",
      /^does not say where it is$/,
      (stacks) => {
        addProvider(stacks[stack], { allowed_account_ids: ["999999999999"] });
        onlyOf(stacks[stack], "aws_lambda_function").provider = "aws.elsewhere";
      },
    ],
    [
      "to write access logs outside the zone",
      /^writes access logs to logs\.s3\.us-east-1\.amazonaws\.com, in us-east-1, outside zone eu$/,
      ({ globex_front }) => {
        const distribution = onlyOf(globex_front, "aws_cloudfront_distribution");
        distribution.logging_config = { bucket: "logs.s3.us-east-1.amazonaws.com" };
      },
    ],
    [
      "to write access logs nobody knows where",
      /^writes access logs to somewhere, and there is no telling where that is$/,
      ({ globex_front }) => {
        onlyOf(globex_front, "aws_cloudfront_distribution").logging_config = { bucket: "somewhere" };
      },
    ],
  ])("%s", (_, what, spoil) => {
    const { errors } = residencyOf(closedZone, spoil);
    expect(errors.map((error) => error.what)).toEqual([expect.stringMatching(what)]);
  });

  test("to keep all viewers' access logs in the zone of some", () => {
    const { errors } = residencyOf(twoZones, ({ world_front }) => {
      addProvider(world_front, { region: "eu-central-1" });
      world_front.resource.aws_s3_bucket = { logs: { provider: "aws.elsewhere" } };
    });
    expect(errors.map(({ what }) => what)).toEqual(["is in eu-central-1, outside zone us"]);
  });

  test("to move what a target of several zones holds to another zone", () => {
    const { errors } = residencyOf(twoZones, (stacks) => {
      addProvider(stacks["world_main_eu-west-1"], { region: "us-east-1" });
      onlyOf(stacks["world_main_eu-west-1"], "aws_cloudwatch_log_group").provider = "aws.elsewhere";
      stacks["world_main_eu-west-1"].resource.aws_dynamodb_table = {
        sessions: { provider: "aws.elsewhere" },
      };
    });
    const what = "is in us-east-1, where its stack has no target";
    expect(errors.map((error) => error.what)).toEqual([what, what]);
    expect(errors[0]?.fix).toBe("move it to eu-west-1, or remove it");
  });

  const shielded = (region: string, enabled = true): Spoil => {
    return (stacks) => {
      const front = stacks.globex_front ?? stacks.world_front;
      const { origin } = onlyOf(front, "aws_cloudfront_distribution");
      origin.find(({ origin_id }: Spoiled) => origin_id === "main_eu_west_1_hello").origin_shield = {
        enabled,
        origin_shield_region: region,
      };
    };
  };

  test.each([
    ["a closed zone", closedZone],
    ["a zone of several", twoZones],
  ])("to have Origin Shield outside of %s", (_, file) => {
    expect(residencyOf(file, shielded("us-east-1")).errors).toMatchObject([
      {
        address: expect.stringMatching(/^aws_cloudfront_distribution\./),
        what: "has Origin Shield for main_eu_west_1_hello in us-east-1, outside zone eu",
      },
    ]);
    expect(residencyOf(file, shielded("us-east-1", false)).errors).toEqual([]);
    expect(residencyOf(file, shielded("eu-central-1")).errors).toEqual([]);
  });

  test("and the page counts and names it", () => {
    const { fleet } = onlyCell(closedZone);
    const found = residencyOf(closedZone, (stacks) => {
      onlyOf(stacks[stack], "aws_lambda_function").provider = undefined;
    });
    const page = residencyMarkdown(fleet, [found]);
    expect(page).toContain("| globex | eu | 12 | 4 | **1** |");
    expect(page).toContain("**1 resource has data, or could have, where it must not be.**");
    expect(page).not.toContain("Everything in a region");
    expect(page).toMatch(
      /^- \*\*`aws_lambda_function\.\S+`\*\* \(globex_main_eu-west-1\) does not say where it is: /m,
    );
  });
});

test("a web ACL holds viewers' data where it samples requests; only CloudFront's is outside of any region", () => {
  const acl = (sampled: boolean, scope = "CLOUDFRONT") => {
    const attributes = {
      scope,
      visibility_config: { sampled_requests_enabled: false },
      rule: [{ visibility_config: { sampled_requests_enabled: sampled } }],
    };
    const stack = parseStack("front", { resource: { aws_wafv2_web_acl: { acl: attributes } } });
    return stack.blocks.map((block) => knowledgeOf(stack, block))[0];
  };
  expect(acl(true)).toMatchObject({ scope: "global", holdsData: true });
  expect(acl(false)).toMatchObject({ scope: "global", holdsData: false });
  expect(acl(false, "REGIONAL")).toMatchObject({ scope: "regional", holdsData: true });
});
