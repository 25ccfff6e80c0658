import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { dependable, TerraformElement, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { limits } from "../../fleet/limits";
import type { LambdaService } from "../../modules/lambda-service";
import { ExtensionError } from "./errors";
import { addressOf, referencesIn, writtenOut } from "./expressions";
import type { ExtendedService } from "./extension";
import type { HookCall } from "./place";

type Permission = Parameters<ExtendedService["allow"]>[0];

/** What one extension allows one function: a policy of its own at the function's role. */
interface Grant {
  readonly extension: string;
  readonly lambda: LambdaService;
  readonly policy: IamRolePolicy;
  readonly permissions: Permission[];
}

/** What extensions allow the functions of one target. */
export class AllowedByExtensions {
  private readonly grants = new Map<string, Grant>();

  /** @param target the construct of the target */
  constructor(
    private readonly target: Construct,
    private readonly provider: AwsProvider,
  ) {}

  /** @throws {ExtensionError} it is no permission */
  allow(hook: HookCall, service: string, lambda: LambdaService, permission: Permission): void {
    hook.requireRunning();
    requirePermission(hook, lambda, permission);
    const key = `${hook.extension} ${service}`;
    const grant = this.grants.get(key) ?? this.newGrant(hook, service, lambda);
    this.grants.set(key, grant);
    grant.permissions.push(permission);
    grant.policy.policy = policyDocument(grant.permissions);
  }

  private newGrant({ extension, scope }: HookCall, service: string, lambda: LambdaService): Grant {
    const policy = new IamRolePolicy(scope, `allow_${service}`, {
      provider: this.provider,
      name: `extension-${extension}`,
      role: lambda.role.name,
      policy: "",
    });
    return { extension, lambda, policy, permissions: [] };
  }

  /**
   * Lets each function wait for its policies: in a VPC, Lambda needs the role's rights to make the function's network
   * interfaces (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html), and mappings of queues, which need
   * them, too, come after the function. Where a permission names what itself comes after the function, to wait would be a
   * circle.
   *
   * @throws {ExtensionError} more is allowed than a role's policies hold
   */
  finish(): void {
    const stack = TerraformStack.of(this.target);
    for (const { lambda, policy } of this.grants.values()) {
      if (leadsTo(stack, this.target, policy, lambda.function)) continue;
      lambda.function.dependsOn = [...(lambda.function.dependsOn ?? []), dependable(policy)];
    }
    const lambdas = new Set([...this.grants.values()].map(({ lambda }) => lambda));
    for (const lambda of lambdas) this.requireRoom(lambda);
  }

  private requireRoom(lambda: LambdaService): void {
    const grants = [...this.grants.values()].filter((grant) => grant.lambda === lambda);
    const policies = [
      ...lambda.node.findAll().filter((each) => each instanceof IamRolePolicy),
      ...grants.map(({ policy }) => policy),
    ];
    const length = policies
      .map((policy) => knownLength(String(writtenOut(policy, policy.policyInput ?? ""))))
      .reduce((sum, each) => sum + each, 0);
    if (length <= limits.inlinePolicies) return;
    throw new ExtensionError(
      grants.map(({ extension }) => extension),
      lambda.role.node.path,
      {
        what: `the policies of the role have ${length} characters or more`,
        why: `IAM takes ${limits.inlinePolicies} in all inline policies of a role together`,
        fix: "name fewer actions and resources, with wildcards, or attach a managed policy to service().role",
      },
    );
  }
}

/** Without what is only known once it is deployed. */
function knownLength(document: string): number {
  return document.replaceAll(/\$\{[^}]*\}|\s/g, "").length;
}

function requirePermission(hook: HookCall, lambda: LambdaService, permission: Permission): void {
  const isTexts = (value: unknown) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => typeof item === "string" && item !== "");
  if (isTexts(permission?.actions) && isTexts(permission?.resources)) return;
  throw hook.mistake(
    {
      what: "what it allows is no permission",
      why: "a statement of IAM needs actions and resources",
      fix: 'write allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] })',
    },
    lambda.node.path,
  );
}

/** One of IAM's variables, which is not to be read as an expression of Terraform. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const policyVariable = /\$(?=\{([\w-]+:[^{}]+|[*?$])\})/g;

function policyDocument(permissions: readonly Permission[]): string {
  const Statement = permissions.map(({ actions, conditions, resources }) => ({
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    Condition: conditions,
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement }).replace(policyVariable, "$$$$");
}

/** Whether something in a target refers to something else in it, by way of others or not. */
function leadsTo(
  stack: TerraformStack,
  target: Construct,
  from: TerraformElement,
  to: TerraformElement,
): boolean {
  const byAddress = new Map<string, TerraformElement>();
  for (const construct of target.node.findAll()) {
    const address = addressOf(construct);
    if (address !== undefined && TerraformElement.isTerraformElement(construct))
      byAddress.set(address, construct);
  }
  const seen = new Set<TerraformElement>([from]);
  // Grows while it is walked through.
  for (const element of seen) {
    for (const address of addressesIn(writtenOut(stack, element.toTerraform()))) {
      const next = byAddress.get(address);
      if (next) seen.add(next);
    }
  }
  return seen.has(to);
}

/** What Terraform JSON refers to, by expressions or in `depends_on`. */
function addressesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value, ...referencesIn(value).map(({ address }) => address)];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(addressesIn);
}
