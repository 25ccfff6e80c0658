import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import { boundaryArn } from "../fleet/account";
import type { Service, Table, Target } from "../fleet/model";
import { fillPlaceholders } from "../fleet/placeholders";
import type { TargetSecret } from "../fleet/secrets";
import { literal } from "./literal";
import { tableStatements } from "./table-statements";

/** Whose role it is. */
export interface FunctionRoleProps {
  readonly provider: AwsProvider;
  readonly name: string;
  readonly service: Service;
  readonly target: Target;
  /** What it may read besides. */
  readonly secrets: readonly TargetSecret[];
  /** Of the cell: the service says which it works with. */
  readonly tables: readonly Table[];
  readonly logGroupName: string;
}

/**
 * The execution role of a function: it may write to its own log group, read its own secrets, work with its own tables in
 * its own region, and what `permissions` says. Nothing else. Where the account's deploy role may only make roles within a
 * boundary, it has that boundary.
 */
export class FunctionRole extends Construct {
  readonly role: IamRole;
  /** A function that starts before its role may write logs loses its first lines. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    const { name, provider, target } = props;
    this.role = new IamRole(this, "role", {
      provider,
      name,
      permissionsBoundary: boundaryArn(target.account),
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
      ]),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      provider,
      name: "function",
      role: this.role.name,
      policy: policyDocument(statements(props)),
    });
  }
}

function statements({
  logGroupName,
  secrets,
  service,
  tables,
  target,
}: FunctionRoleProps): readonly object[] {
  const logGroup = `arn:aws:logs:${target.region}:${target.account.id}:log-group:${logGroupName}`;
  // https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html: X-Ray takes no resource but "*".
  const tracing = {
    Effect: "Allow",
    Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
    Resource: "*",
  };
  return [
    { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: `${logGroup}:*` },
    ...(service.tracing === "Active" ? [tracing] : []),
    ...stores.flatMap((store) => secretStatements(secrets, store)),
    ...tableStatements(tables, service, target),
    ...service.permissions.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources.map((resource) => fillPlaceholders(resource, target)),
      Condition: conditions,
    })),
  ];
}

/** What reads a value of each store, and what the store calls itself when it asks KMS. */
const stores = [
  { store: "parameter", action: "ssm:GetParameters", service: "ssm" },
  { store: "secret", action: "secretsmanager:GetSecretValue", service: "secretsmanager" },
] as const;

/**
 * Reading exactly these secrets of a store. AWS's own keys, `aws/ssm` and `aws/secretsmanager`, let in everybody in the
 * account who comes through their service; a key of the user's own has to be named, and is of use through that service only.
 *
 * - https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-restrict-decryption.html
 * - https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 * - https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
function secretStatements(
  secrets: readonly TargetSecret[],
  { action, service, store }: (typeof stores)[number],
): readonly object[] {
  const own = secrets.filter((secret) => secret.store === store);
  const [first] = own;
  if (!first) return [];
  const unique = (arns: readonly string[]) => [...new Set(arns)].sort();
  const keys = unique(own.flatMap(({ kmsKey }) => kmsKey ?? []));
  const decrypt = {
    Effect: "Allow",
    Action: "kms:Decrypt",
    Resource: keys,
    Condition: { StringEquals: { "kms:ViaService": `${service}.${first.region}.amazonaws.com` } },
  };
  return [
    { Effect: "Allow", Action: action, Resource: unique(own.map(({ arn }) => arn)) },
    ...(keys.length > 0 ? [decrypt] : []),
  ];
}

function policyDocument(statement: readonly object[]): string {
  return literal(JSON.stringify({ Version: "2012-10-17", Statement: statement }));
}
