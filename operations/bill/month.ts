import { UserError } from "../../fleet/errors";
import { quoted } from "../../fleet/wording";

/** A calendar month, in UTC as AWS's bills are. */
export interface BillingMonth {
  /** `2026-10`. */
  readonly name: string;
  /** Its first day: `2026-10-01`. */
  readonly start: string;
  /** The first day after it. */
  readonly end: string;
  /** Whether it is not over yet. */
  readonly isCurrent: boolean;
}

/**
 * Months that Cost Explorer has: the current one and thirteen before it, up to 38 where the organization has enabled
 * that. https://docs.aws.amazon.com/cost-management/latest/userguide/ce-advanced-cost-analysis.html
 */
export const monthsKept = { always: 14, atMost: 38 } as const;

/**
 * The month that somebody asks for.
 *
 * @param text `2026-10`; undefined for the current month
 * @throws {UserError} it is no month, lies in the future, or further back than AWS knows
 */
export function billingMonth(text: string | undefined, now: Date): BillingMonth {
  const current = now.getUTCFullYear() * 12 + now.getUTCMonth();
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text ?? nameOf(current)) ?? [];
  if (year === undefined || month === undefined) throw noMonth(`${quoted(text)} is not a month`);
  const wanted = Number(year) * 12 + Number(month) - 1;
  if (wanted > current) throw noMonth(`${text} is in the future`);
  if (current - wanted >= monthsKept.atMost) {
    throw noMonth(`${text} is too long ago: AWS keeps the bills of ${monthsKept.atMost} months at most`);
  }
  const [name, next] = [nameOf(wanted), nameOf(wanted + 1)];
  return { name, start: `${name}-01`, end: `${next}-01`, isCurrent: wanted === current };
}

function nameOf(months: number): string {
  return `${String(Math.floor(months / 12)).padStart(4, "0")}-${String((months % 12) + 1).padStart(2, "0")}`;
}

function noMonth(what: string): UserError {
  return new UserError(what, "a bill covers one calendar month", "name a month such as 2026-10 with --month");
}
