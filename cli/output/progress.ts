import { performance } from "node:perf_hooks";
import pc from "picocolors";
import type { DeployProgress, StackProgress, StackState } from "../../operations/terraform/deploy-progress";

/** A line that says how far a command is. */
export interface Progress {
  readonly show: (text: string) => void;
  /** Wipes the line. */
  readonly end: () => void;
}

/** Milliseconds after which a command says how far it is, and between two words of it. */
const patience = { first: 1000, next: 250 };

/**
 * Shows how far a command is once it takes longer than a second: over and over in one line of a terminal, and not at
 * all elsewhere.
 */
export function progress(out: NodeJS.WriteStream): Progress {
  let due = performance.now() + patience.first;
  let shown = false;
  return {
    show: (text) => {
      if (!out.isTTY || performance.now() < due) return;
      due = performance.now() + patience.next;
      shown = true;
      out.write(`\r\u001b[K${text}`);
    },
    end: () => {
      if (shown) out.write("\r\u001b[K");
    },
  };
}

const colours: Readonly<Record<StackState, (text: string) => string>> = {
  waiting: pc.dim,
  planning: pc.cyan,
  planned: pc.cyan,
  unchanged: pc.dim,
  applying: pc.yellow,
  applied: pc.green,
  verifying: pc.yellow,
  verified: pc.green,
  "rolling-back": pc.red,
  done: pc.green,
  "rolled-back": pc.red,
  removing: pc.yellow,
  removed: pc.green,
  skipped: pc.dim,
  failed: pc.red,
};

/** Shows a deploy while it runs. */
export interface ProgressView {
  /** Writes a line that stays, above the picture. */
  print(line: string): void;
  update(changed: StackProgress, all: DeployProgress): void;
  /** Leaves the last picture standing. */
  close(): void;
}

/** One line per stack: drawn again and again in a terminal, and a line per change of state elsewhere. */
export function progressView(out: NodeJS.WriteStream): ProgressView {
  return out.isTTY ? drawnView(out) : plainView(out);
}

/** States that say nothing that is news to anybody, of many stacks. */
const quiet: ReadonlySet<StackState> = new Set(["waiting", "unchanged"]);

function plainView(out: NodeJS.WritableStream): ProgressView {
  const seen = new Map<string, StackState>();
  return {
    print: (line) => void out.write(`${line}\n`),
    update(changed, all) {
      if (quiet.has(changed.state) || seen.get(changed.stack) === changed.state) return;
      seen.set(changed.stack, changed.state);
      out.write(`${progressLine(changed, widest(all), Date.now())}\n`);
    },
    close() {},
  };
}

function drawnView(out: NodeJS.WriteStream): ProgressView {
  let all: DeployProgress | undefined;
  let height = 0;
  const draw = () => {
    if (!all) return;
    const lines = picture(all, out.rows ?? Number.POSITIVE_INFINITY);
    // Without wrapping, for a line in two rows would be drawn over by half.
    const text = `\u001b[?7l${lines.join("\n")}\u001b[?7h\n`;
    out.write(`${height > 0 ? `\u001b[${height}A` : ""}\u001b[J${text}`);
    height = lines.length;
  };
  const timer = setInterval(draw, 500);
  return {
    print(line) {
      out.write(`${height > 0 ? `\u001b[${height}A` : ""}\u001b[J${line}\n`);
      height = 0;
      draw();
    },
    update(_, progress) {
      all = progress;
      draw();
    },
    close() {
      clearInterval(timer);
      draw();
    },
  };
}

/** The most telling states first, for where there is no room for all. */
const telling: readonly StackState[] = [
  ...(["failed", "rolling-back", "rolled-back", "verifying", "removing", "applying", "planning"] as const),
  ...(["done", "verified", "applied", "removed", "planned", "skipped", "waiting", "unchanged"] as const),
];

/** A line per stack, and no more than fit into the rows of a terminal: what has scrolled away cannot be drawn over. */
function picture(all: DeployProgress, rows: number): readonly string[] {
  const width = widest(all);
  const line = (stack: StackProgress) => progressLine(stack, width, Date.now());
  const stacks = all.stacks();
  if (stacks.length < rows) return stacks.map(line);
  const shown = telling
    .flatMap((state) => stacks.filter((stack) => stack.state === state))
    .slice(0, Math.max(rows - 2, 1));
  const done = stacks.filter(({ state }) => isDone.has(state)).length;
  return [...shown.map(line), pc.dim(`  ${done} of ${stacks.length} stacks done`)];
}

const isDone: ReadonlySet<StackState> = new Set([
  ...(["done", "applied", "verified", "removed", "planned", "unchanged"] as const),
]);

/** What needs no more time. */
const isOver: ReadonlySet<StackState> = new Set([
  ...isDone,
  ...(["failed", "rolled-back", "skipped"] as const),
]);

function widest(all: DeployProgress): number {
  return Math.max(...all.stacks().map(({ stack }) => stack.length));
}

/** `globex_globex_eu-west-1  applying  12 s  5 of 9`. */
export function progressLine(progress: StackProgress, width: number, now: number): string {
  const { changed, ended, started, stack, state, toChange } = progress;
  const seconds = started === undefined ? "" : `${Math.round(((ended ?? now) - started) / 1000)} s`;
  // A prediction may be too low: what was not planned by Terraform is counted from the JSON.
  const isBeyond = toChange !== undefined && changed > toChange;
  const count = toChange === undefined ? "" : isBeyond ? `${changed}` : `${changed} of ${toChange}`;
  return `  ${stack.padEnd(width)}  ${colours[state](state.padEnd(12))}  ${seconds.padStart(5)}  ${count}`.trimEnd();
}

/** Follows stacks that a command works on, and shows how far each is. */
export interface StackTracker {
  update(stack: string, change: Partial<Pick<StackProgress, "state" | "changed" | "toChange">>): void;
  /** Writes a line that stays. */
  print(line: string): void;
  close(): void;
}

/** @param stacks in the order to show them */
export function trackStacks(stacks: readonly string[], out: NodeJS.WriteStream): StackTracker {
  const all = new Map<string, StackProgress>(
    stacks.map((stack) => [stack, { stack, state: "waiting", changed: 0, lines: [] }]),
  );
  const progress: DeployProgress = { read: () => [], stacks: () => [...all.values()] };
  const view = progressView(out);
  return {
    update(stack, change) {
      const before = all.get(stack);
      if (!before) return;
      const now = Date.now();
      const after: StackProgress = { ...before, ...change };
      const begins = before.state === "waiting" || change.state === "planning";
      const timed: StackProgress = {
        ...after,
        started: begins ? now : before.started,
        ended: isOver.has(after.state) ? now : undefined,
      };
      all.set(stack, timed);
      view.update(timed, progress);
    },
    print: view.print,
    close: view.close,
  };
}
