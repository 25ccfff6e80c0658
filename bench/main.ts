import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../fleet/project";
import { type DrillResult, measureDrills } from "./drill";
import { writeFleet } from "./generate-fleet";
import { median, type Run, run } from "./measure";
import { aimsTable, drillTable, figuresTable, growthTable, machine, page } from "./report";
import { aims, drillAims, growth, type SizeResult } from "./results";
import { requireSameOutput } from "./same-output";
import { type SetUpName, setUpNames, setUps } from "./set-ups";

const rounds = 5;

/** Seconds above which a program runs once: by then its start-up, which varies most, is a small part. */
const longRun = 20;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Runs the programs in turn, so that whatever else the machine does slows all of them alike. */
async function measureSize(targets: number, scratch: string): Promise<SizeResult> {
  const folder = join(scratch, String(targets));
  const files = {
    fleet: writeFleet(folder, targets),
    organization: writeFleet(join(folder, "organization"), targets, "organization"),
  };
  const runs: Record<SetUpName, Run[]> = { check: [], organization: [], synth: [], default: [] };
  const once = new Set<SetUpName>();
  for (let round = 0; round <= rounds; round += 1) {
    // A folder per round: what deletes files just before a run slows the run's own writing.
    const output = join(folder, `round-${round}`);
    mkdirSync(output);
    const programs = setUps(files, output);
    for (const name of setUpNames.filter((name) => !once.has(name))) {
      const taken = await run(programs[name], scratch);
      const isLong = taken.seconds > longRun;
      if (isLong) once.add(name);
      if (round > 0 || isLong) runs[name].push(taken);
      const note = round === 0 && !isLong ? ", to warm up" : "";
      say(`${targets} targets, ${name}: ${taken.seconds.toFixed(2)} s${note}`);
    }
    if (round === 0) requireSameOutput(programs.synth.output, programs.default.output);
  }
  rmSync(folder, { recursive: true });
  const { check, organization, synth, default: theirs } = runs;
  return {
    targets,
    measured: {
      check: median(check),
      organization: median(organization),
      synth: median(synth),
      default: median(theirs),
    },
  };
}

function printJson(results: readonly SizeResult[], drills: readonly DrillResult[]): void {
  const growths = Object.fromEntries(setUpNames.map((name) => [name, growth(results, name)]));
  const reached = [...aims(results), ...drillAims(drills)];
  const all = { machine: machine(), results, growth: growths, drills, aims: reached };
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, json: { type: "boolean" }, drill: { type: "boolean" } },
  });
  const scratch = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  const results: SizeResult[] = [];
  let drills: readonly DrillResult[] = [];
  try {
    for (const targets of values.drill ? [] : values.quick ? [10, 100] : [10, 100, 1000]) {
      results.push(await measureSize(targets, scratch));
    }
    drills = await measureDrills(scratch, say);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (values.json) printJson(results, drills);
  else {
    const tables = [
      machine(),
      results.length > 0 ? figuresTable(results) : "",
      growthTable(results),
      drillTable(drills),
      aimsTable([...aims(results), ...drillAims(drills)]),
    ];
    process.stdout.write(`${tables.filter(Boolean).join("\n\n")}\n`);
  }
  if (values.quick || values.drill) return;
  const file = join(projectRoot, "docs", "benchmarks.md");
  writeFileSync(file, page(results, drills, new Date().toISOString().slice(0, 10)));
  say(`wrote ${file}`);
}

// Ctrl+C ends the program that is being measured; that ends the rest, and the temporary folder is deleted.
process.on("SIGINT", () => {});

main().catch((error: unknown) => {
  say(String(error));
  process.exitCode = 1;
});
