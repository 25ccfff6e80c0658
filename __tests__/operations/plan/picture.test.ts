import { readFileSync } from "node:fs";
import { join } from "node:path";
import { roleName } from "../../../fleet/names";
import { fleetStacks } from "../../../fleet/stacks";
import { reducePlan } from "../../../operations/plan/changes";
import { putAsideIn } from "../../../operations/plan/local-words";
import { startPicture } from "../../../operations/plan/picture";
import { pictureSchema, planJsonSchema } from "../../../operations/plan/picture-schema";
import { fleetOf, smallFile } from "../../support/fleet";
import { fleetOfCells, helloFunction, planOf, resource, targetStacks, wordsOf } from "../../support/plans";

const end = { unchanged: [], orphans: [], failed: [] };
const fleet = fleetOfCells(412);
const stacks = targetStacks(fleet);
const [first, second] = stacks as [(typeof stacks)[number], (typeof stacks)[number]];

test("plan.schema.json is current; if this fails, run: npm run schema", () => {
  expect(readFileSync(join(__dirname, "../../../plan.schema.json"), "utf8")).toBe(planJsonSchema());
});

test("the same change in 412 stacks is one group, whatever each calls its own", () => {
  const picture = startPicture(fleet);
  for (const stack of stacks) {
    const { alias, region } = wordsOf(fleet, stack);
    const plan = planOf([helloFunction(fleet, stack, { memory_size: 256 }, { memory_size: 512 })], {
      output_changes: {
        meridian_begun: { actions: ["update"], before: alias, after: region },
        meridian_fingerprint: { actions: ["update"], before: alias, after: region },
        [alias]: {
          actions: ["update"],
          before: { region, version: stack.name },
          after: { region },
          after_unknown: { version: true },
        },
      },
    });
    expect(picture.add(stack, plan)).toMatchObject({ changed: true, recordsOnly: false, changes: 2 });
  }
  const { changed, groups } = picture.finish(end);
  expect(groups.map(({ title }) => title)).toEqual(["memory of hello 256 to 512, the same in 412 stacks"]);
  expect(groups[0]?.stacks).toEqual(stacks.map(({ name }) => name).sort());
  expect(changed).toHaveLength(412);
  expect(groups[0]?.changes.map(({ address }) => address)).toEqual([
    "aws_lambda_function.{target}_hello_function",
    "output.{target}",
  ]);
  expect(JSON.stringify(groups)).not.toContain("meridian_");
});

test("account ids, names of accounts, tenants and stacks, and shortened names are put aside in values", () => {
  const long = `a${"-very".repeat(5)}-long-cell`;
  const cells = [1, 2].map((number) => `${long}-${number}`);
  const wordy = fleetOf({
    fleet: "acme",
    accounts: Object.fromEntries(cells.map((cell, index) => [cell, { id: `33333333333${index}` }])),
    services: { [`a${"-very".repeat(4)}-long-service`]: { source: "functions/hello/index.ts" } },
    cells: Object.fromEntries(
      cells.map((cell) => [cell, { stage: "s", tenant: `${cell}-t`, targets: { [cell]: ["eu-west-1"] } }]),
    ),
  });
  const picture = startPicture(wordy);
  for (const stack of targetStacks(wordy)) {
    const { account, cell, region } = wordsOf(wordy, stack);
    const service = cell.services[0]?.name ?? "";
    const role = roleName("acme", cell.name, service, region);
    expect(role).toMatch(/_[0-9a-f]{10}$/);
    const after = {
      queue: `arn:aws:sqs:${region}:${account}:${cell.services[0]?.functionName}`,
      role: `arn:aws:iam::${account}:role/${role}`,
      description: `${stack.account.name} of ${cell.tenant} in ${stack.name}`,
    };
    picture.add(stack, planOf([helloFunction(wordy, stack, {}, after)]));
  }
  expect(picture.finish(end).groups).toHaveLength(1);
});

test("what differs from the crowd stands out: it comes first, with its own names", () => {
  const picture = startPicture(fleet);
  for (const stack of stacks) {
    const memory = stack === second ? 1024 : 512;
    picture.add(stack, planOf([helloFunction(fleet, stack, { memory_size: 256 }, { memory_size: memory })]));
  }
  const { groups } = picture.finish(end);
  expect(groups.map(({ title }) => title)).toEqual([
    `memory of hello 256 to 1024, only in ${second.name}`,
    "memory of hello 256 to 512, the same in 411 stacks",
  ]);
  const { alias } = wordsOf(fleet, second);
  expect(groups[0]?.changes[0]?.address).toMatch(new RegExp(`^aws_lambda_function.${alias}_hello_function_`));
});

test("a risk that only some of the same changes have splits no group, and says whose it is", () => {
  const picture = startPicture(fleet, { allAtOnce: ({ name }) => name === second.name });
  for (const stack of stacks)
    picture.add(stack, planOf([helloFunction(fleet, stack, { memory_size: 256 }, { memory_size: 512 })]));
  const { groups } = picture.finish(end);
  expect(groups.map(({ title }) => title)).toEqual(["memory of hello 256 to 512, the same in 412 stacks"]);
  expect(groups[0]?.risks).toEqual([
    expect.objectContaining({ code: "traffic-at-once", stacks: [second.name] }),
  ]);
});

test("names that were too long and end in a hash are put aside, too", () => {
  const long = { ...fleet, cells: fleet.cells.slice(0, 2) };
  const picture = startPicture(long);
  for (const [index, stack] of targetStacks(long).entries()) {
    const { cell } = wordsOf(long, stack);
    const bucket = `logs-acme-${cell.name}-${String(index).repeat(10)}`;
    picture.add(stack, planOf([resource(`aws_s3_bucket.x_ABCDEF0${index}`, { after: { bucket } })]));
  }
  expect(picture.finish(end).groups).toHaveLength(1);
});

test("a stack of several targets says what all of them do once, and otherwise where", () => {
  const wide = fleetOf({
    ...smallFile,
    defaults: { stackPer: "account" },
    cells: {
      globex: { ...smallFile.cells.globex, targets: { globex: ["eu-central-1", "eu-west-1"] }, stage: "s" },
    },
  });
  const [stack] = targetStacks(wide) as [(typeof stacks)[number]];
  const logs = (alias: string, days: number) =>
    resource(`aws_cloudwatch_log_group.${alias}_hello_logs_ABCDEF01`, {
      ...{ before: { retention_in_days: 1 }, after: { retention_in_days: days } },
    });
  const subjects = (...days: readonly number[]) => {
    const changes = days.map((each, index) =>
      logs(index === 0 ? "globex_eu_central_1" : "globex_eu_west_1", each),
    );
    const aliases = ["globex_eu_central_1", "globex_eu_west_1"];
    const regionOf = ({ name }: { readonly name: string }) =>
      name.includes("central") ? "eu-central-1" : "eu-west-1";
    const { alike } = reducePlan(planOf(changes), putAsideIn(wide)(stack), regionOf, aliases);
    return alike.map(({ region, subject }) => `${subject} ${region ?? "everywhere"}`);
  };
  expect(subjects(30, 30)).toEqual(["log group hello everywhere"]);
  expect(subjects(30, 60)).toEqual(["log group hello eu-central-1", "log group hello eu-west-1"]);
});

test("the order in which plans come in changes nothing", () => {
  const pictures = [stacks.slice(0, 9), stacks.slice(0, 9).reverse()].map((order) => {
    const picture = startPicture(fleet);
    for (const stack of order) {
      const memory = stack === second ? 1024 : 512;
      picture.add(
        stack,
        planOf([helloFunction(fleet, stack, { memory_size: 256 }, { memory_size: memory })]),
      );
    }
    return picture.finish(end);
  });
  expect(JSON.stringify(pictures[0])).toBe(JSON.stringify(pictures[1]));
});

test("only the name of a variable of an environment is shown", () => {
  const picture = startPicture(fleet);
  for (const stack of [first, second]) {
    const variables = (value: string) => ({
      environment: [{ variables: { GREETING: value, SAME: "same" } }],
    });
    const change = helloFunction(
      fleet,
      stack,
      variables(`old-${stack.name}`),
      variables(`new-${stack.name}`),
    );
    picture.add(stack, planOf([change]));
  }
  const { groups } = picture.finish(end);
  expect(groups.map(({ title }) => title)).toEqual(["environment GREETING of hello, the same in 2 stacks"]);
  expect(JSON.stringify(groups)).not.toMatch(/old-|new-|SAME/);
});

test("a plan that changes nothing is unchanged, and one that changes outputs only is a group of its own", () => {
  const picture = startPicture(fleet);
  const fingerprint = { meridian_fingerprint: { actions: ["update"], before: "a", after: "b" } } as const;
  expect(picture.add(first, planOf([]))).toMatchObject({ changed: false });
  expect(picture.add(second, planOf([], { output_changes: fingerprint }))).toMatchObject({
    recordsOnly: true,
  });
  const { changed, groups, unchanged } = picture.finish({ ...end, unchanged: ["other"] });
  expect({ changed, unchanged }).toEqual({ changed: [second.name], unchanged: [first.name, "other"].sort() });
  expect(groups).toMatchObject([
    { recordsOnly: true, changes: [], title: `records only, only in ${second.name}` },
  ]);
});

test("a front without its targets is predicted, and its own group", () => {
  const front = fleetStacks(fleet).find(({ kind }) => kind === "front") as (typeof stacks)[number];
  const picture = startPicture(fleet);
  picture.add(front, planOf([]), { predicted: true, note: "its targets do not exist yet" });
  expect(picture.finish(end).groups).toMatchObject([
    { predicted: true, notes: ["its targets do not exist yet"] },
  ]);
});

test("the picture has the documented form", () => {
  const picture = startPicture(fleet);
  picture.add(first, planOf([helloFunction(fleet, first, { timeout: 1 }, { timeout: 2 })]));
  const account = { name: "gone", id: "999999999999", deployRole: "meridian-deploy" };
  const resources = [
    { address: "aws_iam_role.x", type: "aws_iam_role", id: "x", key: "secret key", name: "x" },
  ];
  const orphan = { stack: "gone", account, regions: ["eu-west-3"], resources, why: "not in fleet.yaml" };
  const finished = picture.finish({
    unchanged: [],
    orphans: [orphan],
    failed: [{ stack: "z", why: "locked" }],
  });
  expect(pictureSchema.parse(finished)).toEqual(finished);
  expect(finished.orphans).toEqual([
    {
      ...{ stack: "gone", account: "999999999999", why: "not in fleet.yaml" },
      resources: [{ address: "aws_iam_role.x", type: "aws_iam_role", id: "x" }],
    },
  ]);
});
