import type { Call } from "../access/calls/model";
import { stackCalls } from "../access/calls/stack-calls";
import { roleArn } from "../fleet/account";
import type { Path, Problem } from "../fleet/diagnostics";
import type { Cell, Fleet } from "../fleet/model";
import { dataStackName, targetDataStackName } from "../fleet/names";
import { foundationStacks } from "../fleet/stacks";
import { count } from "../fleet/wording";
import { denyFinder, type FoundDeny } from "./denies";
import { pathOf } from "./policies";
import { problem } from "./rules";

/** Denied calls, and what denies them. */
interface Denial {
  readonly path: Path;
  readonly account: string;
  /** Name of the extension that says that it needs the calls. */
  readonly extension?: string;
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
        const { extension } = call;
        const key = JSON.stringify([path, deny.policy, deny.name, extension]);
        const denial = denials.get(key) ?? { path, account: account.name, extension, deny, calls: [] };
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

function lockout(denial: Denial): Problem {
  const { calls, deny, path } = denial;
  return problem("guardrail-lockout", path, {
    message: `${deny.name} in the policy "${deny.policy}" denies ${listedCalls(calls)}, which ${callers(denial)}`,
    fix: "remove the action from the statement, exempt the deploy role with a condition on aws:PrincipalArn, or detach the policy from this account and its units",
  });
}

function undecided(denial: Denial): Problem {
  const { calls, deny, path } = denial;
  return problem("guardrail-undecided", path, {
    message: `${deny.name} in the policy "${deny.policy}" may deny ${listedCalls(calls)}, which ${callers(denial)}: ${deny.undecided}`,
    fix: "exempt the deploy role with ArnNotLike on aws:PrincipalArn, which decides it, or try a deploy below the policy before it binds more accounts",
  });
}

function callers({ account, extension }: Denial): string {
  if (extension === undefined) return `the stacks of account "${account}" call`;
  return `the extension "${extension}" says that its deploy calls in account "${account}"`;
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
    [foundationStacks.pipeline, () => ["pipeline", "region"]],
  ];
  return new Map([...around, ...cells.flatMap(cellPlaces)]);
}

function cellPlaces({ front, home, name, targets }: Cell): readonly [string, Place][] {
  /** At the target that is in the region, or else at the first of those that the stack is for. */
  const atTarget =
    (account: string, own: readonly string[]): Place =>
    (region) => {
      const regions = targets.filter((one) => one.account.name === account).map((one) => one.region);
      const at = own.includes(region) ? region : (own[0] ?? "");
      return ["cells", name, "targets", account, regions.indexOf(at)];
    };
  const ofTargets = targets.flatMap(({ account, region, stack }): [string, Place][] => {
    const own = targets.filter((target) => target.stack === stack).map(({ region }) => region);
    return [
      [stack, atTarget(account.name, own)],
      [targetDataStackName(name, account.name, region), atTarget(account.name, [region])],
    ];
  });
  const ofHome = home && targets.filter(({ account }) => account.name === home.account.name);
  const replicas = ofHome?.map(({ region }) => region).filter((region) => region !== home?.region) ?? [];
  const place: Place = () => ["cells", name, "front"];
  return [
    ...ofTargets,
    ...(home
      ? [[dataStackName(name), atTarget(home.account.name, [home.region, ...replicas])] as [string, Place]]
      : []),
    [front.stack, place],
    ...(front.logs ? [[front.logs.stack, () => ["cells", name, "front", "logs"]] as [string, Place]] : []),
  ];
}
