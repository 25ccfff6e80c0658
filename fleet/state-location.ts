import { type Account, roleArn } from "./account";
import type { State } from "./model";

/** State in S3. */
export type S3State = Extract<State, { backend: "s3" }>;

/**
 * Beginning of the keys of what belongs to the stacks of an account, without a slash at its end: their states, and what
 * lies beside these.
 */
export function partOf({ perAccount, prefix }: S3State, account: Account): string {
  return perAccount ? `${prefix}/${account.id}` : prefix;
}

/** Key of a stack's state in the bucket. */
export function stateKey(state: S3State, stack: string, account: Account): string {
  return `${partOf(state, account)}/${stack}.tfstate`;
}

/** The role that reads and writes a stack's state; undefined where the shell's own credentials do. */
export function stateRole(
  state: S3State,
  account: Account,
): { readonly arn: string; readonly externalId?: string } | undefined {
  if (state.role !== undefined) return { arn: state.role };
  if (!state.perAccount) return undefined;
  return { arn: roleArn(account), externalId: account.externalId };
}
