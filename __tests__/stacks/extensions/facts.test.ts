import type { Extension } from "../../../stacks/extensions/extension";
import { factsOf, sortedExtensions } from "../../../stacks/extensions/facts";

const target = () => {};
const named = (name: string): Extension => ({ name, target });

function messageOf(extension: unknown): string {
  try {
    factsOf(extension as Extension);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing is wrong");
}

test("the rest knows where an extension adds resources, and what it says of them", () => {
  const deploy = [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }];
  const resourceTypes = { aws_sqs_queue: { holdsData: true, what: "messages" } };
  expect(factsOf({ name: "mail-queue", deploy, resourceTypes, cell: target, target })).toEqual({
    name: "mail-queue",
    adds: ["target", "cell"],
    deploy,
    resourceTypes,
  });
  expect(factsOf({ name: "plain", front: target })).toEqual({
    name: "plain",
    adds: ["front"],
    deploy: [],
    resourceTypes: {},
  });
});

test("an extension may be an object of a class", () => {
  class MailQueue implements Extension {
    readonly name = "mail-queue";
    target(): void {}
  }
  expect(factsOf(new MailQueue()).adds).toEqual(["target"]);
});

test("facts are data that a thread can be given", () => {
  const facts = factsOf({ name: "plain", target, deploy: [{ actions: ["sqs:*"], resources: ["*"] }] });
  expect(structuredClone(facts)).toEqual(facts);
});

describe("refused is", () => {
  test.each<readonly [string, unknown, string]>([
    ["nothing", undefined, "it is undefined, not an object: is it exported?"],
    ["null", null, "it is null, not an object: is it exported?"],
    ["a function", target, "it is function, not an object"],
    ["one without a name", { target }, "name: "],
    [
      "a name of other characters",
      { name: "Mail_Queue", target },
      "name is not a lower-case letter, then letters, digits and inner hyphens",
    ],
    ["a name that is too long", { name: "a".repeat(41), target }, "name: "],
    [
      "a key that means nothing",
      { name: "a", targets: target, target },
      'it has "targets", which means nothing; it may have name, deploy, resourceTypes, target, front, cell',
    ],
    ["a hook that is none", { name: "a", target: {} }, "target is not a function"],
    ["one that adds nothing", { name: "a" }, "has none of target, front and cell"],
    [
      "an action without a service",
      { name: "a", target, deploy: [{ actions: ["CreateQueue"], resources: ["*"] }] },
      "deploy.0.actions.0 is not an IAM action with its service in front",
    ],
    [
      "a resource that is no ARN",
      { name: "a", target, deploy: [{ actions: ["sqs:*"], resources: ["queue"] }] },
      "deploy.0.resources.0 is not an ARN",
    ],
    [
      "a permission without actions",
      { name: "a", target, deploy: [{ actions: [], resources: ["*"] }] },
      "deploy.0.actions: ",
    ],
    [
      "a key of a permission that means nothing",
      { name: "a", target, deploy: [{ actions: ["sqs:*"], resources: ["*"], effect: "Deny" }] },
      'deploy.0 has "effect", which means nothing',
    ],
    [
      "a type of resource that is none",
      { name: "a", target, resourceTypes: { SqsQueue: { holdsData: true, what: "messages" } } },
      'resourceTypes.SqsQueue is not a type of resource, such as "aws_sqs_queue"',
    ],
    [
      "a type of which it does not say whether it holds data",
      { name: "a", target, resourceTypes: { aws_sqs_queue: { what: "messages" } } },
      "resourceTypes.aws_sqs_queue.holdsData: ",
    ],
    [
      "a scope that there is not",
      { name: "a", target, resourceTypes: { aws_sqs_queue: { holdsData: true, what: "m", scope: "zonal" } } },
      "resourceTypes.aws_sqs_queue.scope: ",
    ],
  ])("%s", (_, extension, what) => {
    expect(messageOf(extension)).toContain(what);
    expect(messageOf(extension)).toMatch(/\n {2}why: .+\n {2}fix: .+/);
  });

  test("all that is wrong, at once", () => {
    expect(messageOf({ name: "A", target: 1 }).match(/^ {4}\w/gm)).toHaveLength(2);
  });
});

test("extensions come by name, and no two have one", () => {
  const names = (...all: readonly string[]) => sortedExtensions(all.map(named)).map(({ name }) => name);
  expect(names("b", "a", "c")).toEqual(["a", "b", "c"]);
  expect(() => names("b", "a", "b")).toThrow('two extensions are called "b"');
});
