import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { takeAway } from "../../../operations/removal/take-away";
import type { RolloutResult } from "../../../operations/rollout/roll-out";
import { runInOrder } from "../../../operations/rollout/run-order";
import type { LeftFunction, RunRecord, RunStackState } from "../../../operations/store/model";
import { fleetOf } from "../../support/fleet";
import { organizationFile } from "../../support/organization";

/** A foundation, and two cells with tables; eu-west-1 has just left `globex`. One cell may fail. */
function fleetWith(more: NonNullable<FleetFile["rollout"]>[string] = {}) {
  const cells = ["globex", "hooli"].map((name) => [
    name,
    { stage: "production", tenant: name, home: "eu-central-1", targets: { [name]: ["eu-central-1"] } },
  ]);
  return fleetOf({
    ...organizationFile,
    accounts: { ...organizationFile.accounts, hooli: { id: "444444444444", unit: "workloads" } },
    rollout: { production: { failureTolerance: 1, concurrency: 1, ...more } },
    tables: { orders: { key: { id: "string" } } },
    cells: Object.fromEntries(cells),
  } as FleetFile);
}
const stacks = fleetStacks(fleetWith());

/** A stack of the fleet file, or one of that kind that was in it. */
export function stackOf(name: string): FleetStack {
  const found = stacks.find((stack) => stack.name === name);
  if (!found) throw new Error(`${name} is no stack of the fleet`);
  return found;
}

/** The region that has left `globex`. */
export const west: FleetStack = { ...stackOf("globex_globex_eu-central-1"), name: "globex_globex_eu-west-1" };

/** All that was left of a tenant, whose account the fleet file does not have any more. */
export const initech: FleetStack = {
  ...{ ...west, name: "initech_initech_eu-west-1", cell: "initech" },
  account: { ...west.account, name: "initech", id: "999999999999" },
};

/** What a run is about, and what it meets. */
export interface RunScene {
  /** Stacks that have something to do. */
  readonly changed: readonly string[];
  /** Of data, the regions of the replicas that it takes away. */
  readonly withdraws?: Readonly<Record<string, readonly string[]>>;
  /** Of stacks that could not be planned, why not. */
  readonly unplanned?: Readonly<Record<string, string>>;
  /** Stacks that can only be planned once others are deployed. */
  readonly readsNew?: readonly string[];
  /** Stacks that an earlier run deployed and did not verify; this one verifies, if it is there. */
  readonly unverified?: readonly string[];
  /** Orphans that are taken away. */
  readonly orphans?: readonly FleetStack[];
  /** Orphans that are left as they are. */
  readonly kept?: readonly FleetStack[];
  /** @default all stacks */
  readonly selected?: readonly string[];
  /** Stacks that are deployed, and not as the fleet file says. */
  readonly outdated?: readonly string[];
  /** What cannot be deployed, or destroyed. */
  readonly failing?: readonly string[];
  /** The stack at which Ctrl-C is pressed. */
  readonly stopAt?: string;
  readonly left?: readonly LeftFunction[];
  /** Functions that AWS does not delete yet. */
  readonly keptByAws?: readonly string[];
  readonly isPart?: boolean;
  /** What others have done to its wave. @default nothing */
  readonly judged?: (result: RolloutResult) => RolloutResult;
}

/** Does a run, and tells the story: what was done in order, and the last word on each stack. */
export async function playRun(scene: RunScene) {
  const { changed, failing = [], keptByAws = [], kept = [], orphans = [], outdated = [] } = scene;
  const fleet = fleetWith(scene.unverified && { verify: { path: "/" } });
  const story: string[] = [];
  const last: Record<string, string> = {};
  const states = new Map<string, RunStackState>();
  const ends: (readonly [RunRecord["outcome"], readonly string[]])[] = [];
  const stop = new AbortController();
  const change = async (what: string, name: string) => {
    story.push(`${what} ${name}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (name === scene.stopAt) stop.abort();
    if (failing.includes(name)) throw new Error("AWS said no");
    return `release of ${name}`;
  };
  const note = ({ name }: FleetStack, { state, why }: { readonly state: string; readonly why?: string }) => {
    states.set(name, state as RunStackState);
    last[name] = why === undefined ? state : `${state}: ${why}`;
  };
  const result = await runInOrder(
    {
      ...{ fleet, orphans, left: scene.left ?? [], isPart: scene.isPart ?? false },
      plan: {
        planned: new Map(changed.map((name) => [name, planned(name, scene)])),
        failed: new Map(
          Object.entries(scene.unplanned ?? {}).map(([name, why]) => [name, { stack: stackOf(name), why }]),
        ),
        unchanged: [],
      },
      unverified: new Set(scene.unverified),
      accountsLeave: orphans.includes(initech),
      selected: scene.selected?.map(stackOf) ?? stacks,
      foundOrphans: new Set([...orphans, ...kept].map(({ name }) => name)),
    },
    {
      ...{ note, stop: stop.signal },
      stateOf: ({ name }) => states.get(name),
      outdatedOf: async (some) => some.filter(({ name }) => outdated.includes(name)),
      actions: {
        apply: ({ name }) => change("deploy", name),
        async verify({ name }) {
          story.push(`verify ${name}`);
          return undefined;
        },
        rollBack: ({ name }) => change("take back", name),
        async tidy() {},
        async pause() {},
      },
      regions: {
        async drain({ name }) {
          story.push(`drain what leaves ${name}`);
        },
        async undo({ name }) {
          story.push(`let viewers back to what ${name} keeps`);
        },
        async finish(gone) {
          story.push(`forget drains of ${[...gone].sort().join(" and ") || "nothing"}`);
        },
      },
      takeAway: (mayUse) =>
        takeAway({
          ...{ orphans, note, parallelism: 1, stop: stop.signal },
          failedPlan: () => undefined,
          actions: {
            isUsed: async (stack) => mayUse(stack),
            destroy: async ({ name }) => void (await change("destroy", name)),
            async removeState() {},
          },
        }),
      async deleteLeft(functions) {
        story.push(`delete ${functions.map(({ name }) => name).join(" and ") || "no function"}`);
        return functions.filter(({ name }) => keptByAws.includes(name));
      },
      async end(outcome, left) {
        story.push(`write down: ${outcome}`);
        ends.push([outcome, left.map(({ name }) => name)]);
      },
      async judged(before) {
        story.push("judge the wave");
        return scene.judged?.(before) ?? before;
      },
    },
  );
  return { story, last, result, ends };
}

function planned(name: string, { readsNew = [], withdraws = {} }: RunScene): PlannedStack {
  const replicas = withdraws[name];
  return {
    ...{ stack: stackOf(name), fingerprint: "f", actions: new Map(), toChange: 1, isNew: false, loses: [] },
    ...(!readsNew.includes(name) && { file: `${name}.tfplan` }),
    ...(replicas && { withdraws: { replicas } }),
  };
}
