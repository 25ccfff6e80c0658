import type { Asker } from "../../../operations/recovery/lookups/asker";

/** What a fake AWS says to a command of the SDK, by the command's name. A function that throws refuses. */
export type Answers = Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>;

/** A command, as far as the fake looks at it. */
interface Command {
  readonly input: Readonly<Record<string, unknown>>;
}

/** An error as the SDK throws it. */
export function refusal(name: string, status = 400): Error {
  return Object.assign(new Error(`${name} by the test`), { name, $metadata: { httpStatusCode: status } });
}

/** An answer that there is no such thing. */
export function missing(name: string, status?: number): () => never {
  return () => {
    throw refusal(name, status);
  };
}

/** Asks no AWS, and writes down what it was asked: `<region> <command>`. */
export function fakeAsker(answers: Answers, asked: string[] = []) {
  return (stack: string, account: string): Asker => {
    const known = new Map<string, Promise<unknown>>();
    return {
      ...{ stack, account, close: () => {} },
      client<C>(_make: unknown, region: string): C {
        const send = async (command: Command) => {
          const name = command.constructor.name.replace(/Command$/, "");
          asked.push(`${region} ${name}`);
          const answer = answers[name];
          if (!answer) throw new Error(`nobody told the fake what to say to ${name}`);
          return answer(command.input);
        };
        return { send, destroy: () => {} } as C;
      },
      call: (_what, send) => send({ abortSignal: new AbortController().signal }),
      once<T>(question: string, ask: () => Promise<T>): Promise<T> {
        const answer = known.get(question) ?? ask();
        known.set(question, answer);
        return answer as Promise<T>;
      },
    };
  };
}
