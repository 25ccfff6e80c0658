import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Service, Target } from "../fleet/model";
import { fillPlaceholders, literal } from "./placeholders";

/** Whose role it is. */
export interface FunctionRoleProps {
  readonly provider: AwsProvider;
  readonly name: string;
  readonly service: Service;
  readonly target: Target;
  readonly logGroupName: string;
}

/**
 * The execution role of a function: it may write to its own log group, and what `permissions` says. Nothing else. Where the
 * account's deploy role may only make roles within a boundary, it has that boundary.
 */
export class FunctionRole extends Construct {
  readonly arn: string;
  /** A function that starts before its role may write logs loses its first lines. */
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: FunctionRoleProps) {
    super(scope, id);
    const { name, provider, target } = props;
    const { id: accountId, permissionsBoundary } = target.account;
    const role = new IamRole(this, "role", {
      provider,
      name,
      permissionsBoundary: permissionsBoundary && `arn:aws:iam::${accountId}:policy/${permissionsBoundary}`,
      assumeRolePolicy: policyDocument([
        { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } },
      ]),
    });
    this.policy = new IamRolePolicy(this, "policy", {
      provider,
      name: "function",
      role: role.name,
      policy: policyDocument(statements(props)),
    });
    this.arn = role.arn;
  }
}

function statements({ service, target, logGroupName }: FunctionRoleProps): readonly object[] {
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
    ...service.permissions.map(({ actions, resources, conditions }) => ({
      Effect: "Allow",
      Action: actions,
      Resource: resources.map((resource) => fillPlaceholders(resource, target)),
      Condition: conditions,
    })),
  ];
}

function policyDocument(statement: readonly object[]): string {
  return literal(JSON.stringify({ Version: "2012-10-17", Statement: statement }));
}
