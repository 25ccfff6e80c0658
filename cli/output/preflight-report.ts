import pc from "picocolors";
import { count } from "../../fleet/wording";
import { elsewhere } from "../../operations/aws/endpoint";
import type { Line, Status } from "../../operations/preflight/model";
import { someOf, wrapped } from "./lines";

/** How many places of a group are shown; `--json` has the rest. */
const mostPlaces = 6;

/** The worst first, as each is called. */
const statuses: readonly (readonly [Status, string])[] = [
  ["fails", pc.red("fails")],
  ["unknown", pc.yellow("not known")],
  ["note", pc.cyan("look at")],
  ["fine", pc.green("fine")],
];

/**
 * What AWS said, for people at a terminal: what would fail first, then what is fine. The same answer of several places is
 * there once.
 */
export function preflightReport(lines: readonly Line[], endpoint: string | undefined): string {
  const parts = statuses.flatMap(([status, word]) =>
    groups(lines.filter((line) => line.status === status)).map((group) => groupPart(group, word)),
  );
  return `${[...parts, wrapped(summary(lines, endpoint), "").join("\n")].join("\n\n")}\n`;
}

/** Lines that say the same of several places. */
function groups(lines: readonly Line[]): readonly (readonly Line[])[] {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    const { asks, found, needed, raise, status, subject } = line;
    // How to get more of it is shown where that is needed, and says in which region.
    const key = JSON.stringify([subject, needed, found, asks, status === "fine" ? "" : raise]);
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()];
}

function groupPart(lines: readonly Line[], word: string): string {
  const [line] = lines;
  if (!line) return "";
  const { asks, found, needed, raise, status, subject } = line;
  return [
    ...wrapped(`${subject}: ${someOf(placesOf(lines), mostPlaces)}`, `${word} `),
    ...wrapped(needed, "  needed "),
    ...wrapped(found, "  there  "),
    ...wrapped(asks.join(", "), "  asked  "),
    // Not wrapped: it may be a command line to copy.
    ...(status === "fine" ? [] : [`  fix    ${raise}`]),
  ].join("\n");
}

/** @example ["globex (eu-central-1, eu-west-1)", "initech (us-east-1)"] */
function placesOf(lines: readonly Line[]): readonly string[] {
  const regions = new Map<string, string[]>();
  for (const { account, region } of lines) {
    const name = account?.name ?? "the fleet";
    regions.set(name, [...(regions.get(name) ?? []), region]);
  }
  return [...regions].map(([name, ones]) => `${name} (${ones.join(", ")})`);
}

function summary(lines: readonly Line[], endpoint: string | undefined): string {
  const numberOf = (status: Status) => lines.filter((line) => line.status === status).length;
  const accounts = new Set(lines.flatMap(({ account }) => account?.id ?? [])).size;
  const [fails, unknown, notes, fine] = [
    numberOf("fails"),
    numberOf("unknown"),
    numberOf("note"),
    numberOf("fine"),
  ];
  const parts = [
    ...(fails > 0 ? [`${count(fails, "thing")} would make a deploy fail`] : []),
    ...(unknown > 0 ? [`${count(unknown, "thing")} could not be found out`] : []),
    ...(notes > 0 ? [`${count(notes, "thing")} to look at`] : []),
    `${count(fine, "thing")} ${fine === 1 ? "is" : "are"} fine`,
  ];
  return `${count(accounts, "account")} asked${elsewhere(endpoint)}: ${parts.join(", ")}.`;
}
