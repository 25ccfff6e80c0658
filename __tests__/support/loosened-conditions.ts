import { operators, parseOperator } from "../../access/policy/operators";
import {
  type ConditionBlock,
  type ConditionValues,
  listOf,
  type Statement,
} from "../../fleet/policy-document";
import { widerArns } from "./wider-arn";

/** A statement loosened by one step; without a statement it is gone. */
export type Step = readonly [what: string, statement: Statement | undefined];

/** For an Allow: each of its conditions goes. */
export function withoutAKey(statement: Statement): readonly Step[] {
  return conditionsOf(statement).map((condition) => [
    `the condition ${condition.name} goes`,
    withCondition(statement, condition, undefined),
  ]);
}

/**
 * The steps that loosen values. What has to match gets wider in an Allow and loses a value in a Deny; what must not match
 * the other way round.
 */
export function conditionSteps(statement: Statement): readonly Step[] {
  return conditionsOf(statement).flatMap((condition) =>
    condition.negated === (statement.Effect === "Allow")
      ? fewerValues(statement, condition)
      : widerValues(statement, condition),
  );
}

/** A statement without one of its elements. */
export function without(statement: Statement, element: keyof Statement): Statement {
  return Object.fromEntries(
    Object.entries(statement).filter(([key]) => key !== element),
  ) as unknown as Statement;
}

interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly name: string;
  readonly values: readonly (string | number | boolean)[];
  readonly negated: boolean;
}

function conditionsOf({ Condition = {} }: Statement): readonly Condition[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      name: `${operator} ${key}`,
      values: listOf<string | number | boolean>(values),
      negated: operators.get(parseOperator(operator).base)?.negated ?? false,
    })),
  );
}

function fewerValues(statement: Statement, condition: Condition): readonly Step[] {
  if (condition.values.length < 2) return [];
  return condition.values.map((value) => {
    const rest = condition.values.filter((other) => other !== value);
    return [`${condition.name} without ${value}`, withCondition(statement, condition, rest)];
  });
}

const region = /^([a-z]{2}(?:-[a-z]+)+)-\d$/;

/** ARNs get wider, and regions become all of their part of the world, with an operator that knows wildcards. */
function widerValues(statement: Statement, condition: Condition): readonly Step[] {
  const texts = condition.values.map(String);
  const hasWildcards = /Like|Arn/.test(condition.operator);
  if (!hasWildcards && !/StringNotEquals(?!IgnoreCase)/.test(condition.operator)) return [];
  const wider = texts.flatMap((text) => {
    const part = region.exec(text)?.[1];
    if (part !== undefined) return [`${part.slice(0, 2)}-*`];
    return text.startsWith("arn:") ? widerArns(text).filter((arn) => arn !== "*") : [];
  });
  const operator = hasWildcards ? condition.operator : condition.operator.replace("Equals", "Like");
  return [...new Set(wider)].map((value) => {
    const others =
      operator === condition.operator ? [] : listOf(statement.Condition?.[operator]?.[condition.key]);
    const rest = withCondition(statement, condition, undefined);
    return [
      `${condition.name} ${value}`,
      withCondition(rest, { ...condition, operator }, [...others, ...texts, value]),
    ];
  });
}

function withCondition(
  statement: Statement,
  { operator, key }: Condition,
  values: ConditionValues | undefined,
): Statement {
  const block: ConditionBlock = statement.Condition ?? {};
  const keys = Object.entries({ ...block[operator], [key]: values }).filter(
    ([, value]) => value !== undefined,
  );
  const operatorsLeft = Object.entries({ ...block, [operator]: Object.fromEntries(keys) }).filter(
    ([, left]) => Object.keys(left).length > 0,
  );
  const rest = without(statement, "Condition");
  if (operatorsLeft.length === 0) return rest;
  return { ...rest, Condition: Object.fromEntries(operatorsLeft) as ConditionBlock };
}
