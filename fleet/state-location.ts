import { type Account, roleArn } from "./account";
import type { State } from "./model";

/** State in S3. */
export type S3State = Extract<State, { backend: "s3" }>;

/** Key of a stack's state in the bucket. */
export function stateKey(state: S3State, stack: string, account: Account): string {
  const parts = [state.prefix, ...(state.perAccount ? [account.id] : []), `${stack}.tfstate`];
  return parts.join("/");
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
