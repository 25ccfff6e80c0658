import { UserError } from "./errors";
import type { FleetStack } from "./stacks";
import { quoted, suggest } from "./wording";

/**
 * Which stacks a command is about: names, or patterns with `*` for any characters and `?` for exactly one. Values of one
 * option widen, different options narrow; without any, it is about all.
 */
export interface Selection {
  readonly stage?: readonly string[];
  readonly cell?: readonly string[];
  readonly tenant?: readonly string[];
  /** Names or ids. */
  readonly account?: readonly string[];
  /** A stack is in each region of its providers, and so a front, like most of the foundation, in us-east-1. */
  readonly region?: readonly string[];
  readonly stack?: readonly string[];
  /** Stacks besides, whatever the others narrow to. */
  readonly withStack?: readonly string[];
}

/** An option that narrows. */
export type SelectionKey = Exclude<keyof Selection, "withStack">;

/** What a stack has that each option may name. The foundation has no cell, and so neither a stage nor a tenant. */
const namesOf: { readonly [K in SelectionKey]: (stack: FleetStack) => readonly string[] } = {
  stage: ({ stage }) => present(stage),
  cell: ({ cell }) => present(cell),
  tenant: ({ tenant }) => present(tenant),
  account: ({ account }) => [account.name, account.id],
  region: ({ regions }) => regions,
  stack: ({ name }) => [name],
};

/** The options of a selection that narrow. */
export const selectionKeys = Object.keys(namesOf) as readonly SelectionKey[];

/** Told of a stage, or a stack, that is selected and that no stack of the fleet has. */
export type OnGone = (key: "stage" | "stack", value: string) => void;

/**
 * The stacks that a selection means, in the order that they come in.
 *
 * @param onGone where a stage or a stack that is not there is no error: nothing is selected by it. @default it is one
 * @throws {UserError} a value matches no stack at all, or no stack matches all options
 * @example selectStacks(fleetStacks(fleet), { stage: ["production"], region: ["eu-*"] })
 */
export function selectStacks(
  stacks: readonly FleetStack[],
  selection: Selection,
  onGone?: OnGone,
): readonly FleetStack[] {
  const said = selectionKeys.filter((key) => (selection[key] ?? []).length > 0);
  let hasGone = false;
  const requirePresent = (key: SelectionKey, value: string, isBesides = false) => {
    if (hasMatch(stacks, key, value)) return;
    if (!onGone || (key !== "stage" && key !== "stack")) throw noMatch(stacks, key, value, isBesides);
    hasGone = true;
    onGone(key, value);
  };
  for (const key of said) for (const value of selection[key] ?? []) requirePresent(key, value);
  for (const value of selection.withStack ?? []) requirePresent("stack", value, true);
  const besides = (selection.withStack ?? []).map(matcher);
  const selected = said.reduce((left, key) => {
    const matches = (selection[key] ?? []).map(matcher);
    return left.filter((stack) => namesOf[key](stack).some((name) => matches.some((match) => match(name))));
  }, stacks);
  if (said.length === 0 || selected.length > 0 || hasGone) {
    const names = new Set(selected.map(({ name }) => name));
    return stacks.filter(({ name }) => names.has(name) || besides.some((match) => match(name)));
  }
  throw new UserError(
    `no stack matches ${said.map((key) => `--${key} ${(selection[key] ?? []).join(` --${key} `)}`).join(" ")}`,
    "each is found, but a stack has to match all of these options",
    "leave out one of them; npx meridian targets lists the stacks of each cell",
  );
}

function hasMatch(stacks: readonly FleetStack[], key: SelectionKey, value: string): boolean {
  return stacks.flatMap(namesOf[key]).some(matcher(value));
}

/** @param isBesides whether it was named as a stack besides those that are selected */
function noMatch(
  stacks: readonly FleetStack[],
  key: SelectionKey,
  value: string,
  isBesides: boolean,
): UserError {
  const names = new Set(stacks.flatMap(namesOf[key]));
  // Whoever types digits means an id, and whoever types letters a name; only names are worth proposing.
  const candidates = [...names].filter((name) => key !== "account" || !/^\d+$/.test(name));
  return new UserError(
    `no stack of the fleet has the ${key} ${quoted(value)}`,
    isBesides
      ? "--with-stack adds a stack to those that are selected, so nothing would be added"
      : `--${key} selects stacks by ${key}, so nothing would be selected`,
    candidates.length > 0 ? suggest(value, candidates) : `leave out --${isBesides ? "with-stack" : key}`,
  );
}

/** Whether a name is the one, or fits the pattern, that was written. */
function matcher(pattern: string): (name: string) => boolean {
  const escaped = pattern.replaceAll(/[^\w*?-]/g, String.raw`\$&`);
  const expression = new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return (name) => expression.test(name);
}

function present(name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name];
}
