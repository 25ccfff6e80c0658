import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { LambdaAlias } from "@cdktf/provider-aws/lib/lambda-alias";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { LambdaFunctionUrl } from "@cdktf/provider-aws/lib/lambda-function-url";
import { LambdaPermission } from "@cdktf/provider-aws/lib/lambda-permission";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import type { Service, Table, Target } from "../fleet/model";
import { fillPlaceholders } from "../fleet/placeholders";
import { isRouted } from "../fleet/routes";
import { secretsEnvironment, type TargetSecret } from "../fleet/secrets";
import { tableEnvironment } from "../fleet/tables";
import { FunctionRole } from "./function-role";
import { literal } from "./literal";

/** One service in one target. */
export interface LambdaServiceProps {
  readonly provider: AwsProvider;
  readonly service: Service;
  readonly target: Target;
  /** Where its secrets lie in the target. */
  readonly secrets: readonly TargetSecret[];
  /** Of the cell: the service says which it works with. */
  readonly tables: readonly Table[];
  /** Name of the execution role, unique in the account. */
  readonly roleName: string;
  /** Path of the zip, relative to the stack's folder. */
  readonly bundlePath: string;
  /** Base64 SHA-256 of the zip. */
  readonly bundleHash: string;
  /** Id of the account whose distributions may call the function. */
  readonly frontAccountId: string;
}

/** The alias that everything outside calls, so that a version can be changed behind it. */
const liveAlias = "live";

/**
 * A service's function in one target, with what belongs to it: role, log group, published version, alias `live`
 * and, on the alias, if it has a route, a function URL that only CloudFront of the front account may call.
 */
export class LambdaService extends Construct {
  readonly function: LambdaFunction;
  /** What the function may do. */
  readonly role: IamRole;
  readonly alias: LambdaAlias;
  readonly logGroup: CloudwatchLogGroup;
  /** The URL that the alias answers at, as a Terraform expression; absent without a route. */
  readonly url?: string;
  /** The URL's host name, as a Terraform expression; absent without a route. */
  readonly host?: string;
  /** The published version behind the alias, as a Terraform expression. */
  readonly version: string;

  constructor(scope: Construct, id: string, props: LambdaServiceProps) {
    super(scope, id);
    const { provider, target } = props;
    this.logGroup = new CloudwatchLogGroup(this, "logs", {
      provider,
      name: logGroupName(props.service),
      retentionInDays: props.service.logRetentionDays,
    });
    const execution = this.executionRole(props);
    this.role = execution.role;
    const lambda = this.lambda(props, execution);
    const alias = new LambdaAlias(this, "alias", {
      provider,
      name: liveAlias,
      functionName: lambda.functionName,
      functionVersion: lambda.version,
    });
    this.function = lambda;
    this.alias = alias;
    this.version = lambda.version;
    if (!isRouted(props.service)) return;
    const url = new LambdaFunctionUrl(this, "url", {
      provider,
      functionName: lambda.functionName,
      qualifier: alias.name,
      authorizationType: "AWS_IAM",
      // What is not said is BUFFERED. https://docs.aws.amazon.com/lambda/latest/dg/config-rs-invoke-furls.html
      invokeMode: props.service.streaming ? "RESPONSE_STREAM" : undefined,
    });
    this.permissions(props, lambda, alias);
    this.url = url.functionUrl;
    this.host = `${url.urlId}.lambda-url.${target.region}.on.aws`;
  }

  private executionRole({
    provider,
    roleName,
    secrets,
    service,
    tables,
    target,
  }: LambdaServiceProps): FunctionRole {
    return new FunctionRole(this, "execution", {
      provider,
      name: roleName,
      service,
      target,
      secrets,
      tables,
      logGroupName: logGroupName(service),
    });
  }

  private lambda(props: LambdaServiceProps, execution: FunctionRole): LambdaFunction {
    const { bundleHash, bundlePath, provider, service, target } = props;
    return new LambdaFunction(this, "function", {
      provider,
      functionName: service.functionName,
      role: execution.role.arn,
      filename: bundlePath,
      sourceCodeHash: bundleHash,
      handler: service.handler,
      runtime: service.runtime,
      architectures: [service.architecture],
      memorySize: service.memory,
      timeout: service.timeout,
      publish: true,
      environment: { variables: variablesOf(props) },
      ephemeralStorage: { size: service.ephemeralStorage },
      layers:
        service.layers.length > 0
          ? service.layers.map((layer) => fillPlaceholders(layer, target))
          : undefined,
      reservedConcurrentExecutions: service.reservedConcurrency,
      tracingConfig: { mode: service.tracing },
      loggingConfig: { logFormat: "JSON", logGroup: this.logGroup.name },
      dependsOn: [this.logGroup, execution.policy],
    });
  }

  /**
   * CloudFront needs both actions since October 2025
   * (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html). The front's account is enough as a limit: naming
   * the distribution would make every target wait for its front.
   */
  private permissions(props: LambdaServiceProps, lambda: LambdaFunction, alias: LambdaAlias): void {
    const shared = {
      provider: props.provider,
      functionName: lambda.functionName,
      qualifier: alias.name,
      principal: "cloudfront.amazonaws.com",
      sourceArn: `arn:aws:cloudfront::${props.frontAccountId}:distribution/*`,
    };
    new LambdaPermission(this, "front-url", {
      ...shared,
      statementId: "front-url",
      action: "lambda:InvokeFunctionUrl",
      functionUrlAuthType: "AWS_IAM",
    });
    new LambdaPermission(this, "front-invoke", {
      ...shared,
      statementId: "front-invoke",
      action: "lambda:InvokeFunction",
    });
  }
}

function logGroupName({ functionName }: Service): string {
  return `/aws/lambda/${functionName}`;
}

/** The variables of a service's function in a target, before any extension has added to them, as Terraform JSON has them. */
export function variablesOf({
  secrets,
  service,
  tables,
  target,
}: Pick<LambdaServiceProps, "secrets" | "service" | "tables" | "target">): Readonly<Record<string, string>> {
  const environment = {
    ...service.environment,
    ...tableEnvironment({ tables }, service),
    ...secretsEnvironment(secrets, service.secretsRefresh),
  };
  return Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [key, literal(fillPlaceholders(value, target))]),
  );
}
