import pc from "picocolors";
import { count } from "../../fleet/wording";
import { elsewhere } from "../../operations/aws/endpoint";
import type { RunStatus } from "../../operations/recovery/run-status";
import type { RolloutPart, RunRecord, RunStack, RunStackState } from "../../operations/store/model";
import { quoteForShell } from "./command-lines";
import { printable } from "./drain-report";
import { shortened, wrapped } from "./lines";
import { shownRevision } from "./releases-report";
import { table } from "./table";

/** A run, with how it stands: an object of the command's JSON. */
export interface ShownRun extends RunRecord {
  readonly status: RunStatus;
}

/** How many stacks of a run are in which state. */
export type Counts = Readonly<Partial<Record<RunStackState, number>>>;

/** Counts stacks by state, in the order that a stack goes through them. */
export function countsOf(stacks: Readonly<Record<string, RunStack>>): Counts {
  return countStates(Object.values(stacks));
}

const order: readonly RunStackState[] = [
  ...(["waiting", "planned", "applying", "applied", "verified"] as const),
  ...(["removed", "rolled-back", "failed", "skipped"] as const),
];

function countStates(stacks: readonly RunStack[]): Counts {
  const counts = order.map(
    (state) => [state, stacks.filter((stack) => stack.state === state).length] as const,
  );
  return Object.fromEntries(counts.filter(([, number]) => number > 0));
}

const statusColours: Readonly<Record<RunStatus, (text: string) => string>> = {
  succeeded: pc.green,
  failed: pc.red,
  stopped: pc.yellow,
  running: pc.cyan,
  killed: pc.red,
  unfinished: pc.yellow,
};

/** The last runs, the newest first: a line each. The ids begin with the time, in UTC. */
export function runsReport(runs: readonly ShownRun[], endpoint: string | undefined): string {
  if (runs.length === 0) return `No run is kept${elsewhere(endpoint)}.\n`;
  const rows = runs.map((run) => {
    const { applied = 0, removed = 0, verified = 0 } = countsOf(run.stacks);
    return [
      run.id,
      run.command,
      shortened(printable(run.rollout ? shownPart(run.rollout) : run.by), 18),
      `${applied + verified + removed}/${Object.keys(run.stacks).length}`,
      statusColours[run.status](run.status),
    ];
  });
  const where = endpoint === undefined ? "" : `(at ${endpoint}, not AWS)\n`;
  const hasParts = runs.some(({ rollout }) => rollout);
  const header = ["run", "command", hasParts ? "by, or part" : "by", "deployed", "outcome"];
  return `${[table(header, rows), ...rolloutLines(runs)].join("\n")}\n${where}`;
}

/** The rollouts that runs are parts of, for their ids are too long for the table. */
function rolloutLines(runs: readonly ShownRun[]): readonly string[] {
  const ids = [...new Set(runs.flatMap(({ rollout }) => rollout?.id ?? []))];
  const numberIn = (id: string) => runs.filter(({ rollout }) => rollout?.id === id).length;
  return ids.flatMap((id) => wrapped(`${id} (${count(numberIn(id), "run")} of these)`, "rollout  "));
}

/**
 * What a run deploys of its rollout, short: stage, wave and shard. Whoever started a build says less.
 *
 * @example "production 2 3/10"
 */
function shownPart({ shard, stage, wave }: RolloutPart): string {
  if (stage === undefined) return "no wave";
  return `${stage} ${wave}${shard ? ` ${shard.number}/${shard.of}` : ""}`;
}

/** The same in full. */
function partLine({ id, shard, stage, wave }: RolloutPart): string {
  const place = stage === undefined ? "" : `: wave ${wave} of ${stage}`;
  return `part of the rollout ${id}${place}${shard ? `, shard ${shard.number} of ${shard.of}` : ""}`;
}

/** What a run was to do, and what became of it: stage by stage, wave by wave, with every reason. */
export function runReport(run: ShownRun): string {
  const words = ["npx", "meridian", run.command, ...run.arguments].map(quoteForShell).join(" ");
  const stacks = Object.entries(run.stacks);
  const head = [
    `${pc.bold(run.id)}  ${statusColours[run.status](run.status)}${lasted(run)}`,
    ...wrapped(words, "  "),
    `  by ${printable(run.by)}${run.revision === undefined ? "" : `, sources at ${shownRevision(run.revision)}`}`,
    ...(run.rollout ? wrapped(partLine(run.rollout), "  ") : []),
    // Whole, for it to be copied.
    ...(run.build === undefined ? [] : [`  in the build ${printable(run.build)}`]),
    `  ${describe(countsOf(run.stacks))} of ${count(stacks.length, "stack")}`,
  ];
  const orphans = stacks.filter(([, { orphan }]) => orphan);
  const foundation = stacks.filter(([, { orphan, stage }]) => stage === undefined && !orphan);
  const stages = (run.stages ?? stagesOf(run)).filter(({ waves }) => waves.some((cells) => cells.length > 0));
  const parts = [
    ...(foundation.length > 0 ? [[pc.bold("before the stages"), ...groupLines(foundation, "  ")]] : []),
    ...stages.map(({ name, waves }) => [
      pc.bold(`stage ${name}`),
      ...waves.flatMap((cells, index) => waveLines(run, name, index + 1, cells)),
    ]),
    ...(orphans.length > 0 ? [[pc.bold("taken away"), ...groupLines(orphans, "  ")]] : []),
  ];
  return `${[head, ...parts].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Of a run without waves, such as a rollback: the cells of each stage, at once. */
function stagesOf({ stacks }: RunRecord): NonNullable<RunRecord["stages"]> {
  const cells = new Map<string, Set<string>>();
  for (const { cell, orphan, stage } of Object.values(stacks)) {
    if (cell === undefined || stage === undefined || orphan) continue;
    cells.set(stage, (cells.get(stage) ?? new Set()).add(cell));
  }
  return [...cells].map(([name, names]) => ({ name, waves: [[...names]] }));
}

type NamedStack = readonly [name: string, stack: RunStack];

/** A wave: its cells by how they went, and one by one those that did not go well. */
function waveLines(
  { stacks }: RunRecord,
  stage: string,
  wave: number,
  cells: readonly string[],
): readonly string[] {
  const of = (cell: string): readonly NamedStack[] =>
    Object.entries(stacks).filter(
      ([, stack]) => stack.stage === stage && stack.cell === cell && !stack.orphan,
    );
  const all = cells.flatMap(of);
  const title = `  wave ${wave}: ${count(cells.length, "cell")}, ${describe(countStates(all.map(([, stack]) => stack)))}`;
  // Cells that went the same way are one line, however many they are.
  const alike = new Map<string, string[]>();
  const troubled: string[] = [];
  for (const cell of cells) {
    const own = of(cell);
    const states = describe(countStates(own.map(([, stack]) => stack)));
    if (own.some(([, { state, why }]) => why !== undefined && state !== "skipped")) {
      troubled.push(`    ${cell}: ${states}`, ...groupLines(own, "      "));
    } else alike.set(states, [...(alike.get(states) ?? []), cell]);
  }
  const quiet = [...alike].flatMap(([states, names]) => {
    const own = names.flatMap(of);
    const reasons = [...new Set(own.flatMap(([, { why }]) => why ?? []))];
    return [
      ...wrapped(`${names.join(", ")}: ${states}`, "    "),
      ...reasons.flatMap((why) => wrapped(why, "      ")),
    ];
  });
  return [title, ...troubled, ...quiet];
}

/** Stacks: those that went well by their number, the others one by one. */
function groupLines(stacks: readonly NamedStack[], indent: string): readonly string[] {
  const quiet = stacks.filter(([, { why }]) => why === undefined);
  const others = stacks.filter(([, { why }]) => why !== undefined);
  return [
    ...(quiet.length > 0
      ? wrapped(
          `${describe(countStates(quiet.map(([, one]) => one)))}: ${quiet.map(([name]) => name).join(", ")}`,
          indent,
        )
      : []),
    ...others.flatMap(([name, { release, state, why = "" }]) => [
      `${indent}${state === "failed" ? pc.red(name) : name}: ${state}${release === undefined ? "" : ` (${release})`}`,
      ...wrapped(why, `${indent}  `),
    ]),
  ];
}

/** `3 verified, 1 failed`; `nothing`. */
function describe(counts: Counts): string {
  const parts = Object.entries(counts).map(([state, number]) => `${number.toLocaleString("en-US")} ${state}`);
  return parts.length > 0 ? parts.join(", ") : "nothing";
}

/** ` after 12 min`. */
function lasted({ ended, started }: RunRecord): string {
  if (ended === undefined) return "";
  const seconds = Math.round((Date.parse(ended) - Date.parse(started)) / 1000);
  return seconds < 120 ? ` after ${seconds} s` : ` after ${Math.round(seconds / 60)} min`;
}
