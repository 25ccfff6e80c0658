import { performance } from "node:perf_hooks";

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
