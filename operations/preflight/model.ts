import type { Account } from "../../fleet/account";
import type { Fleet } from "../../fleet/model";
import type { FleetStack } from "../../fleet/stacks";
import type { AccountAsker } from "../aws/account-asker";

/**
 * How an answer is to be taken. `fails`: the first deploy would fail. `note`: it would not for what can be known, but
 * somebody should look. `unknown`: AWS could not be asked, or does not say.
 */
export type Status = "fine" | "fails" | "note" | "unknown";

/** One question to AWS about what the first deploy would fail for. */
export interface Check {
  /** What it is about, e.g. `Lambda concurrency`. */
  readonly subject: string;
  readonly region: string;
  /** Actions of IAM that asking takes. */
  readonly asks: readonly string[];
  /** @throws what the SDK throws */
  readonly ask: (asker: AccountAsker) => Promise<Answer>;
}

/** What AWS said. */
export interface Answer {
  readonly status: Status;
  /** What the fleet needs, in words. */
  readonly needed: string;
  /** What is there, in words. */
  readonly found: string;
  /** How to get what is missing, or more of it. */
  readonly raise: string;
}

/** An answer with its question: a line of the report, and an object of the command's JSON. */
export interface Line extends Answer {
  /** Absent for what belongs to no account of the fleet: state in a bucket that is not the fleet's. */
  readonly account?: { readonly name: string; readonly id: string };
  readonly region: string;
  readonly subject: string;
  readonly asks: readonly string[];
}

/** An account that is asked, and what the fleet has there. */
export interface AccountScope {
  readonly fleet: Fleet;
  readonly account: Account;
  /** Those that were selected: they say where to ask. Limits are counted for the whole fleet. */
  readonly stacks: readonly FleetStack[];
  /** Bytes of the zip of each service, by `<cell>/<service>`. */
  readonly codeSizes: ReadonlyMap<string, number>;
  /** Now. */
  readonly now: Date;
}

/** How many of something an account may have, has, and is to get. */
export interface Room {
  /** What one of them is called, and several. */
  readonly nouns: readonly [one: string, many: string];
  readonly limit: number;
  /** All that are in the account. */
  readonly there: number;
  /** All that the fleet is to have there. */
  readonly needed: number;
  /** How many of them are there already. */
  readonly already: number;
  /** How to get a higher limit, if so many were needed. */
  readonly raise: (total: number) => string;
}

/** Whether an account has room for what the fleet is to have. */
export function roomAnswer({ already, limit, needed, nouns, raise, there }: Room): Answer {
  const total = there - already + needed;
  const things = `${amount(needed)} ${nouns[needed === 1 ? 0 : 1]}`;
  return {
    status: total <= limit ? "fine" : "fails",
    needed: already > 0 ? `${things}, ${amount(already)} of them there` : things,
    found: `${amount(there)} of at most ${amount(limit)}`,
    raise: raise(total),
  };
}

/** A number as text: `1,000`. */
export function amount(number: number): string {
  return number.toLocaleString("en-US");
}
