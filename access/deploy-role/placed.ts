import { recordRoleName } from "../../fleet/accounts";
import type { Ci, Pipeline, StateBucket } from "../../fleet/foundation/model";
import type { Fleet } from "../../fleet/model";
import { githubRoleName, type PipelineRole, pipelineRoleName, pipelineRoles } from "../../fleet/pipeline";
import type { NamedPolicy, PolicyDocument } from "../../fleet/policy-document";
import { githubRoleDocument, pipelineRoleDocument, sharedBy, sharedPolicies } from "../pipeline/roles";
import { githubAudience, githubIssuer, githubTrust, pipelineTrust } from "../pipeline/trust";
import { pipelinePolicy } from "./pipeline";
import type { RoleScope } from "./scope";
import { recordPolicy, stateOwnerPolicy } from "./state";
import { inlinePolicy, type Resources, roleResource, type TemplateResource, written } from "./template-parts";

/** What only one of the accounts has, though the template is the same for all. */
export interface Placed {
  /** What the template calls it that this is the account. */
  readonly condition: string;
  /** Id of the account. */
  readonly account: string;
  /** What its deploy role may do besides. */
  readonly policies: readonly NamedPolicy[];
  /** Roles, and what they need. */
  readonly resources: Resources;
}

/**
 * What single accounts have: the one that owns the state, the one that the pipeline is in, and the one that other CI systems
 * sign in to.
 *
 * @param planTrust who may become the roles beside the deploy role
 */
export function placedIn(fleet: Fleet, scope: RoleScope, planTrust: PolicyDocument): readonly Placed[] {
  const { ci, pipeline, stateBucket } = fleet;
  return [
    ...(stateBucket ? [stateOwner(fleet, scope, stateBucket, planTrust)] : []),
    ...(pipeline ? [pipelineOwner(fleet, scope, pipeline)] : []),
    ...(ci ? [signIn(fleet, ci)] : []),
  ];
}

function stateOwner(fleet: Fleet, scope: RoleScope, state: StateBucket, trust: PolicyDocument): Placed {
  const own = { ...scope, account: state.account.id };
  return {
    condition: "OwnsState",
    account: state.account.id,
    policies: [stateOwnerPolicy(own, state)],
    resources: {
      RecordRole: roleResource({
        name: recordRoleName(scope.role),
        description: `Keeps the records of rollouts of the fleet ${fleet.name}`,
        trust,
        inline: [inlinePolicy(recordPolicy(own, state))],
        tags: fleet.tags,
      }),
    },
  };
}

function pipelineOwner(fleet: Fleet, scope: RoleScope, pipeline: Pipeline): Placed {
  const shared = sharedPolicies(fleet, pipeline).map(({ document, name }): [string, TemplateResource] => [
    sharedId(name),
    {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        ManagedPolicyName: `${pipelineRoleName(fleet.name, { kind: "pipeline" })}_${name}`,
        Description: `What ${name} may do`,
        PolicyDocument: written(document),
      },
    },
  ]);
  const made = pipelineRoles(fleet).map((role): [string, TemplateResource] => [
    logicalId(role),
    roleResource({
      name: pipelineRoleName(fleet.name, role),
      description: descriptionOf(role),
      trust: pipelineTrust(fleet, pipeline, role),
      inline: [inlinePolicy({ name: role.kind, document: pipelineRoleDocument(fleet, pipeline, role) })],
      isAssumed: false,
      attached: sharedBy(role).map((name) => ({ Ref: sharedId(name) })),
      tags: fleet.tags,
    }),
  ]);
  return {
    condition: "OwnsPipeline",
    account: pipeline.account.id,
    policies: [pipelinePolicy({ ...scope, account: pipeline.account.id }, fleet, pipeline)],
    resources: Object.fromEntries([...shared, ...made]),
  };
}

function sharedId(name: string): string {
  return `PipelineShared${capitalized(name)}`;
}

/** Of letters and digits, and the same whatever else there is: CloudFormation takes another id for another role. */
function logicalId(role: PipelineRole): string {
  if (role.kind !== "deploy") return `Pipeline${capitalized(role.kind)}`;
  return `PipelineDeploy${capitalized(role.of.replaceAll("-", "Dash"))}`;
}

/** With its first letter in upper case. */
function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The names of the roles begin with the fleet's. */
function descriptionOf(role: PipelineRole): string {
  switch (role.kind) {
    case "pipeline":
      return "The pipeline";
    case "check":
      return "Builds that check, and may do nothing else";
    case "plan":
      return "Builds that plan, and change nothing";
    case "deploy":
      return `Builds that deploy ${role.of}`;
    case "batch":
      return "Begins and ends builds that deploy side by side";
    case "update":
      return "The build that brings the pipeline up to date";
    case "events":
      return "Starts the pipeline when there are new sources";
  }
}

/** Roles name the provider by its ARN, whoever has made it. */
function signIn(fleet: Fleet, ci: Ci): Placed {
  return {
    condition: "SignsIn",
    account: ci.account.id,
    policies: [],
    resources: {
      ...(ci.github.provider === undefined && { GithubProvider: githubProvider(fleet) }),
      GithubPlan: roleResource({
        name: githubRoleName(fleet.name),
        description: `Pull requests of ${ci.github.repository}, which plan the fleet ${fleet.name} and change nothing`,
        trust: githubTrust(ci),
        inline: [inlinePolicy({ name: "plan", document: githubRoleDocument(fleet) })],
        tags: fleet.tags,
      }),
    },
  };
}

/**
 * An account has one provider for GitHub at most, so roles of others may come to trust it: it stays once the fleet is done with
 * it, and only one that was made by a stack which then failed goes with that, or the next attempt would find it in its way.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
 *
 * It needs no thumbprint: AWS knows who signs GitHub's certificate.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
function githubProvider({ tags }: Fleet): TemplateResource {
  return {
    Type: "AWS::IAM::OIDCProvider",
    DeletionPolicy: "RetainExceptOnCreate",
    UpdateReplacePolicy: "Retain",
    Properties: {
      Url: `https://${githubIssuer}`,
      ClientIdList: [githubAudience],
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    },
  };
}
