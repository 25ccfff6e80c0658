/** Runs work when it is its turn. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets so many pieces of work run at once; the others wait, in the order that they came.
 *
 * @example const limit = atOnce(4); await Promise.all(stacks.map((stack) => limit(() => plan(stack))));
 */
export function atOnce(most: number): Limiter {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
