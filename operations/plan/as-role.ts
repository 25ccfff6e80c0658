import { symlinkSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { State } from "../../fleet/model";
import { isMap } from "../../fleet/values";
import type { AwsSession } from "../aws/role-credentials";
import { readStackText, stackFolder } from "./stack-json";

/** Gives the ARN of the role to assume in the place of another. */
export type SwapRole = (arn: string) => string;

/**
 * Another role in the place of each that is assumed, in the same account: whatever plans so can do what that role may, and
 * no more, also where an extension names a role of its own. Only the role of a state bucket that is not Meridian's stays: it
 * is no account's deploy role, and there is none like the other beside it.
 *
 * @example swapRole("meridian-plan", state)("arn:aws:iam::111111111111:role/meridian-deploy") // …role/meridian-plan
 */
export function swapRole(role: string, state: State): SwapRole {
  const kept = state.backend === "s3" ? state.role : undefined;
  return (arn) => (arn === kept ? arn : arn.replace(/:role\/.*$/s, `:role/${role}`));
}

/** A session that assumes other roles than it is asked for. */
export function sessionAs(session: AwsSession, swap: SwapRole): AwsSession {
  return { ...session, assumeRole: (role) => session.assumeRole({ ...role, arn: swap(role.arn) }) };
}

/**
 * A stack's JSON with other roles to assume: for the providers, the backend, and the states of others that it reads. What it
 * deploys stays as it is, also where that names a role.
 */
export function jsonAs(text: string, swap: SwapRole): string {
  const stack = mapOf(JSON.parse(text));
  const terraform = mapOf(stack.terraform);
  const data = mapOf(stack.data);
  const states = mapOf(data.terraform_remote_state);
  const swapped = {
    ...stack,
    ...("provider" in stack && { provider: valuesOf(stack.provider, (all) => each(all, assume)) }),
    ...("backend" in terraform && {
      terraform: { ...terraform, backend: valuesOf(terraform.backend, assume) },
    }),
    ...("terraform_remote_state" in data && {
      data: {
        ...data,
        terraform_remote_state: valuesOf(states, (one) => {
          const state = mapOf(one);
          return "config" in state ? { ...state, config: assume(state.config) } : state;
        }),
      },
    }),
  };
  return `${JSON.stringify(swapped, null, 2)}\n`;

  /** A block that may assume a role, as all three write it. */
  function assume(block: unknown): unknown {
    if (!isMap(block) || !("assume_role" in block)) return block;
    return { ...block, assume_role: each(block.assume_role, swapIn) };
  }

  function swapIn(block: unknown): unknown {
    if (!isMap(block) || typeof block.role_arn !== "string") return block;
    return { ...block, role_arn: swap(block.role_arn) };
  }
}

/** One block, or a list of them: Terraform's JSON has both. */
function each(blocks: unknown, change: (block: unknown) => unknown): unknown {
  return Array.isArray(blocks) ? blocks.map(change) : change(blocks);
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value) ? value : {};
}

function valuesOf(value: unknown, change: (one: unknown) => unknown): unknown {
  return Object.fromEntries(Object.entries(mapOf(value)).map(([key, one]) => [key, change(one)]));
}

/**
 * Copies an output folder with other roles to assume. All but the JSON of the stacks is only linked.
 *
 * @param to a folder beside it: paths in the JSON, such as those of local state, are relative
 */
export async function copyAs(
  from: string,
  to: string,
  stacks: readonly { readonly name: string }[],
  swap: SwapRole,
): Promise<void> {
  await linkAll(from, to, (name) => name !== "stacks");
  for (const { name } of stacks) {
    const folder = stackFolder(to, name);
    await mkdir(folder, { recursive: true });
    // What Terraform has initialized there was with the other roles.
    await linkAll(
      stackFolder(from, name),
      folder,
      (entry) => entry !== jsonFile && !entry.startsWith(".terraform"),
    );
    await writeFile(join(folder, jsonFile), jsonAs(await readStackText(from, name), swap));
  }
}

const jsonFile = "cdk.tf.json";

async function linkAll(from: string, to: string, isWanted: (name: string) => boolean): Promise<void> {
  for (const name of (await readdir(from)).filter(isWanted)) {
    const link = join(to, name);
    symlinkSync(relative(dirname(link), join(from, name)), link);
  }
}

/** Rewrites the JSON of stacks where it lies, with other roles to assume. */
export async function rewriteAs(
  outdir: string,
  stacks: readonly { readonly name: string }[],
  swap: SwapRole,
): Promise<void> {
  for (const { name } of stacks) {
    const text = jsonAs(await readStackText(outdir, name), swap);
    await writeFile(join(stackFolder(outdir, name), jsonFile), text);
  }
}
