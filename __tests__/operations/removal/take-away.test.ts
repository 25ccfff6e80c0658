import { type FleetStack, fleetStacks, type StackKind } from "../../../fleet/stacks";
import { goneBefore, inOrder, takeAway } from "../../../operations/removal/take-away";
import { fleetOf, smallFile } from "../../support/fleet";

const [{ account }] = fleetStacks(fleetOf(smallFile)) as readonly [FleetStack];

function orphan(name: string, kind: StackKind, after: readonly string[] = []): FleetStack {
  const cell = /^(?:a|b)(?=_)/.exec(name)?.[0];
  return { name, kind, account, regions: ["eu-west-1"], cell, after };
}

const front = orphan("a_front", "front", ["a_x_eu-west-1", "a_x_eu-central-1"]);
const logs = orphan("a_front_logs_eu-west-1", "front-logs");
const west = orphan("a_x_eu-west-1", "target");
const central = orphan("a_x_eu-central-1", "target");
const data = orphan("a_data", "data");
const other = orphan("b_x_eu-west-1", "target");

interface Scene {
  readonly failing?: readonly string[];
  readonly used?: readonly string[];
  readonly unplanned?: readonly string[];
  readonly keepsState?: readonly string[];
  readonly stopAt?: string;
}

/** Takes orphans away, and tells what was done in order, and the last word on each. */
async function play(orphans: readonly FleetStack[], scene: Scene = {}) {
  const { failing = [], keepsState = [], stopAt, unplanned = [], used = [] } = scene;
  const story: string[] = [];
  const last: Record<string, string> = {};
  const stop = new AbortController();
  const gone = await takeAway({
    ...{ orphans, parallelism: 1, stop: stop.signal },
    failedPlan: ({ name }) => (unplanned.includes(name) ? "its region is down" : undefined),
    note: ({ name }, { state, why }) => {
      last[name] = why === undefined ? state : `${state}: ${why}`;
    },
    actions: {
      isUsed: async ({ name }) => (used.includes(name) ? "a front sends requests to it" : undefined),
      async destroy({ name }) {
        story.push(`destroy ${name}`);
        if (name === stopAt) stop.abort();
        if (failing.includes(name)) throw new Error("AWS said no");
      },
      async removeState({ name }) {
        story.push(`forget ${name}`);
        if (keepsState.includes(name)) throw new Error("the state is locked");
      },
    },
  });
  return { gone: [...gone], last, story };
}

test("a front goes before the targets that it reads and before its logs, each with its state at last", async () => {
  const { gone, story } = await play([west, logs, central, front]);
  expect(story.slice(0, 2)).toEqual(["destroy a_front", "forget a_front"]);
  expect(story).toHaveLength(8);
  for (const [index, line] of story.entries())
    if (line.startsWith("destroy")) expect(story[index + 1]).toBe(line.replace("destroy", "forget"));
  expect(gone.sort()).toEqual([central, front, logs, west].map(({ name }) => name).sort());
});

test("what stands on a front that is not destroyed is left, and nothing else is", async () => {
  const { gone, last } = await play([front, west, logs, other], { failing: ["a_front"] });
  expect(gone).toEqual(["b_x_eu-west-1"]);
  expect(last).toMatchObject({
    a_front: "failed: AWS said no",
    "a_x_eu-west-1": "skipped: a_front, which stands on it, is still there",
    "a_front_logs_eu-west-1": "skipped: a_front, which stands on it, is still there",
  });
});

test("a cell's data goes after all that works with it, and other cells are no concern of its", async () => {
  const { story } = await play([data, west, front, other]);
  expect(story.filter((line) => line.startsWith("destroy")).at(-1)).toBe("destroy a_data");
  const { gone, last } = await play([data, west, other], { failing: ["a_x_eu-west-1", "b_x_eu-west-1"] });
  expect(gone).toEqual([]);
  expect(last.a_data).toBe("skipped: a_x_eu-west-1, which stands on it, is still there");
  expect((await play([data, other], { failing: ["b_x_eu-west-1"] })).gone).toEqual(["a_data"]);
});

test("what is still asked for is not destroyed", async () => {
  const { gone, last, story } = await play([west, other], { used: ["a_x_eu-west-1"] });
  expect(gone).toEqual(["b_x_eu-west-1"]);
  expect(story).not.toContain("destroy a_x_eu-west-1");
  expect(last["a_x_eu-west-1"]).toBe("skipped: a front sends requests to it");
});

test("one that cannot be planned, or whose state stays, is not gone", async () => {
  const { gone, last } = await play([west, other], {
    unplanned: ["a_x_eu-west-1"],
    keepsState: ["b_x_eu-west-1"],
  });
  expect(gone).toEqual([]);
  expect(last).toEqual({
    "a_x_eu-west-1": "failed: its region is down",
    "b_x_eu-west-1": "failed: the state is locked",
  });
});

test("after an interruption what has begun is finished, and nothing else begins", async () => {
  const { gone, last } = await play([west, other], { stopAt: "a_x_eu-west-1" });
  expect(gone).toEqual(["a_x_eu-west-1"]);
  expect(last["b_x_eu-west-1"]).toBe("skipped: it was stopped before its turn");
});

test("the foundation goes last, and in the reverse of the order that it came in", () => {
  const foundation = (["organization", "accounts", "bootstrap", "state_replica", "state"] as const).map(
    (name) => orphan(name, name),
  );
  const order = inOrder([...foundation, west]).map(({ name }) => name);
  expect(order).toEqual(["a_x_eu-west-1", "bootstrap", "accounts", "organization", "state", "state_replica"]);
  expect(goneBefore(foundation[0] as FleetStack, [...foundation, west])).toEqual(
    expect.arrayContaining(["accounts", "bootstrap", "a_x_eu-west-1"]),
  );
});
