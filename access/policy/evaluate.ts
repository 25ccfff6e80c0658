import {
  listOf,
  type NamedPolicy,
  type PolicyDocument,
  PolicyError,
  type PolicyVersion,
  type Statement,
  statementsOf,
  versionOf,
} from "../../fleet/policy-document";
import { conditionsHold } from "./conditions";
import { matchesAction, matchesResource } from "./match";
import { type Named, namedBy } from "./principals";
import type { Request } from "./request";

/** Where a statement stands. */
export interface StatementRef {
  readonly policy: string;
  /** Place in the document, from 0. */
  readonly index: number;
  readonly sid?: string;
}

/** A statement that applies to a request. */
export interface Applying extends StatementRef {
  readonly effect: "Allow" | "Deny";
  /** How it names the caller; undefined in a policy without principals. */
  readonly named?: Named;
}

const elements = new Set([
  ...["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource"],
  ...["Principal", "NotPrincipal", "Condition"],
]);

/**
 * Whether a statement applies to a request, whatever its effect: principal (where it has one), action, resource and all
 * conditions match.
 *
 * @param version of the document that the statement stands in; decides whether `${…}` is a variable
 * @throws PolicyError for a statement that cannot be evaluated exactly, or is none
 */
export function evaluateStatement(
  statement: Statement,
  request: Request,
  version: PolicyVersion = "2012-10-17",
): boolean {
  checkForm(statement);
  const hasPrincipal = statement.Principal !== undefined || statement.NotPrincipal !== undefined;
  const matches = [
    !hasPrincipal || namedBy(statement, request) !== undefined,
    actionMatches(statement, request),
    resourceMatches(statement, request, version),
    conditionsHold(statement.Condition, request.context, version),
  ];
  return matches.every(Boolean);
}

/** The statements of a policy that apply to a request, in their order. */
export function applyingStatements({ name, document }: NamedPolicy, request: Request): readonly Applying[] {
  return statementsOf(document).flatMap((statement, index): readonly Applying[] => {
    if (!evaluateStatement(statement, request, versionOf(document))) return [];
    const named = namedBy(statement, request);
    return [
      {
        policy: name,
        index,
        ...(statement.Sid !== undefined && { sid: statement.Sid }),
        effect: statement.Effect,
        ...(named !== undefined && { named }),
      },
    ];
  });
}

/** What a document by itself says to a request: a deny counts before an allow. */
export type Verdict = "allow" | "deny" | "nothing";

/** Evaluates a document by itself, without what else an account has to agree to. */
export function verdict(document: PolicyDocument, request: Request): Verdict {
  const effects = applyingStatements({ name: "", document }, request).map(({ effect }) => effect);
  if (effects.includes("Deny")) return "deny";
  return effects.includes("Allow") ? "allow" : "nothing";
}

function actionMatches({ Action, NotAction }: Statement, { action }: Request): boolean {
  const isMeant = (pattern: string) => matchesAction(pattern, action);
  return NotAction === undefined ? listOf(Action).some(isMeant) : !listOf(NotAction).some(isMeant);
}

function resourceMatches(
  { Resource, NotResource }: Statement,
  { resource, context }: Request,
  version: PolicyVersion,
): boolean {
  const match = (pattern: string) => matchesResource(pattern, resource, context, version);
  // The policy of a role's trust has neither: it is about the role that it belongs to.
  if (NotResource === undefined) return Resource === undefined || listOf(Resource).map(match).includes(true);
  return !listOf(NotResource).map(match).includes(true);
}

function checkForm(statement: Statement): void {
  const unknown = Object.keys(statement).filter((key) => !elements.has(key));
  const where = statement.Sid === undefined ? "a statement" : `the statement "${statement.Sid}"`;
  const wrong = (what: string) => new PolicyError(`${where} ${what}`);
  if (unknown.length > 0) throw wrong(`has no element "${unknown.join('", "')}"`);
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") throw wrong("has neither effect");
  if ((statement.Action === undefined) === (statement.NotAction === undefined)) {
    throw wrong("needs either Action or NotAction");
  }
  if (statement.Resource !== undefined && statement.NotResource !== undefined) {
    throw wrong("has both Resource and NotResource");
  }
  if (statement.Principal !== undefined && statement.NotPrincipal !== undefined) {
    throw wrong("has both Principal and NotPrincipal");
  }
}
