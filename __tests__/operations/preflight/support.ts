import type { Fleet } from "../../../fleet/model";
import { fleetStacks } from "../../../fleet/stacks";
import type { AccountScope, Answer, Check } from "../../../operations/preflight/model";
import { type Answers, fakeAsker } from "../recovery/fake-aws";

/** An account of a fleet, by its name, with all its stacks. */
export function scopeOf(fleet: Fleet, name: string, more: Partial<AccountScope> = {}): AccountScope {
  const stacks = fleetStacks(fleet).filter(({ account }) => account.name === name);
  const account = stacks[0]?.account;
  if (!account) throw new Error(`no stack in ${name}`);
  return { fleet, account, stacks, codeSizes: new Map(), now: new Date("2026-11-26T12:00:00Z"), ...more };
}

/** What a fake AWS answers to the check about a subject; `<region> <command>` of each call goes into `asked`. */
export async function answerTo(
  checks: readonly Check[],
  subject: string,
  answers: Answers,
  asked: string[] = [],
): Promise<Answer> {
  const [check, ...others] = checks.filter((one) => one.subject === subject);
  if (!check || others.length > 0) throw new Error(`${others.length + 1} checks or none about ${subject}`);
  return check.ask(fakeAsker(answers, asked)("any", check.region));
}
