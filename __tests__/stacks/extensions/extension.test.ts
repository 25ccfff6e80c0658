import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy";
import { Aspects, TerraformHclModule, TerraformResource } from "cdktf";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { Extension, ExtensionContext } from "../../../stacks/extensions/extension";
import { bootstrapFleet } from "../../support/bootstrap-fleet";
import { fleetOf, smallFile } from "../../support/fleet";
import { onlyResource, ref, type StackJson, stackOf, synthJson, synthTexts } from "../../support/synth";

const file: FleetFile = {
  ...smallFile,
  tables: { orders: { key: { id: "string" } }, visits: { key: { id: "string" }, replicate: "none" } },
  cells: { globex: { ...smallFile.cells.globex, home: "eu-west-1" } as FleetFile["cells"][string] },
};

/** A queue per target, that the service `hello` writes to. */
const mailQueue: Extension = {
  name: "mail-queue",
  target({ name, provider, scope, service, table, target }) {
    const queue = new SqsQueue(scope, "queue", { provider, name: name("queue") });
    new IamRole(scope, "role", {
      provider,
      name: name("worker", { global: true }),
      assumeRolePolicy: "{}",
      description: `${target.region}: ${table("orders").arn}, ${table("visits").name}`,
    });
    const hello = service("hello");
    hello.environment.set("MAIL_QUEUE_URL", queue.url);
    hello.allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
    hello.allow({
      actions: ["sqs:ReceiveMessage"],
      resources: [queue.arn],
      conditions: { StringEquals: { "aws:PrincipalTag/team": `\${aws:username}` } },
    });
    hello.function.putVpcConfig({ subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] });
    hello.function.addOverride("timeouts", { create: "20m" });
  },
  front({ distribution, name, provider, scope }) {
    new SnsTopic(scope, "topic", { provider, name: name("topic"), displayName: distribution.id });
  },
  cell({ bucketName, name, provider, scope, table }) {
    new S3Bucket(scope, "files", { provider, bucket: bucketName("files") });
    new SnsTopic(scope, "topic", { provider, name: name("topic"), displayName: table("orders").arn });
  },
};

const synthesize = (...extensions: readonly Extension[]) => synthJson(fleetOf(file, extensions), extensions);
const target = "globex_globex_eu-central-1";
const idOf = (stack: StackJson, type: string) => Object.keys(stack.resource[type] ?? {})[0] ?? "";

describe("an extension", () => {
  let stacks: ReadonlyMap<string, StackJson>;
  let plain: ReadonlyMap<string, StackJson>;
  let stack: StackJson;

  beforeAll(() => {
    stacks = synthesize(mailQueue);
    plain = synthesize();
    stack = stackOf(stacks, target);
  });

  test("adds its resources to each target, with the target's provider and a name of the fleet", () => {
    for (const region of ["eu-central-1", "eu-west-1"]) {
      expect(onlyResource(stackOf(stacks, `globex_globex_${region}`), "aws_sqs_queue")).toMatchObject({
        name: "acme_globex_mail-queue_queue",
        provider: `aws.globex_${region.replaceAll("-", "_")}`,
      });
    }
  });

  test("adds once to a front and once to a cell, in its home, under names that are no target's", () => {
    expect(onlyResource(stackOf(stacks, "globex_front"), "aws_sns_topic")).toMatchObject({
      name: "acme_globex_mail-queue_topic_front",
      provider: "aws.globex_us_east_1",
      display_name: expect.stringMatching(/aws_cloudfront_distribution\..*\.id/),
    });
    expect(onlyResource(stackOf(stacks, "globex_data"), "aws_sns_topic")).toMatchObject({
      name: "acme_globex_mail-queue_topic_cell",
      provider: "aws.globex_eu_west_1",
      display_name: "arn:aws:dynamodb:eu-west-1:333333333333:table/acme_globex_orders",
    });
  });

  test("adds nothing of cell() to the stacks of tables that no region shares", () => {
    const own = [...stacks].filter(([name]) => /^globex_data_/.test(name));
    expect(own).toHaveLength(2);
    expect(own.filter(([, { resource = {} }]) => "aws_sns_topic" in resource)).toEqual([]);
  });

  test("has the region in names that are one in the account, and the account in those of buckets", () => {
    const roles = Object.values(stack.resource.aws_iam_role ?? {}).map(({ name }) => name);
    expect(roles).toContain("acme_globex_mail-queue_worker_eu-central-1");
    const { bucket } = onlyResource(stackOf(stacks, "globex_data"), "aws_s3_bucket");
    expect(bucket).toMatch(/^own-acme-globex-mail-queue-files-[0-9a-f]{10}$/);
  });

  test("is given tables as its own region sees them", () => {
    const roles = Object.values(stack.resource.aws_iam_role ?? {}).map(({ description }) => description);
    const orders = "arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_orders";
    expect(roles).toContain(`eu-central-1: ${orders}, acme_globex_visits`);
  });

  test("gives a function variables beside its own", () => {
    const { variables } = onlyResource(stack, "aws_lambda_function").environment as {
      readonly variables: unknown;
    };
    expect(variables).toEqual({
      NODE_OPTIONS: "--enable-source-maps",
      MAIL_QUEUE_URL: ref(`aws_sqs_queue.${idOf(stack, "aws_sqs_queue")}.url`),
    });
  });

  test("allows a function something in a policy of its own, with IAM's variables as they are", () => {
    const policies = Object.values(stack.resource.aws_iam_role_policy ?? {});
    const policy = policies.find(({ name }) => name === "extension-mail-queue");
    const arn = ref(`aws_sqs_queue.${idOf(stack, "aws_sqs_queue")}.arn`);
    expect(policy?.policy).toContain(`$\${aws:username}`);
    expect(JSON.parse(String(policy?.policy)).Statement).toEqual([
      { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [arn] },
      {
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage"],
        Resource: [arn],
        Condition: { StringEquals: { "aws:PrincipalTag/team": `$\${aws:username}` } },
      },
    ]);
    expect(policies).toHaveLength(2);
  });

  test("makes a function wait for what it is allowed", () => {
    const lambda = onlyResource(stack, "aws_lambda_function");
    const ids = Object.entries(stack.resource.aws_iam_role_policy ?? {});
    const [id] = ids.find(([, { name }]) => name === "extension-mail-queue") ?? [];
    expect(lambda.depends_on).toHaveLength(3);
    expect(lambda.depends_on).toContain(`aws_iam_role_policy.${id}`);
  });

  test("changes any setting of a function, by CDKTF's own methods and by overrides", () => {
    expect(onlyResource(stack, "aws_lambda_function")).toMatchObject({
      vpc_config: { subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] },
      timeouts: { create: "20m" },
    });
  });

  test("is a part of what a stack's fingerprint is over", () => {
    const print = (from: ReadonlyMap<string, StackJson>) =>
      stackOf(from, target).output.meridian_begun?.value;
    expect(print(stacks)).not.toBe(print(plain));
    const other = synthesize({ ...mailQueue, name: "other-queue" });
    expect(print(other)).not.toBe(print(stacks));
  });

  test("leaves the list of stacks and what each comes after as they are", () => {
    expect([...stacks.keys()].sort()).toEqual([...plain.keys()].sort());
    for (const [name, json] of stacks)
      expect(Object.keys(json.data?.terraform_remote_state ?? {})).toEqual(
        Object.keys(stackOf(plain, name).data?.terraform_remote_state ?? {}),
      );
  });
});

test("what a permission names may come after the function, which then does not wait for it", () => {
  const stacks = synthesize({
    name: "chain",
    target({ provider, scope, service }) {
      const hello = service("hello");
      const queue = new SqsQueue(scope, "queue", { provider, tags: { of: hello.alias.arn } });
      new SqsQueuePolicy(scope, "policy", { provider, queueUrl: queue.url, policy: "{}" });
      hello.allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
    },
  });
  expect(onlyResource(stackOf(stacks, target), "aws_lambda_function").depends_on).toHaveLength(2);
});

test("the order of extensions has no effect", () => {
  const others = ["zebra", "aardvark"].map(
    (name): Extension => ({
      ...mailQueue,
      name,
      target({ provider, scope, service }) {
        const queue = new SqsQueue(scope, "queue", { provider });
        service("hello").environment.set(`${name.toUpperCase()}_URL`, queue.url);
        service("hello").allow({ actions: ["sqs:SendMessage"], resources: [queue.arn] });
      },
    }),
  );
  const texts = (extensions: readonly Extension[]) =>
    Object.fromEntries(synthTexts(fleetOf(file, extensions), extensions));
  const all = [mailQueue, ...others];
  expect(texts(all)).toEqual(texts(all.toReversed()));
});

test("modules that are given the provider can be used", () => {
  const source = "terraform-aws-modules/sqs/aws";
  const extension: Extension = {
    name: "modules",
    target: ({ provider, scope }) =>
      void new TerraformHclModule(scope, "module", { source, providers: [provider] }),
  };
  expect(Object.values(stackOf(synthesize(extension), target).module ?? {})).toMatchObject([
    { source, providers: { aws: "aws.globex_eu_central_1" } },
  ]);
});

test("aspects reach what it adds", () => {
  const stack = stackOf(
    synthesize({
      name: "tagged",
      target({ provider, scope }) {
        new SqsQueue(scope, "queue", { provider });
        Aspects.of(scope).add({
          visit(node) {
            if (TerraformResource.isTerraformResource(node)) node.addOverride("tags", { seen: "yes" });
          },
        });
      },
    }),
    target,
  );
  expect(onlyResource(stack, "aws_sqs_queue").tags).toEqual({ seen: "yes" });
});

test("it is told the boundary of the roles that it makes", () => {
  const boundaries: unknown[] = [];
  const tell = ({ cell, permissionsBoundary }: ExtensionContext) => {
    if (cell.name === "globex") boundaries.push(permissionsBoundary);
  };
  const extension: Extension = { name: "roles", target: tell };
  const bounded = bootstrapFleet();
  synthJson({ ...bounded, extensions: fleetOf(smallFile, [extension]).extensions }, [extension]);
  expect(new Set(boundaries)).toEqual(new Set(["arn:aws:iam::333333333333:policy/deployer-boundary"]));
  boundaries.length = 0;
  synthesize(extension);
  expect(boundaries).toEqual([undefined, undefined]);
});

test("where stacks hold a whole account, each of its targets is extended for itself", () => {
  const cells = { globex: { ...file.cells.globex, stackPer: "account" } as FleetFile["cells"][string] };
  const stacks = synthJson(fleetOf({ ...file, cells }, [mailQueue]), [mailQueue]);
  const queues = Object.values(stackOf(stacks, "globex_globex_all").resource.aws_sqs_queue ?? {});
  expect(queues.map(({ provider }) => provider).sort()).toEqual([
    "aws.globex_eu_central_1",
    "aws.globex_eu_west_1",
  ]);
});
