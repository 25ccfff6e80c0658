import { AwsError } from "../http";
import { freshId } from "../ids";
import type { Operation } from "../protocols/json";
import { arnOf, letters, type Organization, type Unit } from "./model";
import {
  allowEverything,
  constraintViolation,
  forManagement,
  type OrganizationOperation,
  type OrganizationStore,
  required,
} from "./store";
import { readTags } from "./tags";
import { accountsIn, depthOf, requireParent, requireUnit, unitsIn } from "./tree";

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const deepestUnit = 5;

function describe({ id, arn, name }: Unit) {
  return { Id: id, Arn: arn, Name: name };
}

/** @throws {AwsError} DuplicateOrganizationalUnitException, where a sibling has the name */
function requireFreeName(organization: Organization, parent: string, name: string): void {
  if (!unitsIn(organization, parent).some((unit) => unit.name === name)) return;
  throw new AwsError(
    400,
    "DuplicateOrganizationalUnitException",
    `An OU with the same name already exists: ${name}`,
  );
}

const createUnit: OrganizationOperation = (input, organization) => {
  const parent = requireParent(organization, required(input, "ParentId"));
  const name = required(input, "Name");
  const tags = readTags(input.Tags);
  if (depthOf(organization, parent) >= deepestUnit) {
    throw constraintViolation(
      "OU_DEPTH_LIMIT_EXCEEDED",
      `You have exceeded the maximum depth of the organization's tree, ${deepestUnit} levels of units.`,
    );
  }
  requireFreeName(organization, parent, name);
  const id = freshId(
    organization.units,
    (attempt) => `ou-${organization.root.slice("r-".length)}-${letters(`${parent} ${name} ${attempt}`, 8)}`,
  );
  const unit = { id, arn: arnOf(organization, "ou", id), name, parent };
  organization.units.set(id, unit);
  organization.tags.set(id, tags);
  allowEverything(organization, id);
  return { OrganizationalUnit: describe(unit) };
};

const updateUnit: OrganizationOperation = (input, organization) => {
  const unit = requireUnit(organization, required(input, "OrganizationalUnitId"));
  const name = required(input, "Name");
  if (name !== unit.name) requireFreeName(organization, unit.parent, name);
  const renamed = { ...unit, name };
  organization.units.set(unit.id, renamed);
  return { OrganizationalUnit: describe(renamed) };
};

const deleteUnit: OrganizationOperation = (input, organization) => {
  const { id } = requireUnit(organization, required(input, "OrganizationalUnitId"));
  if (unitsIn(organization, id).length + accountsIn(organization, id).length > 0) {
    throw new AwsError(
      400,
      "OrganizationalUnitNotEmptyException",
      `The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again: ${id}`,
    );
  }
  organization.units.delete(id);
  organization.tags.delete(id);
  organization.attachments.delete(id);
  return {};
};

const listParents: OrganizationOperation = (input, organization, store) => {
  const child = required(input, "ChildId");
  const unit = organization.units.get(child);
  const { parent } = unit ?? store.account(organization, child, "ChildNotFoundException");
  return { Parents: [{ Id: parent, Type: parent === organization.root ? "ROOT" : "ORGANIZATIONAL_UNIT" }] };
};

const listChildren: OrganizationOperation = (input, organization) => {
  const parent = requireParent(organization, required(input, "ParentId"));
  const type = required(input, "ChildType");
  const children = type === "ACCOUNT" ? accountsIn(organization, parent) : unitsIn(organization, parent);
  return { Children: children.map(({ id }) => ({ Id: id, Type: type })) };
};

/** Units, and who is in whom. */
export function unitOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    CreateOrganizationalUnit: createUnit,
    DescribeOrganizationalUnit: (input, organization) => ({
      OrganizationalUnit: describe(requireUnit(organization, required(input, "OrganizationalUnitId"))),
    }),
    UpdateOrganizationalUnit: updateUnit,
    DeleteOrganizationalUnit: deleteUnit,
    ListOrganizationalUnitsForParent: (input, organization) => {
      const parent = requireParent(organization, required(input, "ParentId"));
      return { OrganizationalUnits: unitsIn(organization, parent).map(describe) };
    },
    ListParents: listParents,
    ListChildren: listChildren,
  });
}
