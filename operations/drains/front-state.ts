import type { Cell, Fleet } from "../../fleet/model";
import type { AssumeRole } from "../aws/role-credentials";
import { readOutputs } from "../terraform/stack-outputs";

/** The front stack's output that holds the ARN of its key-value store. */
const storeOutput = "key_value_store";

/**
 * The ARN of a cell's key-value store as Terraform's state has it, which can be read while CloudFront's control plane
 * is down. Undefined where the front was not deployed, or not since it has a store.
 *
 * @throws what reading the state throws
 */
export async function storeArnInState(
  fleet: Fleet,
  { front }: Cell,
  assumeRole: AssumeRole,
): Promise<string | undefined> {
  const outputs = await readOutputs(fleet, front.stack, front.account, assumeRole);
  const arn = outputs?.[storeOutput];
  return typeof arn === "string" ? arn : undefined;
}
