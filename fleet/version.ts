/**
 * Whether a version is another or newer.
 *
 * @example isAtLeast("1.11.4", "1.10") // true
 */
export function isAtLeast(version: string, least: string): boolean {
  const parts = (text: string) => text.split(".").map((part) => Number.parseInt(part, 10) || 0);
  const actual = parts(version);
  for (const [index, wanted] of parts(least).entries()) {
    const part = actual[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
