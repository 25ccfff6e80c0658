import pc from "picocolors";
import { count } from "../../fleet/wording";
import type { DriftGroup, DriftPicture } from "../../operations/plan/drift";
import type { Attribute, Change } from "../../operations/plan/picture-schema";
import { attributeName, valueText } from "../../operations/plan/wording";
import { someOf, wrapped } from "./lines";

/** How much of each list is shown; `--json` has the rest. */
const most = { stacks: 3, changes: 8, attributes: 4, groups: 20, failed: 20 } as const;

/** What is no longer as deployed, for people at a terminal. */
export function driftReport(picture: DriftPicture): string {
  const { failed, groups, notDeployed } = picture;
  const parts = [
    ...groups.slice(0, most.groups).map(groupPart),
    ...(groups.length > most.groups
      ? [lines(`and ${count(groups.length - most.groups, "more group")}: see --json`)]
      : []),
    ...(failed.length > 0 ? [failedPart(picture)] : []),
    ...(notDeployed.length > 0 ? [lines(`Never deployed: ${someOf(notDeployed, most.stacks)}`)] : []),
    lines(summary(picture)),
    ...(groups.length > 0 ? [lines("See what a deploy would undo of it: npx meridian plan --all")] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

function summary({ asDeployed, drifted, failed }: DriftPicture): string {
  if (drifted.length + failed.length === 0)
    return `Nothing has drifted: ${count(asDeployed.length, "stack")} as deployed.`;
  const verb = drifted.length === 1 ? "is" : "are";
  const rest = failed.length > 0 ? `, ${failed.length.toLocaleString("en-US")} could not be asked about` : "";
  return `${count(drifted.length, "stack")} ${verb} no longer as deployed, ${asDeployed.length.toLocaleString("en-US")} ${asDeployed.length === 1 ? "is" : "are"}${rest}`;
}

function groupPart({ changes, stacks, title }: DriftGroup): string {
  const rest = changes.length - most.changes;
  return [
    ...wrapped(title, "").map((line) => pc.bold(line)),
    ...changes.slice(0, most.changes).flatMap(changeLines),
    ...(rest > 0 ? [pc.dim(`  and ${count(rest, "more change")}`)] : []),
    ...(stacks.length > 1 ? wrapped(someOf(stacks, most.stacks), `  ${pc.dim("in:")} `) : []),
  ].join("\n");
}

function changeLines({ actions, attributes, region, subject }: Change): readonly string[] {
  const where = region === undefined ? "" : ` in ${region}`;
  if (actions.includes("delete")) return wrapped(`${subject}${where} is gone`, `  ${pc.red("-")} `);
  const rest = attributes.length - most.attributes;
  return [
    ...wrapped(`${subject}${where}`, `  ${pc.yellow("~")} `),
    ...attributes.slice(0, most.attributes).flatMap((attribute) => wrapped(differs(attribute), "      ")),
    ...(rest > 0 ? [pc.dim(`      and ${count(rest, "more attribute")}`)] : []),
  ];
}

/** @example "memory: was 256, is now 512" */
function differs({ after, before, hidden, path }: Attribute): string {
  const name = attributeName(path);
  if (hidden) return `${name} has changed; values are not shown`;
  return `${name}: was ${valueText(before)}, is now ${valueText(after)}`;
}

function failedPart({ failed }: DriftPicture): string {
  const rest = failed.length - most.failed;
  return [
    pc.bold("Could not be asked about"),
    ...failed.slice(0, most.failed).flatMap(({ stack, why }) => [
      ...wrapped(stack, `  ${pc.red("x")} `),
      ...why
        .split("\n")
        .slice(0, 6)
        .flatMap((line) => wrapped(line, "      ")),
    ]),
    ...(rest > 0 ? [pc.dim(`  and ${rest} more: see --json`)] : []),
  ].join("\n");
}

function lines(text: string): string {
  return wrapped(text, "").join("\n");
}
