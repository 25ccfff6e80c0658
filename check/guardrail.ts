import type { Call } from "../access/calls/model";
import { stackCalls } from "../access/calls/stack-calls";
import { roleArn } from "../fleet/account";
import type { Path, Problem } from "../fleet/diagnostics";
import type { Cell, Fleet } from "../fleet/model";
import { foundationStacks } from "../fleet/stacks";
import { count } from "../fleet/wording";
import { denyFinder } from "./denies";
import { problem } from "./rules";

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
  const findDenyOf = denyFinder(organization);
  for (const { account, calls, stack } of stackCalls(fleet)) {
    const findDeny = findDenyOf(account.name);
    const principal = roleArn(account);
    for (const call of calls) {
      const deny = findDeny(call, principal);
      if (!deny) continue;
      const path = places.get(stack)?.(call.region) ?? ["organization"];
      const key = JSON.stringify([path, deny.policy, deny.name]);
      const known = denials.get(key)?.calls ?? [];
      denials.set(key, {
        path,
        account: account.name,
        policy: deny.policy,
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
    message: `${statement} in the policy "${policy}" denies ${first?.action} in ${first?.region}${more}, which the stacks of account "${account}" call`,
    fix: "remove the action from the statement, exempt the deploy role with a condition on aws:PrincipalArn, or detach the policy from this account and its units",
  });
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
