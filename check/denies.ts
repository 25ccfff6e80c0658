import { bindingPolicies } from "../access/binding";
import { type Call, someId } from "../access/calls/model";
import { evaluateStatement } from "../access/policy/evaluate";
import { matchesAction } from "../access/policy/match";
import { type Request, requestOf } from "../access/policy/request";
import type { Organization } from "../fleet/foundation/model";
import {
  type ConditionBlock,
  listOf,
  type NamedPolicy,
  PolicyError,
  type PolicyVersion,
  type Statement,
  statementsOf,
  versionOf,
} from "../fleet/policy-document";

/** A statement that denies a call, or may. */
export interface FoundDeny {
  readonly policy: string;
  /** Place of the statement in the policy, from 0. */
  readonly index: number;
  /** What a message calls the statement. */
  readonly name: string;
  /** Why it cannot be told whether it denies the call. Left out: it does. */
  readonly undecided?: string;
}

/** Finds the first statement that denies a call of a role; where none does for sure, all that may. */
type FindDenies = (call: Call, principal: string) => readonly FoundDeny[];

/** What a statement says to a call. Why it cannot be told never counts as a pass. */
type Answer = "denies" | "passes" | { readonly undecided: string };

/** A statement that denies. */
interface Deny {
  readonly found: FoundDeny;
  readonly statement: Statement;
  /** The same, reduced to action and region: where this does not apply, neither does the statement. */
  readonly wide: Statement;
  readonly version: PolicyVersion;
  /** What `wide` says, by action and region. All policies that say the same share them. */
  readonly answers: Map<string, Answer>;
}

/**
 * Finds what denies the calls of each account. In a large fleet many accounts make the same calls under the same policies,
 * so what these say to an action in a region is worked out once.
 */
export function denyFinder(organization: Organization): (account: string) => FindDenies {
  const policiesOn = bindingPolicies(organization);
  const finders = new Map<string, FindDenies>();
  const answers = new Map<string, Map<string, Answer>>();
  return (account) => {
    const policies = policiesOn(account);
    const key = JSON.stringify(policies.map(({ name }) => name));
    const finder = finders.get(key) ?? findDenies(denyStatements(policies, answers));
    finders.set(key, finder);
    return finder;
  };
}

function findDenies(denies: readonly Deny[]): FindDenies {
  const candidates = new Map<string, readonly Deny[]>();
  return (asked, principal) => {
    const call = { ...asked, action: someAction(asked) };
    const key = `${call.action} ${call.region}`;
    const request = () => requestOf({ ...call, principal });
    const possible =
      candidates.get(key) ?? denies.filter((deny) => wideAnswer(deny, key, request) !== "passes");
    candidates.set(key, possible);
    const open: FoundDeny[] = [];
    for (const deny of possible) {
      const { found, statement, version, wide } = deny;
      const answer =
        statement === wide ? wideAnswer(deny, key, request) : answerOf(statement, request(), version);
      if (answer === "denies") return [found];
      if (answer !== "passes") open.push({ ...found, ...answer });
    }
    return call.action === asked.action ? open : [...open, ...inPart(denies, asked.action, request())];
  };
}

/** An extension may ask for several calls at once, such as `sqs:*`: one that no policy has the name of stands for them. */
function someAction({ action, extension }: Call): string {
  if (extension === undefined) return action;
  return action === "*" ? `${someId}:${someId}` : action.replaceAll(/[*?]/g, someId);
}

/** Statements that deny some of the calls that an action with wildcards means, which may or may not be made. */
function inPart(denies: readonly Deny[], action: string, request: Request): readonly FoundDeny[] {
  return denies.flatMap(({ found, statement, version }) => {
    const named = listOf(statement.Action).filter((pattern) =>
      ["", someId].some((text) => matchesAction(action, pattern.replaceAll(/[*?]/g, text))),
    );
    const [first] = named;
    if (first === undefined) return [];
    const answer = answerOf({ ...statement, Action: "*" }, request, version);
    if (answer === "passes") return [];
    return [{ ...found, undecided: answer === "denies" ? `it is about ${first}` : answer.undecided }];
  });
}

function denyStatements(
  policies: readonly NamedPolicy[],
  answers: Map<string, Map<string, Answer>>,
): readonly Deny[] {
  return policies.flatMap(({ document, name: policy }) =>
    statementsOf(document).flatMap((statement, index): readonly Deny[] => {
      if (statement.Effect !== "Deny") return [];
      const version = versionOf(document);
      const wide = widened(statement);
      const text = JSON.stringify([version, wide]);
      const shared = answers.get(text) ?? new Map<string, Answer>();
      answers.set(text, shared);
      const { Sid } = statement;
      const name = Sid === undefined ? `statement ${index + 1}` : `the statement "${Sid}"`;
      return [{ found: { policy, index, name }, statement, wide, version, answers: shared }];
    }),
  );
}

function widened(statement: Statement): Statement {
  const { Condition = {}, NotResource: _, ...rest } = statement;
  const blocks = Object.entries(Condition);
  const ofRegions = blocks.filter(([, block]) =>
    Object.keys(block).every((key) => key === "aws:RequestedRegion"),
  );
  if (statement.Resource === "*" && ofRegions.length === blocks.length) return statement;
  return { ...rest, Resource: "*", Condition: Object.fromEntries(ofRegions) };
}

function wideAnswer({ answers, version, wide }: Deny, key: string, request: () => Request): Answer {
  const answer = answers.get(key) ?? answerOf(wide, request(), version);
  answers.set(key, answer);
  return answer;
}

/**
 * A statement that cannot be evaluated as a whole is asked part by part: one part that does not match is enough for it not
 * to apply, whatever the others mean. So a deploy role that is exempted by its ARN is, beside any other condition.
 */
function answerOf(statement: Statement, request: Request, version: PolicyVersion): Answer {
  const whole = exactAnswer(statement, request, version);
  if (typeof whole === "string") return whole;
  const parts = partsOf(statement).map((part) => exactAnswer(part, request, version));
  return parts.includes("passes") ? "passes" : whole;
}

function exactAnswer(statement: Statement, request: Request, version: PolicyVersion): Answer {
  try {
    return evaluateStatement(statement, request, version) ? "denies" : "passes";
  } catch (error) {
    if (error instanceof PolicyError) return { undecided: error.message };
    throw error;
  }
}

/** Statements of one element or one condition each, all of which have to apply for the whole to do so. */
function partsOf({ Action, Condition = {}, Effect, NotAction, NotResource, Resource }: Statement) {
  const all = { Effect, Action: "*", Resource: "*" };
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]): ConditionBlock => ({ [operator]: { [key]: values } })),
  );
  const parts: readonly Statement[] = [
    NotAction === undefined ? { ...all, Action } : { Effect, NotAction, Resource: "*" },
    NotResource === undefined ? { ...all, Resource } : { Effect, NotResource, Action: "*" },
    ...conditions.map((part) => ({ ...all, Condition: part })),
  ];
  return parts;
}
