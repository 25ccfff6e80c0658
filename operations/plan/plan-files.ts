import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { parsePlan, type TerraformPlan } from "./terraform-plan";

/** The JSON of a plan, beside it. */
const jsonOf = (file: string) => `${file}.json`;

/**
 * Keeps what Terraform says of a plan beside it, for whoever holds another plan against it: asked for it there, Terraform
 * would load the provider once more, which is seconds of a core. For the owner only, as the plan is.
 *
 * @param file of the plan
 * @param text what `terraform show -json` has printed
 */
export async function keepPlanJson(file: string, text: string): Promise<void> {
  await writeFile(jsonOf(file), text, { mode: 0o600 });
}

/**
 * Reads what was kept of a plan.
 *
 * @throws it was not kept
 */
export async function keptPlan(file: string): Promise<TerraformPlan> {
  return parsePlan(await readFile(jsonOf(file), "utf8"));
}

/** Whether a plan is there, and what was kept of it where that is needed. */
export function isPlanThere(file: string, withJson: boolean): boolean {
  return existsSync(file) && (!withJson || existsSync(jsonOf(file)));
}

/** Removes a plan that is spent: it is full of what the state holds. */
export async function discardPlan(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  for (const path of [file, jsonOf(file)]) await rm(path, { force: true });
}
