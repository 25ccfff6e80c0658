import { count } from "../../fleet/wording";
import type { Picture } from "../../operations/plan/picture-schema";
import { kindOf } from "../../operations/plan/wording";
import { allRisks, summaryLine } from "./plan-report";

/**
 * Characters that an approval's message can have: it is a value of an action's configuration, with what its variables stand
 * for put in. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html, and on variables
 * https://github.com/awsdocs/aws-codepipeline-user-guide/issues/24
 */
export const mostCharacters = 1_000;

/** Between the parts, which stand on one line. */
const separator = " | ";

const words = { destroy: "DESTROYED", replace: "REPLACED", update: "changed", create: "new" } as const;

/** Characters of one risk's message. */
const longest = 240;

/**
 * A picture in as few words as an approval's message can hold: what nobody can review, the risks, then how many of what changes,
 * then where the whole can be read. Risks for which there is no room are counted.
 *
 * One line of plain characters, so that it stays what it is on its way through a variable of the shell, one of a build, and
 * the JSON and the `#{…}` of a pipeline.
 *
 * @param whole where the whole can be read
 */
export function planSummary(picture: Picture, whole?: string): string {
  const risks = allRisks(picture).map(({ risk }) =>
    cut(plain(`${risk.severity.toUpperCase()}: ${risk.message}`), longest),
  );
  const notPlanned = failedPart(picture).map(plain);
  const rest = [
    isEmpty(picture) ? "Nothing to do: the fleet has nothing of this." : `${summaryLine(picture)}.`,
    ...countsPart(picture),
    ...(whole === undefined ? [] : [`All of it: ${whole}`]),
  ].map(plain);
  const withRisks = (shown: number) => {
    const left = risks.length - shown;
    const more = left > 0 ? [`${count(left, shown > 0 ? "more risk" : "risk")}`] : [];
    return [...notPlanned, ...risks.slice(0, shown), ...more, ...rest].join(separator);
  };
  let shown = risks.length;
  while (shown > 0 && withRisks(shown).length > mostCharacters) shown--;
  return `${cut(withRisks(shown), mostCharacters)}\n`;
}

/** Whether it is of no stack at all. */
function isEmpty({ changed, failed, unchanged }: Picture): boolean {
  return changed.length + failed.length + unchanged.length === 0;
}

function failedPart({ failed }: Picture): readonly string[] {
  const [first] = failed;
  if (!first) return [];
  const more = failed.length > 1 ? `, and ${failed.length - 1} more` : "";
  return [`NOT PLANNED: ${first.stack}${more}`];
}

/** How many things are destroyed, replaced, changed and made. */
function countsPart({ groups }: Picture): readonly string[] {
  const things = groups.flatMap(({ changes, stacks }) =>
    changes
      .filter(({ type }) => type !== "output")
      .map((change) => ({ kind: kindOf(change), in: stacks.length })),
  );
  const said = Object.entries(words).flatMap(([kind, word]) => {
    const sum = things.filter((thing) => thing.kind === kind).reduce((all, thing) => all + thing.in, 0);
    return sum > 0 ? [`${sum} ${word}`] : [];
  });
  return said.length > 0 ? [`Things: ${said.join(", ")}`] : [];
}

/** Nothing that a shell, JSON, or a pipeline's own language reads as more than a character. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/["`\\]/g, "'")
    .replaceAll("…", "...")
    .replaceAll(/[^ -~]|#(?=\{)/g, "?")
    .trim();
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`;
}
