import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { startPicture } from "../../../operations/plan/picture";
import type { ResourceChange } from "../../../operations/plan/terraform-plan";
import { planOf, resource } from "../../support/plans";
import { oneTableFleet } from "../../support/tables";

const fleet = oneTableFleet("eu-west-3");
const stacks = fleetStacks(fleet);
const data = stacks.find(({ kind }) => kind === "data") as FleetStack;
const target = stacks.find(({ kind }) => kind === "target") as FleetStack;

/** Risks of the fleet, with which a deploy may be refused. */
function refusals(stack: FleetStack, ...resources: readonly ResourceChange[]) {
  const picture = startPicture(fleet);
  picture.add(stack, planOf(resources));
  return picture
    .finish({ unchanged: [], orphans: [], failed: [] })
    .risks.map(({ code, message, stacks }) => ({ code, message, stacks }));
}

const values = (name: string, more: object = {}) => ({
  ...{ arn: `arn:aws:dynamodb:eu-central-1:333333333333:table/acme_globex_${name}` },
  ...{ id: `acme_globex_${name}`, name: `acme_globex_${name}`, hash_key: "id" },
  ...more,
});
const replicas = (...regions: readonly string[]) => ({
  replica: regions.map((region_name) => ({ region_name })),
});
const indexes = (...names: readonly string[]) => ({
  global_secondary_index: names.map((name) => ({ name, hash_key: "id" })),
});
const changed = (before: object, after: object) =>
  resource("aws_dynamodb_table.orders_table", {
    before: values("orders", before),
    after: values("orders", after),
  });
const made = (name: string) =>
  resource(`aws_dynamodb_table.${name}_table`, { after: values(name, replicas("eu-west-3")) });
const destroyed = resource("aws_dynamodb_table.orders_table", { before: values("orders") });

describe("data that a deploy would both add and take away", () => {
  test.each<readonly [string, readonly ResourceChange[], string]>([
    [
      "a region for another",
      [changed(replicas("eu-west-1"), replicas("eu-west-3"))],
      "the replica of table orders in eu-west-3, and take away the replica of table orders in eu-west-1",
    ],
    [
      "a table under another name",
      [destroyed, made("purchases")],
      "table purchases, and take away table orders",
    ],
    [
      "an index for another",
      [changed(indexes("by-a"), indexes("by-b"))],
      "the index by-b of table orders, and take away the index by-a of table orders",
    ],
    [
      "a table more, and a replica less",
      [changed(replicas("eu-west-1"), {}), made("a"), made("b"), made("c"), made("d")],
      "table a, table b, table c and 1 more, and take away the replica of table orders in eu-west-1",
    ],
  ])("%s", (_, resources, words) => {
    expect(refusals(data, ...resources)).toEqual([
      {
        code: "adds-and-takes-away",
        message: `"globex_data" would add ${words}`,
        stacks: ["globex_data"],
      },
    ]);
  });

  test("is none where it does one of the two, or makes something again", () => {
    expect(refusals(data, changed({}, replicas("eu-west-3")), made("purchases"))).toEqual([]);
    expect(refusals(data, changed(replicas("eu-west-3"), {}), destroyed)).toEqual([]);
    const again = resource("aws_dynamodb_table.carts_table", {
      ...{ before: values("carts"), after: values("carts") },
      replaces: ["hash_key"],
    });
    expect(refusals(data, again, made("purchases"))).toEqual([]);
  });

  test("is none where what goes has been replaced before, or what comes is there already", () => {
    const deposed = { ...resource("aws_sns_topic.mail", { before: { name: "x" } }), deposed: "0a1b2c3d" };
    expect(refusals(data, deposed, made("purchases"))).toEqual([]);
    const found = made("purchases");
    const taken = { ...found, change: { ...found.change, importing: { id: "acme_globex_purchases" } } };
    expect(refusals(data, taken, destroyed)).toEqual([]);
  });

  test("is a matter of stacks that go before the functions", () => {
    const [topic, queue] = ["aws_sns_topic.a", "aws_sqs_queue.b"];
    expect(
      refusals(target, resource(topic, { before: { name: "a" } }), resource(queue, { after: { name: "b" } })),
    ).toEqual([]);
  });
});

describe("a time to live that only a hand can change", () => {
  const ttl = (attribute_name: string, enabled = true) => ({ ttl: [{ attribute_name, enabled }] });
  const off = ttl("", false);
  const command =
    "first run `aws dynamodb update-time-to-live --region eu-central-1 --table-name acme_globex_orders --time-to-live-specification Enabled=false,AttributeName=a`";

  test.each<readonly [string, object, string]>([
    ["one that ends", off, `would expire no more, and AWS refuses that: ${command}`],
    ["one whose block is gone", { ttl: [] }, `would expire no more, and AWS refuses that: ${command}`],
    [
      "another attribute",
      ttl("b"),
      `would expire by b instead, and AWS refuses that: ${command}, and wait up to an hour`,
    ],
  ])("%s", (_, after, words) => {
    for (const stack of [data, target])
      expect(refusals(stack, changed(ttl("a"), after))).toEqual([
        {
          code: "ttl-by-hand",
          message: `items of table orders of "${stack.name}" ${words}`,
          stacks: [stack.name],
        },
      ]);
  });

  test("is none that begins, that stays, whose attribute is said, or that is not known", () => {
    const more = { tags: { a: "b" } };
    const none = [
      changed(off, ttl("a")),
      changed(ttl("a"), { ...ttl("a"), ...more }),
      changed(ttl("a"), ttl("a", false)),
      changed(off, { ...off, ...more }),
      changed(ttl("a"), more),
    ];
    for (const each of none) expect(refusals(data, each)).toEqual([]);
  });
});
