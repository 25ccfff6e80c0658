import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { FleetPlan } from "../../../operations/plan/plan-fleet";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { attemptBegan, hasBegunIn, leftToDo, toGoOnWith } from "../../../operations/rollout/attempts";
import type { FleetStore, RunRecord, RunStack, StackState } from "../../../operations/store/model";
import { fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";

const [one, two, front] = fleetStacks(fleetOf(smallFile)) as [FleetStack, FleetStack, FleetStack];

/** A run with what became of stacks; `!` behind a state where Terraform had begun. */
const run = (stacks: Readonly<Record<string, string>>, more: Partial<RunRecord> = {}) =>
  ({
    ...{ id: "r", started: "00:00", ...more },
    stacks: Object.fromEntries(
      Object.entries(stacks).map(([name, word]) => [
        name,
        {
          account: "1",
          state: word.replace("!", ""),
          ...(word.endsWith("!") && { begun: true }),
        } as RunStack,
      ]),
    ),
  }) as RunRecord;

describe("when an attempt began", () => {
  const of = 3;
  const began = (own: number, ...runs: readonly (readonly [number, string])[]) =>
    attemptBegan(
      runs.map(([number, started]) => run({}, { started, rollout: { id: "x", shard: { number, of } } })),
      { started: "09:00", shard: { number: own, of } },
    );
  test.each<[string, string, string]>([
    ["the first build of all is the first of it", began(1), "09:00"],
    ["a build that comes for the first time joins the others", began(2, [1, "01:00"], [3, "01:01"]), "01:00"],
    ["one that comes again begins anew", began(1, [2, "01:00"], [1, "01:01"]), "09:00"],
    ["and others join it", began(2, [1, "01:00"], [2, "01:01"], [3, "01:02"], [3, "02:00"]), "02:00"],
    ["in whatever order the runs are listed", began(2, [3, "02:00"], [3, "01:02"], [2, "01:01"]), "02:00"],
  ])("%s", (_, found, expected) => expect(found).toBe(expected));

  test("a wave without shards begins anew with each run", () => {
    const runs = [run({}, { started: "01:00", rollout: { id: "x" } })];
    expect(attemptBegan(runs, { started: "09:00" })).toBe("09:00");
  });
});

test("a stack has been begun where Terraform was let at it, in any attempt", () => {
  const hasBegun = hasBegunIn([
    run({ [one.name]: "applying!" }),
    run({ [one.name]: "skipped", [two.name]: "failed" }),
  ]);
  expect([one, two, front].map(hasBegun)).toEqual([true, false, false]);
});

test("what is gone on with is the last run that came to no end and was about the same stacks", () => {
  const runs = [
    run({ a: "failed" }, { id: "1", outcome: "failed" }),
    run({ b: "failed" }, { id: "2", outcome: "failed" }),
    run({ a: "verified" }, { id: "3", outcome: "succeeded" }),
  ];
  expect(toGoOnWith(runs, (stack) => stack === "a")?.id).toBe("1");
  expect(toGoOnWith(runs, (stack) => stack === "c")).toBeUndefined();
});

describe("what earlier attempts have deployed", () => {
  const terraform = fakeTerraform();
  afterAll(() => terraform.remove());

  /** What is left of a plan for all three; `deployed` names those whose state has the fingerprint of the JSON. */
  async function left(
    runs: readonly RunRecord[],
    deployed: readonly FleetStack[] | "unreadable",
    unchanged: readonly FleetStack[] = [],
  ) {
    const plan: FleetPlan = {
      planned: new Map(
        [one, two, front].flatMap((stack) =>
          unchanged.includes(stack) ? [] : [[stack.name, { stack } as PlannedStack] as const],
        ),
      ),
      unchanged,
      failed: new Map(),
    };
    for (const { name } of [one, two]) terraform.synthesize(name, "new");
    const read = `\${data.terraform_remote_state.${one.name}.outputs.url}`;
    terraform.synthesize(front.name, "new", { locals: { url: read } });
    const state = async ({ stack }: { readonly stack: string }): Promise<StackState> => {
      if (deployed === "unreadable") throw new Error("AccessDenied");
      const value = deployed.some(({ name }) => name === stack) ? "new" : "old";
      const outputs = { meridian_fingerprint: { value }, meridian_begun: { value } };
      return { serial: 1, lineage: "l", resources: [], outputs };
    };
    const found = await leftToDo(plan, runs, {
      outdir: terraform.outdir,
      store: { state } as unknown as FleetStore,
    });
    return { planned: [...found.plan.planned.keys()], unverified: [...found.unverified] };
  }

  test("is not deployed again, and verified if it was not", async () => {
    const runs = [run({ [one.name]: "applied!", [two.name]: "verified!", [front.name]: "skipped" })];
    expect(await left(runs, [one, two])).toEqual({ planned: [front.name], unverified: [one.name] });
  });

  test("is known to be deployed even where the run was killed before it could say so", async () => {
    expect(await left([run({ [one.name]: "applying!" })], [one])).toMatchObject({
      planned: [two.name, front.name],
      unverified: [one.name],
    });
  });

  test("is deployed again where it was taken back, where it was not finished, or where no run has begun it", async () => {
    const everything = [one.name, two.name, front.name];
    expect((await left([run({ [one.name]: "rolled-back!" })], [one])).planned).toEqual(everything);
    expect((await left([run({ [one.name]: "applying!" })], [])).planned).toEqual(everything);
    expect((await left([run({ [one.name]: "failed" })], [one])).planned).toEqual(everything);
    expect((await left([], [one])).planned).toEqual(everything);
  });

  test("a front that reads outputs looks deployed before it is: only a run's word counts", async () => {
    expect((await left([run({ [front.name]: "applying!" })], [front])).planned).toContain(front.name);
    expect((await left([run({ [front.name]: "applied!" })], [front])).planned).not.toContain(front.name);
  });

  test("counts by what was said of it last, and a later attempt that did not reach it says nothing", async () => {
    const first = run({ [one.name]: "applied!" });
    expect((await left([first, run({ [one.name]: "waiting" })], [one])).unverified).toEqual([one.name]);
    expect((await left([first, run({ [one.name]: "verified!" })], [one])).unverified).toEqual([]);
  });

  test("is deployed again where its state cannot be read, and holds up nothing", async () => {
    expect((await left([run({ [one.name]: "applied!" })], "unreadable")).planned).toContain(one.name);
  });

  test("is verified as well where a new plan has nothing for it any more", async () => {
    const runs = [run({ [one.name]: "failed!", [two.name]: "verified!" })];
    expect((await left(runs, [one, two], [one, two])).unverified).toEqual([one.name]);
  });

  test("stays to be verified, however often it is only asked and answers wrongly", async () => {
    const runs = [
      run({ [one.name]: "failed!" }),
      run({ [one.name]: "failed" }),
      run({ [one.name]: "failed" }),
    ];
    expect((await left(runs, [one])).unverified).toEqual([one.name]);
    expect((await left(runs, [one], [one])).unverified).toEqual([one.name]);
    const verified = [...runs, run({ [one.name]: "verified" })];
    expect((await left(verified, [one])).unverified).toEqual([]);
  });
});
