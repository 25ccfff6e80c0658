import { readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { projectRoot } from "../fleet/project";
import { sandboxEnvironment, terraformEnvironment } from "../operations/terraform/environment";
import { fakeTerraform, writeCannedPlan } from "./canned-plan";
import { writeFleet } from "./generate-fleet";
import { writeStates } from "./generate-states";
import { middle } from "./measure";
import { runTree, type TreeProgram, type TreeRun } from "./process-tree";
import { greetOtherwise, meridian, node, startSandbox } from "./sandboxed";

/** Several runs of a program, with all that it started. */
export interface TreeMeasured extends TreeRun {
  readonly runs: number;
}

/** What planning took. */
export interface PlanResult {
  /** Of the large fleets. */
  readonly stacks: number;
  /** Nothing to do. */
  readonly unchanged: TreeMeasured;
  /** Every target's stack changed, and a stand-in for Terraform: the memory of `meridian plan` itself. */
  readonly allChanged: TreeMeasured;
  /** A change in a few stacks, planned with Terraform. */
  readonly changed: readonly ChangedResult[];
}

/** A change in a few stacks, and the same by hand. */
export interface ChangedResult {
  readonly stacks: number;
  /** Whether the folders were initialized before, by a plan or a deploy. */
  readonly initialized: boolean;
  readonly meridian: TreeMeasured;
  readonly byHand: TreeMeasured;
}

const rounds = 5;
const targets = 1000;
/** So many targets change at a time, on so many cores. */
const few = { targets: 6, rounds: 3, parallelism: 2 };

/**
 * Measures `meridian plan`, the whole process tree each time: see docs/benchmarks.md.
 *
 * @param scratch folder for fleets, states and plans
 * @throws {Error} a plan came out otherwise than it should
 */
export async function measurePlans(scratch: string, say: (text: string) => void): Promise<PlanResult> {
  if (process.platform !== "linux") throw new Error("--plan looks into /proc, which only Linux has");
  const large = await measureLarge(join(scratch, "plan-large"), say);
  return { ...large, changed: await measureChanged(join(scratch, "plan-few"), say) };
}

async function measureLarge(folder: string, say: (text: string) => void) {
  const fleet = writeFleet(folder, targets);
  const outdir = join(folder, "cdktf.out");
  await runTree(synth(fleet, outdir));
  const stacks = writeStates(outdir);
  const plan = meridian(["plan", "--json", "--fleet", fleet], { CDKTF_OUTPUT: outdir });
  const unchanged = await several(rounds, plan, (run) => say(`plan, nothing changed: ${told(run)}`));
  const bin = join(folder, "bin");
  fakeTerraform(bin, writeCannedPlan(join(folder, "plan.json")));
  const PATH = `${bin}${delimiter}${process.env.PATH}`;
  const all = meridian(
    ["plan", "--json", "--fleet", greetOtherwise(fleet)],
    { CDKTF_OUTPUT: outdir, PATH },
    2,
  );
  const allChanged = await several(1, all, (run) => say(`plan, all targets changed: ${told(run)}`));
  rmSync(folder, { recursive: true });
  return { stacks, unchanged, allChanged };
}

async function measureChanged(
  folder: string,
  say: (text: string) => void,
): Promise<readonly ChangedResult[]> {
  const fleet = writeFleet(folder, few.targets);
  const outdir = join(folder, "cdktf.out");
  const sandbox = await startSandbox(fleet);
  try {
    const env = { ...sandboxEnvironment(sandbox.endpoint), CDKTF_OUTPUT: outdir };
    const which = ["--stack", "tenant-*_tenant-*", "--parallelism", String(few.parallelism)];
    say(`deploying ${few.targets} targets to a sandbox`);
    await runTree(meridian(["deploy", "--auto-approve", "--fleet", fleet, ...which], env));
    const changed = greetOtherwise(fleet);
    await runTree(synth(changed, outdir));
    const folders = readdirSync(join(outdir, "stacks"))
      .filter((stack) => /^tenant-\d+_tenant-/.test(stack))
      .map((stack) => join(outdir, "stacks", stack));
    const plan = meridian(["plan", "--json", "--fleet", changed, ...which], env, 2);
    const hand = byHand(folders, sandbox.endpoint);
    const results: ChangedResult[] = [];
    for (const initialized of [true, false]) {
      const runs: { meridian: TreeRun[]; byHand: TreeRun[] } = { meridian: [], byHand: [] };
      for (let round = 0; round < few.rounds; round += 1) {
        for (const [name, program] of [
          ["meridian", plan],
          ["byHand", hand],
        ] as const) {
          if (!initialized) folders.forEach(forgetInit);
          const run = await runTree(program);
          runs[name].push(run);
          say(
            `change in ${folders.length} stacks, ${initialized ? "" : "not "}initialized, ${name}: ${told(run)}`,
          );
        }
      }
      const measured = { meridian: treeMedian(runs.meridian), byHand: treeMedian(runs.byHand) };
      results.push({ stacks: folders.length, initialized, ...measured });
    }
    return results;
  } finally {
    await sandbox.close();
  }
}

const { HOME, PATH } = process.env;

function synth(fleet: string, outdir: string): TreeProgram {
  return node(["bin/app.js"], { MERIDIAN_FLEET: fleet, CDKTF_OUTDIR: outdir });
}

/** `terraform init` and `terraform plan` in each folder, as many at once, as somebody would who has nothing else. */
function byHand(folders: readonly string[], endpoint: string): TreeProgram {
  const { GOGC: _, ...env } = terraformEnvironment({ HOME, PATH }, projectRoot);
  const one = 'cd "$0" && terraform init -input=false >&2 && terraform plan -input=false >&2';
  const all = `printf '%s\\0' "$@" | xargs -0 -P ${few.parallelism} -n 1 sh -c '${one}'`;
  return {
    ...{ command: "sh", args: ["-c", all, "sh", ...folders] },
    env: { ...env, ...sandboxEnvironment(endpoint) },
  };
}

function forgetInit(folder: string): void {
  for (const name of [".terraform", ".terraform.lock.hcl"]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

async function several(
  count: number,
  program: TreeProgram,
  onRun: (run: TreeRun) => void,
): Promise<TreeMeasured> {
  const runs: TreeRun[] = [];
  for (let round = 0; round < count; round += 1) {
    const run = await runTree(program);
    runs.push(run);
    onRun(run);
  }
  return treeMedian(runs);
}

/** The median of each figure for itself. */
export function treeMedian(runs: readonly TreeRun[]): TreeMeasured {
  return {
    runs: runs.length,
    seconds: middle(runs.map(({ seconds }) => seconds)),
    peakBytes: middle(runs.map(({ peakBytes }) => peakBytes)),
    cpuSeconds: middle(runs.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function told({ cpuSeconds, peakBytes, seconds }: TreeRun): string {
  return `${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s computed, ${(peakBytes / 1e6).toFixed(0)} MB`;
}
