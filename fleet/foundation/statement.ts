import type { ConditionBlock, Statement } from "../policy-document";
import type { StatementEntry } from "../schema/foundation";
import { sortBy } from "../values";

/**
 * A statement with its keys in AWS's usual order, whatever order they are written in: in the fleet file keys carry none.
 * One that names no resources is meant for all.
 */
export function resolveStatement(entry: StatementEntry): Statement {
  const { Action, Condition, Effect, NotAction, NotResource, Resource, Sid } = entry;
  return {
    ...(Sid !== undefined && { Sid }),
    Effect,
    ...(Action !== undefined && { Action }),
    ...(NotAction !== undefined && { NotAction }),
    ...(NotResource === undefined ? { Resource: Resource ?? "*" } : { Resource, NotResource }),
    ...(Condition !== undefined && { Condition: sortedConditions(Condition) }),
  };
}

function sortedConditions(conditions: NonNullable<StatementEntry["Condition"]>): ConditionBlock {
  return sortedMap(conditions, (keys) => sortedMap(keys, (values) => values));
}

function sortedMap<T, R>(map: Readonly<Record<string, T>>, value: (item: T) => R): Record<string, R> {
  const entries = sortBy(Object.entries(map), ([key]) => key);
  return Object.fromEntries(entries.map(([key, item]) => [key, value(item)]));
}
