import { readFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";
import { dirname, join } from "node:path";
import { UserError } from "../../fleet/errors";
import type { FleetStack } from "../../fleet/stacks";
import { type DeployProgress, followDeploy, type StackProgress } from "./deploy-progress";
import { runGroup } from "./process-group";

/** What to deploy, and where from. */
export interface DeployOptions {
  /** All stacks of the fleet, in the order to deploy them. */
  readonly stacks: readonly FleetStack[];
  /** Folder of the project: where cdktf.json is. */
  readonly folder: string;
  /** Output folder of the synth, relative to the project's. */
  readonly output: string;
  readonly env: Readonly<Record<string, string>>;
  /** Stacks at once: see {@link stacksAtOnce}. */
  readonly parallelism: number;
  readonly onProgress: (changed: StackProgress, all: DeployProgress) => void;
  /** Stops the deploy when aborted, and drops what it finds: only for a sandbox that ends with the deploy. */
  readonly signal?: AbortSignal;
}

/** Outputs of every stack, by stack and name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Bytes that Terraform and the provider need for one stack with one alias. */
export const memoryPerStack = 1.2 * 1024 ** 3;

/** A stack waits for AWS about as long as it computes, so two share a core. */
const stacksPerCore = 2;

/** How many stacks can be deployed at once: two per core, and no more than the free memory holds. */
export function stacksAtOnce(cores = availableParallelism(), free = freemem()): number {
  return Math.max(1, Math.min(cores * stacksPerCore, Math.floor(free / memoryPerStack)));
}

/** Milliseconds after which a deploy is stopped: distributions take AWS minutes each. */
const timeLimit = (stacks: number) => (15 + 5 * stacks) * 60_000;

/** The CLI's own program, run by this Node.js: nothing depends on what `npx` would find. */
const cdktfProgram = () => join(dirname(require.resolve("cdktf-cli/package.json")), "bundle", "bin", "cdktf");

/**
 * Runs the real `cdktf deploy` over all stacks, synth included: for a sandbox, to show that it can.
 *
 * @throws {UserError} a stack failed, or it was stopped
 */
export async function deploy(options: DeployOptions): Promise<Outputs> {
  const { env, folder, onProgress, output, parallelism, signal, stacks } = options;
  const progress = followDeploy(stacks, parallelism);
  const outputsFile = join(folder, output, "outputs.json");
  const unclaimed: string[] = [];
  const result = await runGroup({
    command: process.execPath,
    args: [
      cdktfProgram(),
      "deploy",
      ...stacks.map(({ name }) => name),
      ...["--auto-approve", "--output", output, "--parallelism", String(parallelism)],
      ...["--outputs-file", outputsFile],
    ],
    cwd: folder,
    // Plain lines, one by one, instead of a picture that is drawn again and again.
    env: { ...env, CI: "1", NO_COLOR: "1", FORCE_COLOR: "0" },
    timeout: timeLimit(stacks.length),
    signal,
    onLine: (line) => {
      for (const changed of progress.read(line, Date.now())) onProgress(changed, progress);
      if (!/^\s/.test(line) && line !== "") unclaimed.push(line);
    },
  });
  if (result.code === 0) return JSON.parse(readFileSync(outputsFile, "utf8"));
  if (result.stopped === "aborted") {
    throw new UserError(
      "the deploy was stopped",
      "some stacks are not deployed yet",
      "run it again: what is deployed stays deployed",
    );
  }
  if (result.stopped === "timeout") {
    throw new UserError(
      `the deploy took longer than ${timeLimit(stacks.length) / 60_000} minutes`,
      "it was stopped as if by Ctrl-C",
      "deploy fewer stacks at once, with --parallelism",
    );
  }
  throw failure(progress, unclaimed);
}

function failure(progress: DeployProgress, unclaimed: readonly string[]): UserError {
  const failed = progress.stacks().filter(({ state }) => state === "failed");
  const said = failed.flatMap(({ stack, lines }) => [`${stack}:`, ...fromFirstError(lines)]);
  return new UserError(
    failed.length > 0
      ? `cdktf deploy failed in ${failed.map(({ stack }) => stack).join(", ")}`
      : "cdktf deploy failed",
    [...(said.length > 0 ? said : unclaimed.slice(-20))].join("\n       "),
    "fix what Terraform reports, and deploy again: what is deployed stays deployed",
  );
}

function fromFirstError(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => /^(│ )?Error: /.test(line));
  return lines.slice(Math.max(first, 0)).filter((line) => line !== "");
}
