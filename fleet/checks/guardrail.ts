import type { Path, Problem } from "../diagnostics";
import type { Cell, Fleet } from "../model";
import { bindingPolicies } from "../organization/binding";
import { aroundStacks } from "../organization/stacks";
import { stackCalls } from "../policy/calls";
import type { Call } from "../policy/calls-model";
import { type NamedPolicy, PolicyError, type Statement, statementsOf } from "../policy/document";
import { evaluateStatement } from "../policy/evaluate";
import { type Request, requestOf } from "../policy/request";
import { problem } from "../rules";
import { roleArn } from "../state-location";
import { count } from "../wording";

/** A denied call, and what denies it. */
interface Denial {
  readonly path: Path;
  readonly account: string;
  readonly policy: string;
  readonly statement: string;
  readonly calls: readonly Call[];
}

/**
 * Policies that deny what the fleet's own stacks call, whether written or made: the guardrail's are tried as well. Known
 * only once everything else about the fleet is.
 */
export function guardrailLockouts(fleet: Fleet): readonly Problem[] {
  const { organization } = fleet;
  if (!organization) return [];
  const denials = new Map<string, Denial>();
  const places = placesOf(fleet);
  const denies = new Map<string, readonly Deny[]>();
  const applies = memoized();
  for (const { account, calls, stack } of stackCalls(fleet)) {
    const statements =
      denies.get(account.name) ?? denyStatements(bindingPolicies(organization, account.name));
    denies.set(account.name, statements);
    if (statements.length === 0) continue;
    const principal = roleArn(account);
    for (const call of calls) {
      const request = requestOf({ ...call, principal });
      const deny = statements.find((one) => applies(one, request));
      if (!deny) continue;
      const path = places.get(stack)?.(call.region) ?? ["organization"];
      const key = JSON.stringify([path, deny.policy, deny.name]);
      const known = denials.get(key)?.calls ?? [];
      denials.set(key, {
        path,
        account: account.name,
        ...deny,
        statement: deny.name,
        calls: [...known, call],
      });
    }
  }
  return [...denials.values()].map(lockout);
}

function lockout({ account, calls, path, policy, statement }: Denial): Problem {
  const [first] = calls;
  const actions = new Set(calls.map(({ action }) => action));
  const more = actions.size > 1 ? ` and ${count(actions.size - 1, "more action")}` : "";
  return problem("guardrail-lockout", path, {
    message: `${statement} of the policy "${policy}" denies ${first?.action} in ${first?.region}${more}, which the stacks of account "${account}" call`,
    fix: "take the action out of the statement, except the deploy role from it by a condition on aws:PrincipalArn, or take the policy off this account and its units",
  });
}

interface Deny {
  readonly policy: string;
  /** What a message calls the statement. */
  readonly name: string;
  readonly statement: Statement;
  readonly version: NamedPolicy["document"]["Version"];
}

function denyStatements(policies: readonly NamedPolicy[]): readonly Deny[] {
  return policies.flatMap(({ document, name }) =>
    statementsOf(document).flatMap((statement, index): readonly Deny[] =>
      statement.Effect === "Deny"
        ? [
            {
              policy: name,
              name:
                statement.Sid === undefined ? `statement ${index + 1}` : `the statement "${statement.Sid}"`,
              statement,
              version: document.Version,
            },
          ]
        : [],
    ),
  );
}

/** Whether a statement applies, asked once for each action and region of one that looks at nothing else. */
function memoized(): (deny: Deny, request: Request) => boolean {
  const known = new Map<Statement, Map<string, boolean>>();
  return (deny, request) => {
    if (!looksAtRegionsAlone(deny.statement)) return applies(deny, request);
    const answers = known.get(deny.statement) ?? new Map<string, boolean>();
    known.set(deny.statement, answers);
    const key = `${request.action} ${request.context[region]}`;
    const answer = answers.get(key) ?? applies(deny, request);
    answers.set(key, answer);
    return answer;
  };
}

const region = "aws:RequestedRegion";

function looksAtRegionsAlone({ Condition = {}, Resource }: Statement): boolean {
  const keys = Object.values(Condition).flatMap((wanted) => Object.keys(wanted));
  return Resource === "*" && keys.every((key) => key === region);
}

/** A statement that cannot be told exactly is not held against anything: a wrong error would stop a right fleet. */
function applies({ statement, version }: Deny, request: Request): boolean {
  try {
    return evaluateStatement(statement, request, version);
  } catch (error) {
    if (error instanceof PolicyError) return false;
    throw error;
  }
}

type Place = (region: string) => Path;

/** Where in the fleet file a stack comes from, by the region that it works in. */
function placesOf({ cells }: Fleet): ReadonlyMap<string, Place> {
  const around: [string, Place][] = [
    [aroundStacks.state, () => ["state", "bucket"]],
    [aroundStacks.stateReplica, () => ["state", "replica"]],
  ];
  return new Map([...around, ...cells.flatMap(cellPlaces)]);
}

function cellPlaces({ front, name, targets }: Cell): readonly [string, Place][] {
  const ofTargets = targets.map(({ account, stack }): [string, Place] => {
    const regions = targets
      .filter((target) => target.account.name === account.name)
      .map(({ region }) => region);
    const own = targets.filter((target) => target.stack === stack).map(({ region }) => region);
    return [
      stack,
      (region) => {
        const at = own.includes(region) ? region : (own[0] ?? "");
        return ["cells", name, "targets", account.name, regions.indexOf(at)];
      },
    ];
  });
  const place: Place = () => ["cells", name, "front"];
  return [
    ...ofTargets,
    [front.stack, place],
    ...(front.logs ? [[front.logs.stack, () => ["cells", name, "front", "logs"]] as [string, Place]] : []),
  ];
}
