import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FleetStack } from "../../../fleet/stacks";
import { type DeployProgress, followDeploy } from "../../../operations/terraform/deploy-progress";

/** Two target stacks of one cell, one of another, and the front of the first: as in the recordings. */
const plan: readonly Pick<FleetStack, "name" | "after">[] = [
  { name: "one_web_eu-west-1", after: [] },
  { name: "one_web_us-east-1", after: [] },
  { name: "two_web_eu-west-1", after: [] },
  { name: "one_front", after: ["one_web_eu-west-1", "one_web_us-east-1"] },
];

/** What the CLI of CDKTF 0.21.0 printed for these stacks with `--parallelism 2`. */
function recording(name: string): readonly string[] {
  return readFileSync(join(__dirname, "fixtures", `deploy-${name}.txt`), "utf8").split("\n");
}

/** Every change of state that lines tell of, the number of the line standing for the time. */
function changes(progress: DeployProgress, lines: readonly string[]): readonly string[] {
  const states = new Map<string, string>();
  return lines.flatMap((line, now) =>
    progress.read(line, now).flatMap(({ stack, state }) => {
      if (states.get(stack) === state) return [];
      states.set(stack, state);
      return [`${stack} ${state}`];
    }),
  );
}

function statesOf(progress: DeployProgress): Readonly<Record<string, string>> {
  return Object.fromEntries(progress.stacks().map(({ stack, state }) => [stack, state]));
}

const init = (stack: string) => [
  `${stack}  Initializing the backend...`,
  "     Terraform has been successfully initialized!",
];

describe("a first deploy", () => {
  test("goes through every state, as many stacks at once as allowed, and the front after its targets", () => {
    expect(changes(followDeploy(plan, 2), recording("first"))).toEqual([
      "one_web_eu-west-1 planning",
      "one_web_us-east-1 planning",
      "one_web_eu-west-1 applying",
      "one_web_us-east-1 applying",
      "one_web_eu-west-1 done",
      "two_web_eu-west-1 planning",
      "two_web_eu-west-1 applying",
      "two_web_eu-west-1 done",
      "one_web_us-east-1 done",
      "one_front planning",
      "one_front applying",
      "one_front done",
    ]);
  });

  test("counts what is changed where something is taken over, too", () => {
    const progress = followDeploy(plan, 2);
    const [{ name }] = plan as [Pick<FleetStack, "name" | "after">];
    const lines = [
      ...init(name),
      `${name}  Plan: 4 to import, 3 to add, 4 to change, 0 to destroy.`,
      `${name}  aws_organizations_account.accounts["web"]: Modifications complete after 0s [id=333333333333]`,
    ];
    lines.forEach((line, now) => {
      progress.read(line, now);
    });
    expect(progress.stacks()[0]).toMatchObject({ stack: name, changed: 1, toChange: 7 });
  });

  test("counts what is changed against what the plan says", () => {
    const progress = followDeploy(plan, 2);
    const counts: string[] = [];
    for (const line of recording("first")) {
      for (const { changed, stack, toChange } of progress.read(line, 0))
        if (stack === "one_web_us-east-1" && toChange !== undefined) counts.push(`${changed} of ${toChange}`);
    }
    expect(counts).toEqual(["0 of 2", "1 of 2", "2 of 2", "2 of 2"]);
    expect(progress.stacks().map(({ changed, toChange }) => [changed, toChange])).toEqual([
      [2, 2],
      [2, 2],
      [2, 2],
      [1, 1],
    ]);
  });

  test("knows when each stack began to plan and when it ended", () => {
    const lines = recording("first");
    const progress = followDeploy(plan, 2);
    changes(progress, lines);
    const lineOf = (text: string, nth = 1) =>
      lines.flatMap((line, index) => (line.includes(text) ? [index] : []))[nth - 1];
    const [first, , , front] = progress.stacks();
    expect(first?.started).toBe(lineOf("successfully initialized!", 4));
    expect(first?.ended).toBe(lineOf("Apply complete!", 1));
    expect(front?.started).toBe(lineOf("Apply complete!", 3));
    expect(front?.ended).toBe(lineOf("Apply complete!", 4));
  });

  test("begins everything that depends on nothing where there is room for all", () => {
    const progress = followDeploy(plan, 9);
    for (const { name } of plan) for (const line of init(name)) progress.read(line, 0);
    expect(statesOf(progress)).toEqual({
      "one_web_eu-west-1": "planning",
      "one_web_us-east-1": "planning",
      "two_web_eu-west-1": "planning",
      one_front: "waiting",
    });
  });

  test("plans nothing before the last stack is initialized", () => {
    const progress = followDeploy(plan, 9);
    for (const { name } of plan.slice(1)) for (const line of init(name)) progress.read(line, 0);
    expect(new Set(Object.values(statesOf(progress)))).toEqual(new Set(["waiting"]));
  });
});

test("a deploy that changes nothing is done without having applied", () => {
  const progress = followDeploy(plan, 2);
  const seen = changes(progress, recording("again"));
  expect(seen.filter((change) => change.endsWith("applying"))).toEqual([]);
  expect(new Set(Object.values(statesOf(progress)))).toEqual(new Set(["done"]));
  expect(progress.stacks().every(({ changed, toChange }) => changed === 0 && toChange === undefined)).toBe(
    true,
  );
});

describe.each([
  ["plain", "failed"],
  ["with colours and boxes", "colour"],
])("a deploy in which a stack fails, %s", (_, name) => {
  const progress = followDeploy(plan, 2);
  changes(progress, recording(name));

  test("no stack begins any more, as with `cdktf deploy` itself", () => {
    expect(statesOf(progress)).toEqual({
      "one_web_eu-west-1": "failed",
      "one_web_us-east-1": "applying",
      "two_web_eu-west-1": "waiting",
      one_front: "waiting",
    });
  });

  test("the failed stack keeps what Terraform said, without colours", () => {
    const text = progress.stacks()[0]?.lines.join("\n") ?? "";
    expect(text).toMatch(/^(│ )?Error: local-exec provisioner error$/m);
    expect(text).toContain("with terraform_data.function,");
    expect(text).toMatch(/Error running command 'sleep 2; exit 3': exit status 3\. Output:$/m);
    expect(text).not.toContain("\u001b");
  });

  test("what the CLI says of all stacks belongs to none", () => {
    const lines = progress.stacks().flatMap((stack) => stack.lines);
    expect(lines.filter((line) => /Stack deploying|Invoking Terraform/.test(line))).toEqual([]);
  });
});

describe("a line", () => {
  const one: readonly Pick<FleetStack, "name" | "after">[] = [{ name: "a", after: [] }];

  test("of a stack that is not deployed, or of the CLI, says nothing about the stack before it", () => {
    const progress = followDeploy(one, 1);
    for (const line of init("a")) progress.read(line, 0);
    progress.read("b  Plan: 1 to add, 0 to change, 0 to destroy.", 0);
    progress.read("   Error: of b", 0);
    progress.read("Synthesizing", 0);
    progress.read("   Error: of the CLI", 0);
    expect(progress.read("", 0)).toEqual([]);
    expect(statesOf(progress)).toEqual({ a: "planning" });
  });

  test("that only mentions an error is none", () => {
    const progress = followDeploy(one, 1);
    progress.read('a  message = "Error: not one"', 0);
    progress.read("   aws_lambda_function.Error: Creating...", 0);
    expect(statesOf(progress)).toEqual({ a: "waiting" });
  });

  test.each([
    ["Creation complete after 3s", 1],
    ["Modifications complete after 3s", 1],
    ["Destruction complete after 3s", 1],
    ["Still creating... [10s elapsed]", 0],
    ["Read complete after 0s", 0],
    ["Refreshing state... [id=a]", 0],
  ])("%s counts as %d change", (text, count) => {
    const progress = followDeploy(one, 1);
    progress.read("a  Plan: 1 to add, 1 to change, 1 to destroy.", 0);
    progress.read(`   aws_lambda_function.hello: ${text}`, 0);
    expect(progress.stacks()[0]).toMatchObject({ changed: count, toChange: 3 });
  });

  test("that tells nothing new about a stack is not reported", () => {
    const progress = followDeploy(one, 1);
    expect(progress.read("a  Plan: 1 to add, 0 to change, 0 to destroy.", 0)).toHaveLength(1);
    expect(progress.read("   x.y: Creating...", 0)).toEqual([]);
    expect(progress.read("   x.y: Creation complete after 1s", 0)).toHaveLength(1);
  });
});

test("a destroy is followed, too", () => {
  const progress = followDeploy([{ name: "a", after: [] }], 1);
  const lines = [
    ...init("a"),
    "     Plan: 0 to add, 0 to change, 1 to destroy.",
    "     x.y: Destruction complete after 0s",
    "",
    "     Destroy complete! Resources: 1 destroyed.",
  ];
  expect(changes(progress, lines)).toEqual(["a planning", "a applying", "a done"]);
  expect(progress.stacks()[0]).toMatchObject({ changed: 1, toChange: 1 });
});

test("a stack that has failed stays so, whatever else Terraform finishes in it", () => {
  const progress = followDeploy([{ name: "a", after: [] }], 1);
  progress.read("a  Error: no", 1);
  progress.read("   x.y: Creation complete after 1s", 2);
  progress.read("   Apply complete! Resources: 1 added, 0 changed, 0 destroyed.", 3);
  expect(progress.stacks()[0]).toMatchObject({ state: "failed", ended: 1 });
});
