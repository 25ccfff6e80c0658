import { type JsonInput, requiredText } from "../json-service";
import { USER_OPERATIONS } from "./identity-store-users";
import {
  conflict,
  type IdentityCenter,
  missing,
  optionalText,
  type Principal,
  principalId,
  readChanges,
  type SsoOperation,
} from "./sso-admin-store";

function find({ groups }: IdentityCenter, input: JsonInput): Principal {
  const id = requiredText(input, "GroupId");
  const found = groups.get(id);
  if (found) return found;
  throw missing(`GROUP not found: ${id}`);
}

function findByName({ groups }: IdentityCenter, name: string): Principal | undefined {
  return [...groups.values()].find(({ attributes }) => attributes.DisplayName === name);
}

function describe({ identityStoreId }: IdentityCenter, { id, attributes }: Principal): object {
  return { ...attributes, IdentityStoreId: identityStoreId, GroupId: id };
}

/** The value of the attribute that a lookup names: `DisplayName`, which no two groups share. */
function wantedName({ AlternateIdentifier }: JsonInput): string {
  const unique = (AlternateIdentifier as JsonInput | undefined)?.UniqueAttribute as JsonInput | undefined;
  if (String(unique?.AttributePath).toLowerCase() === "displayname") return String(unique?.AttributeValue);
  throw missing("GROUP not found: the sandbox finds groups by DisplayName only");
}

/** The identity store: groups, users, and who is in which group. */
export const IDENTITY_STORE_OPERATIONS: Readonly<Record<string, SsoOperation>> = {
  ...USER_OPERATIONS,
  CreateGroup(center, input) {
    const name = requiredText(input, "DisplayName");
    if (findByName(center, name)) throw conflict(`Duplicate GroupDisplayName: ${name}`);
    const attributes = { DisplayName: name, Description: optionalText(input, "Description") };
    const group = { id: principalId(center), attributes };
    center.groups.set(group.id, group);
    return { IdentityStoreId: center.identityStoreId, GroupId: group.id };
  },
  DescribeGroup: (center, input) => describe(center, find(center, input)),
  GetGroupId(center, input) {
    const name = wantedName(input);
    const group = findByName(center, name);
    if (!group) throw missing(`GROUP not found: ${name}`);
    return { IdentityStoreId: center.identityStoreId, GroupId: group.id };
  },
  ListGroups(center, { Filters }) {
    const names = Array.isArray(Filters) ? Filters.map((one: JsonInput) => one.AttributeValue) : undefined;
    const found = [...center.groups.values()].filter(
      ({ attributes }) => names === undefined || names.includes(attributes.DisplayName),
    );
    return { Groups: found.map((group) => describe(center, group)) };
  },
  UpdateGroup(center, input) {
    const { id, attributes } = find(center, input);
    const changes = readChanges(input).map(({ AttributePath, AttributeValue }) => [
      AttributePath.toLowerCase() === "displayname" ? "DisplayName" : "Description",
      AttributeValue,
    ]);
    const after: JsonInput = { ...attributes, ...Object.fromEntries(changes) };
    const holder = findByName(center, String(after.DisplayName));
    if (holder && holder.id !== id)
      throw conflict(`Duplicate GroupDisplayName: ${String(after.DisplayName)}`);
    center.groups.set(id, { id, attributes: after });
    return {};
  },
  DeleteGroup(center, input) {
    const { id } = find(center, input);
    center.groups.delete(id);
    for (const one of center.memberships.values()) if (one.group === id) center.memberships.delete(one.id);
    return {};
  },
};
