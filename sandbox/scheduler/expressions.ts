/**
 * When a schedule runs: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * - `rate`: at its start, and then every so many milliseconds
 * - `cron`: in each minute that all fields allow
 * - `at`: once, at this time of its time zone, as `2030-01-31T12:00:00`
 */
export type Expression =
  | { readonly kind: "rate"; readonly every: number }
  | { readonly kind: "cron"; readonly fields: CronFields }
  | { readonly kind: "at"; readonly local: string };

interface CronFields {
  readonly minute: Allowed;
  readonly hour: Allowed;
  readonly day: Allowed;
  readonly month: Allowed;
  /** 1 is Sunday. */
  readonly weekday: Allowed;
  readonly year: Allowed;
}

/** The numbers that a field allows; any where undefined. */
type Allowed = ReadonlySet<number> | undefined;

const units = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const months: readonly string[] = [
  "JAN",
  "FEB",
  "MAR",
  "APR",
  "MAY",
  "JUN",
  "JUL",
  "AUG",
  "SEP",
  "OCT",
  "NOV",
  "DEC",
];
const weekdays: readonly string[] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** The lowest and the highest number of each field of a cron expression, and the names of numbers, from the lowest on. */
const ranges: Readonly<Record<keyof CronFields, readonly [number, number, ...(readonly string[])[]]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day: [1, 31],
  month: [1, 12, months],
  weekday: [1, 7, weekdays],
  year: [1970, 2199],
};

/** Reads an expression; undefined for what is none, and for cron's `L`, `W` and `#`, which the sandbox does not know. */
export function parseExpression(text: string): Expression | undefined {
  const [, kind, inner = ""] = /^(rate|cron|at)\((.+)\)$/.exec(text) ?? [];
  if (kind === "at")
    return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(inner) ? { kind, local: inner } : undefined;
  if (kind === "cron") {
    const fields = parseCron(inner);
    return fields && { kind, fields };
  }
  const [, count = "0", unit] = /^(\d+) (minute|hour|day)s?$/.exec(inner) ?? [];
  const every = Number(count) * (units[unit as keyof typeof units] ?? 0);
  return every > 0 ? { kind: "rate", every } : undefined;
}

function parseCron(text: string): CronFields | undefined {
  const parts = text.trim().split(/\s+/);
  const names = Object.keys(ranges) as (keyof CronFields)[];
  // One of the two kinds of day is left open.
  if (parts.length !== names.length || (parts[2] === "?") === (parts[4] === "?")) return undefined;
  const fields = names.map((name, index) => [name, parseField(name, parts[index] ?? "")] as const);
  if (fields.some(([, allowed]) => allowed === "wrong")) return undefined;
  return Object.fromEntries(fields) as unknown as CronFields;
}

function parseField(name: keyof CronFields, text: string): Allowed | "wrong" {
  if (text === "*" || text === "?") return undefined;
  const [low, high, words = []] = ranges[name];
  const numberOf = (word: string) => {
    const index = words.indexOf(word.toUpperCase());
    return index >= 0 ? index + low : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  const allowed = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [first = "", last] = range === "*" ? [String(low), String(high)] : range.split("-");
    const from = numberOf(first);
    const to = last === undefined ? (part.includes("/") ? high : from) : numberOf(last);
    if (!(from >= low && to <= high && from <= to && /^[1-9]\d*$/.test(step))) return "wrong";
    for (let value = from; value <= to; value += Number(step)) allowed.add(value);
  }
  return allowed;
}

/** A stretch of time, in milliseconds since 1970. */
export interface Stretch {
  /** Not a part of it. */
  readonly after: number;
  /** The last part of it. */
  readonly until: number;
}

/**
 * Whether a schedule runs within a stretch of time.
 *
 * @param start when a rate begins, in milliseconds since 1970
 * @param timeZone IANA's name of it
 */
export function occurs(
  expression: Expression,
  start: number,
  timeZone: string,
  { after, until }: Stretch,
): boolean {
  switch (expression.kind) {
    case "rate": {
      const turns = (time: number) => Math.floor((time - start) / expression.every);
      return until >= start && turns(until) > Math.max(turns(after), -1);
    }
    case "at":
      return (
        localTime(after, timeZone).text < expression.local &&
        localTime(until, timeZone).text >= expression.local
      );
    case "cron": {
      const firstMinute = Math.floor(after / units.minute) + 1;
      for (let minute = firstMinute; minute * units.minute <= until; minute++) {
        if (allows(expression.fields, localTime(minute * units.minute, timeZone))) return true;
      }
      return false;
    }
  }
}

function allows(fields: CronFields, local: LocalTime): boolean {
  return (Object.keys(fields) as (keyof CronFields)[]).every(
    (name) => fields[name]?.has(local[name]) ?? true,
  );
}

interface LocalTime extends Readonly<Record<keyof CronFields, number>> {
  readonly text: string;
}

/** What the clocks of a time zone show. */
function localTime(time: number, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", weekday: "short" },
    ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
  });
  const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const { day, hour, minute, month, second, year } = parts;
  return {
    text: `${year}-${month}-${day}T${hour}:${minute}:${second}`,
    ...{
      minute: Number(minute),
      hour: Number(hour),
      day: Number(day),
      month: Number(month),
      year: Number(year),
    },
    weekday: weekdays.indexOf((parts.weekday ?? "").toUpperCase()) + 1,
  };
}

/** Whether there is a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
