import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { DbInstance } from "@cdktf/provider-aws/lib/db-instance";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamUser } from "@cdktf/provider-aws/lib/iam-user";
import { LambdaFunction } from "@cdktf/provider-aws/lib/lambda-function";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SecretsmanagerSecret } from "@cdktf/provider-aws/lib/secretsmanager-secret";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, Aspects, LocalBackend, TerraformHclModule, TerraformProvider, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { UserError } from "../../../fleet/errors";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { Extension, TargetContext } from "../../../stacks/extensions/extension";
import { bootstrapFile } from "../../support/bootstrap-fleet";
import { fleetOf, smallFile } from "../../support/fleet";
import { synthJson } from "../../support/synth";

const file: FleetFile = {
  ...smallFile,
  services: {
    hello: { source: "functions/hello/index.ts", environment: { GREETING: `hello \${you} in {region}` } },
  },
};

const synthesizeIn = (fleet: FleetFile, ...extensions: readonly Extension[]) =>
  synthJson(fleetOf(fleet, extensions), extensions);
const synthesize = (...extensions: readonly Extension[]) => synthesizeIn(file, ...extensions);

/** What the user is told about an extension. */
const messageOf = (...extensions: readonly Extension[]) => messageIn(file, ...extensions);

function messageIn(fleet: FleetFile, ...extensions: readonly Extension[]): string {
  try {
    synthesizeIn(fleet, ...extensions);
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("nothing is wrong");
}

const inTarget = (target: (context: TargetContext) => unknown): Extension => ({
  name: "own",
  // What a user's JavaScript may return is of no interest to the type.
  target: target as NonNullable<Extension["target"]>,
});

const scope = "globex_globex_eu-central-1/globex_eu_central_1/extension_own";
const hello = "globex_globex_eu-central-1/globex_eu_central_1/hello";

/** A provider of another kind, as those of packages are. */
class OtherProvider extends TerraformProvider {
  constructor(
    scope: Construct,
    id: string,
    terraformResourceType: string,
    private readonly ownAlias?: string,
  ) {
    super(scope, id, { terraformResourceType });
  }

  override get alias(): string | undefined {
    return this.ownAlias;
  }
}

describe("refused, with the extension and the path of the construct:", () => {
  test.each<readonly [string, (context: TargetContext) => unknown, string, string]>([
    [
      "a resource without a provider",
      ({ scope }) => new SqsQueue(scope, "queue", {}),
      `${scope}/queue`,
      "aws_sqs_queue names no provider",
    ],
    [
      "a data source without a provider",
      ({ scope }) => new DataAwsSsmParameter(scope, "parameter", { name: "p" }),
      `${scope}/parameter`,
      "aws_ssm_parameter names no provider",
    ],
    [
      "a provider of its own",
      ({ scope }) => new AwsProvider(scope, "aws", { alias: "own", region: "eu-west-1" }),
      `${scope}/aws`,
      "it makes a provider of its own, aws",
    ],
    [
      "a provider of Cloud Control, which would have a place of its own",
      ({ scope }) => new OtherProvider(scope, "awscc", "awscc", "own"),
      `${scope}/awscc`,
      "it makes a provider of its own, awscc",
    ],
    [
      "a provider of another kind without an alias",
      ({ scope }) => new OtherProvider(scope, "random", "random"),
      `${scope}/random`,
      "it makes the provider random without an alias",
    ],
    [
      "two providers of another kind with one alias",
      ({ scope }) => ["one", "two"].map((id) => new OtherProvider(scope, id, "random", "own")),
      `${scope}/two`,
      `it is provider.random.own in the JSON, which ${scope}/one is, too`,
    ],
    [
      "two resources with one address",
      ({ provider, scope }) => {
        for (const id of ["one", "two"]) new SqsQueue(scope, id, { provider }).overrideLogicalId("queue");
      },
      `${scope}/two`,
      `it is aws_sqs_queue.queue in the JSON, which ${scope}/one is, too`,
    ],
    [
      "a resource with the address of one of Meridian's",
      ({ provider, scope, service }) =>
        new IamRole(scope, "role", { provider, assumeRolePolicy: "{}" }).overrideLogicalId(
          service("hello").role.friendlyUniqueId,
        ),
      `${scope}/role`,
      `which ${hello}/execution/role is, too`,
    ],
    [
      "a provider that an override puts there",
      ({ provider, scope }) =>
        new SqsQueue(scope, "queue", { provider }).addOverride("provider", "aws.other"),
      `${scope}/queue`,
      'aws_sqs_queue has the provider "aws.other" in the JSON, and that of its place is "aws.globex_eu_central_1"',
    ],
    [
      "a module without the provider",
      ({ scope }) => new TerraformHclModule(scope, "module", { source: "terraform-aws-modules/sqs/aws" }),
      `${scope}/module`,
      "module has no provider in the JSON",
    ],
    [
      "a resource in the stack itself",
      ({ provider, scope }) => new SqsQueue(TerraformStack.of(scope), "queue", { provider }),
      "globex_globex_eu-central-1/queue",
      "it adds a construct outside of its scope",
    ],
    [
      "a resource in a construct of Meridian's",
      ({ provider, service }) => new SqsQueue(service("hello").function, "queue", { provider }),
      `${hello}/function/queue`,
      "it adds a construct outside of its scope",
    ],
    [
      "a stack of its own in the app",
      ({ scope }) => new TerraformStack(App.of(scope), "another"),
      "another",
      "it adds a construct outside of its scope",
    ],
    [
      "a stack in its scope",
      ({ scope }) => new TerraformStack(scope, "another"),
      `${scope}/another`,
      "it makes a stack",
    ],
    [
      "a backend",
      ({ scope }) => new LocalBackend(scope, { path: "own.tfstate" }),
      `${scope}/backend`,
      "it says where the state lies",
    ],
    [
      "an id twice",
      ({ scope }) => [new Construct(scope, "queue"), new Construct(scope, "queue")],
      `${scope}/queue`,
      'it makes two constructs with the id "queue" in one scope',
    ],
    [
      "a name asked for twice",
      ({ name }) => [name("queue"), name("queue", { global: true })],
      scope,
      'it asks for the name of "queue" twice in one place',
    ],
    ["a word that is no name", ({ name }) => name("My_Queue"), scope, 'it asks for a name for "My_Queue"'],
    ["a region as a name", ({ name }) => name("eu-west-1"), scope, 'it asks for a name for "eu-west-1"'],
    [
      "a name of next to no characters",
      ({ name }) => name("queue", { maxLength: 12 }),
      scope,
      "it asks for a name of at most 12 characters",
    ],
    [
      "a name that another of its resources has",
      ({ provider, scope }) =>
        ["one", "two"].map((id) => new SqsQueue(scope, id, { provider, name: "acme_queue" })),
      `${scope}/two`,
      `the name "acme_queue" of aws_sqs_queue is that of ${scope}/one, too`,
    ],
    [
      "a name that Meridian has given",
      ({ provider, scope }) =>
        new IamRole(scope, "role", {
          provider,
          name: "acme_globex_hello_eu-central-1",
          assumeRolePolicy: "{}",
        }),
      `${scope}/role`,
      `the name "acme_globex_hello_eu-central-1" of aws_iam_role is that of ${hello}/execution/role, too`,
    ],
    [
      "a name that is one in an account, in two of its regions",
      ({ name, provider, scope }) =>
        new IamRole(scope, "role", { provider, name: name("worker"), assumeRolePolicy: "{}" }),
      scope.replaceAll("central", "west").concat("/role"),
      `the name "acme_globex_own_worker" of aws_iam_role is that of ${scope}/role, too`,
    ],
    [
      "a bucket's name in two stacks",
      ({ provider, scope }) => new S3Bucket(scope, "files", { provider, bucket: "acme-files" }),
      scope.replaceAll("central", "west").concat("/files"),
      `the bucket "acme-files" of aws_s3_bucket is that of ${scope}/files, too`,
    ],
    [
      "a service that is not there",
      ({ service }) => service("helo"),
      scope,
      'the service "helo", which is not',
    ],
    ["a table that is not there", ({ table }) => table("orders"), scope, 'the table "orders", which is not'],
    [
      "a hook that throws",
      () => {
        throw new TypeError("queue is not defined");
      },
      scope,
      "its function target() failed: queue is not defined",
    ],
    [
      "a hook that throws what is no error",
      () => {
        throw "no";
      },
      scope,
      "its function target() failed: no",
    ],
    ["a hook that returns a promise", async () => {}, scope, "its function target() returns a promise"],
    [
      "a hook that returns a promise that fails",
      async () => {
        throw new Error("later");
      },
      scope,
      "its function target() returns a promise",
    ],
    [
      "a permission without resources",
      ({ service }) => service("hello").allow({ actions: ["sqs:SendMessage"], resources: [] }),
      hello,
      "what it allows is no permission",
    ],
    [
      "more permissions than a role holds",
      ({ service }) =>
        service("hello").allow({
          actions: ["sqs:SendMessage"],
          resources: Array.from(
            { length: 250 },
            (_, index) => `arn:aws:sqs:eu-central-1:333333333333:queue-${index}`,
          ),
        }),
      `${hello}/execution/role`,
      "characters or more",
    ],
    [
      "a reference to what an override has named",
      ({ provider, scope }) =>
        new SqsQueue(scope, "queue", { provider, policy: `\${aws_sns_topic.gone.arn}` }),
      `${scope}/queue`,
      "it refers to aws_sns_topic.gone, which is not in its stack",
    ],
  ])("%s", (_, hook, path, what) => {
    const message = messageOf(inTarget(hook));
    expect(message).toContain(`extension "own" at ${path}: `);
    expect(message).toContain(what);
    expect(message).toMatch(/\n {2}why: .+\n {2}fix: .+/);
  });
});

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

describe("in a cell with a zone, of whatever is made somebody has to know what it can hold:", () => {
  const zones = { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } };
  const of = (place: Pick<FleetFile["cells"][string], "zone" | "zones">): FleetFile => ({
    ...{ ...smallFile, zones },
    cells: { globex: { stage: "production", targets: { globex: ["eu-central-1", "eu-west-1"] }, ...place } },
  });
  const queue = inTarget(
    ({ name, provider, scope }) => new SqsQueue(scope, "queue", { provider, name: name("q") }),
  );
  const known = { aws_sqs_queue: { holdsData: true, what: "mail" } };

  test.each([
    ["one zone", of({ zone: "eu" })],
    ["zones", of({ zones: ["eu"] })],
  ])("a type that nobody knows is refused in a cell with %s", (_, zoned) => {
    const message = messageIn(zoned, queue);
    expect(message).toContain(
      `extension "own" at ${scope}/queue: aws_sqs_queue is a type that Meridian does not`,
    );
    expect(message).toContain(
      "fix: say so in `resourceTypes` of the extension: aws_sqs_queue: { holdsData: true",
    );
  });

  test("what the extension, another or Meridian knows, data sources, and cells without a zone are none", () => {
    const one = of({ zone: "eu" });
    const reading = inTarget(({ name, provider, scope }) => {
      new DataAwsSsmParameter(scope, "parameter", { provider, name: "/plain" });
      new S3Bucket(scope, "files", { provider, bucketPrefix: name("files") });
    });
    expect(() => synthesizeIn(one, { ...queue, resourceTypes: known })).not.toThrow();
    expect(() =>
      synthesizeIn(one, queue, { name: "other", cell: () => {}, resourceTypes: known }),
    ).not.toThrow();
    expect(() => synthesizeIn(one, reading)).not.toThrow();
    expect(() => synthesize(queue)).not.toThrow();
  });
});

describe("where deploy roles make nothing without the boundary,", () => {
  const cells = { globex: { stage: "production", targets: { globex: ["eu-central-1"] } } };
  const bootstrapped: FleetFile = { ...bootstrapFile, cells };
  const make = (more: (context: TargetContext) => object) =>
    inTarget((context) => {
      const { name, provider, scope } = context;
      const role = { provider, name: name("worker", { global: true }), assumeRolePolicy: "{}" };
      new IamRole(scope, "role", { ...role, ...more(context) });
    });
  const bound = ({ permissionsBoundary }: TargetContext) => ({ permissionsBoundary });

  test("a role without it is refused, and with another; one with it is not", () => {
    const needs = 'needs "arn:aws:iam::333333333333:policy/deployer-boundary"';
    const message = messageIn(
      bootstrapped,
      make(() => ({})),
    );
    expect(message).toContain(
      `extension "own" at ${scope}/role: aws_iam_role has no permissions boundary, and ${needs}`,
    );
    expect(message).toContain("fix: pass permissionsBoundary of the context");
    const other = make(() => ({ permissionsBoundary: "arn:aws:iam::aws:policy/PowerUserAccess" }));
    expect(messageIn(bootstrapped, other)).toContain(
      'has the permissions boundary "arn:aws:iam::aws:policy/Po',
    );
    expect(() => synthesizeIn(bootstrapped, make(bound))).not.toThrow();
    expect(() => synthesize(make(() => ({})))).not.toThrow();
  });

  test("so is a user without it", () => {
    const user = inTarget(
      ({ provider, scope }) => new IamUser(scope, "user", { provider, name: "acme_mail" }),
    );
    expect(messageIn(bootstrapped, user)).toContain("aws_iam_user has no permissions boundary");
  });

  test.each([
    ["of its own", { name: "worker" }, "called worker"],
    ["with a path", { path: "/team/" }, "called team/acme_globex_own_worker"],
    ["that Terraform makes", { name: undefined }, "called terraform-…"],
  ])("a name %s is refused, unless the extension says that the deploy role may make it", (_, more, what) => {
    const named = make((context) => ({ ...bound(context), ...more }));
    expect(messageIn(bootstrapped, named)).toContain(`at ${scope}/role: aws_iam_role would be ${what}`);
    const resources = ["worker", "team/*", "terraform-*"].map(
      (name) => `arn:aws:iam::{account}:role/${name}`,
    );
    const conditions = { StringEquals: { "aws:RequestTag/team": "mail" } };
    const deploy = [{ actions: ["iam:Create*"], resources, conditions }];
    expect(() => synthesizeIn(bootstrapped, { ...named, deploy })).not.toThrow();
  });
});

describe("what an extension keeps of one target and uses in another is refused:", () => {
  /** Runs the second hook with what the first was given. */
  function later(use: (kept: TargetContext, own: TargetContext) => unknown): Extension {
    let kept: TargetContext | undefined;
    return inTarget((context) => {
      if (kept) return use(kept, context);
      kept = context;
      return undefined;
    });
  }

  test.each<readonly [string, (kept: TargetContext, own: TargetContext) => unknown, string]>([
    [
      "its scope",
      ({ provider, scope }) => new SqsQueue(scope, "queue", { provider }),
      "it adds a construct outside of its scope",
    ],
    [
      "its provider",
      ({ provider }, { scope }) => new SqsQueue(scope, "queue", { provider }),
      "has the provider globex_globex_eu-central-1/globex_eu_central_1/provider, and not that of its place",
    ],
    ["its names", ({ name }) => name("queue"), "its context is used after the hook has returned"],
    ["its services", ({ service }) => service("hello"), "its context is used after the hook has returned"],
    ["its tables", ({ table }) => table("orders"), "its context is used after the hook has returned"],
  ])("%s", (_, use, what) => {
    expect(messageOf(later(use))).toContain(what);
  });

  test("its resources, wherever they are named", () => {
    let first: SqsQueue | undefined;
    const extension = inTarget(({ provider, scope, service }) => {
      const queue = new SqsQueue(scope, "queue", { provider });
      first ??= queue;
      service("hello").environment.set("QUEUE_URL", first.url);
    });
    const west = hello.replaceAll("central", "west");
    const message = messageOf(extension);
    expect(message).toContain(`extension "own" at ${west}/function: `);
    expect(message).toContain(`it refers to ${scope}/queue, which is in another stack`);
  });

  test("its resources, to come after them", () => {
    let first: SqsQueue | undefined;
    const extension = inTarget(({ provider, scope }) => {
      const dependsOn = first && [first];
      first = new SqsQueue(scope, "queue", { provider, dependsOn });
    });
    expect(messageOf(extension)).toContain(`it refers to ${scope}/queue, which is in another stack`);
  });

  test("its resources, in an aspect", () => {
    let first: SqsQueue | undefined;
    const extension = inTarget(({ provider, scope }) => {
      const queue = new SqsQueue(scope, "queue", { provider });
      first ??= queue;
      const { arn } = first;
      Aspects.of(queue).add({ visit: (node) => (node as SqsQueue).addOverride("policy", arn) });
    });
    // The ids of a queue are the same in each target but for the region.
    expect(messageOf(extension)).toMatch(
      /it refers to aws_sqs_queue\.globex_eu_central_1_\S+, which is not in/,
    );
  });

  test("its stack, to wait for it", () => {
    let first: TerraformStack | undefined;
    const extension = inTarget(({ scope }) => {
      const stack = TerraformStack.of(scope);
      if (first) stack.addDependency(first);
      first = stack;
    });
    expect(messageOf(extension)).toContain("it makes the stack wait for globex_globex_eu-central-1");
  });
});

test("extensions that the fleet was not checked with are refused: its stacks would not have what they add", () => {
  const extension: Extension = { name: "own", cell: () => {} };
  expect(() => synthJson(fleetOf(file), [extension])).toThrow("checked with other extensions");
});

test("a provider of another kind is accepted with an alias", () => {
  const extension = inTarget(({ scope }) => new OtherProvider(scope, "random", "random", "own"));
  expect(() => synthesize(extension)).not.toThrow();
});

test("the trace of a hook that throws leads to its line", () => {
  const extension = inTarget(function brokenHook() {
    throw new Error("broken");
  });
  try {
    synthesize(extension);
  } catch (error) {
    expect((error as Error).stack).toContain("brokenHook");
    expect((error as Error).message).not.toContain("brokenHook");
    return;
  }
  throw new Error("nothing was thrown");
});
