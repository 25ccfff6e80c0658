import pc from "picocolors";
import { count } from "../../fleet/wording";
import { elsewhere } from "../../operations/aws/endpoint";
import { isRight, type StackAnswer, type WaveAnswer } from "../../operations/rollout/ask-stacks";
import { someOf, wrapped } from "./lines";
import { table } from "./table";

/** Cells that are named at most. */
const mostCells = 5;

/** Whether no more cells answer wrongly than may. */
export function hasPassed(waves: readonly WaveAnswer[]): boolean {
  return waves.every(({ tolerated, wrong }) => wrong.length <= tolerated);
}

/** Who answered what: a line each, then what is wrong, and what that means. */
export function verifyReport(waves: readonly WaveAnswer[], endpoint: string | undefined): string {
  const stacks = waves.flatMap((wave) => wave.stacks.map((answer) => ({ ...answer, ...placeOf(wave) })));
  if (stacks.length === 0)
    return "Nothing to ask: no stage of the selection that is deployed has `verify`.\n";
  const rows = stacks.map((answer) => [
    answer.stage,
    String(answer.wave),
    answer.stack.name,
    isRight(answer) ? pc.green(shownAnswer(answer)) : pc.red(shownAnswer(answer)),
  ]);
  const lines = [table(["stage", "wave", "stack", "answer"], rows)];
  for (const answer of stacks.filter((each) => !isRight(each))) {
    lines.push("", pc.bold(answer.stack.name), ...reasonsOf(answer).flatMap((why) => wrapped(why, "  ")));
  }
  lines.push("", ...waves.filter(({ wrong }) => wrong.length > 0).map(wrongLine));
  const right = stacks.filter(isRight).length;
  const all = count(stacks.length, "stack");
  lines.push(
    `${right === stacks.length ? all : `${right} of ${all}`} answered as expected${elsewhere(endpoint)}.`,
  );
  return `${lines.join("\n")}\n`;
}

const placeOf = ({ stage, wave }: WaveAnswer) => ({ stage, wave });

function shownAnswer({ asked, why }: StackAnswer): string {
  if (why !== undefined) return "not asked";
  if (asked.length === 0) return "nothing to ask";
  return [...new Set(asked.map(({ status }) => (status === undefined ? "none" : String(status))))].join(", ");
}

function reasonsOf({ asked, why }: StackAnswer): readonly string[] {
  const wrong = asked.filter((each) => each.why !== undefined);
  return why === undefined ? wrong.map((each) => `${each.url}: ${each.why}`) : [why];
}

function wrongLine({ cells, stage, tolerated, wave, wrong }: WaveAnswer): string {
  const names = someOf(wrong, mostCells);
  const isBorne = wrong.length <= tolerated;
  const what = `wave ${wave} of ${stage}: ${wrong.length} of ${count(cells.length, "cell")} (${names})`;
  return `${isBorne ? pc.yellow("tolerated") : pc.red("failed")}  ${what}, and ${tolerated || "none"} may`;
}

/** The form of `meridian verify --json`. */
export function answersOf(waves: readonly WaveAnswer[]) {
  return {
    version: 1,
    outcome: hasPassed(waves) ? "passed" : "failed",
    waves: waves.map(({ cells, stage, tolerated, wave, wrong }) => ({
      ...{ stage, wave, cells: cells.length, wrong, tolerated },
      outcome: wrong.length === 0 ? "passed" : wrong.length <= tolerated ? "tolerated" : "failed",
    })),
    stacks: waves.flatMap(({ stacks, stage, wave }) =>
      stacks.map((answer) => ({
        ...{ stack: answer.stack.name, cell: answer.stack.cell, account: answer.stack.account.id },
        ...{ regions: answer.stack.regions, stage, wave },
        outcome: isRight(answer) ? "passed" : "failed",
        ...(answer.why !== undefined && { why: answer.why }),
        asked: answer.asked.map(({ status, url, why }) => ({ url, status, why })),
      })),
    ),
  };
}
