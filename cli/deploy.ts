import { resolve } from "node:path";
import { UserError } from "../fleet/errors";
import { projectRoot } from "../fleet/project";
import { fleetStacks } from "../fleet/stacks";
import { type DeployOptions, deploy, type Outputs, stacksAtOnce } from "../operations/terraform/cdktf";
import { callerCredentials, terraformEnvironment } from "../operations/terraform/environment";
import { printJson } from "./output/json";
import { progressView } from "./output/progress";
import { requireFleet } from "./shared/fleet";
import { aborted, listenForInterrupts } from "./shared/interrupts";

/** Options of `meridian deploy`. */
export interface DeployCommandOptions {
  readonly autoApprove?: boolean;
  readonly parallelism?: number;
  readonly json?: boolean;
}

/**
 * `meridian deploy`: the same as `cdktf deploy` of all stacks, with live progress, and with a Ctrl-C that lets Terraform
 * finish. Works on what the caller's AWS_ variables name: AWS, or a sandbox.
 */
export async function deployCommand(file: string, options: DeployCommandOptions): Promise<void> {
  const { fleet } = await requireFleet(file);
  if (!options.autoApprove) {
    throw new UserError(
      "nothing was deployed: --auto-approve is missing",
      "this command does not ask for confirmation, so you have to say that the plans were reviewed",
      "review each stack with `npx cdktf diff <stack>`, then add --auto-approve",
    );
  }
  const { hurry, stop } = listenForInterrupts();
  void aborted(stop).then(() =>
    process.stderr.write(
      "Finishing the stacks in progress; no others will start. Press Ctrl-C again to interrupt them.\n",
    ),
  );
  const env = { ...terraformEnvironment(process.env, projectRoot), ...callerCredentials(process.env) };
  const outputs = await deployWithProgress({
    stacks: fleetStacks(fleet),
    output: process.env.CDKTF_OUTPUT ?? "cdktf.out",
    env: { ...env, MERIDIAN_FLEET: resolve(file) },
    parallelism: options.parallelism ?? stacksAtOnce(),
    signal: stop,
    hurry,
  });
  if (options.json) printJson(outputs);
  else
    for (const { front, name } of fleet.cells)
      process.stdout.write(`${name}  ${outputs[front.stack]?.url}\n`);
}

/**
 * Deploys, and shows on standard error how far each stack is, so that standard output holds the result alone.
 *
 * @throws {UserError} a stack failed, or it was stopped
 */
export async function deployWithProgress(
  options: Omit<DeployOptions, "folder" | "onProgress">,
): Promise<Outputs> {
  const { parallelism, stacks } = options;
  const started = Date.now();
  process.stderr.write(`Deploying ${stacks.length} stacks with cdktf, up to ${parallelism} at a time:\n`);
  const view = progressView(process.stderr);
  try {
    return await deploy({ ...options, folder: projectRoot, onProgress: view.update });
  } finally {
    view.close();
    process.stderr.write(`That took ${Math.round((Date.now() - started) / 1000)} s.\n`);
  }
}
