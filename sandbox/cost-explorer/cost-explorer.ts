import { createHash } from "node:crypto";
import { AwsError, type OwnService } from "../http";
import { type JsonInput, jsonService, requiredText } from "../protocols/json";
import { type DeployedStacks, stackTag } from "./stacks";

/** The header that marks an answer with figures that nobody will ever bill. */
export const madeUpHeader = "x-meridian-made-up";

/** Cost Explorer's own pages are larger; these are small so that a client that reads only the first is found out. */
const groupsPerPage = 20;

const knownMetrics = [
  "AmortizedCost",
  "BlendedCost",
  "NetAmortizedCost",
  "NetUnblendedCost",
  "UnblendedCost",
];

/** A calendar month, or the part of it that was asked for; dates as `2026-10-01`, the end not included. */
interface Period {
  readonly Start: string;
  readonly End: string;
}

/** What was spent by one stack in one account; the empty stack is what has no tag. */
interface Cost {
  readonly account: string;
  readonly stack: string;
  /** In dollars. */
  readonly amount: number;
}

type Grouping = (cost: Cost) => string;

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

const dayOf = (date: string) => Date.parse(`${date}T00:00:00Z`) / 86_400_000;

/** The first day of the next month. */
function nextMonth(date: string): string {
  const [year = 0, month = 0] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10);
}

function readPeriods({ TimePeriod, Granularity }: JsonInput): readonly Period[] {
  if (Granularity !== "MONTHLY") throw invalid("the sandbox serves the granularity MONTHLY only");
  const { Start, End } = (TimePeriod ?? {}) as Partial<Period>;
  const isDate = (date: unknown) => typeof date === "string" && /^\d{4}-\d\d-\d\d$/.test(date);
  if (!Start || !End || !isDate(Start) || !isDate(End)) throw invalid("TimePeriod needs two dates");
  const days = dayOf(End) - dayOf(Start);
  if (!(days > 0)) throw invalid(`Start date (${Start}) should be before end date (${End})`);
  if (days > 3 * 366) throw invalid("TimePeriod is longer than three years");
  const periods: Period[] = [];
  for (let from = Start; from < End; from = nextMonth(from)) {
    const to = nextMonth(from);
    periods.push({ Start: from, End: to < End ? to : End });
  }
  return periods;
}

function readMetrics({ Metrics }: JsonInput): readonly string[] {
  const metrics = Array.isArray(Metrics) ? Metrics.map(String) : [];
  const unknown = metrics.find((one) => !knownMetrics.includes(one));
  if (metrics.length === 0 || unknown) throw invalid(`Metrics have to be out of ${knownMetrics.join(", ")}`);
  return metrics;
}

function readGroupings({ GroupBy }: JsonInput): readonly Grouping[] {
  const groups = Array.isArray(GroupBy) ? (GroupBy as readonly JsonInput[]) : [];
  if (groups.length > 2) throw invalid("GroupBy takes two groups at most");
  return groups.map((group) => {
    const wanted = `${requiredText(group, "Type")} ${requiredText(group, "Key")}`;
    if (wanted === "DIMENSION LINKED_ACCOUNT") return ({ account }) => account;
    if (wanted === `TAG ${stackTag}`) return ({ stack }) => `${stackTag}$${stack}`;
    throw invalid(`the sandbox groups by DIMENSION LINKED_ACCOUNT and TAG ${stackTag}, not by ${wanted}`);
  });
}

/** Between 1 and 500 dollars a month, the same for the same account, stack and month; less for a part of a month. */
function madeUpAmount(account: string, stack: string, { Start, End }: Period): number {
  const month = Start.slice(0, 7);
  const hash = createHash("sha256").update(`${account} ${stack} ${month}`).digest();
  const whole = 1 + (hash.readUInt32BE(0) / 2 ** 32) * 499;
  const share = (dayOf(End) - dayOf(Start)) / (dayOf(nextMonth(Start)) - dayOf(`${month}-01`));
  return whole * share;
}

function metricsOf(metrics: readonly string[], costs: readonly Cost[]): object {
  const sum = costs.reduce((total, { amount }) => total + amount, 0);
  return Object.fromEntries(metrics.map((name) => [name, { Amount: sum.toFixed(10), Unit: "USD" }]));
}

interface Group {
  readonly keys: readonly string[];
  readonly costs: readonly Cost[];
}

function grouped(costs: readonly Cost[], groupings: readonly Grouping[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const cost of costs) {
    const keys = groupings.map((grouping) => grouping(cost));
    const id = JSON.stringify(keys);
    groups.set(id, { keys, costs: [...(groups.get(id)?.costs ?? []), cost] });
  }
  return [...groups.values()];
}

function getCostAndUsage(stacks: DeployedStacks, input: JsonInput): object {
  const periods = readPeriods(input);
  const metrics = readMetrics(input);
  const groupings = readGroupings(input);
  if (input.Filter !== undefined) throw invalid("the sandbox serves no Filter");
  const from = Number(input.NextPageToken ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new AwsError(400, "InvalidNextTokenException", "Bad token");

  const deployed = stacks.list();
  const lines = periods.flatMap((period) => {
    const costs = deployed.flatMap(([account, names]) =>
      [...names, ""].map((stack) => ({ account, stack, amount: madeUpAmount(account, stack, period) })),
    );
    if (groupings.length === 0) return [{ period, keys: [] as readonly string[], costs }];
    return grouped(costs, groupings).map((group) => ({ period, ...group }));
  });
  const page = lines.slice(from, from + groupsPerPage);
  const next = from + groupsPerPage;
  const today = new Date().toISOString().slice(0, 10);
  return {
    ...(next < lines.length && { NextPageToken: String(next) }),
    GroupDefinitions: input.GroupBy,
    ResultsByTime: periods
      .map((period) => ({ period, lines: page.filter((line) => line.period === period) }))
      .filter(({ lines: of }) => of.length > 0)
      .map(({ period, lines: of }) => ({
        TimePeriod: period,
        Estimated: period.End > today,
        Total: groupings.length === 0 ? metricsOf(metrics, of[0]?.costs ?? []) : {},
        Groups:
          groupings.length === 0
            ? []
            : of.map(({ keys, costs }) => ({ Keys: keys, Metrics: metricsOf(metrics, costs) })),
      })),
    // AWS writes the name of the account here.
    DimensionValueAttributes: deployed.map(([account]) => ({
      Value: account,
      Attributes: { description: "figures made up by the sandbox" },
    })),
  };
}

/**
 * Cost Explorer with made-up figures for the stacks that were deployed here, and for what carries no stack's tag in
 * the accounts that were called. Every answer has the header {@link madeUpHeader}: `true`.
 */
export function createCostExplorer(stacks: DeployedStacks): OwnService {
  const { operations, handle } = jsonService("ce", {
    GetCostAndUsage: (input) => getCostAndUsage(stacks, input),
  });
  return {
    operations,
    handle: async (call) => {
      const answer = await handle(call);
      return { ...answer, headers: { ...answer.headers, [madeUpHeader]: "true" } };
    },
  };
}
