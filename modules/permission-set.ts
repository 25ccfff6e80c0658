import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SsoadminManagedPolicyAttachment } from "@cdktf/provider-aws/lib/ssoadmin-managed-policy-attachment";
import { SsoadminPermissionSet } from "@cdktf/provider-aws/lib/ssoadmin-permission-set";
import { SsoadminPermissionSetInlinePolicy } from "@cdktf/provider-aws/lib/ssoadmin-permission-set-inline-policy";
import { Construct } from "constructs";
import type { PermissionSet } from "../fleet/foundation/model";
import { literal } from "./literal";

/** What a permission set is made of. */
export interface PermissionSetModuleProps {
  readonly provider: AwsProvider;
  /** ARN of the instance of IAM Identity Center. */
  readonly instanceArn: string;
  readonly permissionSet: PermissionSet;
}

/** A permission set of IAM Identity Center, with its managed and its inline policies. */
export class PermissionSetModule extends Construct {
  readonly arn: string;
  /**
   * All that must be there before an account gets the set: an assignment copies the set into the account as it is
   * then, and goes last out of it.
   */
  readonly parts: readonly (SsoadminManagedPolicyAttachment | SsoadminPermissionSetInlinePolicy)[];

  constructor(
    scope: Construct,
    id: string,
    { instanceArn, permissionSet, provider }: PermissionSetModuleProps,
  ) {
    super(scope, id);
    const { description, inline, name, policies, session } = permissionSet;
    const { arn } = new SsoadminPermissionSet(this, "set", {
      provider,
      instanceArn,
      name,
      description: description && literal(description),
      sessionDuration: session,
    });
    const attachments: (SsoadminManagedPolicyAttachment | SsoadminPermissionSetInlinePolicy)[] = [];
    for (const policy of policies) {
      attachments.push(
        new SsoadminManagedPolicyAttachment(this, policy, {
          provider,
          instanceArn,
          permissionSetArn: arn,
          managedPolicyArn: policy,
          // Identity Center changes a set one step at a time: it refuses a second one with ConflictException.
          dependsOn: attachments.slice(-1),
        }),
      );
    }
    if (inline) {
      attachments.push(
        new SsoadminPermissionSetInlinePolicy(this, "inline", {
          provider,
          instanceArn,
          permissionSetArn: arn,
          inlinePolicy: literal(JSON.stringify(inline)),
          dependsOn: attachments.slice(-1),
        }),
      );
    }
    this.arn = arn;
    this.parts = attachments;
  }
}
