import type { Call } from "../access/calls/model";
import { stackCalls } from "../access/calls/stack-calls";
import { roleArn } from "../fleet/account";
import type { Path, Problem } from "../fleet/diagnostics";
import type { Cell, Fleet } from "../fleet/model";
import { foundationStacks } from "../fleet/stacks";
import { count } from "../fleet/wording";
import { denyFinder, type FoundDeny } from "./denies";
import { pathOf } from "./policies";
import { problem } from "./rules";

/** Denied calls, and what denies them. */
interface Denial {
  readonly path: Path;
  readonly account: string;
  readonly deny: FoundDeny;
  readonly calls: Call[];
}

/**
 * Policies that deny what the fleet's own stacks call, or may, whether written or made: the guardrail's are tried as well.
 * Known only once everything else about the fleet is.
 */
export function guardrailLockouts(fleet: Fleet): readonly Problem[] {
  const { organization } = fleet;
  if (!organization) return [];
  const denials = new Map<string, Denial>();
  const places = placesOf(fleet);
  const findDeniesOf = denyFinder(organization);
  for (const { account, calls, stack } of stackCalls(fleet)) {
    const findDenies = findDeniesOf(account.name);
    const principal = roleArn(account);
    for (const call of calls) {
      for (const deny of findDenies(call, principal)) {
        const path = isUndecided(deny)
          ? [...pathOf(fleet, { name: deny.policy }), "statements", deny.index]
          : (places.get(stack)?.(call.region) ?? ["organization"]);
        const key = JSON.stringify([path, deny.policy, deny.name]);
        const denial = denials.get(key) ?? { path, account: account.name, deny, calls: [] };
        denial.calls.push(call);
        denials.set(key, denial);
      }
    }
  }
  return [...denials.values()].map((denial) => (isUndecided(denial.deny) ? undecided : lockout)(denial));
}

function isUndecided(deny: FoundDeny): boolean {
  return deny.undecided !== undefined;
}

function lockout({ account, calls, deny, path }: Denial): Problem {
  return problem("guardrail-lockout", path, {
    message: `${deny.name} in the policy "${deny.policy}" denies ${listedCalls(calls)}, which the stacks of account "${account}" call`,
    fix: "remove the action from the statement, exempt the deploy role with a condition on aws:PrincipalArn, or detach the policy from this account and its units",
  });
}

function undecided({ account, calls, deny, path }: Denial): Problem {
  return problem("guardrail-undecided", path, {
    message: `${deny.name} in the policy "${deny.policy}" may deny ${listedCalls(calls)}, which the stacks of account "${account}" call: ${deny.undecided}`,
    fix: "exempt the deploy role with ArnNotLike on aws:PrincipalArn, which decides it, or try a deploy below the policy before it binds more accounts",
  });
}

function listedCalls(calls: readonly Call[]): string {
  const [first] = calls;
  const actions = new Set(calls.map(({ action }) => action));
  const more = actions.size > 1 ? ` and ${count(actions.size - 1, "more action")}` : "";
  return `${first?.action} in ${first?.region}${more}`;
}

type Place = (region: string) => Path;

/** Where in the fleet file a stack comes from, by the region that it works in. */
function placesOf({ cells }: Fleet): ReadonlyMap<string, Place> {
  const around: [string, Place][] = [
    [foundationStacks.state, () => ["state", "bucket"]],
    [foundationStacks.stateReplica, () => ["state", "replica"]],
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
