import type { StackKind } from "../../../fleet/stacks";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { decidedEarly, decidedLast } from "../../../operations/rollout/narrowing";

const planned = (name: string, kind: StackKind, more: Partial<PlannedStack> = {}): PlannedStack => ({
  stack: {
    ...{ name, kind, regions: ["eu-central-1"], after: [] },
    account: { name: "globex", id: "333333333333", deployRole: "meridian-deploy" },
    ...(["organization", "bootstrap", "accounts"].includes(kind) ? {} : { cell: "globex" }),
  },
  ...{ fingerprint: "f", actions: new Map(), toChange: 1, isNew: false, loses: [], ...more },
});
const foundation = [planned("organization", "organization"), planned("bootstrap", "bootstrap")];
const target = (...actions: readonly (readonly [string, string])[]) =>
  planned("globex_globex_eu-central-1", "target", { actions: new Map(actions) });
const last = (stacks: readonly PlannedStack[], removed: readonly PlannedStack[] = []) => [
  ...decidedLast({ planned: [...foundation, ...stacks], removed: removed.map(({ stack }) => stack) }),
];

describe("what decides about deploys comes last in a run that", () => {
  test.each([
    ["takes an orphan away", [target()], [planned("globex_globex_eu-west-1", "target")]],
    ["destroys what an extension made", [target(["aws_sqs_queue.mail", "delete"])], []],
    [
      "destroys a table",
      [planned("globex_data", "data", { actions: new Map([["aws_dynamodb_table.a", "delete"]]) })],
      [],
    ],
    [
      "takes a replica away",
      [planned("globex_data", "data", { withdraws: { replicas: ["eu-west-1"] } })],
      [],
    ],
  ] as const)("%s", (_, stacks, removed) => {
    expect(last(stacks, removed)).toEqual(["organization", "bootstrap"]);
  });
});

describe("it comes first, as always, in a run that", () => {
  const gone = [planned("globex_globex_eu-west-1", "target")];

  test.each([
    ["takes nothing away", [target(["aws_lambda_function.hello", "update"])], []],
    ["destroys what every deploy role may", [target(["aws_lambda_function.hello", "delete"])], []],
    ["adds a stack as well", [planned("globex_globex_eu-west-3", "target", { isNew: true })], gone],
    ["adds something of an extension as well", [target(["aws_sqs_queue.mail", "create"])], gone],
    ["makes something of an extension again", [target(["aws_sqs_queue.mail", "delete-create"])], []],
  ] as const)("%s", (_, stacks, removed) => {
    expect(last(stacks, removed)).toEqual([]);
  });

  test("changes what comes after it", () => {
    const accounts = planned("accounts", "accounts");
    const after = { ...accounts, stack: { ...accounts.stack, after: ["organization"] } };
    expect(last([after], gone)).toEqual([]);
  });
});

describe("what a run takes away after it is decided", () => {
  const early = (stacks: readonly PlannedStack[], removed: readonly PlannedStack[] = []) =>
    decidedEarly({ planned: stacks, removed: removed.map(({ stack }) => stack) });
  const adds = planned("globex_globex_eu-west-3", "target", { isNew: true });
  const data = planned("globex_data", "data", { withdraws: { replicas: [] } });
  const orphan = planned("globex_globex_eu-west-1", "target");

  test("is named with what decides, where the run adds something as well", () => {
    expect(early([...foundation, data, adds], [orphan])).toEqual({
      deciding: ["organization", "bootstrap"],
      taking: ["globex_data", "globex_globex_eu-west-1"],
    });
  });

  test("is nothing where all waits for it, nothing goes, or nothing decides", () => {
    expect(early([...foundation, data], [orphan])).toBeUndefined();
    expect(early([...foundation, adds])).toBeUndefined();
    expect(early([data, adds], [orphan])).toBeUndefined();
  });
});
