import { OrganizationsAccount } from "@cdktf/provider-aws/lib/organizations-account";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Member } from "../fleet/foundation/model";
import type { Import } from "./organization-units";

/** What the accounts of an organization are made of. */
export interface OrganizationAccountsProps {
  /** Of the management account. */
  readonly provider: AwsProvider;
  /** All but the management account. */
  readonly members: readonly Member[];
  /** Id of a unit, by path. */
  readonly unitId: (path: string) => string;
  /** E-mail address of the management account. */
  readonly managementEmail: string;
  /** What is there before an account moves to its unit. */
  readonly after: readonly ITerraformDependable[];
}

/** A `moved` block of Terraform: https://developer.hashicorp.com/terraform/language/moved */
export interface Moved {
  readonly from: string;
  readonly to: string;
}

const block = "accounts";
const closing = "closing";
const address = (name: string, account: string) => `aws_organizations_account.${name}["${account}"]`;
const each = (attribute: string) => `\${each.value.${attribute}}`;

/** What is settled when an account is made, or its own business. */
const settled = ["name", "email", "role_name", "iam_user_access_to_billing", "tags", "tags_all"];

/**
 * Terraform keeps the account that a name stood for, whatever id the fleet file gives the name later: units and policies
 * would then go to another account than cells do. A plan says so instead.
 */
const sameAccount = {
  condition: `\${each.value.id == "" || each.value.id == self.id}`,
  errorMessage: `The account \${each.key} is \${self.id}, and fleet.yaml says ${each("id")}. A name cannot pass from one account to another: put the ids back, or give the other account a name of its own.`,
};

/**
 * All accounts in one block with `prevent_destroy`. The block is always there, so that no line that is missing in the
 * fleet file can close an account: the plan fails. `closed: true` moves an account into a second block, which holds none and
 * lets go of it, and then `close_on_deletion` closes it.
 *
 * Accounts with an id are taken over as they are and moved to their units; those without are created.
 */
export class OrganizationAccounts extends Construct {
  /** What takes over those that have an id. */
  readonly imports: readonly Import[];
  /** What closes those that are to be closed. */
  readonly moved: readonly Moved[];
  /** Id by name, of those that stay open. */
  readonly ids = `\${{for name, account in aws_organizations_account.${block} : name => account.id}}`;
  private readonly open: ReadonlySet<string>;

  constructor(scope: Construct, id: string, props: OrganizationAccountsProps) {
    super(scope, id);
    const { managementEmail, members, unitId } = props;
    const open = members.filter(({ closed }) => !closed);
    this.open = new Set(open.map(({ name }) => name));
    this.accounts(props, block, true).addOverride(
      "for_each",
      Object.fromEntries(
        open.map(({ email, id, name, unit }) => [
          name,
          // Unused while the account is there. Were it closed by hand, the provider would create another in its place:
          // with an address that is taken for good, AWS refuses.
          {
            name,
            email: id === undefined ? email : managementEmail,
            parent: unitId(unit),
            id: id ?? "",
          },
        ]),
      ),
    );
    this.accounts(props, closing, false).addOverride("for_each", {});
    this.imports = open.flatMap(({ id, name }) =>
      id === undefined ? [] : [{ to: address(block, name), id }],
    );
    this.moved = members
      .filter(({ closed }) => closed)
      .map(({ name }) => ({ from: address(block, name), to: address(closing, name) }));
  }

  private accounts(
    { after, provider }: OrganizationAccountsProps,
    name: string,
    preventDestroy: boolean,
  ): OrganizationsAccount {
    const accounts = new OrganizationsAccount(this, name, {
      provider,
      name: each("name"),
      email: each("email"),
      parentId: each("parent"),
      closeOnDeletion: true,
      lifecycle: { preventDestroy, ignoreChanges: settled, postcondition: [sameAccount] },
      dependsOn: [...after],
    });
    accounts.overrideLogicalId(name);
    return accounts;
  }

  /** Id of an account that stays open, as a Terraform expression. */
  idOf(name: string): string | undefined {
    return this.open.has(name) ? `\${${address(block, name)}.id}` : undefined;
  }
}
