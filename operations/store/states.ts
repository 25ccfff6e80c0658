import type { Account } from "../../fleet/account";
import { defaultDeployRole } from "../../fleet/accounts";
import { UserError } from "../../fleet/errors";
import type { Fleet } from "../../fleet/model";
import { fleetStacks } from "../../fleet/stacks";
import { sortBy } from "../../fleet/values";
import { describeError } from "../aws/errors";
import type { Backing, Part } from "./backing";
import type { FoundStates, StackPlace, Unreadable } from "./model";
import { mapFew, type Objects } from "./objects";
import { readReleases } from "./releases";
import { accountInState, hasResources, parseState } from "./state-file";

/** End of the key of every state. */
const ending = ".tfstate";

/** Key of a stack's state in its part of the store. */
export const stateKey = (stack: string) => `${stack}${ending}`;

/** What is found, or why not. */
type Found = { readonly place: StackPlace } | { readonly failure: Unreadable };

/** Every state of a store. What cannot be read is said, and hides nothing else. */
export async function findStates(fleet: Fleet, backing: Backing): Promise<FoundStates> {
  const { parts, unreadable } = await backing.parts();
  const accounts = new Map(fleetStacks(fleet).map(({ account, name }) => [name, account]));
  const found = (await mapFew(parts, (part) => statesOf(fleet, accounts, part))).flat();
  const places = found.flatMap((one) => ("place" in one ? [one.place] : []));
  return {
    places: sortBy(places, ({ account, stack }) => `${account.id} ${stack}`),
    unreadable: [...unreadable, ...found.flatMap((one) => ("failure" in one ? [one.failure] : []))],
  };
}

async function statesOf(
  fleet: Fleet,
  accounts: ReadonlyMap<string, Account>,
  { account, objects }: Part,
): Promise<readonly Found[]> {
  const failed = (where: string, why: string): Found => ({ failure: { where, why } });
  let names: readonly string[];
  try {
    ({ names } = await objects.list(""));
  } catch (error) {
    return [failed(objects.place, reason(error))];
  }
  const stacks = names.flatMap((name) => (name.endsWith(ending) ? [name.slice(0, -ending.length)] : []));
  const found = await mapFew(stacks, async (stack): Promise<readonly Found[]> => {
    const known = account ?? accounts.get(stack);
    if (known) return [{ place: { stack, account: known } }];
    const where = `${objects.place}/${stateKey(stack)}`;
    try {
      const owner = await ownerOf(fleet, objects, stack);
      if (owner === "nobody") return [];
      return owner ? [{ place: { stack, account: owner } }] : [failed(where, unknownOwner)];
    } catch (error) {
      return [failed(where, reason(error))];
    }
  });
  return found.flat();
}

const unknownOwner =
  "the stack is not in the fleet file, and neither a release nor an ARN in its state tells its account";

/** Whose a stack is that the fleet does not have; `nobody` where nothing of it is left. */
async function ownerOf(
  fleet: Fleet,
  objects: Objects,
  stack: string,
): Promise<Account | "nobody" | undefined> {
  const [release] = await readReleases(objects, stack, 1);
  if (release) return accountOf(fleet, release.account.id, release.account);
  const stored = await objects.read(stateKey(stack));
  const state = stored && parseState(stored.bytes.toString("utf8"), `${objects.place}/${stateKey(stack)}`);
  if (!state || !hasResources(state)) return "nobody";
  const id = accountInState(state);
  return id === undefined ? undefined : accountOf(fleet, id);
}

/**
 * The account with an id: as the fleet file has it, else as it was, else with the role that most accounts have.
 *
 * @param before as it was when it was deployed to, where that is known
 */
export function accountOf(fleet: Fleet, id: string, before?: Account): Account {
  const { bootstrap, organization, stateBucket } = fleet;
  const known = [
    ...fleetStacks(fleet).map(({ account }) => account),
    ...(stateBucket ? [stateBucket.account, ...stateBucket.readers] : []),
    ...(organization ? [organization.management] : []),
  ];
  const found = known.find((account) => account.id === id) ?? before;
  if (found) return found;
  const { name: deployRole, externalId } = bootstrap?.role ?? commonRole(known);
  return { name: id, id, deployRole, externalId };
}

/** The deploy role that most accounts have. */
function commonRole(accounts: readonly Account[]): { readonly name: string; readonly externalId?: string } {
  const roles = new Map<string, { count: number; readonly account: Account }>();
  for (const account of accounts) {
    const role = roles.get(account.deployRole);
    if (role) role.count++;
    else roles.set(account.deployRole, { count: 1, account });
  }
  const [most] = [...roles.values()].sort((a, b) => b.count - a.count);
  return { name: most?.account.deployRole ?? defaultDeployRole, externalId: most?.account.externalId };
}

/** Why something failed, in a line. */
export function reason(error: unknown): string {
  return error instanceof UserError ? error.what : describeError(error);
}
