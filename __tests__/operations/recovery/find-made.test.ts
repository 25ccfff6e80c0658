import type { FleetStack } from "../../../fleet/stacks";
import { conflictError, findMade } from "../../../operations/recovery/find-made";
import type { Held, PlannedCreate } from "../../../operations/recovery/planned";
import { quietCaller } from "../../support/caller";
import { type Answers, fakeAsker, missing, refusal } from "./fake-aws";

const stack: FleetStack = {
  name: "globex_globex_all",
  kind: "target",
  account: { name: "globex", id: "333333333333", deployRole: "deployer" },
  regions: ["eu-central-1", "eu-west-1"],
  after: [],
};
const own = { "meridian:stack": stack.name };
const session = {
  ...quietCaller,
  assumeRole: async () => ({ accessKeyId: "test", secretAccessKey: "test" }),
};

const create = (
  type: string,
  values: PlannedCreate["values"],
  region = "eu-west-1",
  address = `${type}.it`,
): PlannedCreate => ({ address, type, region, values });

const find = (
  creates: readonly PlannedCreate[],
  answers: Answers,
  held: readonly Held[] = [],
  asked: string[] = [],
) => findMade({ fleet: "acme", stack, planned: { creates, held } }, session, fakeAsker(answers, asked));

const lambda = create("aws_lambda_function", { function_name: "acme_globex_hello" });
const permission = create("aws_lambda_permission", {
  ...{ function_name: "acme_globex_hello", qualifier: "live", statement_id: "front-url" },
});
const policy = { Policy: JSON.stringify({ Statement: [{ Sid: "front-url" }] }) };
const gone = missing("ResourceNotFoundException", 404);

describe("what is not there", () => {
  test("is nothing to take over, and parts of it are not asked for", async () => {
    const asked: string[] = [];
    const made = await find([lambda, permission], { GetFunction: gone }, [], asked);
    expect(made).toEqual({ take: [], conflicts: [] });
    expect(asked).toEqual(["eu-west-1 GetFunction"]);
  });

  test("is not looked for where its create finds what is there, or nothing is known of its type", async () => {
    const creates = [
      create("aws_iam_role_policy", { role: "r", name: "function" }),
      create("aws_sqs_queue", { name: "q" }),
    ];
    expect(await find(creates, {})).toEqual({ take: [], conflicts: [] });
  });

  test("is not looked for while its name is not known", async () => {
    const creates = [
      create("aws_lambda_alias", { name: "live" }),
      create("aws_lambda_function_url", { function_name: "acme_globex_hello" }),
    ];
    expect(await find(creates, {})).toEqual({ take: [], conflicts: [] });
  });
});

describe("what is the stack's own is taken over", () => {
  test("by its tag, and with it what it consists of", async () => {
    const made = await find([lambda, permission], {
      GetFunction: () => ({ Tags: own }),
      GetPolicy: ({ Qualifier }) => (Qualifier === "live" ? policy : {}),
    });
    expect(made).toEqual({
      take: [
        { address: "aws_lambda_function.it", id: "acme_globex_hello" },
        { address: "aws_lambda_permission.it", id: "acme_globex_hello:live/front-url" },
      ],
      conflicts: [],
    });
  });

  test("a part whose whole is in the state already, too", async () => {
    const held = [{ type: "aws_lambda_function", region: "eu-west-1", values: lambda.values }];
    const made = await find(
      [permission],
      { GetFunction: () => ({ Tags: own }), GetPolicy: () => policy },
      held,
    );
    expect(made.take.map(({ id }) => id)).toEqual(["acme_globex_hello:live/front-url"]);
  });

  test("by its comment, where it has no tags", async () => {
    const values = { name: "acme_globex" };
    const store = (Comment: string) =>
      find([create("aws_cloudfront_key_value_store", values)], {
        DescribeKeyValueStore: () => ({ KeyValueStore: { Comment } }),
      });
    expect((await store(`Drained regions of globex (meridian:stack=${stack.name})`)).take).toHaveLength(1);
    expect((await store(`Drained regions of globex (meridian:stack=${stack.name}2)`)).conflicts).toHaveLength(
      1,
    );
    expect((await store("Drained regions of globex")).conflicts).toEqual([
      {
        address: "aws_cloudfront_key_value_store.it",
        what: "the key-value store acme_globex",
        tags: {},
        why: 'its comment does not say that it is of the stack globex_globex_all: "Drained regions of globex"',
      },
    ]);
  });

  test("a distribution by its comment and its tags, wherever in the list it is", async () => {
    const page = (ids: readonly string[], NextMarker?: string) => ({
      DistributionList: {
        Items: ids.map((Id) => ({ Id, ARN: `arn:${Id}`, Comment: Id === "E0" ? "other" : "acme globex" })),
        ...{ NextMarker, IsTruncated: NextMarker !== undefined },
      },
    });
    const answers: Answers = {
      ListDistributions: ({ Marker }) =>
        Marker === undefined ? page(["E0", "E1"], "2") : page(["E2", "E3"]),
      ListTagsForResource: ({ Resource }) => ({
        Tags: { Items: Resource === "arn:E2" ? [{ Key: "meridian:stack", Value: stack.name }] : [] },
      }),
    };
    const distribution = create("aws_cloudfront_distribution", { comment: "acme globex" });
    expect(await find([distribution], answers)).toEqual({
      take: [{ address: "aws_cloudfront_distribution.it", id: "E2" }],
      conflicts: [],
    });
    const held = [{ type: "aws_cloudfront_distribution", region: "us-east-1", values: { id: "E2" } }];
    expect((await find([distribution], answers, held)).take).toEqual([]);
  });
});

test("of two that are alike, one takes what is there", async () => {
  const creates = ["a", "b"].map((name) =>
    create("aws_kms_key", { description: "d" }, "eu-west-1", `aws_kms_key.${name}`),
  );
  const { take } = await find(creates, {
    ListKeys: () => ({ Keys: [{ KeyId: "k1" }] }),
    ListResourceTags: () => ({ Tags: [{ TagKey: "meridian:stack", TagValue: stack.name }] }),
    DescribeKey: () => ({ KeyMetadata: { Description: "d", KeyState: "Enabled" } }),
  });
  expect(take).toEqual([{ address: "aws_kms_key.a", id: "k1" }]);
});

describe("what may be somebody else's is a conflict", () => {
  test.each([
    ["has no tag of ours", {}, "it has no tag meridian:stack"],
    ["is another stack's", { "meridian:stack": "other" }, "it is of the stack other"],
  ])("when it %s", async (_, Tags, why) => {
    const { conflicts, take } = await find([lambda], { GetFunction: () => ({ Tags }) });
    expect(take).toEqual([]);
    expect(conflicts).toEqual([
      {
        address: "aws_lambda_function.it",
        what: "the function acme_globex_hello in eu-west-1",
        ...{ tags: Tags, why },
      },
    ]);
  });

  test("when it is a bucket of another account", async () => {
    const bucket = create("aws_s3_bucket", { bucket: "acme-state" });
    const { conflicts } = await find([bucket], { HeadBucket: missing("Forbidden", 403) });
    expect(conflicts).toMatchObject([{ what: "the bucket acme-state" }]);
    expect(conflicts[0]?.why).toContain("another account");
    expect(await find([bucket], { HeadBucket: missing("NotFound", 404) })).toEqual({
      take: [],
      conflicts: [],
    });
  });

  test("when two could be it", async () => {
    const { conflicts } = await find([create("aws_kms_key", { description: "state" })], {
      ListKeys: () => ({ Keys: [{ KeyId: "k1" }, { KeyId: "k2" }, { KeyId: "k3" }, { KeyId: "k4" }] }),
      ListResourceTags: ({ KeyId }) => {
        if (KeyId === "k4") throw refusal("AccessDeniedException");
        return { Tags: [{ TagKey: "meridian:stack", TagValue: stack.name }] };
      },
      DescribeKey: ({ KeyId }) => ({
        KeyMetadata: { Description: "state", KeyState: KeyId === "k3" ? "PendingDeletion" : "Enabled" },
      }),
    });
    expect(conflicts.map(({ why }) => why)).toEqual(["there are 2 that it could be: k1, k2"]);
  });

  test("and the error says what is there, with its tags, and how to go on", async () => {
    const tags = { "meridian:stack": "other", owner: "ana" };
    const { conflicts } = await find([lambda], { GetFunction: () => ({ Tags: tags }) });
    const { fix, what } = conflictError(stack, conflicts);
    expect(what).toBe(
      "globex_globex_all would make what is there already in account 333333333333: the function acme_globex_hello in eu-west-1, which would be aws_lambda_function.it: it is of the stack other (tags: meridian:stack=other, owner=ana)",
    );
    expect(fix).toContain("meridian:stack=globex_globex_all");
  });
});

describe("what the state has under another address is left to Terraform", () => {
  const there: Answers = { GetFunction: () => ({ Tags: own }) };
  const held = (region: string | undefined, values = lambda.values): readonly Held[] => [
    { type: "aws_lambda_function", region, values },
  ];

  test("when it is in the same region, or nobody knows where", async () => {
    expect((await find([lambda], there, held("eu-west-1"))).take).toEqual([]);
    expect((await find([lambda], there, held(undefined))).take).toEqual([]);
  });

  test("and one of the same name in another region, or of another name, is another one", async () => {
    expect((await find([lambda], there, held("eu-central-1"))).take).toHaveLength(1);
    expect((await find([lambda], there, held("eu-west-1", { function_name: "other" }))).take).toHaveLength(1);
  });
});

test("each is asked for in its own region", async () => {
  const asked: string[] = [];
  const creates = stack.regions.map((region) => create("aws_lambda_function", lambda.values, region));
  await find(creates, { GetFunction: gone }, [], asked);
  expect(asked).toEqual(["eu-central-1 GetFunction", "eu-west-1 GetFunction"]);
});

test.each([
  ["is refused", refusal("AccessDeniedException", 403), "allow deployer to read"],
  ["gets no answer", refusal("TimeoutError", 503), "connection to AWS"],
])("who %s learns what could not be found out, and why that matters", async (_, error, fix) => {
  const asking = find([lambda], {
    GetFunction: () => {
      throw error;
    },
  });
  await expect(asking).rejects.toMatchObject({
    what: expect.stringContaining("globex_globex_all already cannot be found out in account 333333333333"),
    fix: expect.stringContaining(fix),
  });
});
