import { PolicyError } from "../../fleet/policy-document";
import { matchesArn, matchesText, plainText } from "./match";
import type { Piece } from "./wildcards";

/** How one operator compares one value of a request with one of a policy. */
export interface Operator {
  /** `…Not…`: holds where no value of the policy fits, and so also where the request has no such key. */
  readonly negated: boolean;
  /** Whether policy variables are filled in. */
  readonly variables: boolean;
  /** Compares without the negation. Throws PolicyError for a value of the policy that the operator cannot take. */
  readonly fits: (value: string, pieces: readonly Piece[]) => boolean;
}

type Fits = Operator["fits"];

const same: Fits = (value, pieces) => value === plainText(pieces);
const sameIgnoringCase: Fits = (value, pieces) => value.toLowerCase() === plainText(pieces).toLowerCase();
const like: Fits = (value, pieces) => matchesText(pieces, value);
const arn: Fits = (value, pieces) => matchesArn(pieces, value);

const bool: Fits = (value, pieces) => {
  const wanted = plainText(pieces).toLowerCase();
  if (wanted !== "true" && wanted !== "false") {
    throw new PolicyError(`Bool takes "true" or "false", not "${plainText(pieces)}"`);
  }
  return value.toLowerCase() === wanted;
};

type Compare = (a: number, b: number) => boolean;

const comparisons = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThan: (a, b) => a > b,
  GreaterThanEquals: (a, b) => a >= b,
} as const satisfies Record<string, Compare>;

function ordered(kind: string, read: (text: string) => number): Record<string, Operator> {
  const fitsBy =
    (compare: Compare): Fits =>
    (value, pieces) => {
      const wanted = read(plainText(pieces));
      if (Number.isNaN(wanted)) throw new PolicyError(`${kind}… cannot take "${plainText(pieces)}"`);
      return compare(read(value), wanted);
    };
  const operators = Object.entries(comparisons).map(([name, compare]) => [
    `${kind}${name}`,
    { negated: false, variables: false, fits: fitsBy(compare) },
  ]);
  return {
    ...Object.fromEntries(operators),
    [`${kind}NotEquals`]: { negated: true, variables: false, fits: fitsBy(comparisons.Equals) },
  };
}

function pair(positive: string, negative: string, fits: Fits): Record<string, Operator> {
  return {
    [positive]: { negated: false, variables: true, fits },
    [negative]: { negated: true, variables: true, fits },
  };
}

/** Seconds since 1970, or a date of ISO 8601, in milliseconds. */
function instant(text: string): number {
  if (/^\d{5,}$/.test(text)) return Number(text) * 1000;
  return /^\d{4}(-\d\d(-\d\d(T.*(Z|[+-]\d\d:\d\d))?)?)?$/.test(text) ? Date.parse(text) : Number.NaN;
}

const decimal = (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN);

/**
 * The operators that are evaluated, but for `Null`, which compares nothing. `Binary…` and `IpAddress` are not among them.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    ...pair("StringEquals", "StringNotEquals", same),
    ...pair("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", sameIgnoringCase),
    ...pair("StringLike", "StringNotLike", like),
    ...pair("ArnEquals", "ArnNotEquals", arn),
    ...pair("ArnLike", "ArnNotLike", arn),
    Bool: { negated: false, variables: false, fits: bool },
    ...ordered("Numeric", decimal),
    ...ordered("Date", instant),
  }),
);

/** An operator's name, taken apart. */
export interface OperatorName {
  readonly set?: "ForAnyValue" | "ForAllValues";
  readonly base: string;
  readonly ifExists: boolean;
}

/**
 * Takes the name of an operator apart.
 *
 * @throws PolicyError for an operator that is not evaluated, and for combinations that AWS has no meaning for or leaves open
 */
export function parseOperator(name: string): OperatorName {
  const [, set, rest = ""] = /^(?:(ForAnyValue|ForAllValues):)?(.*)$/.exec(name) ?? [];
  const ifExists = rest.endsWith("IfExists");
  const base = ifExists ? rest.slice(0, -"IfExists".length) : rest;
  if (base === "Null" ? ifExists || set !== undefined : !operators.has(base)) {
    throw new PolicyError(`the condition operator "${name}" is not evaluated`);
  }
  if (set === "ForAnyValue" && ifExists) {
    throw new PolicyError(`"${name}" contradicts itself where the key is missing: write ForAnyValue:${base}`);
  }
  return { ...(set !== undefined && { set: set as "ForAnyValue" | "ForAllValues" }), base, ifExists };
}
