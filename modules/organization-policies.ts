import { OrganizationsPolicy } from "@cdktf/provider-aws/lib/organizations-policy";
import { OrganizationsPolicyAttachment } from "@cdktf/provider-aws/lib/organizations-policy-attachment";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { PolicyTarget, ServiceControlPolicy } from "../fleet/foundation/model";
import { literal } from "./literal";
import { serviceControlPolicy } from "./organization";

/** What service control policies are made of. */
export interface OrganizationPoliciesProps {
  /** Of the management account. */
  readonly provider: AwsProvider;
  readonly policies: readonly ServiceControlPolicy[];
}

/** The service control policies. Attached in two steps: to units before an account moves into one, and to accounts after. */
export class OrganizationPolicies extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: OrganizationPoliciesProps,
  ) {
    super(scope, id);
    for (const { description, document, name } of props.policies) {
      new OrganizationsPolicy(this, name, {
        provider: props.provider,
        name,
        description,
        type: serviceControlPolicy,
        // Compact: AWS counts every character.
        content: literal(JSON.stringify(document)),
      });
    }
  }

  /** @param unitId id of a unit, by path */
  attachToUnits(unitId: (path: string) => string): readonly ITerraformDependable[] {
    return this.attach("units", (target) =>
      "unit" in target ? { name: target.unit, id: unitId(target.unit) } : undefined,
    );
  }

  /** @param accountId id of an account, by name; undefined where it is being closed */
  attachToAccounts(accountId: (name: string) => string | undefined): readonly ITerraformDependable[] {
    return this.attach("accounts", (target) =>
      "account" in target ? { name: target.account, id: accountId(target.account) } : undefined,
    );
  }

  private attach(
    kind: "units" | "accounts",
    find: (target: PolicyTarget) => { readonly name: string; readonly id: string | undefined } | undefined,
  ): readonly ITerraformDependable[] {
    const scope = new Construct(this, kind);
    return this.props.policies.flatMap((policy) =>
      policy.targets.flatMap((target) => {
        const { name, id } = find(target) ?? {};
        if (name === undefined || id === undefined) return [];
        return new OrganizationsPolicyAttachment(scope, `${policy.name}__${name.replaceAll("/", "_")}`, {
          provider: this.props.provider,
          policyId: this.idOf(policy),
          targetId: id,
        });
      }),
    );
  }

  private idOf({ name }: ServiceControlPolicy): string {
    const policy = this.node.findChild(name);
    if (!(policy instanceof OrganizationsPolicy)) throw new Error(`${name} is no policy`);
    return policy.id;
  }
}
