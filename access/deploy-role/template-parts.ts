import { listOf, type NamedPolicy, type PolicyDocument } from "../../fleet/policy-document";
import { attachedPolicyName } from "./scope";

/** A CloudFormation template, as it is written. */
export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Resources;
}

/** The resources of a template, by their logical ids. */
export type Resources = Readonly<Record<string, TemplateResource>>;

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  /** What becomes of it once the template has it no more. @default it is deleted */
  readonly DeletionPolicy?: "RetainExceptOnCreate";
  /** What becomes of it once another one takes its place. @default it is deleted */
  readonly UpdateReplacePolicy?: "Retain";
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What CloudFormation puts in for the id of the account that a stack is in. */
export const ownAccount = `\${AWS::AccountId}`;

/** Seconds: what Terraform and `meridian drain` ask for, and the most that a role can get that was assumed by a role. */
const sessionSeconds = 3600;

/** What a role is made of. */
export interface RoleParts {
  readonly name: string;
  readonly description: string;
  readonly trust: PolicyDocument;
  /** As CloudFormation takes them: see {@link inlinePolicy}. */
  readonly inline: readonly unknown[];
  /** References to policies that are attached to it. */
  readonly attached?: readonly unknown[];
  readonly tags: Readonly<Record<string, string>>;
  /** Whether people and builds assume it, and no service by itself. @default true */
  readonly isAssumed?: boolean;
}

/** A role, for an hour at most: for those that services work as, that is CloudFormation's default. */
export function roleResource(parts: RoleParts): TemplateResource {
  const { attached = [], description, inline, isAssumed = true, name, tags, trust } = parts;
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      RoleName: name,
      Description: description,
      ...(isAssumed && { MaxSessionDuration: sessionSeconds }),
      AssumeRolePolicyDocument: written(trust),
      Policies: inline,
      ...(attached.length > 0 && { ManagedPolicyArns: attached }),
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    },
  };
}

/** A policy as a part of its role. */
export function inlinePolicy({ document, name }: NamedPolicy): unknown {
  return { PolicyName: name, PolicyDocument: written(document) };
}

/** A policy that is attached to a role, and named after it. */
export function managedPolicy(role: string, { document, name }: NamedPolicy): TemplateResource {
  return {
    Type: "AWS::IAM::ManagedPolicy",
    Properties: {
      ManagedPolicyName: attachedPolicyName({ role }, name),
      Description: `What ${role} may do with ${name}`,
      PolicyDocument: written(document),
    },
  };
}

/** A part of a resource that is there only where a condition holds. */
export function onlyIf(condition: string, value: unknown): unknown {
  return { "Fn::If": [condition, value, { Ref: "AWS::NoValue" }] };
}

/** Binds resources to a condition. */
export function under(condition: string, resources: Resources): Resources {
  return Object.fromEntries(
    Object.entries(resources).map(([id, one]) => [id, { ...one, Condition: one.Condition ?? condition }]),
  );
}

/**
 * A policy as it stands in a template, which holds 51,200 bytes: what is allowed has no name, which only readers need, and a list
 * of one is that one.
 */
export function written({ Statement, Version }: PolicyDocument): unknown {
  const statements = listOf(Statement).map(({ Sid, ...rest }) =>
    substituted(rest.Effect === "Deny" ? { Sid, ...rest } : rest),
  );
  return { Version, Statement: statements };
}

/**
 * Lets CloudFormation fill in every text that names the stack's own account, and that alone: `${!` is how it writes `${`,
 * which variables of IAM begin with.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 */
function substituted(value: unknown): unknown {
  if (typeof value === "string") {
    if (!value.includes(ownAccount)) return value;
    return { "Fn::Sub": value.replaceAll("${", "${!").replaceAll(ownAccount.replace("{", "{!"), ownAccount) };
  }
  if (Array.isArray(value)) return value.length === 1 ? substituted(value[0]) : value.map(substituted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, substituted(part)]));
}
