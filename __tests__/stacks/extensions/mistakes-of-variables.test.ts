import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import type { Extension, TargetContext } from "../../../stacks/extensions/extension";
import { hello, inTarget, messageOf, scope, synthesize } from "./mistakes";

describe("a variable that an extension sets is refused", () => {
  const set =
    (name: unknown, value: unknown) =>
    ({ service }: TargetContext) =>
      service("hello").environment.set(name as string, value as string);

  test.each<readonly [string, (context: TargetContext) => unknown, string]>([
    ["under a name in small letters", set("queue_url", "x"), 'it sets the variable "queue_url"'],
    ["under no name", set(undefined, "x"), "it sets the variable undefined"],
    ["under a name of the fleet file's", set("GREETING", "x"), "the function has it already"],
    ["under a name that Meridian sets", set("NODE_OPTIONS", "x"), "the function has it already"],
    ["under a name of Lambda's", set("AWS_REGION", "x"), "AWS_ and LAMBDA_"],
    ["under a name like Meridian's", set("MERIDIAN_X", "x"), "MERIDIAN_ are Meridian's own"],
    ["under a name like a table's", set("TABLE_ORDERS", "x"), "TABLE_ are those of the fleet file's tables"],
    [
      "twice",
      (context) => [set("URL", "a")(context), set("URL", "b")(context)],
      'the extension "own" sets it',
    ],
    ["with a number", set("SIZE", 3), 'it sets "SIZE" to number'],
    ["with a password", set("DB_PASSWORD", "hunter2"), "looks like a secret"],
    [
      "with an attribute that holds a password",
      ({ provider, scope, service }) => {
        const db = new DbInstance(scope, "db", { provider, instanceClass: "db.t4g.micro", password: "x" });
        service("hello").environment.set("DB", `postgres://${db.username}:${db.password}@${db.endpoint}`);
      },
      "looks like a secret",
    ],
    [
      "with the value of a parameter",
      ({ provider, scope, service }) => {
        const parameter = new DataAwsSsmParameter(scope, "stripe", { provider, name: "/stripe" });
        service("hello").environment.set("STRIPE", parameter.value);
      },
      "looks like a secret",
    ],
  ])("%s", (_, hook, what) => {
    const message = messageOf(inTarget(hook));
    expect(message).toContain('extension "own" at ');
    expect(message).toContain(what);
  });

  test("if another extension sets it", () => {
    const other: Extension = { name: "other", target: set("URL", "a") };
    expect(messageOf(inTarget(set("URL", "b")), other)).toContain('the extension "other" sets it');
  });

  test("but not where a secret lies, nor a plain parameter", () => {
    const extension = inTarget(({ provider, scope, service }) => {
      const secret = new SecretsmanagerSecret(scope, "token_secret", { provider, name: "acme/token" });
      service("hello").environment.set("TOKEN_SECRET_ARN", secret.arn);
      const db = new DbInstance(scope, "db", { provider, instanceClass: "db.t4g.micro" });
      service("hello").environment.set("DB_SECRET", db.masterUserSecret.get(0).secretArn);
      const parameter = new DataAwsSsmParameter(scope, "plain", { provider, name: "/plain" });
      service("hello").environment.set("PLAIN", parameter.insecureValue);
    });
    expect(() => synthesize(extension)).not.toThrow();
  });
});

describe("variables that go around environment.set are held against the same rules in the JSON:", () => {
  const put =
    (variables: Readonly<Record<string, string>>) =>
    ({ service }: TargetContext) => {
      const { function: lambda } = service("hello");
      lambda.putEnvironment({ variables: { ...lambda.environmentInput?.variables, ...variables } });
    };
  const override =
    (name: string, value: unknown) =>
    ({ service }: TargetContext) =>
      service("hello").function.addOverride(`environment.variables.${name}`, value);

  test.each<readonly [string, (context: TargetContext) => unknown, string]>([
    [
      "another value for the fleet file's",
      put({ GREETING: "bye" }),
      '"GREETING" of the function has another value',
    ],
    [
      "another value for Meridian's",
      override("NODE_OPTIONS", ""),
      '"NODE_OPTIONS" of the function has another',
    ],
    [
      "none of what was there",
      ({ service }) => service("hello").function.putEnvironment({ variables: { URL: "x" } }),
      "of the function is gone",
    ],
    ["one taken away", override("GREETING", undefined), '"GREETING" of the function is gone'],
    ["a name of Lambda's", override("AWS_REGION", "eu-west-1"), "AWS_ and LAMBDA_"],
    ["a name like a table's", put({ TABLE_ORDERS: "x" }), "TABLE_ are those of the fleet file's tables"],
    ["a name in small letters", put({ url: "x" }), '"url": names of variables are in capitals'],
    ["a password", put({ DB_PASSWORD: "hunter2" }), '"DB_PASSWORD" of the function looks like a secret'],
    [
      "an attribute that holds a password",
      ({ provider, scope, service }) => {
        const db = new DbInstance(scope, "db", { provider, instanceClass: "db.t4g.micro", password: "x" });
        service("hello").function.addOverride("environment.variables.DB", db.password);
      },
      '"DB" of the function looks like a secret',
    ],
    ["more than Lambda takes", put({ LONG: "x".repeat(4_050) }), "bytes or more, and the limit is 4,096"],
    [
      "more than Lambda takes, by environment.set",
      ({ service }) => service("hello").environment.set("LONG", "é".repeat(2_030)),
      "bytes or more, and the limit is 4,096",
    ],
  ])("%s is refused", (_, hook, what) => {
    const message = messageOf(inTarget(hook));
    expect(message).toContain(`extension "own" at ${hello}/function: `);
    expect(message).toContain(what);
  });

  test("a secret in a function of the extension's own is refused, too", () => {
    const own = inTarget(({ name, provider, scope }) => {
      const environment = { variables: { lower: "x", DB_PASSWORD: "hunter2" } };
      new LambdaFunction(scope, "own", { provider, functionName: name("own"), role: "r", environment });
    });
    expect(messageOf(own)).toContain(
      `extension "own" at ${scope}/own: the variable "DB_PASSWORD" of the function`,
    );
  });

  test("but not what breaks none", () => {
    const long = inTarget((context) => {
      put({ LONG: "x".repeat(3_900) })(context);
      override("URL", "https://example.com")(context);
    });
    expect(() => synthesize(long)).not.toThrow();
  });
});
