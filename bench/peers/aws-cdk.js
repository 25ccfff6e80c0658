// The targets of a fleet as an aws-cdk app: see docs/benchmarks.md.
// node aws-cdk.js <fleet as JSON> <output folder> fast|defaults
const { readFileSync } = require("node:fs");
const { App, CfnOutput, DefaultStackSynthesizer, Duration, Size, Stack } = require("aws-cdk-lib");
const { PolicyDocument, PolicyStatement, Role, ServicePrincipal } = require("aws-cdk-lib/aws-iam");
const lambda = require("aws-cdk-lib/aws-lambda");
const { LogGroup, RetentionDays } = require("aws-cdk-lib/aws-logs");

/** All that aws-cdk can do without and still make the same resources. */
const fastSettings = {
  analyticsReporting: false,
  builtinCloudFormationValidation: false,
  performanceReporting: false,
  stackTraces: false,
  treeMetadata: false,
  defaultStackSynthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
  context: {
    "aws:cdk:disable-creation-stack-traces": true,
    "aws:cdk:disable-logicalId-metadata": true,
    "aws:cdk:disable-stack-trace": true,
    "aws:cdk:enable-asset-metadata": false,
    "aws:cdk:enable-path-metadata": false,
  },
};

class TargetStack extends Stack {
  constructor(scope, zip, target) {
    const { account, region, tags } = target;
    super(scope, target.stack, { env: { account, region }, tags });
    const version = this.addFunction(zip, target).currentVersion;
    const alias = new lambda.Alias(this, "alias", { aliasName: "live", version });
    const url = alias.addFunctionUrl({ authType: lambda.FunctionUrlAuthType.AWS_IAM });
    const front = {
      principal: new ServicePrincipal("cloudfront.amazonaws.com"),
      sourceArn: `arn:aws:cloudfront::${target.frontAccount}:distribution/*`,
    };
    alias.addPermission("front-url", {
      ...front,
      action: "lambda:InvokeFunctionUrl",
      functionUrlAuthType: lambda.FunctionUrlAuthType.AWS_IAM,
    });
    alias.addPermission("front-invoke", { ...front, action: "lambda:InvokeFunction" });
    new CfnOutput(this, "function-name", { value: target.functionName });
    new CfnOutput(this, "function-url", { value: url.url });
    new CfnOutput(this, "function-version", { value: version.version });
  }

  addFunction(zip, { account, environment, functionName, region, roleName }) {
    const logGroupName = `/aws/lambda/${functionName}`;
    const logGroup = new LogGroup(this, "logs", { logGroupName, retention: RetentionDays.ONE_MONTH });
    const writesLogs = new PolicyStatement({
      actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
      resources: [`arn:aws:logs:${region}:${account}:log-group:${logGroupName}:*`],
    });
    const role = new Role(this, "role", {
      roleName,
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      inlinePolicies: { function: new PolicyDocument({ statements: [writesLogs] }) },
    });
    return new lambda.Function(this, "function", {
      functionName,
      role,
      code: lambda.Code.fromAsset(zip),
      handler: "index.handler",
      runtime: lambda.Runtime.NODEJS_22_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(10),
      environment,
      ephemeralStorageSize: Size.mebibytes(512),
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
    });
  }
}

const [input, outdir, settings] = process.argv.slice(2);
const { targets, zip } = JSON.parse(readFileSync(input, "utf8"));
const app = new App({ outdir, ...(settings === "fast" ? fastSettings : {}) });
for (const target of targets) new TargetStack(app, zip, target);
app.synth();
