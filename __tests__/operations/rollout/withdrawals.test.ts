import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import type { RolloutResult } from "../../../operations/rollout/roll-out";
import {
  comesLast,
  rollOutLast,
  stillUsed,
  usedByCell,
  usersOf,
  type WithdrawalContext,
} from "../../../operations/rollout/withdrawals";
import { oneTableFleet } from "../../support/tables";

// Without eu-west-1, which has just left the cell.
const fleet = oneTableFleet("eu-west-3");
const stacks = fleetStacks(fleet);
const data = stacks.find(({ kind }) => kind === "data") as FleetStack;
const planned = {
  ...{ stack: data, fingerprint: "f", actions: new Map(), toChange: 1, isNew: false, loses: [] },
  withdraws: { replicas: ["eu-west-1"] },
};

const used = (more: Partial<WithdrawalContext> = {}, plan: PlannedStack = planned) =>
  stillUsed(plan, {
    ...{ fleet, concerned: stacks, outdated: [], orphans: new Set<string>(), halted: undefined },
    stateOf: () => "verified" as const,
    ...more,
  });

test("data that takes something away comes last, and other data does not", () => {
  expect(comesLast(planned)).toBe(true);
  expect(comesLast({ ...planned, withdraws: undefined })).toBe(false);
  expect(comesLast(undefined)).toBe(false);
});

test("nobody uses it any more once its cell is deployed and nothing is left in the region", () => {
  expect(used()).toBeUndefined();
  expect(used({ stateOf: () => "applied" })).toBeUndefined();
  expect(used({ concerned: [data] })).toBeUndefined();
});

test("a target or a front of its cell that is not deployed may still use it", () => {
  const front = stacks.find(({ kind }) => kind === "front") as FleetStack;
  expect(used({ stateOf: ({ name }) => (name === front.name ? "failed" : "verified") })).toBe(
    "globex_front, which may still use what it takes away, is not deployed",
  );
  const other = { ...front, cell: "initech" };
  expect(used({ concerned: [data, other], stateOf: () => "failed" })).toBeUndefined();
});

test("an orphan in a region that loses its replica works with it; one elsewhere does not", () => {
  expect(used({ orphans: new Set(["globex_globex_eu-west-1"]) })).toBe(
    "globex_globex_eu-west-1 is still there, and works with the replica in eu-west-1 that it takes away: deploy with --remove",
  );
  expect(used({ orphans: new Set(["globex_globex_eu-west-2"]) })).toBeUndefined();
  const index = { ...planned, withdraws: { replicas: [] } };
  expect(used({ orphans: new Set(["globex_globex_eu-west-1"]) }, index)).toBeUndefined();
});

test("a rollout that has ended early takes nothing away", () => {
  expect(used({ halted: "wave 1 of production: 1 cell failed, and none may" })).toMatch("wave 1");
});

/** Rolls out the data that comes last, and tells what became of it. */
async function last(before: RolloutResult, orphans: readonly string[] = [], after: RolloutResult = before) {
  const story: string[] = [];
  const result = await rollOutLast({
    ...{
      fleet,
      before,
      concerned: stacks,
      outdated: [],
      orphans: new Set(orphans),
      stateOf: () => "verified",
    },
    planned: new Map([[data.name, planned]]),
    note: ({ name }, { state }) => story.push(`${name} ${state}`),
    rollOut: async (isIn) => {
      story.push(...stacks.filter(isIn).map(({ name }) => `${name} rolled out`));
      return after;
    },
  });
  return { result, story };
}

test("it is rolled out alone, and how that went is how the run went", async () => {
  const succeeded = { outcome: "succeeded" } as const;
  expect(await last(succeeded)).toEqual({ result: succeeded, story: ["globex_data rolled out"] });
  expect((await last(succeeded, [], { outcome: "failed" })).result.outcome).toBe("failed");
});

test("where it has to wait, the run has failed, for not all is done; one that was stopped was stopped", async () => {
  const orphans = ["globex_globex_eu-west-1"];
  expect(await last({ outcome: "succeeded" }, orphans)).toEqual({
    ...{ result: { outcome: "failed" }, story: ["globex_data skipped"] },
  });
  expect((await last({ outcome: "stopped" }, orphans)).result.outcome).toBe("stopped");
});

test("a cell that has failed within what may fail has failed with its data, and with no more", async () => {
  const before = { outcome: "failed", tolerated: true } as const;
  const waiting = (what: "failed" | "skipped") =>
    rollOutLast({
      ...{ fleet, before, concerned: stacks, outdated: [], orphans: new Set<string>() },
      stateOf: ({ kind }) => (kind === "front" ? what : "applied"),
      planned: new Map([[data.name, planned]]),
      note: () => {},
      rollOut: async () => ({ outcome: "succeeded" }),
    });
  expect(await waiting("failed")).toEqual(before);
  expect(await waiting("skipped")).toEqual({ outcome: "failed" });
});

test("data that has left the fleet file stays for as long as functions of its cell are not deployed without it", () => {
  const context = { concerned: stacks, outdated: [], stateOf: (): "skipped" => "skipped" };
  expect(usedByCell(data, context)).toMatch("which may still use it, is not deployed");
  expect(usedByCell({ ...data, kind: "target" }, context)).toBeUndefined();
  expect(usedByCell(data, { ...context, stateOf: () => "verified" })).toBeUndefined();
});

test("what is not selected and not as the fleet file says may still use it", () => {
  const [target] = stacks.filter(({ kind }) => kind === "target");
  const outdated = [target as FleetStack];
  expect(used({ concerned: [data], outdated })).toBe(
    `${target?.name}, which may still use what it takes away, is not selected`,
  );
  expect(usedByCell(data, { concerned: [], outdated, stateOf: () => undefined })).toBe(
    `${target?.name}, which may still use it, is not selected`,
  );
  const elsewhere = outdated.map((stack) => ({ ...stack, cell: "initech" }));
  expect(used({ concerned: [data], outdated: [data, ...elsewhere] })).toBeUndefined();
});

test("those that may use it are the functions and the front of its cell", () => {
  const elsewhere = { ...(stacks[1] as FleetStack), cell: "initech" };
  const beside = stacks.filter(({ kind }) => kind !== "data");
  expect(usersOf([data], [...stacks, elsewhere])).toEqual(beside);
  expect(usersOf([elsewhere], [...stacks, elsewhere])).toEqual([]);
});
