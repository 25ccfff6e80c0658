import { AwsError } from "../http";
import { freshId } from "../ids";
import { isMap, type Operation } from "../protocols/json";
import { arnOf, letters, type Organization, type Policy } from "./model";
import {
  constraintViolation,
  forManagement,
  type OrganizationOperation,
  type OrganizationStore,
  required,
} from "./store";
import { readTags } from "./tags";
import { requireTarget } from "./tree";

/** Characters, white space among them: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const longestPolicy = 5120;

/** The only type of policy that the sandbox knows. */
export const serviceControlPolicy = "SERVICE_CONTROL_POLICY";

/** What lists say of a policy. */
export function summarize({ id, arn, name, description, isManagedByAws }: Policy) {
  return {
    Id: id,
    Arn: arn,
    Name: name,
    Description: description,
    Type: serviceControlPolicy,
    AwsManaged: isManagedByAws,
  };
}

/** @throws {AwsError} PolicyNotFoundException */
function requirePolicy({ policies }: Organization, id: string): Policy {
  const policy = policies.get(id);
  if (policy) return policy;
  throw new AwsError(400, "PolicyNotFoundException", `You specified a policy that doesn't exist: ${id}`);
}

/** @throws {AwsError} NotImplemented, for a type that the sandbox does not know */
export function requireServiceControlPolicy(type: string): void {
  if (type === serviceControlPolicy) return;
  throw new AwsError(
    400,
    "NotImplemented",
    `the sandbox knows policies of type ${serviceControlPolicy} only, not ${type}`,
  );
}

/** Exactly one of two members, as in Action and NotAction. */
function hasOneOf(statement: Readonly<Record<string, unknown>>, member: string): boolean {
  return Object.hasOwn(statement, member) !== Object.hasOwn(statement, `Not${member}`);
}

function isPolicyDocument(text: string): boolean {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return false;
  }
  if (!isMap(document) || document.Version !== "2012-10-17") return false;
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  return statements.every(
    (statement: unknown) =>
      isMap(statement) &&
      (statement.Effect === "Allow" || statement.Effect === "Deny") &&
      hasOneOf(statement, "Action") &&
      hasOneOf(statement, "Resource") &&
      // Whom a service control policy is for is decided by where it is attached.
      !("Principal" in statement || "NotPrincipal" in statement),
  );
}

function requireContent(content: string): string {
  if (content.length > longestPolicy) {
    throw constraintViolation(
      "POLICY_CONTENT_LIMIT_EXCEEDED",
      `The policy has ${content.length} characters, and may have ${longestPolicy}.`,
    );
  }
  if (!isPolicyDocument(content)) {
    throw new AwsError(
      400,
      "MalformedPolicyDocumentException",
      "The provided policy document does not meet the requirements of the specified policy type.",
    );
  }
  return content;
}

function requireFreeName({ policies }: Organization, name: string): void {
  if (![...policies.values()].some((policy) => policy.name === name)) return;
  throw new AwsError(400, "DuplicatePolicyException", `A policy with the same name already exists: ${name}`);
}

/** @throws {AwsError} for AWS's own policy */
function requireOwnPolicy(organization: Organization, id: string): Policy {
  const policy = requirePolicy(organization, id);
  if (!policy.isManagedByAws) return policy;
  throw new AwsError(
    400,
    "InvalidInputException",
    `IMMUTABLE_POLICY: ${id} is managed by AWS and can't be modified.`,
  );
}

const describe = (policy: Policy) => ({
  Policy: { PolicySummary: summarize(policy), Content: policy.content },
});

const createPolicy: OrganizationOperation = (input, organization) => {
  requireServiceControlPolicy(required(input, "Type"));
  const name = required(input, "Name");
  const content = requireContent(required(input, "Content"));
  const tags = readTags(input.Tags);
  requireFreeName(organization, name);
  const id = freshId(
    organization.policies,
    (attempt) => `p-${letters(`${organization.id} ${name} ${attempt}`, 8)}`,
  );
  const description = typeof input.Description === "string" ? input.Description : "";
  const arn = arnOf(organization, "policy", `service_control_policy/${id}`);
  const policy: Policy = { id, arn, name, description, content, isManagedByAws: false };
  organization.policies.set(id, policy);
  organization.tags.set(id, tags);
  return describe(policy);
};

const updatePolicy: OrganizationOperation = (input, organization) => {
  const policy = requireOwnPolicy(organization, required(input, "PolicyId"));
  const { Name: name = policy.name, Description: description = policy.description } = input;
  const content = input.Content === undefined ? policy.content : requireContent(required(input, "Content"));
  if (name !== policy.name) requireFreeName(organization, String(name));
  const changed = { ...policy, name: String(name), description: String(description), content };
  organization.policies.set(policy.id, changed);
  return describe(changed);
};

const deletePolicy: OrganizationOperation = (input, organization) => {
  const { id } = requireOwnPolicy(organization, required(input, "PolicyId"));
  if ([...organization.attachments.values()].some((attached) => attached.includes(id))) {
    throw new AwsError(
      400,
      "PolicyInUseException",
      "The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.",
    );
  }
  organization.policies.delete(id);
  organization.tags.delete(id);
  return {};
};

/** Service control policies. */
export function policyOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    CreatePolicy: createPolicy,
    DescribePolicy: (input, organization) =>
      describe(requirePolicy(organization, required(input, "PolicyId"))),
    UpdatePolicy: updatePolicy,
    DeletePolicy: deletePolicy,
    ListPolicies: (input, { policies }) => {
      requireServiceControlPolicy(required(input, "Filter"));
      return { Policies: [...policies.values()].map(summarize) };
    },
  });
}

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const mostPoliciesPerTarget = 5;

function attachedTo({ attachments }: Organization, target: string): readonly string[] {
  return attachments.get(target) ?? [];
}

const attachPolicy: OrganizationOperation = (input, organization, store) => {
  const policy = requirePolicy(organization, required(input, "PolicyId"));
  const target = requireTarget(store, organization, required(input, "TargetId"));
  if (!organization.hasServiceControlPolicies) {
    throw new AwsError(
      400,
      "PolicyTypeNotEnabledException",
      "The specified policy type isn't currently enabled in this root. You can't attach policies of the specified type to entities in a root until you enable that type in the root.",
    );
  }
  const attached = attachedTo(organization, target.id);
  if (attached.includes(policy.id)) {
    throw new AwsError(
      400,
      "DuplicatePolicyAttachmentException",
      "The selected policy is already attached to the specified target.",
    );
  }
  if (attached.length >= mostPoliciesPerTarget) {
    throw constraintViolation(
      "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
      `${target.id} has ${mostPoliciesPerTarget} policies of this type, the most there may be.`,
    );
  }
  organization.attachments.set(target.id, [...attached, policy.id]);
  return {};
};

const detachPolicy: OrganizationOperation = (input, organization, store) => {
  const policy = requirePolicy(organization, required(input, "PolicyId"));
  const target = requireTarget(store, organization, required(input, "TargetId"));
  const attached = attachedTo(organization, target.id);
  if (!organization.hasServiceControlPolicies || !attached.includes(policy.id)) {
    throw new AwsError(
      400,
      "PolicyNotAttachedException",
      "The policy isn't attached to the specified target in the specified root.",
    );
  }
  if (attached.length === 1) {
    throw constraintViolation(
      "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
      `${policy.id} is the last policy of its type on ${target.id}.`,
    );
  }
  organization.attachments.set(
    target.id,
    attached.filter((id) => id !== policy.id),
  );
  return {};
};

const listPoliciesForTarget: OrganizationOperation = (input, organization, store) => {
  requireServiceControlPolicy(required(input, "Filter"));
  const target = requireTarget(store, organization, required(input, "TargetId"));
  if (!organization.hasServiceControlPolicies) return { Policies: [] };
  const policies = attachedTo(organization, target.id).map((id) => requirePolicy(organization, id));
  return { Policies: policies.map(summarize) };
};

const listTargetsForPolicy: OrganizationOperation = (input, organization, store) => {
  const policy = requirePolicy(organization, required(input, "PolicyId"));
  if (!organization.hasServiceControlPolicies) return { Targets: [] };
  const targets = [...organization.attachments]
    .filter(([, attached]) => attached.includes(policy.id))
    .map(([id]) => requireTarget(store, organization, id));
  return {
    Targets: targets.map(({ id, arn, name, type }) => ({ TargetId: id, Arn: arn, Name: name, Type: type })),
  };
};

/** Which service control policies are on which root, unit and account. */
export function policyAttachmentOperations(store: OrganizationStore): Readonly<Record<string, Operation>> {
  return forManagement(store, {
    AttachPolicy: attachPolicy,
    DetachPolicy: detachPolicy,
    ListPoliciesForTarget: listPoliciesForTarget,
    ListTargetsForPolicy: listTargetsForPolicy,
  });
}
