import { projectRoot } from "../fleet/project";
import { type DeployOptions, deploy, type Outputs } from "../operations/terraform/cdktf";
import { progressView } from "./output/progress-view";

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
  process.stderr.write(`cdktf deploy of ${stacks.length} stacks, ${parallelism} at a time:\n`);
  const view = progressView(process.stderr);
  try {
    return await deploy({ ...options, folder: projectRoot, onProgress: view.update });
  } finally {
    view.close();
    process.stderr.write(`${Math.round((Date.now() - started) / 1000)} s\n`);
  }
}
