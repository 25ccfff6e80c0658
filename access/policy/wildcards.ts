/** A part of a value in a policy: `literal` text means itself, in the rest `*` and `?` are wildcards. */
export interface Piece {
  readonly text: string;
  readonly literal: boolean;
}

/** What a pattern wants next: one character, or with `many` any number of them. */
export interface Step {
  /** The very character; left out, any fits. */
  readonly character?: string;
  readonly many: boolean;
  /** Whether any character means any but a colon. */
  readonly stopsAtColon: boolean;
}

/** A piece of a pattern, step by step. */
export function stepsOf({ literal, text }: Piece, stopsAtColon = false): readonly Step[] {
  return [...text].map((character): Step => {
    if (literal || !"*?".includes(character)) return { character, many: false, stopsAtColon };
    return { many: character === "*", stopsAtColon };
  });
}

/**
 * Whether a text fits all steps, from its first character to its last. It is read once, with all the places in the pattern
 * in mind that it may have come to: an expression would try these one after another, which with several `*` takes seconds
 * for a text that does not fit.
 */
export function fitsSteps(steps: readonly Step[], text: string): boolean {
  let reached = withSkipped(steps, [0]);
  for (const character of text) {
    const next = reached.flatMap((place) => {
      const step = steps[place];
      return step && takes(step, character) ? [step.many ? place : place + 1] : [];
    });
    if (next.length === 0) return false;
    reached = withSkipped(steps, next);
  }
  return reached.includes(steps.length);
}

function takes({ character, stopsAtColon }: Step, found: string): boolean {
  return character === undefined ? !stopsAtColon || found !== ":" : character === found;
}

/** A `*` may also stand for nothing: whoever is before it is behind it, too. Each place once, in order. */
function withSkipped(steps: readonly Step[], places: readonly number[]): readonly number[] {
  const all = new Set<number>();
  for (const place of places) {
    let next = place;
    all.add(next);
    while (steps[next]?.many && !all.has(next + 1)) all.add(++next);
  }
  return [...all];
}
