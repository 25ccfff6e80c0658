import { unlikeReviewed } from "../../../operations/plan/reviewed";
import type { ResourceChange, TerraformPlan } from "../../../operations/plan/terraform-plan";
import { planOf, type ResourceParts, resource } from "../../support/plans";

const name = "aws_lambda_function.hello";
const hello = (parts: ResourceParts) => resource(name, parts);
const unlike = (reviewed: readonly ResourceChange[], now: readonly ResourceChange[], hasBegun = false) =>
  unlikeReviewed(planOf(reviewed), planOf(now), { hasBegun });
/** One by one: only what is known of a change matters. */
const unlikeHello = (reviewed: ResourceParts, now: ResourceParts, hasBegun = false) =>
  unlike([hello(reviewed)], [hello(now)], hasBegun);

const made = { after: { memory: 256, role: "r" }, unknown: { arn: true, id: true } };
const changed = { before: { id: "f", memory: 128 }, after: { id: "f", memory: 256 } };
const gone = { before: { id: "f", memory: 128 } };
const anew = { ...changed, after: { memory: 256 }, unknown: { id: true }, replaces: ["memory"] };

describe("a plan is what was reviewed", () => {
  test.each([
    ["a creation", made],
    ["an update", changed],
    ["a destruction", gone],
    ["a replacement", anew],
    ["what is taken over", { ...changed, importing: "f" }],
  ])("where %s is the same", (_, parts) => {
    expect(unlikeHello(parts, parts)).toEqual([]);
  });

  test("where something is known by now", () => {
    expect(unlikeHello(made, { after: { ...made.after, arn: "arn:f" } })).toEqual([]);
    const known = { after: { vpc: { id: "v", subnets: ["a", "b"] } } };
    expect(unlikeHello({ after: { vpc: { id: "v" } }, unknown: { vpc: { subnets: true } } }, known)).toEqual(
      [],
    );
  });

  test("in whatever order a set is, once all of it is known", () => {
    const reviewed = {
      after: { origins: [{ name: "z" }, { name: "a", host: "a.example.com" }] },
      unknown: { origins: [{ host: true }, {}] },
    };
    const hosts = (...names: readonly string[]) => ({
      after: { origins: names.map((each) => ({ name: each, host: `${each}.example.com` })) },
    });
    expect(unlikeHello(reviewed, hosts("a", "z"))).toEqual([]);
    const names = { after: { names: [null, "a"] }, unknown: { names: [true, false] } };
    expect(unlikeHello(names, { after: { names: ["a", "b"] } })).toEqual([]);
    expect(unlikeHello(reviewed, hosts("a", "y"))).toEqual([`${name}: origins is not what was reviewed`]);
    expect(unlikeHello(reviewed, hosts("a", "z", "z"))).toHaveLength(1);
  });

  test("where something else of it has moved that neither plan touches", () => {
    const moved = (etag: string) => ({
      before: { ...changed.before, etag },
      after: { ...changed.after, etag },
    });
    expect(unlikeHello(moved("one"), moved("two"))).toEqual([]);
  });

  test("where an attribute that is not set is absent or null", () => {
    expect(unlikeHello({ after: { memory: 1, layers: null } }, { after: { memory: 1 } })).toEqual([]);
  });

  test("whatever it reads, and whatever stays as it is", () => {
    const read: ResourceChange = { ...hello({ before: null, after: { a: 1 } }), mode: "data" };
    expect(
      unlike([hello(made)], [hello(made), read, resource("aws_a.b", { before: {}, after: {} })]),
    ).toEqual([]);
  });
});

describe("a plan is not what was reviewed", () => {
  test.each<[string, ResourceParts, ResourceParts, string]>([
    [
      "a known value is another",
      made,
      { ...made, after: { memory: 512, role: "r" } },
      "memory is not what was reviewed",
    ],
    [
      "a known value is not known any more",
      made,
      { after: { memory: 256 }, unknown: { role: true } },
      "role is not what",
    ],
    [
      "a value that was not to be set is not known any more",
      { after: { memory: 256, key: null } },
      { after: { memory: 256 }, unknown: { key: true } },
      "key is not what was reviewed",
    ],
    [
      "a value comes that was not there",
      made,
      { ...made, after: { ...made.after, layers: ["l"] } },
      "layers is not what",
    ],
    ["a value goes", made, { ...made, after: { memory: 256 } }, "role is not what"],
    [
      "a value inside of another is another",
      { after: { vpc: { id: "v" } }, unknown: { vpc: { subnets: true } } },
      { after: { vpc: { id: "w" } }, unknown: { vpc: { subnets: true } } },
      "vpc.id is not what was reviewed",
    ],
    [
      "a list has another order",
      { after: { hosts: ["a", "b"] } },
      { after: { hosts: ["b", "a"] } },
      "hosts is not what",
    ],
    ["it is made anew and not updated", changed, anew, "delete and create, and not update"],
    ["it is made and not updated", changed, made, "create, and not update"],
    ["it is destroyed and not updated", changed, gone, "delete, and not update"],
    ["another thing is destroyed", gone, { before: { id: "g" } }, "its id is not the same"],
    [
      "another thing is updated",
      changed,
      { before: { id: "g" }, after: { id: "g", memory: 256 } },
      "its id is not the same",
    ],
    [
      "it is taken over and not made",
      made,
      { ...changed, importing: "f" },
      "import and update, and not create",
    ],
    [
      "something else is taken over",
      { ...changed, importing: "f" },
      { ...changed, importing: "g" },
      "is taken over",
    ],
  ])("where %s", (_, reviewed, now, why) => {
    expect(unlikeHello(reviewed, now)).toEqual([expect.stringContaining(why)]);
  });

  test("where something comes or goes", () => {
    const queue = resource("aws_sqs_queue.mail", { after: { name: "mail" } });
    expect(unlike([hello(made)], [hello(made), queue])).toEqual([
      "aws_sqs_queue.mail: create, which was not reviewed",
    ]);
    expect(unlike([hello(made), queue], [hello(made)])).toEqual([
      "aws_sqs_queue.mail: nothing, and not create",
    ]);
  });

  test("where an output is another, be it that a stack which reads it was reviewed with the other", () => {
    const outputs = (url: string, unknown = false): Partial<TerraformPlan> => ({
      output_changes: {
        url: { actions: ["create"], before: null, after: unknown ? undefined : url, after_unknown: unknown },
      },
    });
    const all = (one: Partial<TerraformPlan>, other: Partial<TerraformPlan>) =>
      unlikeReviewed(planOf([], one), planOf([], other), { hasBegun: false });
    expect(all(outputs("a"), outputs("a"))).toEqual([]);
    expect(all(outputs("", true), outputs("a"))).toEqual([]);
    expect(all(outputs("a"), outputs("b"))).toEqual(["output url: its value is not what was reviewed"]);
    expect(all({}, outputs("a"))).toEqual(["output url: it was not reviewed"]);
  });

  test("and no value is told, which may be a secret", () => {
    const secret = (value: string) => ({ after: { password: value }, hiddenAfter: { password: true } });
    const [line] = unlikeHello(secret("hunter2"), secret("hunter3"));
    expect(line).toBe(`${name}: password is not what was reviewed`);
  });
});

describe("where an attempt has begun, what is left is enough", () => {
  const finished = { before: { id: "f", ...made.after }, after: { id: "f", ...made.after } };
  const tainted = { ...made, before: { id: "f", memory: 256, role: "r" }, replaces: ["id"] };
  test.each<[string, ResourceParts, ResourceParts]>([
    ["what was to be made is there, and finished", made, { ...finished, before: { id: "f", memory: 256 } }],
    ["what was made and not finished is made anew", made, tainted],
    ["what was made and not written down is taken over", made, { ...finished, importing: "f" }],
    ["what was to be taken over is, and only to be changed", { ...changed, importing: "f" }, changed],
    ["of a replacement the old one is gone", anew, { after: { memory: 256 }, unknown: { id: true } }],
    ["of a replacement the new one has another id", anew, { ...anew, before: { id: "g", memory: 256 } }],
  ])("%s", (_, reviewed, now) => {
    expect(unlikeHello(reviewed, now, true)).toEqual([]);
    expect(unlikeHello(reviewed, now)).toHaveLength(1);
  });

  test("what is done already does not come again", () => {
    const queue = resource("aws_sqs_queue.mail", { after: { name: "mail" } });
    expect(unlike([hello(made), queue], [queue], true)).toEqual([]);
  });

  test("what the new one has replaced is still to be deleted", () => {
    const deposed = { ...hello(gone), deposed: "1a2b" };
    expect(unlike([hello(anew)], [deposed], true)).toEqual([]);
    expect(unlike([hello(anew)], [deposed])).toHaveLength(2);
    expect(unlike([hello(changed)], [deposed], true)).toEqual([
      `${name} (deposed 1a2b): delete, which was not reviewed`,
    ]);
  });

  test.each<[string, ResourceParts, ResourceParts]>([
    ["a known value is another", made, { ...tainted, after: { memory: 512, role: "r" } }],
    [
      "an update became a replacement",
      { before: { memory: 128 }, after: { memory: 256 } },
      { before: { memory: 128 }, after: { memory: 256 }, replaces: ["memory"] },
    ],
    ["an update became a destruction", changed, gone],
    ["a creation became a destruction", made, gone],
    ["a destruction became an update", gone, changed],
    ["another thing is updated", changed, { before: { id: "g" }, after: { id: "g", memory: 256 } }],
    ["another thing is destroyed", gone, { before: { id: "g" } }],
    ["what is taken over is not like what was to be made", made, { ...changed, importing: "f" }],
    ["an update takes something over", changed, { ...changed, importing: "f" }],
  ])("but not where %s", (_, reviewed, now) => {
    expect(unlikeHello(reviewed, now, true)).toHaveLength(1);
  });

  test("but nothing that was not reviewed", () => {
    const queue = resource("aws_sqs_queue.mail", { after: { name: "mail" } });
    expect(unlike([hello(made)], [queue], true)).toEqual([
      "aws_sqs_queue.mail: create, which was not reviewed",
    ]);
  });
});
