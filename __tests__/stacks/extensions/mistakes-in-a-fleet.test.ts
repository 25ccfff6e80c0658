import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamUser } from "@cdktf/provider-aws/lib/iam-user";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue";
import { Aspects, TerraformStack } from "cdktf";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { Extension, TargetContext } from "../../../stacks/extensions/extension";
import { bootstrapFile } from "../../support/bootstrap-fleet";
import { smallFile } from "../../support/fleet";
import { hello, inTarget, messageIn, messageOf, scope, synthesize, synthesizeIn } from "./mistakes";

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
