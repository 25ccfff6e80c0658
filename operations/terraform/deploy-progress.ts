import { stripVTControlCharacters } from "node:util";
import type { FleetStack } from "../../fleet/stacks";

/** What a stack is doing, or what became of it. */
export type StackState =
  | "waiting"
  | "planning"
  | "planned"
  | "unchanged"
  | "applying"
  | "applied"
  | "verifying"
  | "verified"
  | "rolling-back"
  | "done"
  | "rolled-back"
  | "removing"
  | "removed"
  | "skipped"
  | "failed";

/** One stack of a running deploy. */
export interface StackProgress {
  readonly stack: string;
  readonly state: StackState;
  /** Resources changed so far, and to change, once the plan is known. */
  readonly changed: number;
  readonly toChange?: number;
  /** Milliseconds since the epoch: when it began to plan, and when it ended. */
  readonly started?: number;
  readonly ended?: number;
  /** What Terraform said, for the case that it fails. */
  readonly lines: readonly string[];
}

/** Follows what `cdktf deploy` and `cdktf destroy` print. */
export interface DeployProgress {
  /** Takes one line. Returns the stacks whose state or counts it changed. */
  read(line: string, now: number): readonly StackProgress[];
  readonly stacks: () => readonly StackProgress[];
}

const planned = /Plan: (?:\d+ to import, )?(\d+) to add, (\d+) to change, (\d+) to destroy/;
const oneDone = /: (Creation|Modifications|Destruction) complete after /;
const allDone = /^(Apply|Destroy) complete!|^No changes\. /;
const initialized = "Terraform has been successfully initialized!";

/**
 * The CLI of CDKTF prints `<stack>  <line>` and indents the lines that follow from the same stack. It initializes all
 * stacks, one by one, and then runs so many at once, in the order given, each as soon as those before it are done, and
 * none any more when one has failed. It says nothing when a plan begins, so that is worked out here from the same rule.
 *
 * @param plan the stacks of the deploy, in the order that `cdktf` was given
 */
export function followDeploy(
  plan: readonly Pick<FleetStack, "name" | "after">[],
  parallelism: number,
): DeployProgress {
  const progress = new Map<string, StackProgress>(
    plan.map(({ name }) => [name, { stack: name, state: "waiting", changed: 0, lines: [] }]),
  );
  let current: string | undefined;
  let initializedStacks = 0;

  const isDone = (name: string) => progress.get(name)?.state === "done";
  const isRunning = ({ state }: StackProgress) => state === "planning" || state === "applying";
  const beginNext = (now: number): readonly StackProgress[] => {
    const all = [...progress.values()];
    if (all.some(({ state }) => state === "failed")) return [];
    const free = parallelism - all.filter(isRunning).length;
    const next = plan
      .filter(({ name, after }) => progress.get(name)?.state === "waiting" && after.every(isDone))
      .slice(0, Math.max(free, 0))
      .flatMap(({ name }) => progress.get(name) ?? [])
      .map((stack): StackProgress => ({ ...stack, state: "planning", started: now }));
    for (const stack of next) progress.set(stack.stack, stack);
    return next;
  };

  return {
    stacks: () => [...progress.values()],
    read(raw, now) {
      const line = stripVTControlCharacters(raw);
      const named = /^(\S+) {2}(.*)$/.exec(line);
      if (named?.[1] && progress.has(named[1])) current = named[1];
      else if (/^\S/.test(line)) current = undefined;
      const before = current === undefined ? undefined : progress.get(current);
      if (!before || line === "") return [];
      const text = (named ? (named[2] ?? "") : line).trim();
      if (text === initialized) initializedStacks++;
      const after = advance({ ...before, lines: [...before.lines, text] }, text, now);
      progress.set(after.stack, after);
      const begun = initializedStacks >= plan.length ? beginNext(now) : [];
      return after.state !== before.state || after.changed !== before.changed ? [after, ...begun] : begun;
    },
  };
}

function advance(stack: StackProgress, text: string, now: number): StackProgress {
  if (stack.state === "failed") return stack;
  const started = stack.started ?? now;
  if (/^(│ )?Error: /.test(text)) return { ...stack, state: "failed", started, ended: now };
  if (allDone.test(text)) return { ...stack, state: "done", started, ended: now };
  const plan = planned.exec(text);
  if (plan) return { ...stack, state: "applying", started, toChange: sum(plan.slice(1)) };
  if (oneDone.test(text)) return { ...stack, state: "applying", started, changed: stack.changed + 1 };
  return stack;
}

function sum(numbers: readonly string[]): number {
  return numbers.reduce((total, number) => total + Number(number), 0);
}
