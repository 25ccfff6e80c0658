import { UserError } from "../../fleet/errors";
import { isMap } from "../../fleet/values";
import type { StackState, StateLock } from "./model";

/**
 * Reads the text of a state. Undefined where it is empty: so is the file that Terraform locks before it writes the first
 * state into it.
 *
 * @param where of the state, for messages
 * @throws {UserError} it is no state
 */
export function parseState(text: string, where: string): StackState | undefined {
  if (text.trim() === "") return undefined;
  const { lineage, outputs, resources, serial } = parsed(text, where) as Partial<StackState>;
  return { serial: serial ?? 0, lineage: lineage ?? "", outputs: outputs ?? {}, resources: resources ?? [] };
}

/** Whether a state holds anything that exists. */
export function hasResources({ resources }: StackState): boolean {
  return resources.some(({ instances, mode }) => mode === "managed" && instances.length > 0);
}

/**
 * Id of the account that a state's resources are in, by their ARNs; undefined where none has one.
 *
 * @example accountInState(state) // "333333333333"
 */
export function accountInState({ resources }: StackState): string | undefined {
  for (const { instances, mode } of resources) {
    if (mode !== "managed") continue;
    for (const { attributes } of instances) {
      const id = /^arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):/.exec(String(attributes?.arn))?.[1];
      if (id !== undefined) return id;
    }
  }
  return undefined;
}

/**
 * Reads what Terraform writes about a lock. Undefined where it is empty.
 *
 * @throws {UserError} it is something else
 */
export function parseLock(text: string, where: string): StateLock | undefined {
  if (text.trim() === "") return undefined;
  const lock = parsed(text, where);
  const say = (key: string) => String(lock[key] ?? "");
  return {
    id: say("ID"),
    operation: say("Operation"),
    who: say("Who"),
    created: say("Created"),
    version: say("Version"),
    info: say("Info") || undefined,
    path: say("Path") || undefined,
  };
}

function parsed(text: string, where: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isMap(value)) return value;
  throw new UserError(
    `${where} is damaged: it is not the JSON that Terraform writes`,
    "it says what exists in the cloud, so nothing is done without it",
    "if a Terraform is writing it just now, try again; else restore it: Terraform keeps the last one as <stack>.tfstate.backup, and S3 keeps older versions",
  );
}
