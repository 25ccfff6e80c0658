import pc from "picocolors";
import { count } from "../../fleet/wording";
import type { Attribute, Change, Group, Picture, Risk, Severity } from "../../operations/plan/picture-schema";
import {
  attributeName,
  isConsequence,
  kindOf,
  tellingAttributes,
  valueText,
} from "../../operations/plan/wording";
import { someOf, wrapped } from "./lines";

/** How much of each list is shown; `--json` has the rest. */
const most = { stacks: 3, changes: 8, attributes: 4, groups: 20, names: 5 } as const;

/** Characters of a value that a person compares with another; of a longer one, `--json` has the beginning. */
const longest = 100;

const severityColours: Readonly<Record<Severity, (text: string) => string>> = {
  high: pc.red,
  medium: pc.yellow,
  low: pc.cyan,
};

const signs: Readonly<Record<ReturnType<typeof kindOf>, string>> = {
  create: pc.green("+"),
  destroy: pc.red("-"),
  replace: pc.red("±"),
  update: pc.yellow("~"),
  other: pc.cyan("="),
};

/** A picture for people at a terminal: the risks first, then each group of changes, then what could not be planned. */
export function planReport(picture: Picture): string {
  const { failed, groups, orphans, risks, unchanged, waiting = [] } = picture;
  const parts = [
    ...risksPart(picture),
    ...groups.slice(0, most.groups).map(groupPart),
    ...(groups.length > most.groups ? [paragraph(moreGroups(groups.slice(most.groups)))] : []),
    ...(orphans.length > 0 ? [orphansPart(picture)] : []),
    ...(failed.length > 0 ? [failedPart(picture)] : []),
    ...(waiting.length > 0 ? [paragraph(`Waiting for their accounts: ${someOf(waiting, most.names)}`)] : []),
    paragraph(summaryLine(picture)),
  ];
  const isQuiet = groups.length + orphans.length + failed.length + risks.length + waiting.length === 0;
  return `${isQuiet ? `Nothing to do: ${count(unchanged.length, "stack")} as deployed.` : parts.join("\n\n")}\n`;
}

/**
 * What a picture comes to, in one line.
 *
 * @example "412 stacks change, 3 stay as they are, 1 could not be planned; 2 orphans"
 */
export function summaryLine({ changed, failed, orphans, unchanged }: Picture): string {
  const verb = changed.length === 1 ? "changes" : "change";
  return [
    `${count(changed.length, "stack")} ${verb}, ${unchanged.length.toLocaleString("en-US")} ${unchanged.length === 1 ? "stays as it is" : "stay as they are"}`,
    ...(failed.length > 0 ? [`, ${failed.length.toLocaleString("en-US")} could not be planned`] : []),
    ...(orphans.length > 0 ? [`; ${count(orphans.length, "orphan")}`] : []),
  ].join("");
}

/** A risk, and all the stacks that have it. */
export interface FleetRisk {
  readonly risk: Risk;
  readonly stacks: readonly string[];
}

/** The risks of the fleet and of all groups; the same one of several groups counts once. */
export function allRisks({ groups, risks }: Picture): readonly FleetRisk[] {
  const found = [
    ...risks.map((risk) => ({ risk, stacks: risk.stacks ?? [] })),
    ...groups.flatMap((group) => group.risks.map((risk) => ({ risk, stacks: risk.stacks ?? group.stacks }))),
  ];
  const byText = new Map<string, { readonly risk: Risk; readonly stacks: string[] }>();
  for (const { risk, stacks } of found) {
    const key = `${risk.code} ${risk.message}`;
    byText.set(key, { risk, stacks: [...(byText.get(key)?.stacks ?? []), ...stacks] });
  }
  const rank = { high: 0, medium: 1, low: 2 };
  return [...byText.values()].sort((a, b) => rank[a.risk.severity] - rank[b.risk.severity]);
}

function risksPart(picture: Picture): readonly string[] {
  const risks = allRisks(picture);
  if (risks.length === 0) return [];
  const shown = risks.slice(0, most.groups);
  const rest = risks.length - shown.length;
  return [
    ...shown.map(riskPart),
    ...(rest > 0 ? [paragraph(`and ${count(rest, "more risk")}: see --json`)] : []),
  ];
}

function riskPart({ risk, stacks }: FleetRisk): string {
  const { code, fix, message, severity, why } = risk;
  return [
    ...wrapped(code, `${severityColours[severity](`${severity} risk`)} `),
    ...wrapped(message, "    "),
    ...wrapped(why, `    ${pc.dim("why:")} `),
    ...wrapped(fix, `    ${pc.dim("fix:")} `),
    ...(stacks.length > 0 ? wrapped(someOf(stacks, most.stacks), `    ${pc.dim("in:")} `) : []),
  ].join("\n");
}

function groupPart(group: Group): string {
  const { changes, notes, predicted, risks, stacks } = group;
  const telling = changes.filter((change) => !isConsequence(change));
  const shown = (telling.length > 0 ? telling : changes).slice(0, most.changes);
  const rest = changes.length - shown.length;
  const [title = "", ...more] = wrapped(group.title, "");
  return [
    ...[title, ...more].map((line) => pc.bold(line)),
    ...shown.flatMap(changeLines),
    ...(rest > 0 ? [pc.dim(`  and ${count(rest, "more change")}`)] : []),
    ...(predicted ? wrapped("as its JSON says: Terraform cannot plan it yet", "  ") : []),
    ...notes.flatMap((note) => wrapped(note, `  ${pc.cyan("note")} `)),
    ...(stacks.length > 1 ? wrapped(someOf(stacks, most.stacks), `  ${pc.dim("in:")} `) : []),
    ...(risks.length > 0
      ? wrapped(someOf([...new Set(risks.map(({ code }) => code))], 9), `  ${pc.dim("risks:")} `)
      : []),
  ].join("\n");
}

function changeLines(change: Change): readonly string[] {
  const kind = kindOf(change);
  const where = change.region === undefined ? "" : ` in ${change.region}`;
  const head = wrapped(`${change.subject}${where}${recorded(change)}`, `  ${signs[kind]} `);
  if (kind === "create" || kind === "destroy") return head;
  const attributes = tellingAttributes(change);
  const rest = attributes.length - most.attributes;
  return [
    ...head,
    ...attributes
      .slice(0, most.attributes)
      .flatMap((attribute) => wrapped(attributeText(attribute), "      ")),
    ...(rest > 0 ? [pc.dim(`      and ${count(rest, "more attribute")}`)] : []),
  ];
}

/** What else Terraform writes down about a change. */
export function recorded({ importing, previousAddress, ...change }: Change): string {
  const parts = [
    ...(importing === undefined ? [] : [`taken over: ${importing}`]),
    ...(previousAddress === undefined ? [] : [`was ${previousAddress}`]),
    ...(change.actions.includes("forget") ? ["forgotten, and left as it is"] : []),
  ];
  return parts.length > 0 ? ` (${parts.join("; ")})` : "";
}

/**
 * What an attribute was and will be, on one line.
 *
 * @example "memory: 256 to 512"
 */
export function attributeText(attribute: Attribute): string {
  const { after, before, hidden, path, replaces, unknown } = attribute;
  const name = attributeName(path);
  const why = replaces ? " (replaces it)" : "";
  if (hidden) return `${name} changes; values are not shown${why}`;
  if (unknown) return `${name}: known after the apply${why}`;
  if ([before, after].some((value) => valueText(value).length > longest)) {
    return `${name} ${after === undefined ? "goes away" : before === undefined ? "is new" : "changes"}${why}`;
  }
  if (before === undefined) return `${name}: ${valueText(after)}${why}`;
  return `${name}: ${valueText(before)} to ${valueText(after)}${why}`;
}

function moreGroups(rest: readonly Group[]): string {
  const stacks = rest.reduce((sum, group) => sum + group.stacks.length, 0);
  return `and ${count(rest.length, "more group")} of changes in ${count(stacks, "stack")}: see --json`;
}

function orphansPart({ orphans }: Picture): string {
  const shown = orphans.slice(0, most.groups);
  return [
    pc.bold("Orphans: no longer in the fleet file, and still there"),
    ...shown.flatMap(({ account, resources, stack, why }) => [
      ...wrapped(`${stack} in ${account}: ${count(resources.length, "resource")}`, "  "),
      ...wrapped(why, "      "),
    ]),
    ...(orphans.length > shown.length
      ? [pc.dim(`  and ${orphans.length - shown.length} more: see --json`)]
      : []),
  ].join("\n");
}

function failedPart({ failed }: Picture): string {
  const shown = failed.slice(0, most.groups);
  return [
    pc.bold("Could not be planned"),
    ...shown.flatMap(({ stack, why }) => [
      ...wrapped(stack, `  ${pc.red("x")} `),
      ...why
        .split("\n")
        .slice(0, 6)
        .flatMap((line) => wrapped(line, "      ")),
    ]),
    ...(failed.length > shown.length
      ? [pc.dim(`  and ${failed.length - shown.length} more: see --json`)]
      : []),
  ].join("\n");
}

function paragraph(text: string): string {
  return wrapped(text, "").join("\n");
}
