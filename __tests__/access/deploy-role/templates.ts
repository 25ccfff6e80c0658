import { bootstrapTemplate, managementTemplate } from "../../../access/deploy-role/template";
import type { Bootstrap, Organization } from "../../../fleet/foundation/model";
import type { Fleet } from "../../../fleet/model";

/** What the tests look at of a role. */
export interface RoleProperties {
  readonly RoleName: string;
  readonly AssumeRolePolicyDocument: unknown;
  readonly Policies: readonly { readonly PolicyDocument?: unknown; readonly "Fn::If"?: readonly unknown[] }[];
  readonly Tags: unknown;
}

/** The template of a fleet's members. */
export const templateOf = (fleet: Fleet) => bootstrapTemplate(fleet, fleet.bootstrap as Bootstrap);

/** That of its management account. */
export const managementOf = (fleet: Fleet) => managementTemplate(fleet, fleet.organization as Organization);

/** CloudFormation fills in the account that the template is deployed to. */
export const ownAccount = `\${AWS::AccountId}`;
