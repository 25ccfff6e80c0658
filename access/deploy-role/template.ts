import { boundaryName, planRoleName, recordRoleName } from "../../fleet/accounts";
import type { Bootstrap, Organization } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import type { NamedPolicy, PolicyDocument } from "../../fleet/policy-document";
import { managementPlanPolicies, planRolePolicies } from "../plan-role/plan-role";
import { deployRolePolicies, managementRolePolicies } from "./deploy-role";
import { attachedPolicies, boundaryDocument, trustDocument } from "./limits";
import { type Placed, placedIn } from "./placed";
import type { RoleScope } from "./scope";
import {
  inlinePolicy,
  managedPolicy,
  onlyIf,
  ownAccount,
  type Resources,
  roleResource,
  type Template,
  under,
} from "./template-parts";

/**
 * The template that gives an account its deploy role, with the policy that bounds the roles that it makes, and the role beside
 * it that plans. The same for all accounts of the units: what only one of them has is bound to its id. In a stack set of several
 * regions only the first makes something: roles are the same in all.
 */
export function bootstrapTemplate(fleet: Fleet, { regions, role }: Bootstrap): Template {
  const [first, ...others] = regions;
  const scope = { fleet: fleet.name, account: ownAccount, role: role.name, boundary: role.boundary };
  const planTrust = trustDocument(role.planners, role.externalId);
  const placed = placedIn(fleet, scope, planTrust);
  const made = {
    ...roleResources(fleet, {
      scope,
      trust: trustDocument(role.trusted, role.externalId),
      planTrust,
      policies: deployRolePolicies(fleet, scope),
      planPolicies: planRolePolicies(fleet, scope),
      placed,
    }),
    ...Object.assign({}, ...placed.map(({ condition, resources }) => under(condition, resources))),
  };
  const isFirst = others.length > 0 ? [{ Condition: "FirstRegion" }] : [];
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Deploy role of the fleet ${fleet.name}`,
    ...conditions({
      ...(others.length > 0 && {
        FirstRegion: { "Fn::Equals": [{ Ref: "AWS::Region" }, first] },
        OtherRegion: { "Fn::Not": [{ Condition: "FirstRegion" }] },
      }),
      ...Object.fromEntries(
        placed.map(({ account, condition }) => {
          const isAccount = { "Fn::Equals": [{ Ref: "AWS::AccountId" }, account] };
          return [condition, isFirst.length > 0 ? { "Fn::And": [...isFirst, isAccount] } : isAccount];
        }),
      ),
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
  const { planners, trusted } = fleet.bootstrap?.role ?? { planners: [id], trusted: [id] };
  const planTrust = trustDocument(planners, externalId);
  const placed = placedIn(fleet, scope, planTrust).filter(({ account }) => account === id);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Deploy role of the fleet ${fleet.name} in the management account`,
    Resources: {
      ...roleResources(fleet, {
        scope,
        trust: trustDocument(trusted, externalId),
        planTrust,
        policies: managementRolePolicies(fleet, scope),
        planPolicies: managementPlanPolicies(fleet, scope),
        // What the role may do as the owner of the state is among its policies.
        placed: [],
      }),
      ...Object.assign({}, ...placed.map(({ resources }) => resources)),
    },
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

function inFirstRegion(made: Resources): Resources {
  return {
    ...under("FirstRegion", made),
    // No stack can be made without a resource. This one is nothing but a URL.
    NothingHere: { Type: "AWS::CloudFormation::WaitConditionHandle", Condition: "OtherRegion" },
  };
}

/** What the roles of every account and the boundary are made of. */
interface OwnRoles {
  readonly scope: RoleScope;
  readonly trust: PolicyDocument;
  readonly planTrust: PolicyDocument;
  readonly policies: readonly NamedPolicy[];
  readonly planPolicies: readonly NamedPolicy[];
  /** What some accounts' deploy roles may do besides. */
  readonly placed: readonly Placed[];
}

/** The deploy role, the policy that bounds the roles that it makes, the role that plans, and what is attached to them. */
function roleResources(fleet: Fleet, parts: OwnRoles): Resources {
  const { placed, planPolicies, planTrust, policies, scope, trust } = parts;
  const deploy = roleWith("", scope.role, policies, placed);
  const plan = roleWith("Plan", planRoleName(scope.role), planPolicies, []);
  const names = deployRoles(fleet);
  return {
    ...deploy.resources,
    ...plan.resources,
    Boundary: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        ManagedPolicyName: scope.boundary,
        Description: `The most that a role made by ${scope.role} can get`,
        PolicyDocument: boundaryDocument([
          ...names,
          ...names.flatMap((name) => [planRoleName(name), recordRoleName(name)]),
        ]),
      },
    },
    DeployRole: roleResource({
      name: scope.role,
      description: `Deploys the fleet ${fleet.name} into this account`,
      trust,
      inline: deploy.inline,
      attached: deploy.attached,
      tags: fleet.tags,
    }),
    PlanRole: roleResource({
      name: planRoleName(scope.role),
      description: `Plans the fleet ${fleet.name} in this account, and changes nothing`,
      trust: planTrust,
      inline: plan.inline,
      attached: plan.attached,
      tags: fleet.tags,
    }),
  };
}

/**
 * Policies of a role: those that are attached to it, as resources of their own, and those that are a part of it.
 *
 * @param prefix of the logical ids
 */
function roleWith(prefix: string, role: string, policies: readonly NamedPolicy[], placed: readonly Placed[]) {
  const isAttached = ({ name }: NamedPolicy) => attachedPolicies.includes(name);
  const idOf = ({ name }: NamedPolicy) => `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const resourcesOf = (some: readonly NamedPolicy[]): Resources =>
    Object.fromEntries(some.filter(isAttached).map((policy) => [idOf(policy), managedPolicy(role, policy)]));
  const inlineOf = (some: readonly NamedPolicy[]) =>
    some.filter((policy) => !isAttached(policy)).map(inlinePolicy);
  const refsOf = (some: readonly NamedPolicy[]) =>
    some.filter(isAttached).map((policy) => ({ Ref: idOf(policy) }));
  const ifPlaced = (of: (some: readonly NamedPolicy[]) => readonly unknown[]) =>
    placed.flatMap(({ condition, policies: own }) => of(own).map((value) => onlyIf(condition, value)));
  return {
    resources: Object.assign(
      resourcesOf(policies),
      ...placed.map(({ condition, policies: own }) => under(condition, resourcesOf(own))),
    ) as Resources,
    inline: [...inlineOf(policies), ...ifPlaced(inlineOf)],
    attached: [...refsOf(policies), ...ifPlaced(refsOf)],
  };
}
