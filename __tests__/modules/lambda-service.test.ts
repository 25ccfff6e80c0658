import type { ServiceEntry } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";
import { onlyResource, resources, type StackJson, stackOf, synthJson } from "../support/synth";

const service = {
  source: "functions/hello/index.ts",
  environment: { TABLE: "orders-{region}", TEMPLATE: `\${HOME} %{if}` },
  layers: ["arn:aws:lambda:{region}:{account}:layer:tools:3"],
  permissions: [
    {
      actions: ["dynamodb:GetItem"],
      resources: ["arn:aws:dynamodb:{region}:{account}:table/orders"],
      conditions: { StringEquals: { "aws:PrincipalTag/team": `\${aws:username}` } },
    },
  ],
  reservedConcurrency: 50,
  tracing: "Active" as const,
  ephemeralStorage: 1024,
  streaming: true,
};

const secrets = {
  STRIPE_KEY: { parameter: "/acme/{cell}/stripe" },
  SAME: { parameter: "/acme/globex/stripe" },
  DATABASE: { secret: "db", kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-0123" },
};

function policyOf(stack: StackJson): { readonly Statement: readonly Record<string, unknown>[] } {
  return JSON.parse(String(onlyResource(stack, "aws_iam_role_policy").policy));
}

describe("a service in a target", () => {
  let plain: StackJson;
  let rich: StackJson;
  let secret: StackJson;
  let unrouted: StackJson;

  beforeAll(() => {
    const stackWith = (hello: ServiceEntry) =>
      stackOf(synthJson(fleetOf({ ...smallFile, services: { hello } })), "globex_globex_eu-central-1");
    const { source } = service;
    plain = stackWith({ source });
    rich = stackWith(service);
    secret = stackWith({ source, secrets });
    unrouted = stackWith({ source, routes: [] });
  });

  test("that has no route is all the same, but for what requests come by", () => {
    const typesOf = (stack: StackJson) => resources(stack).map(({ type }) => type);
    const ofRequests = ["aws_lambda_function_url", "aws_lambda_permission"];
    expect(typesOf(unrouted)).toEqual(typesOf(plain).filter((type) => !ofRequests.includes(type)));
    expect(unrouted.output.globex_eu_central_1?.value).toMatchObject({
      functions: { hello: { name: "acme_globex_hello", version: expect.stringContaining(".version}") } },
    });
    expect(JSON.stringify(unrouted.output)).not.toMatch(/host|url/);
    expect(JSON.stringify(plain.output)).toMatch(/host|url/);
  });

  test("publishes a version and logs JSON into a group that exists before it", () => {
    const lambda = onlyResource(plain, "aws_lambda_function");
    const [logs] = Object.keys(plain.resource.aws_cloudwatch_log_group ?? {});
    expect(lambda).toMatchObject({ publish: true, logging_config: { log_format: "JSON" } });
    expect(lambda.depends_on).toContain(`aws_cloudwatch_log_group.${logs}`);
    expect(onlyResource(plain, "aws_cloudwatch_log_group")).toMatchObject({
      name: "/aws/lambda/acme_globex_hello",
      retention_in_days: 30,
    });
  });

  test("refers to its code by a relative path and by its hash", () => {
    const lambda = onlyResource(plain, "aws_lambda_function");
    expect(lambda.filename).toBe("../../bundles/hello.0123456789ab.zip");
    expect(lambda.source_code_hash).toBe("c29tZSBzaGEyNTY=");
  });

  test("may write to its own log group and nothing else", () => {
    expect(policyOf(plain).Statement).toEqual([
      {
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-central-1:333333333333:log-group:/aws/lambda/acme_globex_hello:*",
      },
    ]);
  });

  test("answers at a signed URL on its alias", () => {
    expect(onlyResource(plain, "aws_lambda_alias").name).toBe("live");
    const url = onlyResource(plain, "aws_lambda_function_url");
    expect(url.authorization_type).toBe("AWS_IAM");
    expect(url.qualifier).toMatch(/aws_lambda_alias\..*\.name/);
  });

  test("lets CloudFront of the front account call it, and nobody else", () => {
    const permissions = resources(plain).filter(({ type }) => type === "aws_lambda_permission");
    expect(permissions.map(({ attributes }) => attributes.action).sort()).toEqual([
      "lambda:InvokeFunction",
      "lambda:InvokeFunctionUrl",
    ]);
    for (const { attributes } of permissions) {
      expect(attributes).toMatchObject({
        principal: "cloudfront.amazonaws.com",
        source_arn: "arn:aws:cloudfront::333333333333:distribution/*",
      });
      expect(attributes.qualifier).toMatch(/aws_lambda_alias\..*\.name/);
    }
  });

  test("has the settings of the fleet file", () => {
    expect(onlyResource(rich, "aws_lambda_function")).toMatchObject({
      reserved_concurrent_executions: 50,
      tracing_config: { mode: "Active" },
      ephemeral_storage: { size: 1024 },
      layers: ["arn:aws:lambda:eu-central-1:333333333333:layer:tools:3"],
    });
  });

  test("is granted its permissions in its own region and account, and tracing where it is on", () => {
    expect(
      policyOf(rich)
        .Statement.map(({ Action, Resource }) => ({ Action, Resource }))
        .slice(1),
    ).toEqual([
      { Action: ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], Resource: "*" },
      { Action: ["dynamodb:GetItem"], Resource: ["arn:aws:dynamodb:eu-central-1:333333333333:table/orders"] },
    ]);
  });

  test("passes on what looks like a template of Terraform as it is", () => {
    const { variables } = onlyResource(rich, "aws_lambda_function").environment as {
      variables: Record<string, string>;
    };
    expect(variables.TEMPLATE).toBe(`$\${HOME} %%{if}`);
    expect(variables.TABLE).toBe("orders-eu-central-1");
    expect(onlyResource(rich, "aws_iam_role_policy").policy).toContain(`$\${aws:username}`);
  });

  test("hands over answers whole, unless it streams", () => {
    expect(onlyResource(plain, "aws_lambda_function_url")).not.toHaveProperty("invoke_mode");
    expect(onlyResource(rich, "aws_lambda_function_url").invoke_mode).toBe("RESPONSE_STREAM");
  });

  test("may read its own secrets and no others, with its own key through the store only", () => {
    const key = "arn:aws:kms:eu-central-1:333333333333:key/mrk-0123";
    const ssm = "arn:aws:ssm:eu-central-1:333333333333:parameter";
    expect(policyOf(secret).Statement.slice(1)).toEqual([
      { Effect: "Allow", Action: "ssm:GetParameters", Resource: [`${ssm}/acme/globex/stripe`] },
      {
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: ["arn:aws:secretsmanager:eu-central-1:333333333333:secret:db-??????"],
      },
      {
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: [key],
        Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } },
      },
    ]);
  });

  test("is told where its secrets lie", () => {
    const { variables } = onlyResource(secret, "aws_lambda_function").environment as {
      variables: Record<string, string>;
    };
    expect(JSON.parse(variables.MERIDIAN_SECRETS ?? "")).toEqual({
      refresh: 300,
      parameters: { STRIPE_KEY: "/acme/globex/stripe", SAME: "/acme/globex/stripe" },
      secrets: { DATABASE: "db" },
    });
    expect(onlyResource(plain, "aws_lambda_function").environment).toEqual({
      variables: { NODE_OPTIONS: "--enable-source-maps" },
    });
  });
});
