import { AwsError } from "../http";
import type { Distribution } from "./account";
import { answer, NO_CONTENT, type Operation, type OperationInput } from "./operation";
import { items, parseXml, text, textItems, type XmlElement } from "./xml";

/** Tags of distributions. */
export const TAG_OPERATIONS: readonly Operation[] = [
  {
    name: "ListTagsForResource",
    method: "GET",
    path: "/tagging",
    run: (input) => {
      const tags = [...find(input).tags].map(([Key, Value]) => ({ Key, Value }));
      return answer(200, "Tags", { Items: tags.length === 0 ? "" : { Tag: tags } });
    },
  },
  {
    name: "TagResource",
    method: "POST",
    path: "/tagging",
    when: (query) => query.get("Operation") === "Tag",
    run: (input) => {
      const distribution = find(input);
      return store(
        input,
        distribution,
        new Map([...distribution.tags, ...readTags(parseXml(input.body).content)]),
      );
    },
  },
  {
    name: "UntagResource",
    method: "POST",
    path: "/tagging",
    when: (query) => query.get("Operation") === "Untag",
    run: (input) => {
      const distribution = find(input);
      const keys = textItems(parseXml(input.body).content, "Key");
      return store(
        input,
        distribution,
        new Map([...distribution.tags].filter(([key]) => !keys.includes(key))),
      );
    },
  },
];

/** Reads a `Tags` element. */
export function readTags(tags: XmlElement): ReadonlyMap<string, string> {
  return new Map(items(tags, "Tag").map((tag) => [text(tag, "Key"), text(tag, "Value")]));
}

function find({ account, query }: OperationInput): Distribution {
  const arn = query.get("Resource") ?? "";
  const found = [...account.distributions.values()].find((distribution) => distribution.arn === arn);
  if (found === undefined) {
    throw new AwsError(
      404,
      "NoSuchResource",
      `The sandbox tags distributions only, and knows none with the ARN ${arn}.`,
    );
  }
  return found;
}

function store({ account }: OperationInput, distribution: Distribution, tags: ReadonlyMap<string, string>) {
  account.distributions.set(distribution.id, { ...distribution, tags });
  return NO_CONTENT;
}
