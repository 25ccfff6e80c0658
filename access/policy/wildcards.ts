/** A part of a value in a policy: `literal` text means itself, in the rest `*` and `?` are wildcards. */
export interface Piece {
  readonly text: string;
  readonly literal: boolean;
}

/** What a pattern wants next: one character, or with `many` any number of them. */
export interface Step {
  /** The very character, by its number in Unicode; left out, any fits. */
  readonly character?: number;
  readonly many: boolean;
  /** Whether any character means any but a colon. */
  readonly stopsAtColon: boolean;
}

/** A piece of a pattern, step by step. */
export function stepsOf({ literal, text }: Piece, stopsAtColon = false): readonly Step[] {
  return [...text].map((sign): Step => {
    if (literal || !"*?".includes(sign)) {
      return { character: sign.codePointAt(0), many: false, stopsAtColon };
    }
    return { many: sign === "*", stopsAtColon };
  });
}

/** A `*` that was passed: what comes behind it, and up to where in the text it reaches. */
interface Passed {
  readonly place: number;
  readonly at: number;
  readonly stopsAtColon: boolean;
}

/**
 * Whether a text fits all steps, from its first character to its last.
 *
 * Where a character does not fit, the last `*` takes one more and the rest is tried again. No `*` before that needs to: it
 * let the rest begin as early as can be, from where the last one reaches furthest. Only one that stops at colons may be
 * stuck where the last one that does not is still free. An expression would try all of them against each other, which
 * with seven `*` takes seconds for sixty characters that do not fit.
 */
export function fitsSteps(steps: readonly Step[], text: string): boolean {
  let [place, at] = [0, 0];
  let free: Passed | undefined;
  let stopping: Passed | undefined;
  while (place < steps.length || at < text.length) {
    const step = steps[place];
    const found = text.codePointAt(at);
    if (step?.many) {
      place++;
      if (step.stopsAtColon) stopping = { place, at, stopsAtColon: true };
      else [free, stopping] = [{ place, at, stopsAtColon: false }, undefined];
    } else if (step && found !== undefined && takes(step, found)) {
      place++;
      at += lengthOf(found);
    } else {
      const last = stopping && oneMore(stopping, text);
      if (last) stopping = last;
      else [free, stopping] = [free && oneMore(free, text), undefined];
      const again = stopping ?? free;
      if (!again) return false;
      ({ place, at } = again);
    }
  }
  return true;
}

function oneMore({ at, place, stopsAtColon }: Passed, text: string): Passed | undefined {
  const found = text.codePointAt(at);
  if (found === undefined || (stopsAtColon && found === colon)) return undefined;
  return { place, at: at + lengthOf(found), stopsAtColon };
}

function takes({ character, stopsAtColon }: Step, found: number): boolean {
  return character === undefined ? !stopsAtColon || found !== colon : character === found;
}

const colon = 58;

/** How many places in a text of UTF-16 a character has. */
function lengthOf(character: number): number {
  return character > 0xffff ? 2 : 1;
}
