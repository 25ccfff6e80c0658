import { type JsonInput, requiredText } from "../json-service";
import {
  conflict,
  type IdentityCenter,
  type Membership,
  missing,
  type Principal,
  principalId,
  readChanges,
  type SsoOperation,
} from "./sso-admin-store";

function find({ users }: IdentityCenter, id: string): Principal {
  const found = users.get(id);
  if (found) return found;
  throw missing(`USER not found: ${id}`);
}

function findByName({ users }: IdentityCenter, name: string): Principal | undefined {
  return [...users.values()].find(({ attributes }) => attributes.UserName === name);
}

function isMap(value: unknown): value is JsonInput {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
export const USER_OPERATIONS: Readonly<Record<string, SsoOperation>> = {
  CreateUser(center, { IdentityStoreId: _, ...attributes }) {
    const name = requiredText(attributes, "UserName");
    if (findByName(center, name)) throw conflict(`Duplicate UserName: ${name}`);
    const user = { id: principalId(center), attributes };
    center.users.set(user.id, user);
    return { IdentityStoreId: center.identityStoreId, UserId: user.id };
  },
  DescribeUser(center, input) {
    const { id, attributes } = find(center, requiredText(input, "UserId"));
    return { ...attributes, IdentityStoreId: center.identityStoreId, UserId: id };
  },
  UpdateUser(center, input) {
    const { id, attributes } = find(center, requiredText(input, "UserId"));
    const after = readChanges(input).reduce(
      (user, { AttributePath, AttributeValue }) => change(user, AttributePath.split("."), AttributeValue),
      attributes,
    );
    center.users.set(id, { id, attributes: after });
    return {};
  },
  DeleteUser(center, input) {
    const { id } = find(center, requiredText(input, "UserId"));
    center.users.delete(id);
    for (const one of center.memberships.values()) if (one.user === id) center.memberships.delete(one.id);
    return {};
  },
  CreateGroupMembership(center, input) {
    const group = requiredText(input, "GroupId");
    if (!center.groups.has(group)) throw missing(`GROUP not found: ${group}`);
    const { id: user } = find(center, memberOf(input));
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
