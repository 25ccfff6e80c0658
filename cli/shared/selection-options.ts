import type { Command } from "commander";
import { type Selection, selectionKeys } from "../../fleet/selection";

const descriptions: Readonly<Record<keyof Selection, string>> = {
  stage: "only stacks of this stage",
  cell: "only stacks of this cell",
  tenant: "only stacks of this tenant",
  account: "only stacks in this account, by name or id",
  region:
    "only stacks in this region; fronts are in us-east-1, tables that regions share in their cell's home",
  stack: "only this stack",
};

/**
 * Adds the options that say which stacks a command is about: `--stage`, `--cell`, `--tenant`, `--account`, `--region` and
 * `--stack`. Each may be repeated, and holds a name or a pattern such as `prod-*`.
 */
export function withSelection(command: Command): Command {
  for (const key of selectionKeys) {
    command.option(`--${key} <name>`, `${descriptions[key]}; a name or a pattern, may be repeated`, repeated);
  }
  return command;
}

/** What the options of {@link withSelection} select, of all the options of a command. */
export function selectionOf(options: Selection): Selection {
  return Object.fromEntries(selectionKeys.flatMap((key) => (options[key] ? [[key, options[key]]] : [])));
}

function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
