import { driftReport } from "../../../cli/output/drift-report";
import { startDrift } from "../../../operations/plan/drift";
import { observedChanges } from "../../../operations/plan/observed-changes";
import type { ResourceChange, TerraformPlan } from "../../../operations/plan/terraform-plan";
import { fleetOfCells, helloFunction, planOf, resource, targetStacks } from "../../support/plans";

const fleet = fleetOfCells(412);
const stacks = targetStacks(fleet);
const [first, second] = stacks as [(typeof stacks)[number], (typeof stacks)[number]];
const end = { asDeployed: ["a_b_eu-west-3"], notDeployed: [], failed: [] };
const drifted = (drift: readonly ResourceChange[], more: Partial<TerraformPlan> = {}) =>
  planOf([], { resource_drift: drift, ...more });
const seen = (type: string, before: object, after: object, more: Partial<TerraformPlan> = {}) =>
  observedChanges(drifted([resource(`${type}.a`, { before: { ...before }, after: { ...after } })], more));

test("the same drift in 411 stacks is one group, and what differs from the crowd comes first", () => {
  const picture = startDrift(fleet);
  for (const stack of stacks) {
    const memory = stack === second ? 1024 : 512;
    const hello = helloFunction(fleet, stack, { memory_size: 256 }, { memory_size: memory });
    expect(picture.add(stack, drifted([hello]))).toBe(1);
  }
  const { drifted: names, groups } = picture.finish(end);
  expect(groups.map(({ title }) => title)).toEqual([
    `memory of hello 256 to 1024, only in ${second.name}`,
    "memory of hello 256 to 512, the same in 411 stacks",
  ]);
  expect(names).toEqual(stacks.map(({ name }) => name).sort());
});

test("what is gone comes before all else", () => {
  const picture = startDrift(fleet);
  picture.add(first, drifted([helloFunction(fleet, first, { memory_size: 256 }, { memory_size: 512 })]));
  picture.add(second, drifted([resource("aws_cloudwatch_log_group.x", { before: { name: "/x" } })]));
  expect(picture.finish(end).groups.map(({ title }) => title)).toEqual([
    `gone: log group x, only in ${second.name}`,
    `memory of hello 256 to 512, only in ${first.name}`,
  ]);
});

test("it is told as what was and what is now, and fits a terminal", () => {
  const picture = startDrift(fleet);
  const environment = (value: string) => ({ environment: [{ variables: { GREETING: value } }] });
  picture.add(first, drifted([helloFunction(fleet, first, { memory_size: 256 }, { memory_size: 512 })]));
  const secret = helloFunction(fleet, second, environment("one"), environment("two"));
  picture.add(second, drifted([secret, resource("aws_cloudwatch_log_group.x", { before: { name: "/x" } })]));
  const report = driftReport(
    picture.finish({ ...end, notDeployed: ["new"], failed: [{ stack: "z", why: "its region is down" }] }),
  );
  expect(report).toBe(`gone: log group x; environment GREETING of hello, only in
${second.name}
  - log group x is gone
  ~ function hello
      environment GREETING has changed; values are not shown

memory of hello 256 to 512, only in ${first.name}
  ~ function hello
      memory: was 256, is now 512

Could not be asked about
  x z
      its region is down

Never deployed: new

2 stacks are no longer as deployed, 1 is, 1 could not be asked about

See what a deploy would undo of it: npx meridian plan --all
`);
});

test("a fleet that is as deployed is one line", () => {
  const picture = startDrift(fleet);
  expect(picture.add(first, drifted([]))).toBe(0);
  expect(driftReport(picture.finish(end))).toBe("Nothing has drifted: 2 stacks as deployed.\n");
});

test("what Terraform hides stays hidden, and what only an output says is no drift", () => {
  const picture = startDrift(fleet);
  const hides = { hiddenBefore: { secret: true }, hiddenAfter: { secret: true } };
  const change = resource("aws_thing.x", {
    ...{ before: { secret: "old-value" }, after: { secret: "new-value" } },
    ...hides,
  });
  picture.add(first, drifted([change]));
  const outputs = { a: { actions: ["update"], before: "1", after: "2" } } as const;
  expect(picture.add(second, drifted([], { output_changes: outputs }))).toBe(0);
  const text = JSON.stringify(picture.finish(end));
  expect(text).toContain('"hidden":true');
  expect(text).not.toMatch(/old-value|new-value/);
});

test.each([
  ["nothing and an empty value", { tags: null, layers: null, a: null }, { tags: {}, layers: [], a: "" }],
  ["nothing and no", { on: null, days: null }, { on: false, days: 0 }],
  [
    "elements of a set, in whichever order",
    {
      errors: [
        { code: 400, page: null },
        { code: 403, page: null },
      ],
    },
    {
      errors: [
        { code: 403, page: "" },
        { code: 400, page: "" },
      ],
    },
  ],
])("%s are the same to the provider, and no drift", (_, before, after) => {
  const picture = startDrift(fleet);
  const change = resource("aws_thing.x", { before: { ...before }, after: { ...after } });
  expect(picture.add(first, drifted([change]))).toBe(0);
});

test("what comes to be nothing, or more than nothing, is drift", () => {
  const change = { on: true, days: 30, tags: {} };
  expect(seen("aws_thing", change, { on: false, days: 0, tags: { a: "b" } })[0]?.change).toMatchObject({
    before: { on: true, days: 30, tags: {} },
    after: { on: false, days: 0, tags: { a: "b" } },
  });
});

test("versions and times that count by themselves are no drift; the code that they stand for is", () => {
  const before = { version: "1", last_modified: "yesterday", code_sha256: "a" };
  const after = { version: "2", last_modified: "today", code_sha256: "a" };
  expect(seen("aws_lambda_function", before, after)).toEqual([]);
  expect(seen("aws_lambda_function", before, { ...after, code_sha256: "b" })).toHaveLength(1);
  expect(seen("aws_lambda_alias", { function_version: "1" }, { function_version: "2" })).toHaveLength(1);
});

test("a role has the policies that its stack puts on it, and drifts with any other", () => {
  const own = { name: "own", policy: "{}" };
  const values = { role: "r", name: "own" };
  const attached = { role: "r", policy_arn: "arn:aws:iam::aws:policy/Own" };
  const prior_state = {
    values: {
      root_module: {
        resources: [
          { address: "aws_iam_role_policy.own", type: "aws_iam_role_policy", values },
          {
            address: "aws_iam_role_policy_attachment.own",
            type: "aws_iam_role_policy_attachment",
            values: attached,
          },
        ],
      },
    },
  };
  const role = (policies: readonly object[], arns: readonly string[]) => ({
    ...{ name: "r", inline_policy: policies, managed_policy_arns: arns },
  });
  const created = role([], []);
  const now = role([own], ["arn:aws:iam::aws:policy/Own"]);
  expect(seen("aws_iam_role", created, now, { prior_state })).toEqual([]);
  expect(
    seen("aws_iam_role", { ...created, name: "s" }, { ...now, name: "s" }, { prior_state }),
  ).toHaveLength(1);
  const more = role([own, { name: "foreign", policy: "{}" }], now.managed_policy_arns);
  expect(seen("aws_iam_role", now, more, { prior_state })).toHaveLength(1);
});

test("a bucket has what its stack configures in resources of their own, and drifts with anything else", () => {
  const part = (type: string, bucket: string) => ({ address: `${type}.a`, type, values: { bucket } });
  const prior_state = {
    values: {
      root_module: { resources: [part("aws_s3_bucket_policy", "b"), part("aws_s3_bucket_versioning", "c")] },
    },
  };
  const made = { id: "b", policy: "", versioning: [{ enabled: false }] };
  expect(seen("aws_s3_bucket", made, { ...made, policy: "{}" }, { prior_state })).toEqual([]);
  const versioned = { ...made, versioning: [{ enabled: true }] };
  expect(seen("aws_s3_bucket", made, versioned, { prior_state })).toHaveLength(1);
});
