import { UserError } from "../../fleet/errors";
import type { Fleet, WaitingCell } from "../../fleet/model";
import { foundationStacks } from "../../fleet/stacks";
import { listed } from "../../fleet/wording";

/** The command line that creates accounts. */
export const deployAccounts = `npx cdktf deploy ${foundationStacks.organization} ${foundationStacks.accounts}`;

/** Says of each cell that waits for its accounts that it is left out. */
export function waitingNotes({ waiting }: Pick<Fleet, "waiting">): readonly string[] {
  return waiting.map(waitingNote);
}

function waitingNote({ accounts, name }: WaitingCell): string {
  const whose = accounts.length === 1 ? "account" : "accounts";
  const verb = accounts.length === 1 ? "has" : "have";
  return `cell "${name}" is left out: ${whose} ${listed(accounts)} ${verb} no id in the fleet file yet`;
}

/** For a command that has no cell to work on, because all of them, or the one that is named, still wait. */
export function onlyWaiting(fleet: Pick<Fleet, "waiting">): UserError {
  return new UserError(
    waitingNotes(fleet).join("; "),
    "nothing can be said of a cell whose accounts are not there yet",
    `${deployAccounts}, then npx meridian accounts --write`,
  );
}
