import {
  type ConditionBlock,
  type ConditionValues,
  listOf,
  PolicyError,
  type PolicyVersion,
} from "../../fleet/policy-document";
import { piecesOf } from "./match";
import { type Operator, operators, parseOperator } from "./operators";
import { type Context, contextValue } from "./request";
import type { Piece } from "./wildcards";

/**
 * Whether all conditions of a statement hold. Where the request has no such key, a positive operator does not hold, a negated
 * one does, one with `IfExists` does, `ForAllValues` does and `ForAnyValue` does not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 *
 * @throws PolicyError for an operator or a value that cannot be evaluated, and for an operator without `ForAnyValue` or
 *   `ForAllValues` on a key with a list of values, of which AWS does not say what it means
 */
export function conditionsHold(
  block: ConditionBlock | undefined,
  context: Context,
  version: PolicyVersion,
): boolean {
  // Every condition is read, also after one that does not hold, so that a mistake shows on any request.
  const held = Object.entries(block ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => conditionHolds(operator, key, values, context, version)),
  );
  return held.every(Boolean);
}

function conditionHolds(
  name: string,
  key: string,
  wanted: ConditionValues,
  context: Context,
  version: PolicyVersion,
): boolean {
  const { set, base, ifExists } = parseOperator(name);
  const texts = listOf<string | number | boolean>(wanted).map(String);
  const found = contextValue(context, key);
  const values = presentValues(found);
  if (base === "Null") return texts.some((text) => nullHolds(text, values.length === 0));

  const operator = operators.get(base) as Operator;
  const holds = comparison(operator, texts, context, version);
  if (set === "ForAllValues") return values.every(holds);
  if (set === "ForAnyValue") return values.some(holds);
  if (found === undefined) return ifExists || operator.negated;
  if (typeof found !== "string") {
    throw new PolicyError(
      `${name}: ${key} has a list of values; write ForAnyValue:${name} or ForAllValues:${name}`,
    );
  }
  return holds(found);
}

/**
 * Whether one value of the request satisfies the operator against all values of the policy. One with a variable that has no
 * value is like no value: "condition operators like StringEquals or StringLike do not match", and "inverted condition
 * operators like StringNotEquals or StringNotLike do match against a null value".
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
 */
function comparison(
  operator: Operator,
  texts: readonly string[],
  context: Context,
  version: PolicyVersion,
): (value: string) => boolean {
  const known = texts.map((text): readonly Piece[] | undefined =>
    operator.variables ? piecesOf(text, context, version) : [{ text, literal: true }],
  );
  const candidates = known.filter((pieces) => pieces !== undefined);
  return (value) => candidates.some((pieces) => operator.fits(value, pieces)) !== operator.negated;
}

function nullHolds(text: string, missing: boolean): boolean {
  if (text !== "true" && text !== "false")
    throw new PolicyError(`Null takes "true" or "false", not "${text}"`);
  return missing === (text === "true");
}

/** The values of a key; none for what AWS calls a null data set, which a list without values and an empty string are. */
function presentValues(found: string | readonly string[] | undefined): readonly string[] {
  const values = typeof found === "string" ? [found] : (found ?? []);
  return values.every((value) => value === "") ? [] : values;
}
