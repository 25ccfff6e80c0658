import { awsClientOptions, callAws } from "../../aws/client";
import type { AwsSession, Credentials, Role } from "../../aws/role-credentials";
import { atOnce } from "../../terraform/at-once";

/** A client of the SDK, as far as this has to know it. */
interface Closable {
  destroy(): void;
}

/** What every client is made with. */
type ClientOptions = ReturnType<typeof awsClientOptions> & {
  readonly credentials: () => Promise<Credentials>;
};

/** Asks AWS about one stack's account, with its deploy role; nothing twice, and not everything at once. */
export interface Asker {
  /** Name of the stack. */
  readonly stack: string;
  /** Id of the account. */
  readonly account: string;
  /** A service's client in a region: the same one each time. */
  client<C extends Closable>(make: new (options: ClientOptions) => C, region: string): C;
  /** Makes a call within the command line's time limits. @param what for whoever waits, e.g. `asking Lambda in eu-west-1` */
  call<T>(what: string, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /** The answer to a question that several resources have, asked by the first. */
  once<T>(question: string, ask: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Calls at a time: a stack's creates are asked about while other stacks are planned. */
const callsAtOnce = 8;

/** Opens an {@link Asker}. */
export function openAsker(stack: string, account: string, role: Role, session: AwsSession): Asker {
  const clients = new Map<unknown, Map<string, Closable>>();
  const answers = new Map<string, Promise<unknown>>();
  const inTurn = atOnce(callsAtOnce);
  const credentials = () => session.assumeRole(role);
  return {
    stack,
    account,
    client<C extends Closable>(make: new (options: ClientOptions) => C, region: string): C {
      const known = clients.get(make) ?? new Map<string, Closable>();
      clients.set(make, known);
      const client = known.get(region) ?? new make({ ...awsClientOptions(region), credentials });
      known.set(region, client);
      return client as C;
    },
    call: (what, send) => inTurn(() => callAws(session, what, send)),
    once<T>(question: string, ask: () => Promise<T>): Promise<T> {
      const answer = answers.get(question) ?? ask();
      answers.set(question, answer);
      return answer as Promise<T>;
    },
    close() {
      for (const known of clients.values()) for (const client of known.values()) client.destroy();
    },
  };
}
