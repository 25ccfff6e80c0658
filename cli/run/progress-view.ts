import pc from "picocolors";
import type { DeployProgress, StackProgress, StackState } from "./deploy-progress";

const colours: Readonly<Record<StackState, (text: string) => string>> = {
  waiting: pc.dim,
  planning: pc.cyan,
  applying: pc.yellow,
  done: pc.green,
  failed: pc.red,
};

/** Shows a deploy while it runs. */
export interface ProgressView {
  update(changed: StackProgress, all: DeployProgress): void;
  /** Leaves the last picture standing. */
  close(): void;
}

/** One line per stack: drawn again and again in a terminal, and a line per change of state elsewhere. */
export function progressView(out: NodeJS.WriteStream): ProgressView {
  return out.isTTY ? drawnView(out) : plainView(out);
}

function plainView(out: NodeJS.WritableStream): ProgressView {
  const seen = new Map<string, StackState>();
  return {
    update(changed, all) {
      if (seen.get(changed.stack) === changed.state) return;
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
    const width = widest(all);
    const lines = all.stacks().map((stack) => progressLine(stack, width, Date.now()));
    out.write(`${height > 0 ? `\u001b[${height}A` : ""}\u001b[J${lines.join("\n")}\n`);
    height = lines.length;
  };
  const timer = setInterval(draw, 500);
  return {
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

function widest(all: DeployProgress): number {
  return Math.max(...all.stacks().map(({ stack }) => stack.length));
}

/** `globex_globex_eu-west-1  applying  12 s  5 of 9`. */
export function progressLine(progress: StackProgress, width: number, now: number): string {
  const { changed, ended, started, stack, state, toChange } = progress;
  const seconds = started === undefined ? "" : `${Math.round(((ended ?? now) - started) / 1000)} s`;
  const count = toChange === undefined ? "" : `${changed} of ${toChange}`;
  return `  ${stack.padEnd(width)}  ${colours[state](state.padEnd(12))}  ${seconds.padStart(5)}  ${count}`.trimEnd();
}
