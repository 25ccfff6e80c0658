import { type Ask, asker } from "./ask";
import { reads } from "./chosen";
import type { SynthesizedFront } from "./front";
import { groupBy } from "./group-by";
import type { Case } from "./judge";
import type { Probe } from "./probes";
import { decisionKey } from "./router";
import type { Viewer } from "./viewers";

/** A case that stands for all that cannot be told apart by what is judged. */
export interface DistinctCase extends Case {
  readonly alike: number;
}

/** What the router decides while some regions are drained. */
export type Decide = (drained: readonly string[]) => Promise<readonly DistinctCase[]>;

const allMethods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/** One for reads, one for writes. */
export const methodClasses: readonly string[] = ["GET", "POST"];

/**
 * Runs the router for every viewer, path and method, once for each set of drained regions. Of the sets of two and more it
 * is asked for one method of each class.
 *
 * With nothing drained it is asked for everything. With something drained, every viewer asks for one path of each kind
 * by every method; requests of a method class that were decided alike there stand for each other at the other paths. That
 * is right because the order of regions depends on the viewer, and the path only says which service's origins they are.
 * Whether it does no more than that is seen where nothing is drained; where it does, everything is asked in every state.
 */
export function decider(
  front: SynthesizedFront,
  viewers: readonly Viewer[],
  probes: readonly Probe[],
): Decide {
  const askWhile = asker(front);
  const kinds = kindsOf(probes);
  const known = new Map<string, readonly DistinctCase[]>();
  let isAlike = true;
  return async (drained) => {
    const key = drained.join();
    const before = known.get(key);
    if (before) return before;
    const found: DistinctCase[] = [];
    const methods = drained.length < 2 ? allMethods : methodClasses;
    const question = { ask: askWhile(drained), viewers, methods };
    for (const kind of kinds) {
      if (drained.length > 0 && isAlike) found.push(...(await askSome(question, kind)));
      else {
        const asked = await askAll(question, kind);
        found.push(...asked.cases);
        isAlike &&= asked.isAlike;
      }
    }
    known.set(key, found);
    return found;
  };
}

/** Probes whose routers know the same of a viewer: the first has a route, if any has. */
type Kind = readonly Probe[];

function kindsOf(probes: readonly Probe[]): readonly Kind[] {
  const kinds = groupBy(probes, ({ behaviour }) => `${behaviour.router?.name} ${behaviour.forwardsCountry}`);
  return kinds.map((kind) =>
    kind.toSorted((a, b) => Number(b.route !== undefined) - Number(a.route !== undefined)),
  );
}

interface Question {
  readonly ask: Ask;
  readonly viewers: readonly Viewer[];
  readonly methods: readonly string[];
}

/** Asks for the first path in every way, and for the others once for each answer to that. */
async function askSome(question: Question, kind: Kind): Promise<readonly DistinctCase[]> {
  const [first, ...others] = kind;
  if (!first) return [];
  const cases = await askEach(question, first);
  const found = [...distinct(cases)];
  const groups = groupBy(cases, answerKey).map(distinct);
  for (const probe of others) {
    for (const group of groups) {
      const [one] = group;
      if (!one) continue;
      const decision = await question.ask(one.viewer, probe, one.method);
      found.push(...group.map((asked) => ({ ...asked, probe, decision })));
    }
  }
  return found;
}

/** Asks for every path in every way. `isAlike`: what was answered alike at the first path is so at each. */
async function askAll(
  question: Question,
  kind: Kind,
): Promise<{ readonly cases: readonly DistinctCase[]; readonly isAlike: boolean }> {
  const found: DistinctCase[] = [];
  let first: readonly Case[] | undefined;
  let isAlike = true;
  for (const probe of kind) {
    const cases = await askEach(question, probe);
    first ??= cases;
    const answers = new Map<string, string>();
    for (const [index, asked] of cases.entries()) {
      const group = answerKey(first[index] ?? asked);
      const key = decisionKey(asked.decision);
      isAlike &&= (answers.get(group) ?? key) === key;
      answers.set(group, key);
    }
    found.push(...distinct(cases));
  }
  return { cases: found, isAlike };
}

async function askEach({ ask, methods, viewers }: Question, probe: Probe): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const method of methods) {
    for (const viewer of viewers)
      cases.push({ viewer, probe, method, decision: await ask(viewer, probe, method) });
  }
  return cases;
}

/** One of all that cannot be told apart by what is judged. */
function distinct(cases: readonly Case[]): readonly DistinctCase[] {
  const keyOf = (asked: Case) =>
    `${asked.method} ${asked.viewer.zone} ${asked.viewer.allowed} ${decisionKey(asked.decision)}`;
  return groupBy(cases, keyOf).flatMap((alike) => (alike[0] ? [{ ...alike[0], alike: alike.length }] : []));
}

function answerKey({ decision, method }: Case): string {
  return `${reads.includes(method)} ${decisionKey(decision)}`;
}
