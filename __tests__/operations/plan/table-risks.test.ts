import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { lostData } from "../../../operations/plan/data-things";
import { startPicture } from "../../../operations/plan/picture";
import { dataTypesOf } from "../../../operations/plan/resource-types";
import { withdrawalOf } from "../../../operations/plan/table-changes";
import type { ResourceChange } from "../../../operations/plan/terraform-plan";
import { fleetOf, smallFile } from "../../support/fleet";
import { planOf, resource } from "../../support/plans";

const fleet = {
  ...fleetOf({
    ...smallFile,
    tables: { orders: { key: { customer: "string", order: "string" } } },
    zones: { eu: { regions: ["eu-central-1", "eu-west-1"], countries: ["EU"] } },
    cells: {
      globex: {
        ...{ stage: "production", tenant: "globex", zone: "eu", home: "eu-central-1" },
        targets: { globex: ["eu-central-1", "eu-west-1"] },
      },
    },
  }),
  extensions: [
    {
      ...{ name: "mail", adds: ["cell" as const], deploy: [] },
      resourceTypes: { aws_pipes_pipe: { holdsData: true, what: "mail" } },
    },
  ],
};
const stack = fleetStacks(fleet).find(({ kind }) => kind === "data") as FleetStack;

function risks(...resources: readonly ResourceChange[]) {
  const picture = startPicture(fleet);
  picture.add(stack, planOf(resources));
  return picture
    .finish({ unchanged: [], orphans: [], failed: [] })
    .groups.flatMap(({ risks }) => risks.map(({ code, message }) => `${code}: ${message}`));
}

const replica = (region_name: string, more: object = {}) => ({
  ...{ region_name, kms_key_arn: "", point_in_time_recovery: true, propagate_tags: true },
  ...more,
});
const byState = { name: "by-state", hash_key: "state", range_key: "order", projection_type: "ALL" };

/** A table as it is, and as it would be. */
const table = (after: object | null, before: object = {}, more: object = {}) => {
  const now = {
    ...{
      arn: "arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_orders",
      id: "acme_globex_orders",
    },
    ...{ name: "acme_globex_orders", hash_key: "customer", range_key: "order" },
    ...{ deletion_protection_enabled: true, stream_enabled: true, stream_view_type: "NEW_AND_OLD_IMAGES" },
    point_in_time_recovery: [{ enabled: true, recovery_period_in_days: 35 }],
    global_secondary_index: [byState],
    replica: [replica("eu-west-1")],
    ttl: [{ attribute_name: "", enabled: false }],
    server_side_encryption: [],
    ...before,
  };
  return resource("aws_dynamodb_table.orders_table", {
    before: now,
    after: after && { ...now, ...after },
    ...more,
  });
};

test.each<readonly [string, object, string]>([
  [
    "a replica goes",
    { replica: [] },
    "replica-taken-away: the replica of table orders in eu-west-1 would be taken away; the table can still be read in eu-central-1",
  ],
  [
    "a replica gets another key",
    { replica: [replica("eu-west-1", { kms_key_arn: "arn:aws:kms:eu-west-1:333333333333:key/b" })] },
    "replica-made-again: the replica of table orders in eu-west-1 would be taken away and made again, because its key changes",
  ],
  [
    "a replica lies outside of the zone",
    { replica: [replica("eu-west-1"), replica("us-east-1")] },
    'leaves-zone: table orders would copy data to us-east-1, outside of the zone "eu"',
  ],
  [
    "an index goes",
    { global_secondary_index: [] },
    "index-destroyed: the index by-state of table orders would be taken away",
  ],
  [
    "an index has another key",
    { global_secondary_index: [{ ...byState, range_key: "customer" }] },
    "index-destroyed: the index by-state of table orders would be made again",
  ],
  [
    "its deletion protection ends",
    { deletion_protection_enabled: false },
    "deletion-protection-off: table orders could be deleted by anybody who may delete tables",
  ],
  [
    "point-in-time recovery ends",
    { point_in_time_recovery: [{ enabled: false }] },
    "recovery-shorter: table orders: it could no longer be put back to a point in time",
  ],
  [
    "it can be put back less far",
    { point_in_time_recovery: [{ enabled: true, recovery_period_in_days: 7 }] },
    "recovery-shorter: table orders: it could be put back 7 days instead of 35",
  ],
  [
    "a replica can no longer be put back",
    { replica: [replica("eu-west-1", { point_in_time_recovery: false })] },
    "recovery-shorter: table orders: its replica in eu-west-1 could no longer be put back to a point in time",
  ],
  [
    "items begin to expire",
    { ttl: [{ attribute_name: "expiresAt", enabled: true }] },
    "items-expire: table orders: items whose attribute expiresAt holds a time that is past would be deleted",
  ],
  [
    "its stream tells something else",
    { stream_view_type: "KEYS_ONLY" },
    "stream-changed: the stream of table orders would end, and another one begin",
  ],
  ["its stream ends", { stream_enabled: false }, "stream-changed: the stream of table orders would end"],
  [
    "it is encrypted with another key",
    { server_side_encryption: [{ enabled: true, kms_key_arn: "arn:aws:kms:eu-central-1:1:key/b" }] },
    "table-encryption-changed: table orders would be encrypted with arn:aws:kms:eu-central-1:1:key/b instead of a key that AWS owns",
  ],
])("it is a risk where %s", (_, after, message) => {
  expect(risks(table(after))).toEqual([message]);
});

test("none where something is added, or where what a killed deploy has made is finished", () => {
  expect(
    risks(
      table(
        {
          replica: [replica("eu-west-1")],
          global_secondary_index: [byState, { ...byState, name: "by-order" }],
          point_in_time_recovery: [{ enabled: true, recovery_period_in_days: 35 }],
          stream_enabled: true,
        },
        {
          // As it is found right after a kill: the replica is there, without its tags and backups.
          replica: [replica("eu-west-1", { propagate_tags: false, point_in_time_recovery: false })],
          point_in_time_recovery: [{ enabled: false }],
          stream_enabled: false,
        },
      ),
    ),
  ).toEqual([]);
});

test("none where time to live goes, or an index lists the same attributes in another order", () => {
  const ttl = { ttl: [{ attribute_name: "expiresAt", enabled: true }] };
  expect(risks(table({ ttl: [{ attribute_name: "", enabled: false }] }, ttl))).toEqual([]);
  const index = (...non_key_attributes: readonly string[]) => ({
    global_secondary_index: [{ ...byState, projection_type: "INCLUDE", non_key_attributes }],
  });
  expect(risks(table(index("a", "b"), { ...index("b", "a"), table_class: "STANDARD" }))).toEqual([]);
});

test("a table that is made again says which part of its key asks for that, or that a deploy was cut off", () => {
  expect(risks(table({ hash_key: "id" }, {}, { replaces: ["hash_key"] }))).toEqual([
    "data-replaced: table orders would be replaced, because partition key cannot be changed in place",
  ]);
  const cutOff = { ...table({}, {}, { replaces: [] }), action_reason: "replace_because_tainted" };
  expect(risks(cutOff)).toEqual([
    "data-replaced: table orders would be replaced, because a deploy ended while it was made; `terraform untaint aws_dynamodb_table.orders_table` in its folder keeps it",
  ]);
});

test("what an extension says holds data is data", () => {
  expect(risks(resource("aws_pipes_pipe.mail", { before: { name: "mail" } }))).toEqual([
    "data-destroyed: pipes pipe mail would be destroyed",
  ]);
});

test("the same change of the tables of two cells is one group, with one risk", () => {
  const two = fleetOf({
    ...smallFile,
    accounts: { tea: { id: "111111111111" }, coffee: { id: "222222222222" } },
    tables: { orders: { key: { id: "string" } } },
    cells: {
      tea: { stage: "p", home: "eu-central-1", targets: { tea: ["eu-central-1", "eu-west-1"] } },
      coffee: { stage: "p", home: "eu-west-3", targets: { coffee: ["eu-west-3", "eu-north-1"] } },
    },
  });
  const picture = startPicture(two);
  for (const each of fleetStacks(two).filter(({ kind }) => kind === "data")) {
    const [home, other] = each.cell === "tea" ? ["eu-central-1", "eu-west-1"] : ["eu-west-3", "eu-north-1"];
    const own = { arn: `arn:aws:dynamodb:${home}:${each.account.id}:table/acme_${each.cell}_orders` };
    picture.add(each, planOf([table({ replica: [] }, { ...own, replica: [replica(other as string)] })]));
  }
  const { groups } = picture.finish({ unchanged: [], orphans: [], failed: [] });
  expect(groups.map(({ stacks }) => stacks)).toEqual([["coffee_data", "tea_data"]]);
  expect(groups[0]?.risks).toMatchObject([
    {
      code: "replica-taken-away",
      fix: "deploy with --remove, which takes the functions there away first",
      message:
        "the replica of table orders in {region 1} would be taken away; the table can still be read in {region}",
    },
  ]);
});

describe("which types hold data", () => {
  const types = (holdsData: boolean, scope?: "global") =>
    dataTypesOf([
      {
        resourceTypes: {
          aws_pipes_pipe: { holdsData, what: "mail", scope },
          aws_sqs_queue: { holdsData, what: "mail" },
          aws_rds_cluster: { holdsData, what: "nothing of viewers" },
        },
      },
    ]);

  test("what is said counts, but against what is known", () => {
    const { holdsData } = types(false);
    expect(["aws_pipes_pipe", "aws_rds_cluster", "aws_sqs_queue"].map(holdsData)).toEqual([
      false,
      false,
      true,
    ]);
  });

  test("what nobody knows holds data; what Meridian makes, and names of settings, do not", () => {
    const { holdsData } = dataTypesOf([]);
    expect(["aws_rds_cluster", "aws_pipes_pipe", "random_password"].map(holdsData)).toEqual([
      true,
      true,
      true,
    ]);
    const settings = ["aws_iam_role_policy", "aws_organizations_policy", "aws_db_subnet_group"];
    expect(settings.map(holdsData)).toEqual([false, false, false]);
  });

  test("what AWS keeps everywhere lies in no region", () => {
    expect(types(true).holdsDataInRegion("aws_pipes_pipe")).toBe(true);
    expect(types(true, "global").holdsDataInRegion("aws_pipes_pipe")).toBe(false);
  });
});

describe("what a plan of data takes away", () => {
  test.each<readonly [string, ResourceChange, readonly string[] | undefined]>([
    ["a replica", table({ replica: [] }), ["eu-west-1"]],
    ["an index", table({ global_secondary_index: [] }), []],
    ["a table", table(null), []],
    ["a thing of an extension", resource("aws_sns_topic.x", { before: { name: "x" } }), []],
    ["nothing, where it adds a replica", table({}, { replica: [] }), undefined],
    ["nothing that is not there again at once", table({}, {}, { replaces: ["hash_key"] }), undefined],
  ])("%s", (_, change, replicas) => {
    const plan = planOf([{ ...change }]);
    expect(withdrawalOf(plan)).toEqual(replicas && { replicas });
  });

  test("what is lost with it is called by its name, in all its regions", () => {
    const lost = (change: ResourceChange) => lostData("s", "data", planOf([change]), dataTypesOf([]));
    expect(lost(table(null))).toEqual([
      {
        ...{ stack: "s", address: "aws_dynamodb_table.orders_table", type: "aws_dynamodb_table" },
        ...{ name: "acme_globex_orders", id: "acme_globex_orders", regions: ["eu-central-1", "eu-west-1"] },
        ...{ isReplaced: false, isTainted: false },
      },
    ]);
    expect(lost(table({}, {}, { replaces: ["hash_key"] }))).toMatchObject([{ isReplaced: true }]);
    expect(lost(table({ replica: [] }))).toEqual([]);
  });

  test("the logs of a function are worth no word, and others are", () => {
    const logs = (name: string) => resource("aws_cloudwatch_log_group.x", { before: { name } });
    const lost = (change: ResourceChange) => lostData("s", "target", planOf([change]), dataTypesOf([]));
    expect(lost(logs("/aws/lambda/acme_globex_hello"))).toEqual([]);
    expect(lost(logs("audit"))).toHaveLength(1);
  });
});
