import { Token, Tokenization } from "cdktf";

/**
 * Runs `work` while CDKTF's resolver is only asked about what may hold a token.
 *
 * CDKTF walks three times through every value of every stack and makes several closures for each, which is half the
 * time of a large synth, and nearly all values are plain. Those are copied here; what is not certain to be plain goes
 * to CDKTF's own resolver, so that the result is the same.
 */
export function withPlainValues<T>(work: () => T): T {
  const original = Tokenization.resolve;
  Tokenization.resolve = (value, options) => {
    try {
      return copy(value, (part) => original(part, options));
    } catch {
      // CDKTF's own message names the path from the root.
      return original(value, options);
    }
  };
  try {
    return work();
  } finally {
    Tokenization.resolve = original;
  }
}

type Resolve = (part: unknown) => unknown;

function copy(value: unknown, resolve: Resolve): unknown {
  if (value === undefined || value === null || typeof value === "boolean" || isPlain(value)) return value;
  if (Array.isArray(value)) {
    // A single element may stand for a whole list.
    if (value.some((item) => isScalar(item) && !isPlain(item))) return resolve(value);
    return value.map((item) => copy(item, resolve)).filter((item) => item !== undefined);
  }
  return isPlainMap(value) ? copyMap(value, resolve) : resolve(value);
}

function copyMap(map: Readonly<Record<string, unknown>>, resolve: Resolve): unknown {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(map)) {
    const part = copy(map[key], resolve);
    if (part !== undefined) result[key] = part;
  }
  return result;
}

/** What CDKTF encodes tokens as in a string: a marker, or a number in scientific notation. */
const encodedToken = /TfToken\[|[-|\d.+]e[-|\d.eE+]/;

const mapTokens: ReadonlySet<unknown> = new Set([Token.STRING_MAP_TOKEN_VALUE, Token.ANY_MAP_TOKEN_VALUE]);

/** Whether a string or number is certain to hold no token: numbers that do are negative. */
function isPlain(value: unknown): boolean {
  if (typeof value === "string") return !encodedToken.test(value) && !mapTokens.has(value);
  return typeof value === "number" && value >= 0;
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number";
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    !Tokenization.isResolvable(value) &&
    Object.keys(value).every(isPlain)
  );
}
