import { type AccountAsker, openAccountAsker } from "../../aws/account-asker";
import type { AwsSession, Role } from "../../aws/role-credentials";

/** Asks AWS about one stack's account, with its deploy role. */
export interface Asker extends AccountAsker {
  /** Name of the stack. */
  readonly stack: string;
  /** Id of the account. */
  readonly account: string;
}

/** Opens an {@link Asker}. */
export function openAsker(stack: string, account: string, role: Role, session: AwsSession): Asker {
  return { stack, account, ...openAccountAsker(() => session.assumeRole(role), session) };
}
