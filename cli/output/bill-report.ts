import pc from "picocolors";
import { stackTag } from "../../fleet/stack-mark";
import type { Costs } from "../../operations/bill/cost-explorer";
import { exactMoney, formatMoney } from "../../operations/bill/money";
import type { BillingMonth } from "../../operations/bill/month";
import type { Bill, BillRow } from "../../operations/bill/rows";
import { table } from "./table";

/** What a bill is about, besides its rows. */
export interface BillReport {
  readonly fleet: string;
  readonly month: BillingMonth;
  readonly costs: Pick<Costs, "costs" | "currency" | "isEstimated" | "isMadeUp" | "queries">;
  /** Where it is from, if not from AWS. */
  readonly endpoint?: string;
}

/** Stands above and below what a sandbox invented. */
export const madeUpWarning = "data made up by the sandbox, not a bill";

const sides = ["accounts", "tenants", "stages", "stacks"] as const;

/** A bill for people: a table for each side, the highest share first, with a bar for each. */
export function billReport(bill: Bill, report: BillReport): string {
  const warning = report.costs.isMadeUp ? [pc.yellow(pc.bold(madeUpWarning))] : [];
  const parts = [
    ...warning,
    headOf(bill.total, report),
    ...sides.map((side) => sideTable(side, bill[side])),
    ...notesOf(report).map((note) => `${pc.cyan("note")} ${note}`),
    ...warning,
  ];
  return `${parts.join("\n\n")}\n`;
}

/** A bill as data: costs as decimal texts, exact to the last digit, all else as numbers. */
export function billJson(bill: Bill, report: BillReport): object {
  const { costs, endpoint, fleet, month } = report;
  const row = ({ budget, cost, id, isOverBudget, name, share, used }: BillRow) => ({
    ...{ name, id, cost: exactMoney(cost), share },
    ...{
      budget: budget === undefined ? undefined : Number(exactMoney(budget)),
      used,
      overBudget: isOverBudget,
    },
  });
  return {
    ...{ ok: true, fleet, month: month.name, madeUp: costs.isMadeUp, endpoint },
    ...{ currency: costs.currency, estimated: costs.isEstimated, queries: costs.queries },
    total: row(bill.total),
    ...Object.fromEntries(sides.map((side) => [side, bill[side].map(row)])),
    notes: notesOf(report),
  };
}

function headOf(total: BillRow, { costs, endpoint, fleet, month }: BillReport): string {
  const when = month.isCurrent ? `${month.name} so far` : month.name;
  const where = endpoint === undefined ? [] : [`from ${endpoint}, not AWS`];
  const changes = costs.isEstimated ? ["AWS may still change them"] : [];
  const budget =
    total.budget === undefined
      ? ""
      : `, ${percent(total.used)} of the budget of ${formatMoney(total.budget)}${total.isOverBudget ? `: ${overBudget(total)}` : ""}`;
  return [
    pc.bold(`${fleet}, ${when}: ${costs.currency} ${formatMoney(total.cost)}${budget}`),
    `(${["unblended costs", ...where, ...changes].join("; ")})`,
  ].join("\n");
}

function sideTable(side: (typeof sides)[number], rows: readonly BillRow[]): string {
  const hasBudget = rows.some(({ budget }) => budget !== undefined);
  const texts = rows.map(({ budget, cost, share, used }) => ({
    cost: formatMoney(cost),
    share: percent(share),
    budget: budget === undefined ? "-" : formatMoney(budget),
    used: percent(used),
  }));
  const right = (title: "cost" | "share" | "budget" | "used") => {
    const cells = [title, ...texts.map((text) => text[title])];
    const width = Math.max(...cells.map(({ length }) => length));
    return cells.map((cell) => cell.padStart(width));
  };
  const columns = [
    [side.slice(0, -1), ...rows.map(({ name }) => name)],
    right("cost"),
    right("share"),
    ["", ...rows.map(({ share }) => bar(share))],
    ...(hasBudget ? [right("budget"), right("used"), ["", ...rows.map(warningOf)]] : []),
  ];
  const line = (index: number) => columns.map((column) => column[index] ?? "");
  const lines = table(
    line(0),
    rows.map((_, index) => line(index + 1)),
  );
  return lines.replace(/ +$/gm, "");
}

/** In words, for not everybody sees colours. */
function warningOf(row: BillRow): string {
  return row.isOverBudget ? pc.red(overBudget(row)) : "";
}

function overBudget({ budget = 0n, cost }: BillRow): string {
  return `OVER BUDGET by ${formatMoney(cost - budget)}`;
}

function percent(value: number | undefined): string {
  return value === undefined ? "-" : `${value.toFixed(1)}%`;
}

/** Characters of a bar that stands for all of the bill. */
const barWidth = 24;

/** A bar for a share in percent, drawn to an eighth of a character; whatever is more than nothing can be seen. */
export function bar(share = 0): string {
  const eighths = Math.max(Math.round((Math.min(share, 100) / 100) * barWidth * 8), share > 0 ? 1 : 0);
  const partial = eighths % 8 === 0 ? "" : String.fromCodePoint(0x2590 - (eighths % 8));
  return "█".repeat(Math.floor(eighths / 8)) + partial;
}

function notesOf({ costs }: BillReport): readonly string[] {
  const { currency, isMadeUp, queries } = costs;
  const isTagged = costs.costs.some(({ stack }) => stack !== undefined);
  const fee = (queries / 100).toFixed(2);
  return [
    ...(isTagged ? [] : [untagged]),
    ...(currency === "USD"
      ? []
      : [`the budgets are in USD and the bill is in ${currency}, so they are not compared`]),
    ...(isMadeUp ? [] : [`AWS charges USD ${fee} for showing this bill`]),
  ];
}

const untagged = `no cost carries the tag ${stackTag}, so each was attributed by its account alone. Activate the tag in the management account (aws ce update-cost-allocation-tags-status --cost-allocation-tags-status TagKey=${stackTag},Status=Active); it applies to costs from then on, and shows up to a day later`;
