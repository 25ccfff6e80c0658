import pc from "picocolors";
import type { WaysBack } from "../../operations/rollout/go-back";
import { someOf, wrapped } from "./lines";

/** Names of a list that are shown. */
const shownNames = 5;

/** Which stack goes back to which release, and which ones stay as they are. */
export function rollbackReport({ data, stay, ways, without }: WaysBack): string {
  const names = (stacks: WaysBack["stay"]) =>
    someOf(
      stacks.map(({ name }) => name),
      shownNames,
    );
  return `${[
    ...ways.flatMap(({ from, stack, to }) => [
      pc.bold(stack.name),
      `  ${from?.id ?? "what is no release"} -> ${to.id}`,
    ]),
    ...(stay.length > 0 ? wrapped(`Stay as they are: ${names(stay)}`, "") : []),
    ...(without.length > 0 ? wrapped(`Stay, for they did not exist then: ${names(without)}`, "") : []),
    ...(data.length > 0 ? wrapped(`Stay, for a rollback changes no data: ${names(data)}`, "") : []),
  ].join("\n")}\n\n`;
}
