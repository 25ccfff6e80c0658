import pc from "picocolors";
import { count } from "../../fleet/wording";
import type { BegunWave, RolloutResult } from "../../operations/rollout/roll-out";
import type { RunRecord, RunStack } from "../../operations/store/model";

/** How many lines of a reason are shown; the record has all. */
const shownLines = 12;

/** Cells of a wave that are named when it begins. */
const mostCells = 5;

/** Says that a wave begins, and with which cells. */
export function waveLine({ cells, number, of, stage }: BegunWave): string {
  const shown = cells.length > mostCells ? `${cells.slice(0, mostCells).join(", ")}, …` : cells.join(", ");
  return `Stage ${stage}, wave ${number} of ${of}: ${cells.length === 1 ? "" : `${cells.length} cells, `}${shown}`;
}

/** How a deploy went: what was done, what failed and why, and what to do next. */
export function deployReport(
  { command, id, rollout, stacks }: RunRecord,
  { dataLeft = [], halted, outcome, tolerated }: RolloutResult,
): string {
  const all = Object.entries(stacks);
  const those = (...states: readonly RunStack["state"][]) =>
    all.filter(([, { state }]) => states.includes(state));
  const done = those("applied", "verified");
  const verified = those("verified").length;
  const lines = [
    `${pc.green("deployed")}  ${count(done.length, "stack")}${verified > 0 ? `, ${verified} verified` : ""}`,
  ];
  const removed = those("removed");
  if (removed.length > 0) lines.push(`${pc.green("taken away")}  ${count(removed.length, "orphan")}`);
  for (const [name, { why }] of those("rolled-back"))
    lines.push(`${pc.red("rolled back")}  ${pc.bold(name)}`, ...reasonLines(why));
  for (const [name, { why }] of those("failed"))
    lines.push(`${pc.red("failed")}  ${pc.bold(name)}`, ...reasonLines(why));
  const left = those("skipped", "waiting", "planned", "applying");
  if (left.length > 0) {
    lines.push(`${pc.yellow("not begun")}  ${count(left.length, "stack")}`);
    const reasons = new Map<string, number>();
    for (const [, { why = "unknown" }] of left) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    for (const [why, number] of reasons) lines.push(...reasonLines(`${why} (${count(number, "stack")})`));
  }
  if (dataLeft.length > 0) {
    const cells = dataLeft.join(", ");
    lines.push(
      `${pc.yellow("data not planned")}  ${cells}: it is as it was, and the next deploy plans it again`,
    );
  }
  if (halted !== undefined) lines.push(`The rollout ended early: ${halted}.`);
  const removing = all.some(([, { orphan }]) => orphan) ? " --remove" : "";
  const goOn = rollout
    ? " Deploy it again in the same rollout, and it goes on."
    : ` Go on: npx meridian deploy --resume${removing}`;
  const next = command === "deploy" ? goOn : "";
  const see = `See it: npx meridian runs ${id}.`;
  if (outcome === "succeeded") lines.push(`Run ${id} succeeded.`);
  else if (tolerated) lines.push(`Run ${id} ended: no more cells of its wave have failed than may. ${see}`);
  else lines.push(`Run ${id} ${outcome === "stopped" ? "was stopped" : "failed"}. ${see}${next}`);
  return `${lines.join("\n")}\n`;
}

function reasonLines(why = "unknown"): readonly string[] {
  const lines = why.split("\n").filter((line) => line.trim() !== "");
  const shown = lines.slice(0, shownLines).map((line) => `    ${line}`);
  return lines.length > shownLines ? [...shown, `    … (${lines.length - shownLines} more lines)`] : shown;
}
