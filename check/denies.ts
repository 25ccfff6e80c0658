import { bindingPolicies } from "../access/binding";
import type { Call } from "../access/calls/model";
import { evaluateStatement } from "../access/policy/evaluate";
import { type Request, requestOf } from "../access/policy/request";
import type { Organization } from "../fleet/foundation/model";
import { type NamedPolicy, PolicyError, type Statement, statementsOf } from "../fleet/policy-document";

/** A statement that denies. */
interface Deny {
  readonly policy: string;
  /** What a message calls the statement. */
  readonly name: string;
  readonly statement: Statement;
  /** The same, reduced to action and region: where this does not apply, neither does the statement. */
  readonly wide: Statement;
  readonly version: NamedPolicy["document"]["Version"];
  /** Whether `wide` applies, by action and region. All policies that say the same share them. */
  readonly answers: Map<string, boolean>;
}

/** Finds the first statement that denies a call of a role. */
type FindDeny = (call: Call, principal: string) => Deny | undefined;

/**
 * Finds what denies the calls of each account. In a large fleet many accounts make the same calls under the same policies,
 * so what these say to an action in a region is worked out once.
 */
export function denyFinder(organization: Organization): (account: string) => FindDeny {
  const policiesOn = bindingPolicies(organization);
  const finders = new Map<string, FindDeny>();
  const answers = new Map<string, Map<string, boolean>>();
  return (account) => {
    const policies = policiesOn(account);
    const key = JSON.stringify(policies.map(({ name }) => name));
    const finder = finders.get(key) ?? findDeny(denyStatements(policies, answers));
    finders.set(key, finder);
    return finder;
  };
}

function findDeny(denies: readonly Deny[]): FindDeny {
  const candidates = new Map<string, readonly Deny[]>();
  return (call, principal) => {
    const key = `${call.action} ${call.region}`;
    const request = () => requestOf({ ...call, principal });
    const possible = candidates.get(key) ?? denies.filter((deny) => appliesWidely(deny, key, request));
    candidates.set(key, possible);
    return possible.find(
      ({ statement, version, wide }) => statement === wide || applies(statement, request(), version),
    );
  };
}

function denyStatements(
  policies: readonly NamedPolicy[],
  answers: Map<string, Map<string, boolean>>,
): readonly Deny[] {
  return policies.flatMap(({ document: { Version: version, ...document }, name: policy }) =>
    statementsOf(document).flatMap((statement, index): readonly Deny[] => {
      if (statement.Effect !== "Deny") return [];
      const wide = widened(statement);
      const text = JSON.stringify([version, wide]);
      const shared = answers.get(text) ?? new Map<string, boolean>();
      answers.set(text, shared);
      const { Sid } = statement;
      const name = Sid === undefined ? `statement ${index + 1}` : `the statement "${Sid}"`;
      return [{ policy, name, statement, wide, version, answers: shared }];
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

function appliesWidely({ answers, version, wide }: Deny, key: string, request: () => Request): boolean {
  const answer = answers.get(key) ?? applies(wide, request(), version);
  answers.set(key, answer);
  return answer;
}

/** A statement that cannot be evaluated exactly denies nothing: a false error would stop a correct fleet. */
function applies(statement: Statement, request: Request, version: Deny["version"]): boolean {
  try {
    return evaluateStatement(statement, request, version);
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}
