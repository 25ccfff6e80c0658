import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../fleet/project";
import { measureDeploys } from "./deploy";
import { type DrillResult, measureDrills } from "./drill";
import { writeExtendedFleet, writeFleet } from "./generate-fleet";
import { type Measured, median, type Run, run } from "./measure";
import { elementsIn, requireSameOutput } from "./outputs";
import { installPeers, peerSetUps, requirePeerOutput, writePeerInput } from "./peers";
import { pipelineSection } from "./pipeline-report";
import { measurePlans } from "./plan";
import {
  aimsTable,
  drillTable,
  figuresTable,
  growthTable,
  machine,
  page,
  peersSection,
  peersTable,
  plansSection,
  plansTable,
} from "./report";
import { aims, drillAims, growth, peerAims, planAims, type SizeResult } from "./results";
import { keptPeers, keptPlans, withSection } from "./sections";
import { peerNames, setUpNames, setUps } from "./set-ups";

const rounds = 5;

/** Seconds above which a program runs once: by then its start-up, which varies most, is a small part. */
const longRun = 20;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Runs the programs in turn, so that whatever else the machine does slows all of them alike. */
async function measureSize(targets: number, scratch: string, withPeers: boolean): Promise<SizeResult> {
  const folder = join(scratch, String(targets));
  const files = {
    fleet: writeFleet(folder, targets),
    organization: writeFleet(join(folder, "organization"), targets, "organization"),
    extended: writeExtendedFleet(join(folder, "extended"), targets),
  };
  const peerInput = withPeers ? await writePeerInput(files.fleet, folder) : undefined;
  const runs = new Map<string, Run[]>();
  let added = Number.NaN;
  const once = new Set<string>();
  for (let round = 0; round <= rounds; round += 1) {
    // A folder per round: what deletes files just before a run slows the run's own writing.
    const output = join(folder, `round-${round}`);
    mkdirSync(output);
    const programs = setUps(files, output);
    const peers = peerInput && peerSetUps(peerInput, output);
    for (const [name, program] of Object.entries({ ...programs, ...peers })) {
      if (once.has(name)) continue;
      const taken = await run(program, scratch);
      const isLong = taken.seconds > longRun;
      if (isLong) once.add(name);
      if (round > 0 || isLong) runs.set(name, [...(runs.get(name) ?? []), taken]);
      const note = round === 0 && !isLong ? ", to warm up" : "";
      say(`${targets} targets, ${name}: ${taken.seconds.toFixed(2)} s${note}`);
    }
    if (round > 0) continue;
    requireSameOutput(programs.synth.output, programs.default.output);
    added = elementsIn(programs.extended.output) / elementsIn(programs.synth.output);
    if (peers && peerInput) {
      for (const name of peerNames) requirePeerOutput(peers[name].output, peerInput.targets);
    }
  }
  rmSync(folder, { recursive: true });
  return {
    targets,
    measured: medians(setUpNames, runs),
    added,
    ...(withPeers && { peers: medians(peerNames, runs) }),
  };
}

function medians<Name extends string>(
  names: readonly Name[],
  runs: ReadonlyMap<string, readonly Run[]>,
): Readonly<Record<Name, Measured>> {
  const entries = names.map((name) => [name, median(runs.get(name) ?? [])]);
  return Object.fromEntries(entries) as Record<Name, Measured>;
}

const reachedAims = (results: readonly SizeResult[], drills: readonly DrillResult[]) => [
  ...aims(results),
  ...peerAims(results),
  ...drillAims(drills),
];

function printJson(results: readonly SizeResult[], drills: readonly DrillResult[]): void {
  const growths = Object.fromEntries(setUpNames.map((name) => [name, growth(results, name)]));
  const reached = reachedAims(results, drills);
  const all = { machine: machine(), results, growth: growths, drills, aims: reached };
  process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
}

const pageFile = join(projectRoot, "docs", "benchmarks.md");
const today = () => new Date().toISOString().slice(0, 10);

/** `--plan`: `meridian plan` alone. */
async function planBenchmark(options: { readonly json: boolean; readonly quick: boolean }): Promise<void> {
  const plans = await inScratch((scratch) => measurePlans(scratch, say));
  const reached = planAims(plans);
  const text = options.json
    ? JSON.stringify({ machine: machine(), plans, aims: reached }, null, 2)
    : [machine(), plansTable(plans), aimsTable(reached)].join("\n\n");
  process.stdout.write(`${text}\n`);
  if (options.quick) return;
  writeFileSync(pageFile, withSection(readFileSync(pageFile, "utf8"), plansSection(plans, today())));
  say(`wrote ${pageFile}`);
}

/** `--deploy`: what the deploy of a stack computes. The simulation of the pipeline has these figures. */
async function deployBenchmark(): Promise<void> {
  const deploys = await inScratch((scratch) => measureDeploys(scratch, say));
  process.stdout.write(`${JSON.stringify({ machine: machine(), ...deploys }, null, 2)}\n`);
}

/** `--pipeline`: nothing is measured. */
async function simulatePipeline(): Promise<void> {
  const section = await inScratch(pipelineSection);
  process.stdout.write(section);
  writeFileSync(pageFile, withSection(readFileSync(pageFile, "utf8"), section));
  say(`wrote ${pageFile}`);
}

async function inScratch<T>(work: (scratch: string) => Promise<T>): Promise<T> {
  const scratch = mkdtempSync(join(tmpdir(), "meridian-bench-"));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" },
      json: { type: "boolean" },
      drill: { type: "boolean" },
      plan: { type: "boolean" },
      deploy: { type: "boolean" },
      pipeline: { type: "boolean" },
      peers: { type: "boolean", default: false },
    },
  });
  if (values.deploy) return deployBenchmark();
  if (values.pipeline) return simulatePipeline();
  if (values.plan) {
    if (values.drill || values.peers) throw new Error("--plan measures nothing else: leave out the others");
    return planBenchmark({ json: values.json === true, quick: values.quick === true });
  }
  if (values.drill && values.peers)
    throw new Error("--drill measures no synth: leave out --drill or --peers");
  if (values.peers) {
    say("installing aws-cdk in bench/peers/");
    await installPeers();
  }
  const results: SizeResult[] = [];
  const drills = await inScratch(async (scratch) => {
    for (const targets of values.drill ? [] : values.quick ? [10, 100] : [10, 100, 1000]) {
      results.push(await measureSize(targets, scratch, values.peers));
    }
    return measureDrills(scratch, say);
  });
  if (values.json) printJson(results, drills);
  else {
    const tables = [
      machine(),
      results.length > 0 ? figuresTable(results) : "",
      growthTable(results),
      peersTable(results),
      drillTable(drills),
      aimsTable(reachedAims(results, drills)),
    ];
    process.stdout.write(`${tables.filter(Boolean).join("\n\n")}\n`);
  }
  if (values.quick || values.drill) return;
  const last = readFileSync(pageFile, "utf8");
  const peers = values.peers ? peersSection(results, today()) : keptPeers(last);
  const pipeline = await inScratch(pipelineSection);
  writeFileSync(pageFile, page(results, drills, { peers, pipeline, plans: keptPlans(last) }, today()));
  say(`wrote ${pageFile}`);
}

// Ctrl+C ends the program that is being measured; that ends the rest, and the temporary folder is deleted.
process.on("SIGINT", () => {});

main().catch((error: unknown) => {
  say(String(error));
  process.exitCode = 1;
});
