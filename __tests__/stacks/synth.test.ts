import type { Fleet } from "../../fleet/model";
import { targetAlias } from "../../fleet/names";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { foundationStacks } from "../../fleet/stacks";
import { legalFleet, shuffleKeys } from "../support/arbitrary-fleet";
import { surroundedFleet } from "../support/arbitrary-organization";
import { fleetOf, smallFile } from "../support/fleet";
import { fc } from "../support/properties";
import { resources, type StackJson, synthJson, synthTexts } from "../support/synth";

/** Stacks of files, by the text of the file: the properties below draw the same ones. */
const known = new Map<string, ReadonlyMap<string, string>>();

/** What a file is synthesized to, once. */
function textsOf(file: FleetFile): ReadonlyMap<string, string> {
  const key = JSON.stringify(file);
  const texts = known.get(key) ?? synthTexts(fleetOf(file));
  known.set(key, texts);
  return texts;
}

const jsonOf = (file: FleetFile) =>
  new Map([...textsOf(file)].map(([name, text]): [string, StackJson] => [name, JSON.parse(text)]));

/** Every name that AWS would see twice, with the scope in which it must be unique. */
function scopedNames(stack: StackJson): readonly string[] {
  return resources(stack).flatMap(({ type, attributes }) => {
    const provider = stack.provider.aws.find(({ alias }) => `aws.${alias}` === attributes.provider);
    const account = JSON.stringify(provider?.allowed_account_ids);
    if (type === "aws_dynamodb_table") return [`${account} ${provider?.region} ${attributes.name}`];
    if (type === "aws_lambda_function") return [`${account} ${provider?.region} ${attributes.function_name}`];
    if (type === "aws_iam_role") return [`${account} role ${attributes.name}`];
    if (type.startsWith("aws_cloudfront") && attributes.name)
      return [`${account} ${type} ${attributes.name}`];
    return [];
  });
}

const around: readonly string[] = Object.values(foundationStacks);

describe.each([
  ["by itself", legalFleet, { numRuns: 15 }],
  ["in an organization", surroundedFleet, { numRuns: 6 }],
] as const)("any legal fleet %s", (_, fleets, runs) => {
  test("has every resource on the provider of its own target, in its own stack", () => {
    fc.assert(
      fc.property(fleets, (file) => {
        const fleet = fleetOf(file);
        const stacks = jsonOf(file);
        for (const [name, stack] of stacks) {
          const aliases = new Set(stack.provider.aws.map(({ alias }) => `aws.${alias}`));
          expect(aliases.size).toBe(stack.provider.aws.length);
          for (const { attributes } of [...resources(stack), ...dataSources(stack)])
            expect(aliases).toContain(attributes.provider);
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
      fc.property(fleets, (file) => {
        for (const stack of jsonOf(file).values()) {
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
      fc.property(fleets, (file) => {
        const names = [...jsonOf(file).values()].flatMap(scopedNames);
        expect(new Set(names).size).toBe(names.length);
      }),
      runs,
    );
  });

  test("comes out byte for byte the same when keys are reordered", () => {
    fc.assert(
      fc.property(fleets, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (file, stream) => {
        const random = () => Number(stream.next().value);
        expect(changedBy(file, shuffleKeys(file, random))).toEqual([]);
      }),
      runs,
    );
  });

  test("comes out byte for byte the same however it is rolled out", () => {
    fc.assert(
      fc.property(fleets, (file) => {
        const cells = Object.keys(file.cells);
        const stages = [...new Set(Object.values(file.cells).map(({ stage }) => stage))];
        const rollout = { waves: [cells, "100%"], bake: "10m", verify: { path: "/" }, concurrency: "20%" };
        const rolled = {
          ...file,
          stages,
          rollout: Object.fromEntries(stages.map((name) => [name, rollout])),
        };
        expect(fleetOf(rolled).stages).not.toEqual(fleetOf(file).stages);
        // A pipeline's actions are the waves.
        const isMeant = (name: string) => name === foundationStacks.pipeline;
        expect(changedBy(file, rolled).filter((name) => !isMeant(name))).toEqual([]);
      }),
      runs,
    );
  });

  test("keeps its target stacks when the preference of regions changes", () => {
    fc.assert(
      fc.property(fleets, (file) => {
        const turned = withTargets(file, (regions) => [...regions].reverse());
        expect(changedBy(file, turned).filter((name) => !followsRegions(name))).toEqual([]);
      }),
      runs,
    );
  });

  test("keeps every other stack when a target is added", () => {
    fc.assert(
      fc.property(fleets, (file) => {
        const [cell] = Object.keys(file.cells);
        const before = withStackPerTarget(file);
        const after = withTargets(before, (regions, name) => (name === cell ? addRegion(regions) : regions));
        // What the regions of a cell share has a replica in the new one.
        const isShared = (name: string) => name === `${cell}_data`;
        const isMeant = (name: string) =>
          isShared(name) || (followsRegions(name) && (around.includes(name) || name.startsWith(`${cell}_`)));
        expect(changedBy(before, after).filter((name) => !isMeant(name))).toEqual([]);
        expect(fleetOf(after).cells.flatMap(stacksOf).length).toBeGreaterThan(
          fleetOf(before).cells.flatMap(stacksOf).length,
        );
      }),
      runs,
    );
  });
});

describe("any legal fleet in an organization", () => {
  const runs = { numRuns: 6 };
  const tenant = { stage: "production", tenant: "newco", targets: { newco: ["eu-central-1", "eu-west-1"] } };

  test("keeps every stack of every other cell when a tenant is added, and when its account gets an id", () => {
    fc.assert(
      fc.property(surroundedFleet, (file) => {
        const added = { ...file, cells: { ...file.cells, newco: tenant } };
        const newco = { ...file.accounts.newco, id: "999999999999" };
        const created = { ...added, accounts: { ...file.accounts, newco } };
        for (const after of [added, created])
          expect(changedBy(file, after).filter((name) => !around.includes(name))).toEqual([]);
        expect(fleetOf(added).cells.map(({ name }) => name)).not.toContain("newco");
        expect(fleetOf(created).cells.map(({ name }) => name)).toContain("newco");
      }),
      runs,
    );
  });

  test("is the same whatever the order of its units, groups and access", () => {
    fc.assert(
      fc.property(surroundedFleet, (file) => {
        const { identity, organization } = file;
        if (!identity || !organization) throw new Error("there is an organization around the fleet");
        const access = identity.access.map((entry) => ({ ...entry, units: entry.units?.toReversed() }));
        const turned = {
          ...file,
          organization: { ...organization, units: organization.units?.toReversed() },
          identity: { ...identity, groups: identity.groups.toReversed(), access: access.toReversed() },
        };
        expect(changedBy(file, turned)).toEqual([]);
      }),
      runs,
    );
  });
});

/** Names of the stacks that come out otherwise, or not at all. Their texts are too long for the test runner to compare. */
function changedBy(before: FleetFile, after: FleetFile): readonly string[] {
  const texts = textsOf(after);
  return [...textsOf(before)].flatMap(([name, text]) => (texts.get(name) === text ? [] : [name]));
}

/** Fronts know their regions in order, logs lie in the first that can hold them, and guardrails let both be. */
function followsRegions(stack: string): boolean {
  return (
    stack.includes("_front") || stack === foundationStacks.accounts || stack === foundationStacks.controlTower
  );
}

const stacksOf = ({ targets }: Fleet["cells"][number]) => targets.map(({ stack }) => stack);

/** Data sources that ask AWS. */
function dataSources({ data = {} }: StackJson) {
  return Object.entries(data)
    .filter(([type]) => type.startsWith("aws_"))
    .flatMap(([type, instances]) => Object.values(instances).map((attributes) => ({ type, attributes })));
}

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

const addable = ["sa-east-1", "ap-south-1", "us-east-2", "us-west-1"];

function addRegion(regions: readonly string[]): readonly string[] {
  const more = addable.find((region) => !regions.includes(region));
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
