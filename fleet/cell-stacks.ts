import type { Cell } from "./model";

/** A Terraform stack of a cell, and those that must be deployed before it. */
export interface CellStack {
  readonly name: string;
  readonly after: readonly string[];
}

/** All stacks of a cell, each once: targets, the front's log bucket, the front. */
export function cellStacks({ front, targets }: Cell): readonly CellStack[] {
  const before = [...new Set(targets.map(({ stack }) => stack)), ...(front.logs ? [front.logs.stack] : [])];
  return [...before.map((name) => ({ name, after: [] })), { name: front.stack, after: before }];
}
