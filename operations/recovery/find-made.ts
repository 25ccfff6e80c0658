import { UserError } from "../../fleet/errors";
import { isMarked, stackTag } from "../../fleet/stack-mark";
import type { FleetStack } from "../../fleet/stacks";
import { describeError, isUnreachable, proxyHint, statusOf } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";
import { lookupOf } from "./kinds";
import { type Asker, openAsker } from "./lookups/asker";
import type { Found, Lookup } from "./lookups/model";
import type { Held, Planned, PlannedCreate, Values } from "./planned";

/** What an `import` block says. */
export interface Import {
  readonly address: string;
  /** As hashicorp/aws 5.100.0 wants it for the type. */
  readonly id: string;
}

/** A thing that is in the way: it has the name of one that the plan is to make, and is not the stack's. */
export interface Conflict {
  readonly address: string;
  /** E.g. `the function acme_globex_hello in eu-west-1`. */
  readonly what: string;
  /** Its tags, or those of what it is a part of. */
  readonly tags: Readonly<Record<string, string>>;
  /** Why it is not taken over. */
  readonly why: string;
}

/** What is there of that which a plan is to make. */
export interface Made {
  readonly take: readonly Import[];
  readonly conflicts: readonly Conflict[];
}

/** A stack, and what its plan is to make. */
export interface PlannedStack {
  /** The fleet's name, which the deploy role's sessions carry. */
  readonly fleet: string;
  readonly stack: FleetStack;
  readonly planned: Planned;
}

/**
 * Looks for what a stack's plan is to make and what is there already: made by a deploy that was killed before Terraform wrote
 * it down. Asks AWS in the stack's account, with its deploy role; changes nothing.
 *
 * What is the stack's own is to be taken over: it carries the stack's tag, is a part of such a thing, or, where the provider
 * puts no tags on it, says so in its comment. Anything else that is there is a conflict.
 *
 * Some things are only known by name once those are taken over that they belong to. So plan once more with the imports, and
 * look again, until nothing is found.
 *
 * @param open what asks AWS
 * @throws {UserError} AWS does not answer or refuses to say; NoCredentials
 */
export async function findMade(
  { fleet, planned, stack }: PlannedStack,
  session: AwsSession,
  open = openAsker,
): Promise<Made> {
  if (planned.creates.length === 0) return { take: [], conflicts: [] };
  const role = deployRole(fleet, stack.account);
  const asker = open(stack.name, stack.account.id, role, session);
  try {
    const each = await Promise.all(planned.creates.map((create) => madeOf(create, planned.held, asker)));
    return {
      take: onceEach(
        planned.creates,
        each.flatMap(({ take }) => take),
      ),
      conflicts: each.flatMap(({ conflicts }) => conflicts),
    };
  } catch (error) {
    throw error instanceof UserError ? error : notFoundOut(stack, error, session);
  } finally {
    asker.close();
  }
}

/** Of two that are alike and of which one is there, such as certificates of one domain, the first takes it. */
function onceEach(creates: readonly PlannedCreate[], take: readonly Import[]): readonly Import[] {
  const places = new Map(creates.map(({ address, region, type }) => [address, `${type} ${region}`]));
  const keyOf = ({ address, id }: Import) => `${places.get(address)} ${id}`;
  return take.filter((one, index) => take.findIndex((other) => keyOf(other) === keyOf(one)) === index);
}

async function madeOf(create: PlannedCreate, held: readonly Held[], asker: Asker): Promise<Made> {
  const nothing: Made = { take: [], conflicts: [] };
  const lookup = await lookupOf(create.type);
  const name = lookup && nameOf(create.values, lookup);
  if (!lookup || name === undefined) return nothing;
  // What the state has may be there under another address: Terraform knows it, and the plan says what becomes of it.
  const alike = held.filter(({ region, type }) => {
    return type === create.type && (lookup.isGlobal || region === undefined || region === create.region);
  });
  if (lookup.isUnique !== false && alike.some(({ values }) => nameOf(values, lookup) === name))
    return nothing;
  const ids = new Set(alike.map(({ values }) => values.id));
  const found = (await lookup.find(create, asker)).filter(({ id }) => !ids.has(id));
  const [first] = found;
  if (!first) return nothing;
  const { address } = create;
  const why = found.length > 1 ? severalOf(found) : obstacleTo(first, asker.stack);
  if (why === undefined) return { take: [{ address, id: first.id }], conflicts: [] };
  return { take: [], conflicts: [{ address, what: first.what, tags: first.tags ?? {}, why }] };
}

/** The name of a thing in its account and region; undefined while it is unknown. */
function nameOf(values: Values, { identity, optional = [] }: Lookup): string | undefined {
  const parts = identity.map((attribute) => values[attribute]);
  if (parts.some((part) => typeof part !== "string" || part === "")) return undefined;
  // An optional one that is missing may be unknown, where null is none.
  if (optional.some((attribute) => values[attribute] === undefined)) return undefined;
  return JSON.stringify([...parts, ...optional.map((attribute) => values[attribute] || null)]);
}

/** Why a thing cannot be taken over; undefined where it can. */
function obstacleTo({ comment, obstacle, tags = {} }: Found, stack: string): string | undefined {
  if (obstacle !== undefined) return obstacle;
  if (tags[stackTag] === stack || (comment !== undefined && isMarked(comment, stack))) return undefined;
  if (comment !== undefined) {
    return `its comment does not say that it is of the stack ${stack}: ${JSON.stringify(comment)}`;
  }
  const owner = tags[stackTag];
  return owner === undefined ? `it has no tag ${stackTag}` : `it is of the stack ${owner}`;
}

function severalOf(found: readonly Found[]): string {
  return `there are ${found.length} that it could be: ${found.map(({ id }) => id).join(", ")}`;
}

/**
 * What to tell whoever deploys a stack when something is in its way.
 *
 * @param conflicts at least one
 */
export function conflictError({ account, name }: FleetStack, conflicts: readonly Conflict[]): UserError {
  const lines = conflicts.map(({ address, tags, what, why }) => {
    const shown = Object.entries(tags).map(([key, value]) => `${key}=${value}`);
    return `${what}, which would be ${address}: ${why}${shown.length > 0 ? ` (tags: ${shown.join(", ")})` : ""}`;
  });
  return new UserError(
    `${name} would make what is there already in account ${account.id}: ${lines.join("; ")}`,
    "it may be somebody else's, so it is neither taken over nor changed",
    `if it is to become a part of ${name}, give it the tag ${stackTag}=${name} and deploy again, or import it by hand (\`terraform import <address> <id>\` in the stack's folder); if it is not, rename one of the two; if nobody needs it, delete it`,
  );
}

function notFoundOut({ account, name }: FleetStack, error: unknown, { environment }: AwsSession): UserError {
  const status = statusOf(error) ?? 0;
  const isDenied = status === 403 || (error instanceof Error && /AccessDenied|Unauthorized/.test(error.name));
  return new UserError(
    `what is there of ${name} already cannot be found out in account ${account.id}: ${describeError(error)}`,
    "what a deploy made that was killed would be made twice, or be in the way of this one",
    isDenied
      ? `allow ${account.deployRole} to read what it makes: \`npx meridian role ${account.name}\` prints its policies`
      : isUnreachable(error)
        ? `check this machine's connection to AWS, and try again${proxyHint(environment)}`
        : "try again",
  );
}
