import fc from "fast-check";
import type { Fleet } from "../../fleet/model";
import { targetAlias } from "../../fleet/names";
import type { FleetFile } from "../../fleet/schema";
import { legalFleet, shuffleKeys } from "../support/arbitrary-fleet";
import { fleetOf, smallFile } from "../support/fleet";
import { resources, type StackJson, synthJson, synthTexts } from "../support/synth";

const runs = { numRuns: 15 };

/** Every name that AWS would see twice, with the scope in which it must be unique. */
function scopedNames(stack: StackJson): readonly string[] {
  return resources(stack).flatMap(({ type, attributes }) => {
    const provider = stack.provider.aws.find(({ alias }) => `aws.${alias}` === attributes.provider);
    const account = JSON.stringify(provider?.allowed_account_ids);
    if (type === "aws_lambda_function") return [`${account} ${provider?.region} ${attributes.function_name}`];
    if (type === "aws_iam_role") return [`${account} role ${attributes.name}`];
    if (type.startsWith("aws_cloudfront") && attributes.name)
      return [`${account} ${type} ${attributes.name}`];
    return [];
  });
}

describe("any legal fleet", () => {
  test("has every resource on the provider of its own target, in its own stack", () => {
    fc.assert(
      fc.property(legalFleet, (file) => {
        const fleet = fleetOf(file);
        const stacks = synthJson(fleet);
        for (const [name, stack] of stacks) {
          const aliases = new Set(stack.provider.aws.map(({ alias }) => `aws.${alias}`));
          expect(aliases.size).toBe(stack.provider.aws.length);
          for (const { attributes } of resources(stack)) expect(aliases).toContain(attributes.provider);
          for (const target of targetsOf(fleet, name)) {
            const own = resources(stack).filter(
              ({ attributes }) => attributes.provider === `aws.${target.alias}`,
            );
            const role = own.find(({ type }) => type === "aws_iam_role_policy");
            expect(JSON.stringify(role?.attributes.policy)).toContain(
              `logs:${target.region}:${target.account.id}:`,
            );
          }
        }
      }),
      runs,
    );
  });

  test("gives each provider its account, its role and its region", () => {
    fc.assert(
      fc.property(legalFleet, (file) => {
        for (const stack of synthJson(fleetOf(file)).values()) {
          for (const provider of stack.provider.aws) {
            const [account] = Object.entries(file.accounts).filter(
              ([name]) => targetAlias(name, provider.region) === provider.alias,
            );
            expect(provider.allowed_account_ids).toEqual([account?.[1].id]);
            expect(JSON.stringify(provider.assume_role)).toContain(`arn:aws:iam::${account?.[1].id}:role/`);
            expect(provider.default_tags).toHaveLength(1);
          }
        }
      }),
      runs,
    );
  });

  test("has no two things of one name", () => {
    fc.assert(
      fc.property(legalFleet, (file) => {
        const names = [...synthJson(fleetOf(file)).values()].flatMap(scopedNames);
        expect(new Set(names).size).toBe(names.length);
      }),
      runs,
    );
  });

  test("comes out byte for byte the same when keys are reordered", () => {
    fc.assert(
      fc.property(
        legalFleet,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (file, stream) => {
          const random = () => Number(stream.next().value);
          expect(synthTexts(fleetOf(shuffleKeys(file, random)))).toEqual(synthTexts(fleetOf(file)));
        },
      ),
      runs,
    );
  });

  test("keeps its target stacks when the preference of regions changes", () => {
    fc.assert(
      fc.property(legalFleet, (file) => {
        const before = synthTexts(fleetOf(file));
        const after = synthTexts(fleetOf(withTargets(file, (regions) => [...regions].reverse())));
        for (const [name, text] of before) if (!name.endsWith("_front")) expect(after.get(name)).toBe(text);
      }),
      runs,
    );
  });

  test("keeps every other stack when a target is added", () => {
    fc.assert(
      fc.property(legalFleet, (file) => {
        const [cell] = Object.keys(file.cells);
        const perTarget = withStackPerTarget(file);
        const before = synthTexts(fleetOf(perTarget));
        const after = synthTexts(
          fleetOf(withTargets(perTarget, (regions, name) => (name === cell ? addRegion(regions) : regions))),
        );
        for (const [name, text] of before) if (name !== `${cell}_front`) expect(after.get(name)).toBe(text);
        expect(after.size).toBeGreaterThan(before.size);
      }),
      runs,
    );
  });
});

function targetsOf(fleet: Fleet, stack: string) {
  return fleet.cells.flatMap((cell) => cell.targets).filter((target) => target.stack === stack);
}

function withTargets(
  file: FleetFile,
  change: (regions: readonly string[], cell: string) => readonly string[],
): FleetFile {
  const cells = Object.entries(file.cells).map(([name, cell]) => {
    const targets = Object.entries(cell.targets).map(([account, regions]) => [
      account,
      [...change(regions, name)],
    ]);
    return [name, { ...cell, targets: Object.fromEntries(targets) }];
  });
  return { ...file, cells: Object.fromEntries(cells) };
}

function withStackPerTarget(file: FleetFile): FleetFile {
  const cells = Object.entries(file.cells).map(([name, cell]) => [
    name,
    { ...cell, stackPer: "target" as const },
  ]);
  return { ...file, cells: Object.fromEntries(cells) };
}

function addRegion(regions: readonly string[]): readonly string[] {
  const more = ["sa-east-1", "ap-south-1", "us-east-2", "us-west-1"].find(
    (region) => !regions.includes(region),
  );
  return [...regions, more ?? ""];
}

test("one stack per account holds one alias per region", () => {
  const [cell] = Object.values(smallFile.cells);
  if (!cell) throw new Error("the small fleet has a cell");
  const stacks = synthJson(fleetOf({ ...smallFile, cells: { globex: { ...cell, stackPer: "account" } } }));
  expect([...stacks.keys()].sort()).toEqual(["globex_front", "globex_globex_all"]);
  expect(stacks.get("globex_globex_all")?.provider.aws.map(({ alias }) => alias)).toEqual([
    "globex_eu_central_1",
    "globex_eu_west_1",
  ]);
});
