import { accountsWithoutId } from "../fleet/accounts";
import type { Problem } from "../fleet/diagnostics";
import { ciAccount } from "../fleet/foundation/pipeline";
import type { FleetFile } from "../fleet/schema/fleet-file";
import { foundationStacks } from "../fleet/stacks";
import type { CheckInput } from "../fleet/text/structure";
import { membersOf } from "./organization-accounts";
import { problem } from "./rules";
import { isWritten } from "./written";

/** Accounts that the organization stack has yet to create, and what waits for them. */
export function waiting(input: CheckInput): readonly Problem[] {
  const { file } = input;
  return membersOf(file)
    .filter((name) => {
      const { closed, email } = file.accounts[name] ?? {};
      return email !== undefined && !closed && !isWritten(input, ["accounts", name, "id"]);
    })
    .map((name) => {
      const waits = waitingFor(file, name);
      return problem("account-without-id", ["accounts", name], {
        message: `account "${name}" has no id yet${waits.length > 0 ? `: until it has one, ${waits.join(", and ")}` : ""}`,
        fix: `run "npx cdktf deploy ${foundationStacks.organization} ${foundationStacks.accounts}" to create it, then "npx meridian accounts --write", then deploy the rest`,
        atKey: true,
      });
    });
}

function waitingFor(file: FleetFile, name: string): readonly string[] {
  const cells = Object.entries(file.cells)
    .filter(([, entry]) => accountsWithoutId(file, entry).includes(name))
    .map(([cell]) => `"${cell}"`);
  return [
    ...(cells.length > 0
      ? [`cell${cells.length > 1 ? "s" : ""} ${cells.join(", ")} ${cells.length > 1 ? "are" : "is"} left out`]
      : []),
    ...(file.state?.account === name ? ["the bucket for the state is not created"] : []),
    ...(file.bootstrap?.delivery === name ? ["no deploy role trusts it"] : []),
    ...(file.pipeline?.account === name ? ["there is no pipeline"] : []),
    ...(file.ci && ciAccount(file) === name ? ["no other CI system can sign in"] : []),
  ];
}
