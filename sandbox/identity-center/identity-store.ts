import { isMap, type JsonInput, requiredText } from "../protocols/json";
import {
  conflict,
  type IdentityCenter,
  type Membership,
  missing,
  optionalText,
  type Principal,
  principalId,
  readChanges,
  type SsoOperation,
} from "./store";

function findUser({ users }: IdentityCenter, id: string): Principal {
  const found = users.get(id);
  if (found) return found;
  throw missing(`USER not found: ${id}`);
}

function findUserByName({ users }: IdentityCenter, name: string): Principal | undefined {
  return [...users.values()].find(({ attributes }) => attributes.UserName === name);
}

const capital = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The names of members in a change are in lower camel case, those of a user's are not. */
function capitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitals);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [capital(name), capitals(one)]));
}

/** Sets what a path like `name.givenName` leads to; a missing value takes it away. */
function change(attributes: JsonInput, path: readonly string[], value: unknown): JsonInput {
  const [first = "", ...rest] = path;
  const name = capital(first);
  const before = attributes[name];
  const after = rest.length > 0 ? change(isMap(before) ? before : {}, rest, value) : capitals(value);
  return { ...attributes, [name]: after ?? undefined };
}

function findMembership({ memberships }: IdentityCenter, input: JsonInput): Membership {
  const id = requiredText(input, "MembershipId");
  const found = memberships.get(id);
  if (found) return found;
  throw missing(`MEMBERSHIP not found: ${id}`);
}

function describeMembership({ identityStoreId }: IdentityCenter, { id, group, user }: Membership): object {
  return { IdentityStoreId: identityStoreId, MembershipId: id, GroupId: group, MemberId: { UserId: user } };
}

function memberOf({ MemberId }: JsonInput): string {
  return requiredText(isMap(MemberId) ? MemberId : {}, "UserId");
}

/** Users of the identity store, and their memberships in groups. */
const userOperations: Readonly<Record<string, SsoOperation>> = {
  CreateUser(center, { IdentityStoreId: _, ...attributes }) {
    const name = requiredText(attributes, "UserName");
    if (findUserByName(center, name)) throw conflict(`Duplicate UserName: ${name}`);
    const user = { id: principalId(center), attributes };
    center.users.set(user.id, user);
    return { IdentityStoreId: center.identityStoreId, UserId: user.id };
  },
  DescribeUser(center, input) {
    const { id, attributes } = findUser(center, requiredText(input, "UserId"));
    return { ...attributes, IdentityStoreId: center.identityStoreId, UserId: id };
  },
  UpdateUser(center, input) {
    const { id, attributes } = findUser(center, requiredText(input, "UserId"));
    const after = readChanges(input).reduce(
      (user, { AttributePath, AttributeValue }) => change(user, AttributePath.split("."), AttributeValue),
      attributes,
    );
    center.users.set(id, { id, attributes: after });
    return {};
  },
  DeleteUser(center, input) {
    const { id } = findUser(center, requiredText(input, "UserId"));
    center.users.delete(id);
    for (const one of center.memberships.values()) if (one.user === id) center.memberships.delete(one.id);
    return {};
  },
  CreateGroupMembership(center, input) {
    const group = requiredText(input, "GroupId");
    if (!center.groups.has(group)) throw missing(`GROUP not found: ${group}`);
    const { id: user } = findUser(center, memberOf(input));
    if ([...center.memberships.values()].some((one) => one.group === group && one.user === user)) {
      throw conflict(`User ${user} is already a member of group ${group}`);
    }
    const membership = { id: principalId(center), group, user };
    center.memberships.set(membership.id, membership);
    return { IdentityStoreId: center.identityStoreId, MembershipId: membership.id };
  },
  DescribeGroupMembership: (center, input) => describeMembership(center, findMembership(center, input)),
  ListGroupMemberships(center, input) {
    const group = requiredText(input, "GroupId");
    const found = [...center.memberships.values()].filter((one) => one.group === group);
    return { GroupMemberships: found.map((one) => describeMembership(center, one)) };
  },
  DeleteGroupMembership(center, input) {
    center.memberships.delete(findMembership(center, input).id);
    return {};
  },
};

function findGroup({ groups }: IdentityCenter, input: JsonInput): Principal {
  const id = requiredText(input, "GroupId");
  const found = groups.get(id);
  if (found) return found;
  throw missing(`GROUP not found: ${id}`);
}

function findGroupByName({ groups }: IdentityCenter, name: string): Principal | undefined {
  return [...groups.values()].find(({ attributes }) => attributes.DisplayName === name);
}

function describeGroup({ identityStoreId }: IdentityCenter, { id, attributes }: Principal): object {
  return { ...attributes, IdentityStoreId: identityStoreId, GroupId: id };
}

/** The value of the attribute that a lookup names: `DisplayName`, which no two groups share. */
function wantedName({ AlternateIdentifier }: JsonInput): string {
  const unique = (AlternateIdentifier as JsonInput | undefined)?.UniqueAttribute as JsonInput | undefined;
  if (String(unique?.AttributePath).toLowerCase() === "displayname") return String(unique?.AttributeValue);
  throw missing("GROUP not found: the sandbox finds groups by DisplayName only");
}

/** The identity store: groups, users, and who is in which group. */
export const identityStoreOperations: Readonly<Record<string, SsoOperation>> = {
  ...userOperations,
  CreateGroup(center, input) {
    const name = requiredText(input, "DisplayName");
    if (findGroupByName(center, name)) throw conflict(`Duplicate GroupDisplayName: ${name}`);
    const attributes = { DisplayName: name, Description: optionalText(input, "Description") };
    const group = { id: principalId(center), attributes };
    center.groups.set(group.id, group);
    return { IdentityStoreId: center.identityStoreId, GroupId: group.id };
  },
  DescribeGroup: (center, input) => describeGroup(center, findGroup(center, input)),
  GetGroupId(center, input) {
    const name = wantedName(input);
    const group = findGroupByName(center, name);
    if (!group) throw missing(`GROUP not found: ${name}`);
    return { IdentityStoreId: center.identityStoreId, GroupId: group.id };
  },
  ListGroups(center, { Filters }) {
    const names = Array.isArray(Filters) ? Filters.map((one: JsonInput) => one.AttributeValue) : undefined;
    const found = [...center.groups.values()].filter(
      ({ attributes }) => names === undefined || names.includes(attributes.DisplayName),
    );
    return { Groups: found.map((group) => describeGroup(center, group)) };
  },
  UpdateGroup(center, input) {
    const { id, attributes } = findGroup(center, input);
    const changes = readChanges(input).map(({ AttributePath, AttributeValue }) => [
      AttributePath.toLowerCase() === "displayname" ? "DisplayName" : "Description",
      AttributeValue,
    ]);
    const after: JsonInput = { ...attributes, ...Object.fromEntries(changes) };
    const holder = findGroupByName(center, String(after.DisplayName));
    if (holder && holder.id !== id)
      throw conflict(`Duplicate GroupDisplayName: ${String(after.DisplayName)}`);
    center.groups.set(id, { id, attributes: after });
    return {};
  },
  DeleteGroup(center, input) {
    const { id } = findGroup(center, input);
    center.groups.delete(id);
    for (const one of center.memberships.values()) if (one.group === id) center.memberships.delete(one.id);
    return {};
  },
};
