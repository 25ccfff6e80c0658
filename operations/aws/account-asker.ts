import { atOnce } from "../terraform/at-once";
import { awsClientOptions, callAws } from "./client";
import type { AwsSession, Credentials } from "./role-credentials";

/** A client of the SDK, as far as this has to know it. */
interface Closable {
  destroy(): void;
}

/** What every client is made with. */
type ClientOptions = ReturnType<typeof awsClientOptions> & {
  readonly credentials?: () => Promise<Credentials>;
};

/** Asks AWS with the rights of one role; nothing twice, and not everything at once. */
export interface AccountAsker {
  /** A service's client in a region: the same one each time. */
  client<C extends Closable>(make: new (options: ClientOptions) => C, region: string): C;
  /** Makes a call within the command line's time limits. @param what for whoever waits, e.g. `asking Lambda in eu-west-1` */
  call<T>(what: string, send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /** The answer to a question that is asked in several places, asked by the first. */
  once<T>(question: string, ask: () => Promise<T>): Promise<T>;
  close(): void;
}

/** Calls at a time: other accounts are asked meanwhile, and stacks are planned. */
const callsAtOnce = 8;

/**
 * Opens an {@link AccountAsker}.
 *
 * @param credentials of the role; undefined for those of the shell
 */
export function openAccountAsker(
  credentials: (() => Promise<Credentials>) | undefined,
  session: Pick<AwsSession, "onSlow">,
): AccountAsker {
  const clients = new Map<unknown, Map<string, Closable>>();
  const answers = new Map<string, Promise<unknown>>();
  const inTurn = atOnce(callsAtOnce);
  return {
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
