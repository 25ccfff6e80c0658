import { AwsError } from "../http";
import type { Operation } from "../json-service";
import type { Organization } from "./model";
import { constraintViolation, forManagement, type OrganizationOperation, required } from "./operation";
import { requirePolicy, requireServiceControlPolicy, summarize } from "./policies";
import type { OrganizationStore } from "./store";
import { requireTarget } from "./tree";

/** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const MOST_POLICIES_PER_TARGET = 5;

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
  if (attached.length >= MOST_POLICIES_PER_TARGET) {
    throw constraintViolation(
      "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
      `${target.id} has ${MOST_POLICIES_PER_TARGET} policies of this type, the most there may be.`,
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
