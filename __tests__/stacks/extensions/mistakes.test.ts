import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { App, LocalBackend, TerraformHclModule, TerraformProvider, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { Extension, TargetContext } from "../../../stacks/extensions/extension";
import { fleetOf } from "../../support/fleet";
import { synthJson } from "../../support/synth";
import { file, hello, inTarget, messageOf, scope, synthesize } from "./mistakes";

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
