import { createInterface } from "node:readline/promises";
import { UserError } from "../../fleet/errors";
import { callerIdentity } from "../../operations/aws/caller-identity";
import type { Caller } from "../../operations/aws/client";
import { localEndpoint, otherEndpoint } from "../../operations/aws/endpoint";
import { say } from "./fleet-work";

/** A change that a command is about to make, in its own words. */
export interface Intent {
  /** Begins the line that says where it goes: `Deploying the fleet acme to`. */
  readonly doing: string;
  /** Begins the question: `Deploy this to`. */
  readonly question: string;
  /** What is so where nobody approves of it: `nothing was deployed`. */
  readonly otherwise: string;
  /** Where to look first: `npx meridian plan`. */
  readonly look: string;
}

/** Where a change goes. */
export interface Destination {
  /** For people: the caller at AWS, or an address. */
  readonly text: string;
  /** Whether all of it stays on this machine, as in a sandbox: nobody is asked about that. */
  readonly isLocal: boolean;
}

/** Whoever can be asked. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/** The terminal of whoever runs the command. */
export const ownTerminal: Terminal = { input: process.stdin, output: process.stderr };

/**
 * Refuses where nobody can be asked, before anything else is done and not after minutes of planning.
 *
 * @param isApproved whether the command line says so already
 * @throws {UserError} it would go to AWS, and there is neither a terminal nor an approval
 */
export function requireApprover(
  intent: Pick<Intent, "look" | "otherwise">,
  isApproved: boolean,
  environment: NodeJS.ProcessEnv = process.env,
  { input }: Terminal = ownTerminal,
): void {
  const needsNobody = isApproved || localEndpoint(environment) !== undefined;
  if (!needsNobody && !input.isTTY) throw notApproved(intent);
}

/**
 * Says where a change goes, before it is made.
 *
 * @param regions where to ask STS who the caller is
 * @throws {UserError} STS does not say who the caller is
 */
export async function announce(
  { doing }: Pick<Intent, "doing">,
  regions: readonly string[],
  caller: Caller,
): Promise<Destination> {
  const destination = await destinationOf(regions, caller);
  say(`${doing} ${destination.text}.`);
  return destination;
}

async function destinationOf(regions: readonly string[], caller: Caller): Promise<Destination> {
  const local = localEndpoint(caller.environment);
  if (local !== undefined) return { text: `${local}, which is not AWS`, isLocal: true };
  const { account, arn } = await callerIdentity(regions, caller);
  const other = otherEndpoint(caller.environment);
  const but = other === undefined ? "" : `; some calls go to ${other}, which is not AWS`;
  return { text: `AWS as ${arn} (account ${account})${but}`, isLocal: false };
}

/**
 * Asks whether to go on, unless that is approved already, or stays on this machine.
 *
 * @param signal takes the question back: nothing is approved then
 * @throws {UserError} the answer is anything but "yes"
 */
export async function approve(
  intent: Intent,
  { isLocal, text }: Destination,
  { isApproved, signal }: { readonly isApproved: boolean; readonly signal?: AbortSignal },
  terminal: Terminal = ownTerminal,
): Promise<void> {
  if (isApproved || isLocal) return;
  const answer = await ask(`${intent.question} ${text}? Only "yes" is taken: `, terminal, signal);
  if (answer.trim() !== "yes") throw notApproved(intent);
}

/** An answer; an empty one where there is none, be it that the input ends. */
export async function ask(question: string, terminal: Terminal, signal?: AbortSignal): Promise<string> {
  // As a plain line: with line editing, Ctrl-C would be a key, and not the signal that commands listen for.
  const lines = createInterface({ ...terminal, terminal: false });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  try {
    return await Promise.race([lines.question(question, { signal }), ended]);
  } catch {
    return "";
  } finally {
    lines.close();
  }
}

/** What counts as an answer to a question of yes or no. */
const yesOrNo: Readonly<Record<string, boolean>> = { yes: true, y: true, no: false, n: false };

/**
 * Asks until somebody says yes or no: a slip of the finger answers nothing.
 *
 * @param signal takes the question back
 * @returns false as well where the input ends
 */
export async function askYesOrNo(
  question: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  terminal.output.write(question);
  // Without line editing, for the reason that `ask` gives.
  const lines = createInterface({ input: terminal.input, terminal: false, signal });
  for await (const line of lines) {
    const answer = yesOrNo[line.trim().toLowerCase()];
    if (answer !== undefined) return answer;
    terminal.output.write(question);
  }
  return false;
}

function notApproved({ look, otherwise }: Pick<Intent, "look" | "otherwise">): UserError {
  return new UserError(
    `${otherwise}: it was not approved`,
    "what changes real accounts has to be looked at before",
    `look at \`${look}\`, then answer yes at a terminal, or add --yes; to rehearse it: eval "$(npx meridian sandbox env)"`,
  );
}
