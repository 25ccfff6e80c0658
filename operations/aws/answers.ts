/**
 * The answer of a call, or nothing where AWS says that there is no such thing.
 *
 * @param names AWS's names for that
 */
export async function unlessMissing<T>(
  answer: Promise<T>,
  ...names: readonly string[]
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}

/** All pages of a list. */
export async function allPages<T>(
  page: (marker: string | undefined) => Promise<{ readonly items?: readonly T[]; readonly next?: string }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  let marker: string | undefined;
  do {
    const { items = [], next } = await page(marker);
    all.push(...items);
    marker = next === "" ? undefined : next;
  } while (marker !== undefined);
  return all;
}
