import { resolve } from "node:path";
import { UserError } from "../fleet/errors";
import { projectRoot } from "../fleet/project";
import { fleetStacks } from "../fleet/stacks";
import { stacksAtOnce } from "../operations/terraform/capacity";
import { callerCredentials, terraformEnvironment } from "../operations/terraform/environment";
import { deployWithProgress } from "./deploy-with-progress";
import { aborted, listenForInterrupts } from "./interrupt";
import { requireFleet } from "./require-fleet";

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
      "this command asks no questions, so it wants to hear that the plans were reviewed",
      "review each stack with `npx cdktf diff <stack>`, then add --auto-approve",
    );
  }
  const { hurry, stop } = listenForInterrupts();
  void aborted(stop).then(() =>
    process.stderr.write(
      "Finishing the stacks that have begun; no other begins. Ctrl-C again interrupts them.\n",
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
  if (options.json) process.stdout.write(`${JSON.stringify(outputs, null, 2)}\n`);
  else
    for (const { front, name } of fleet.cells)
      process.stdout.write(`${name}  ${outputs[front.stack]?.url}\n`);
}
