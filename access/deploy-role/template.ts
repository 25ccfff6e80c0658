import { boundaryName } from "../../fleet/accounts";
import type { Bootstrap, Organization } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import type { NamedPolicy, PolicyDocument } from "../../fleet/policy-document";
import { deployRolePolicies, managementRolePolicies } from "./deploy-role";
import { attachedPolicies, boundaryDocument, trustDocument } from "./limits";
import { attachedPolicyName, type RoleScope } from "./scope";
import { stateOwnerPolicy } from "./state";

/** A CloudFormation template, as it is written. */
export interface Template {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What CloudFormation puts in for the id of the account that a stack is in. */
const ownAccount = `\${AWS::AccountId}`;

/** Seconds: what Terraform and `meridian drain` ask for, and the most that a role can get that was assumed by a role. */
const sessionSeconds = 3600;

/**
 * The template that gives an account its deploy role, with the policy that bounds the roles that it makes. The same for all
 * accounts of the units. In a stack set of several regions only the first makes something: roles are the same in all.
 */
export function bootstrapTemplate(fleet: Fleet, { regions, role }: Bootstrap): Template {
  const [first, ...others] = regions;
  const scope = { fleet: fleet.name, account: ownAccount, role: role.name, boundary: role.boundary };
  const made = roleResources({
    scope,
    deployRoles: deployRoles(fleet),
    tags: fleet.tags,
    trust: trustDocument(role.trusted, role.externalId),
    policies: deployRolePolicies(fleet, scope),
    conditional: fleet.stateBucket
      ? [ifOwnsState(inlinePolicy(stateOwnerPolicy(scope, fleet.stateBucket)))]
      : [],
  });
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Deploy role of the fleet ${fleet.name}`,
    ...conditions({
      ...(others.length > 0 && {
        FirstRegion: { "Fn::Equals": [{ Ref: "AWS::Region" }, first] },
        OtherRegion: { "Fn::Not": [{ Condition: "FirstRegion" }] },
      }),
      ...(fleet.stateBucket && {
        OwnsState: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, fleet.stateBucket.account.id] },
      }),
    }),
    Resources: others.length === 0 ? made : inFirstRegion(made),
  };
}

/**
 * The template of the deploy role in the management account, which stack sets do not reach: somebody makes a stack of it
 * there, once.
 */
export function managementTemplate(fleet: Fleet, { management }: Organization): Template {
  const { deployRole, externalId, id } = management;
  const scope = { fleet: fleet.name, account: id, role: deployRole, boundary: boundaryName(deployRole) };
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Deploy role of the fleet ${fleet.name} in the management account`,
    Resources: roleResources({
      scope,
      deployRoles: deployRoles(fleet),
      tags: fleet.tags,
      trust: trustDocument(fleet.bootstrap?.role.trusted ?? [id], externalId),
      policies: managementRolePolicies(fleet, scope),
      conditional: [],
    }),
  };
}

/** Names of all roles that the fleet is deployed with: accounts may have one of their own, the management account above all. */
function deployRoles({ bootstrap, cells, organization, stateBucket }: Fleet): readonly string[] {
  const accounts = [
    ...[organization?.management, stateBucket?.account],
    ...cells.flatMap(({ front, targets }) => [front.account, ...targets.map(({ account }) => account)]),
  ];
  const names = [bootstrap?.role.name, ...accounts.map((account) => account?.deployRole)];
  return [...new Set(names.flatMap((name) => name ?? []))].sort();
}

function conditions(Conditions: Readonly<Record<string, unknown>>) {
  return Object.keys(Conditions).length > 0 ? { Conditions } : {};
}

function inFirstRegion(made: Template["Resources"]): Template["Resources"] {
  const bound = Object.entries(made).map(([id, one]) => [id, { ...one, Condition: "FirstRegion" }] as const);
  return {
    ...Object.fromEntries(bound),
    // No stack can be made without a resource. This one is nothing but a URL.
    NothingHere: { Type: "AWS::CloudFormation::WaitConditionHandle", Condition: "OtherRegion" },
  };
}

function ifOwnsState(policy: unknown): unknown {
  return { "Fn::If": ["OwnsState", policy, { Ref: "AWS::NoValue" }] };
}

/** A policy as a part of its role. */
function inlinePolicy({ document, name }: NamedPolicy): unknown {
  return { PolicyName: name, PolicyDocument: substituted(document) };
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
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, substituted(part)]));
}

/** What a role and its boundary are made of. */
interface RoleParts {
  readonly scope: RoleScope;
  /** Names. */
  readonly deployRoles: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly trust: PolicyDocument;
  readonly policies: readonly NamedPolicy[];
  /** Further policies in the role, as CloudFormation takes them. */
  readonly conditional: readonly unknown[];
}

/** The deploy role, what is attached to it, and the policy that bounds the roles that it makes. */
function roleResources(parts: RoleParts): Readonly<Record<string, TemplateResource>> {
  const { conditional, deployRoles, policies, scope, tags, trust } = parts;
  const attached = policies.filter(({ name }) => attachedPolicies.includes(name));
  const inline = policies.filter((policy) => !attached.includes(policy));
  const ids = attached.map(({ name }) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  return {
    ...Object.fromEntries(
      attached.map(({ document, name }, index) => [
        ids[index],
        {
          Type: "AWS::IAM::ManagedPolicy",
          Properties: {
            ManagedPolicyName: attachedPolicyName(scope, name),
            Description: `What ${scope.role} may do with ${name}`,
            PolicyDocument: substituted(document),
          },
        },
      ]),
    ),
    Boundary: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        ManagedPolicyName: scope.boundary,
        Description: `The most that a role made by ${scope.role} can get`,
        PolicyDocument: boundaryDocument(deployRoles),
      },
    },
    DeployRole: {
      Type: "AWS::IAM::Role",
      Properties: {
        RoleName: scope.role,
        Description: `Deploys the fleet ${scope.fleet} into this account`,
        MaxSessionDuration: sessionSeconds,
        AssumeRolePolicyDocument: trust,
        Policies: [...inline.map(inlinePolicy), ...conditional],
        ...(ids.length > 0 && { ManagedPolicyArns: ids.map((Ref) => ({ Ref })) }),
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      },
    },
  };
}
