import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { FleetStack } from "../../../fleet/stacks";
import type { RolloutStack } from "../../../operations/rollout/deploy-cell";
import { rollOut } from "../../../operations/rollout/roll-out";
import { scheduleOf } from "../../../operations/rollout/schedule";
import type { Tally } from "../../../operations/rollout/tally";
import { fleetOf, smallFile } from "../../support/fleet";

/** Names of the cells, each of which has an account of its name. */
export const accounts = ["a", "b", "c", "d", "s"];

/** Four production cells `a` to `d` and a staging cell `s`, two regions each. */
export function fleetWith(rollout: FleetFile["rollout"], tables?: FleetFile["tables"]) {
  const cells = accounts.map((name) => [
    name,
    {
      stage: name === "s" ? "staging" : "production",
      ...(name === "s" ? {} : { tenant: name }),
      targets: { [name]: ["eu-central-1", "eu-west-1"] },
      ...(tables && { home: "eu-west-1" }),
    },
  ]);
  const ids = accounts.map((name, index) => [name, { id: String(index + 1).repeat(12) }]);
  return fleetOf({
    ...smallFile,
    stages: ["staging", "production"],
    ...{ rollout, tables },
    accounts: Object.fromEntries(ids),
    cells: Object.fromEntries(cells),
  } as FleetFile);
}

/** What a rollout meets. */
export interface Scene {
  readonly rollout?: FleetFile["rollout"];
  /** @default none */
  readonly tables?: FleetFile["tables"];
  /** What is special about a stack. */
  readonly about?: (stack: FleetStack) => Partial<RolloutStack>;
  readonly concerned?: (stack: FleetStack) => boolean;
  readonly failing?: readonly string[];
  readonly wrong?: readonly string[];
  /** Stacks of which nobody answers. */
  readonly silent?: readonly string[];
  /** Stacks that could not be asked. */
  readonly unasked?: readonly string[];
  readonly stopAt?: string;
  /** Where others deploy the rest of the wave. */
  readonly tally?: Tally;
}

/** Rolls out, and tells the story: what was done in order, and the last word on each stack. */
export async function play(scene: Scene) {
  const { about, concerned, failing = [], rollout, silent = [], stopAt, tables, tally } = scene;
  const { unasked = [], wrong = [] } = scene;
  const fleet = fleetWith(rollout, tables);
  const story: string[] = [];
  const tidied: string[] = [];
  const waves: string[] = [];
  const last: Record<string, string> = {};
  const stop = new AbortController();
  const result = await rollOut({
    schedule: scheduleOf(fleet, concerned ?? (() => true)),
    about: (stack) => ({ readsNewOutputs: false, onlyVerify: false, ...about?.(stack) }),
    ...{ stop: stop.signal, tally },
    onWave: ({ cells, number, of, stage }) => waves.push(`${stage} ${number} of ${of}: ${cells.join(", ")}`),
    note: (stack, { state, why }) => {
      last[stack.name] = why === undefined ? state : `${state}: ${why}`;
    },
    actions: {
      async apply({ name }) {
        story.push(`apply ${name}`);
        await new Promise((resolve) => setImmediate(resolve));
        if (name === stopAt) stop.abort();
        if (failing.includes(name)) throw new Error("AWS said no");
        return `release of ${name}`;
      },
      async verify({ name }) {
        story.push(`verify ${name}`);
        if (silent.includes(name)) return { why: "nobody answered", answered: false };
        if (unasked.includes(name)) throw new Error("no role");
        return wrong.includes(name) ? { why: "it answered 500", answered: true } : undefined;
      },
      async rollBack({ name }) {
        story.push(`take back ${name}`);
        return `earlier release of ${name}`;
      },
      async tidy({ name }) {
        tidied.push(name);
      },
      async pause(seconds) {
        story.push(`bake ${seconds} s`);
      },
    },
  });
  const of = (cell: string) => Object.entries(last).filter(([name]) => name.startsWith(`${cell}_`));
  return { fleet, story, tidied, last, of, result, waves };
}
