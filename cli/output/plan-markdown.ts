import { type Selection, selectionKeys } from "../../fleet/selection";
import { count } from "../../fleet/wording";
import type { Change, Group, Picture } from "../../operations/plan/picture-schema";
import { isConsequence, kindOf, tellingAttributes } from "../../operations/plan/wording";
import { printable } from "./drain-report";
import { someOf } from "./lines";
import { allRisks, attributeText, type FleetRisk, recorded, summaryLine } from "./plan-report";

/**
 * Bytes that the lists may fill: GitHub refuses a comment of more than 65,536 characters, and other places count bytes.
 * Headings, and lines that say what was left out, come on top.
 */
const limit = 62_000;

/** A part of the comment. */
interface Section {
  readonly title: string;
  /** What is left out where there is no room, in the singular. */
  readonly noun: string;
  /** Share of the limit up to which it may fill the comment, so that none crowds out the next. */
  readonly share: number;
}

const sections = {
  risks: { title: "Risks", noun: "risk", share: 0.35 },
  groups: { title: "Changes", noun: "group", share: 0.8 },
  orphans: { title: "Orphans: no longer in the fleet file, and still there", noun: "orphan", share: 0.9 },
  failed: { title: "Could not be planned", noun: "stack", share: 1 },
} as const satisfies Readonly<Record<string, Section>>;

const most = { changes: 30, attributes: 8, stacks: 20, text: 300 } as const;

const signs = { create: "+", destroy: "-", replace: "!", update: "~", other: "=" } as const;

/** What a plan is of, for whoever reads it long after. */
export interface PlanOrigin {
  readonly fleet: string;
  /** What was asked for. */
  readonly selection: Selection;
  /** Of the sources, where it is known. */
  readonly revision?: string;
  /** Execution of a pipeline that the plan was made in, where it was. */
  readonly execution?: string;
}

/**
 * A picture as a comment on a pull request: below 65,536 characters and bytes for any fleet. What does not fit is left out,
 * and a line says so. Whatever comes from a plan stands in code, where neither Markdown, nor HTML, nor a mention works.
 */
export function planMarkdown(picture: Picture, origin: PlanOrigin): string {
  const { failed, groups, orphans, waiting = [] } = picture;
  const page = new Page(`## Plan of the fleet\n\n${originLines(origin)}\n${summaryLine(picture)}.\n`);
  page.list(sections.risks, allRisks(picture), riskItem);
  page.list(sections.groups, groups, groupItem, shortGroup);
  page.list(sections.orphans, orphans, orphanItem);
  page.list(sections.failed, failed, ({ stack, why }) => `- ${code(stack)}: ${code(why)}\n`);
  if (waiting.length > 0) page.add(`\nWaiting for their accounts: ${code(someOf(waiting, most.stacks))}\n`);
  return page.text;
}

function originLines({ execution, fleet, revision, selection }: PlanOrigin): string {
  const asked = selectionKeys.flatMap((key) => (selection[key] ?? []).map((value) => `--${key} ${value}`));
  const besides = (selection.withStack ?? []).map((value) => `--with-stack ${value}`);
  const lines = [
    ["Fleet", fleet],
    ["Selected", [...asked, ...besides].join(" ") || "all stacks"],
    ["Sources", revision],
    ["Execution", execution],
  ] as const;
  return lines
    .flatMap(([title, text]) => (text === undefined ? [] : [`- ${title}: ${code(text)}\n`]))
    .join("");
}

/** Text that grows up to the limit. */
class Page {
  private bytes = 0;
  private readonly parts: string[] = [];

  constructor(start: string) {
    this.add(start);
  }

  get text(): string {
    return this.parts.join("");
  }

  /** A heading and items below it, as long as they fit. Each has forms, the longest first. */
  list<T>(
    { noun, share, title }: Section,
    items: readonly T[],
    ...forms: readonly ((item: T) => string)[]
  ): void {
    if (items.length === 0) return;
    this.add(`\n### ${title}\n\n`);
    for (const [index, item] of items.entries()) {
      const texts = forms.map((form) => form(item));
      const fitting = texts.find((text) => this.bytes + Buffer.byteLength(text) <= limit * share);
      if (fitting === undefined) {
        const rest = count(items.length - index, `more ${noun}`);
        this.add(
          `\n… and ${rest}, left out because a comment has no room: \`npx meridian plan --json\` has all.\n`,
        );
        return;
      }
      this.add(fitting);
    }
  }

  /** Adds a text of which the caller knows that it is short. */
  add(text: string): void {
    this.parts.push(text);
    this.bytes += Buffer.byteLength(text);
  }
}

function riskItem({ risk, stacks }: FleetRisk): string {
  const { fix, message, severity, why } = risk;
  const where = stacks.length > 0 ? `\n  In: ${code(someOf(stacks, 3))}` : "";
  return `- **${severity}** ${code(risk.code)}: ${code(message)}\n  Why: ${code(why)}\n  Instead: ${code(fix)}${where}\n`;
}

function orphanItem({ account, resources, stack, why }: Picture["orphans"][number]): string {
  return `- ${code(stack)} in ${code(account)}, ${count(resources.length, "resource")}: ${code(why)}\n`;
}

function groupItem({ changes, notes, predicted, stacks, title }: Group): string {
  const shown = changes.slice(0, most.changes);
  const rest = changes.length - shown.length;
  const lines = [
    ...shown.flatMap(changeLines),
    ...(rest > 0 ? [`… and ${count(rest, "more change")}`] : []),
    ...(predicted ? ["as its JSON says: Terraform cannot plan it yet"] : []),
    ...notes.map((note) => `note: ${note}`),
    ...(stacks.length > 1 ? [`in: ${someOf(stacks, most.stacks)}`] : []),
  ];
  if (lines.length === 0) return shortGroup({ title });
  return `<details><summary>${htmlCode(title)}</summary>\n\n${block(lines)}\n</details>\n\n`;
}

function shortGroup({ title }: Pick<Group, "title">): string {
  return `- ${code(title)}\n\n`;
}

function changeLines(change: Change): readonly string[] {
  const kind = kindOf(change);
  const where = change.region === undefined ? "" : ` in ${change.region}`;
  const head = `${signs[kind]} ${change.subject}${where}${recorded(change)}`;
  if (kind === "create" || kind === "destroy" || isConsequence(change)) return [head];
  const attributes = tellingAttributes(change);
  const rest = attributes.length - most.attributes;
  return [
    head,
    ...attributes.slice(0, most.attributes).map((attribute) => `    ${attributeText(attribute)}`),
    ...(rest > 0 ? [`    … and ${count(rest, "more attribute")}`] : []),
  ];
}

/** On one line, and not too long. */
function plain(text: string): string {
  const clean = printable(text);
  return clean.length > most.text ? `${[...clean].slice(0, most.text).join("")}…` : clean;
}

/** Text in code, between more backticks than it has in a row. */
function code(text: string): string {
  const clean = plain(text);
  const fence = "`".repeat(longestRun(clean) + 1);
  return clean === "" ? "" : `${fence} ${clean} ${fence}`;
}

/** Text in code inside of HTML, which no Markdown is read in. */
function htmlCode(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return `<code>${plain(text).replace(/[&<>"']/g, (character) => entities[character] ?? "")}</code>`;
}

/** Lines in a block of code. */
function block(lines: readonly string[]): string {
  const clean = lines.map((line) => `${/^ */.exec(line)?.[0] ?? ""}${plain(line)}`);
  const fence = "`".repeat(Math.max(3, longestRun(clean.join("\n")) + 1));
  return `${fence}diff\n${clean.join("\n")}\n${fence}\n`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
