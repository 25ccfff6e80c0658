import { join } from "node:path";
import { sandboxEnvironment } from "../operations/terraform/environment";
import { writeFleet } from "./generate-fleet";
import { treeMedian } from "./plan";
import { runTree, type TreeRun } from "./process-tree";
import { greetOtherwise, meridian, startSandbox } from "./sandboxed";

/** What the deploy of one stack computes, on all cores: Meridian's part, Terraform and its provider, without the sandbox. */
export interface DeployResult {
  /** Stacks of targets; of fronts there are half as many. */
  readonly targets: number;
  readonly rounds: number;
  readonly seconds: {
    readonly newTarget: number;
    readonly newFront: number;
    readonly changedTarget: number;
  };
}

/** So many targets at a time, on so many cores: two cores are busy with two stacks. */
const few = { targets: 6, rounds: 3, parallelism: 2 };

/**
 * Measures what it takes to deploy stacks to the sandbox. Each round has a sandbox of its own, for only there is
 * everything new.
 *
 * @param scratch folder for fleets and output
 */
export async function measureDeploys(scratch: string, say: (text: string) => void): Promise<DeployResult> {
  if (process.platform !== "linux") throw new Error("--deploy looks into /proc, which only Linux has");
  const runs: Record<keyof DeployResult["seconds"], TreeRun[]> = {
    newTarget: [],
    newFront: [],
    changedTarget: [],
  };
  for (let round = 0; round < few.rounds; round += 1) {
    const folder = join(scratch, `deploy-${round}`);
    const fleet = writeFleet(folder, few.targets);
    const sandbox = await startSandbox(fleet);
    const env = { ...sandboxEnvironment(sandbox.endpoint), CDKTF_OUTPUT: join(folder, "cdktf.out") };
    const deploy = (file: string, stacks: string) =>
      runTree(
        meridian(
          [
            ...["deploy", "--auto-approve", "--fleet", file, "--stack", stacks],
            ...["--parallelism", String(few.parallelism)],
          ],
          env,
        ),
      );
    try {
      const ofTargets = "tenant-*_tenant-*";
      const deploys = [
        ["newTarget", () => deploy(fleet, ofTargets)],
        ["newFront", () => deploy(fleet, "tenant-*_front")],
        ["changedTarget", () => deploy(greetOtherwise(fleet), ofTargets)],
      ] as const;
      for (const [name, run] of deploys) {
        const taken = await run();
        runs[name].push(taken);
        say(`${name}: ${taken.cpuSeconds.toFixed(2)} s computed, ${taken.seconds.toFixed(2)} s in all`);
      }
    } finally {
      await sandbox.close();
    }
  }
  const each = (name: keyof typeof runs, stacks: number) => treeMedian(runs[name]).cpuSeconds / stacks;
  return {
    targets: few.targets,
    rounds: few.rounds,
    seconds: {
      newTarget: each("newTarget", few.targets),
      newFront: each("newFront", few.targets / 2),
      changedTarget: each("changedTarget", few.targets),
    },
  };
}
