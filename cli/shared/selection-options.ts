import type { Command } from "commander";
import { assemblyRoot } from "../../fleet/project";
import { type OnGone, type Selection, type SelectionKey, selectionKeys } from "../../fleet/selection";
import { quoted } from "../../fleet/wording";

const descriptions: Readonly<Record<SelectionKey, string>> = {
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

/** What the options of {@link withSelection}, and `--with-stack`, select, of all the options of a command. */
export function selectionOf(options: Selection): Selection {
  const keys = [...selectionKeys, "withStack"] as const;
  return Object.fromEntries(keys.flatMap((key) => (options[key] ? [[key, options[key]]] : [])));
}

/**
 * What becomes of a stage or a stack that is selected and that the fleet does not have. In an assembly there is nothing to do
 * for it: a pipeline that has not updated itself yet deploys a fleet file newer than itself, and updates itself last.
 *
 * @param say told so
 * @param root folder of the assembly that is worked on. @default that of this process
 */
export function whatIsGone(say: (line: string) => void, root = assemblyRoot): OnGone | undefined {
  if (root === undefined) return undefined;
  return (key, value) =>
    say(`note: the fleet of this assembly has no ${key} ${quoted(value)}, so there is nothing to do for it`);
}

function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
