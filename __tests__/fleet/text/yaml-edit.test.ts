import { parseYaml } from "../../../fleet/text/yaml";
import { withAccountIds } from "../../../fleet/text/yaml-edit";
import { fc } from "../../support/properties";

const id = "600000000001";
const edit = (text: string) => withAccountIds(text, new Map([["newco", id]]));

describe("the id becomes the first key", () => {
  test.each([
    [
      "of a block, under what introduces it",
      "accounts:\n  newco: # the new one\n    # finance pays\n    email: a@b.cd\n",
      `accounts:\n  newco: # the new one\n    id: "${id}"\n    # finance pays\n    email: a@b.cd\n`,
    ],
    [
      "of a block with an anchor, in the file's own line ends",
      "accounts:\r\n   newco: &newco\r\n      email: a@b.cd\r\n",
      `accounts:\r\n   newco: &newco\r\n      id: "${id}"\r\n      email: a@b.cd\r\n`,
    ],
    [
      "of a block that begins beside its key",
      "accounts:\n  ? newco\n  : email: a@b.cd\n    unit: a\n",
      `accounts:\n  ? newco\n  : id: "${id}"\n    email: a@b.cd\n    unit: a\n`,
    ],
    [
      "of a block whose first key has an anchor",
      "accounts:\n  newco:\n    &a email: a@b.cd\n",
      `accounts:\n  newco:\n    id: "${id}"\n    &a email: a@b.cd\n`,
    ],
    [
      "in braces",
      "accounts: { newco: { email: a@b.cd } }",
      `accounts: { newco: { id: "${id}", email: a@b.cd } }`,
    ],
    [
      "in braces over several lines",
      "accounts:\n  newco: { # new\n      email: a@b.cd, # mail\n    }\n",
      `accounts:\n  newco: { # new\n      id: "${id}",\n      email: a@b.cd, # mail\n    }\n`,
    ],
    ["in empty braces", "accounts: { newco: {} }", `accounts: { newco: { id: "${id}" } }`],
    ["in braces with a space", "accounts: { newco: { } }", `accounts: { newco: { id: "${id}" } }`],
    [
      "in JSON",
      '{"accounts":{"newco":{"email":"a@b.cd"}}}',
      `{"accounts":{"newco":{"id":"${id}", "email":"a@b.cd"}}}`,
    ],
    [
      "in JSON over several lines",
      '{\n  "accounts": {\n    "newco": {\n      "email": "a@b.cd"\n    }\n  }\n}\n',
      `{\n  "accounts": {\n    "newco": {\n      "id": "${id}",\n      "email": "a@b.cd"\n    }\n  }\n}\n`,
    ],
  ])("%s", (_, before, after) => {
    expect(edit(before)).toBe(after);
  });
});

describe("nothing is written", () => {
  test.each([
    ["where the entry is empty", "accounts:\n  newco:\n  other: {}\n", "has no entry yet"],
    ["where the entry is null", "accounts: { newco: null }\n", "has no entry yet"],
    ["where the entry is an alias", "accounts: { a: &a { unit: a }, newco: *a }\n", "is an alias"],
    [
      "where an alias would get the id, too",
      "accounts: { newco: &a { unit: a }, b: *a }\n",
      "more than the ids of",
    ],
    ["where there is a key for it", "accounts: { newco: { id: } }\n", 'has a key "id"'],
    ["where the account is not there", "accounts: { other: {} }\n", "not written as a map"],
    [
      "where the accounts are an alias",
      "a: &a { newco: { unit: a } }\naccounts: *a\n",
      "not written as a map",
    ],
  ])("%s", (_, text, message) => {
    expect(() => edit(text)).toThrow(message);
  });
});

/** One account, as somebody might write it: the lines of its entry, at no indentation. */
const entry = fc
  .record({
    style: fc.constantFrom("block", "flow", "lines", "json", "explicit"),
    keys: fc.subarray(["email", "unit", "zone", "deployRole"], { minLength: 1 }),
    indent: fc.integer({ min: 1, max: 5 }),
    quote: fc.constantFrom("", "'", '"'),
    comment: fc.constantFrom("", " # why", ' # id: "600000000001", { }'),
    above: fc.array(fc.constantFrom("", "# id: ?", "  # {"), { maxLength: 3 }),
    anchor: fc.constantFrom("", " &anchor"),
    space: fc.constantFrom("", " ", "   "),
  })
  .map((layout) => (name: string) => lines(name, layout));

function lines(
  name: string,
  layout: {
    readonly style: string;
    readonly keys: readonly string[];
    readonly indent: number;
    readonly quote: string;
    readonly comment: string;
    readonly above: readonly string[];
    readonly anchor: string;
    readonly space: string;
  },
): readonly string[] {
  const { above, anchor, comment, indent, keys, quote, space, style } = layout;
  const pairs = keys.map((key) => `${quote}${key}${quote}: ${quote}x-${key}${quote}`);
  const head = `${quote}${name}${quote}:${anchor && `${anchor}-${name}`}`;
  const pad = " ".repeat(indent);
  switch (style) {
    case "flow":
      return [`${head} {${space}${pairs.join(`,${space || " "}`)}${space}}${comment}`];
    case "json":
      return [`"${name}": {${space}${keys.map((key) => `"${key}":${space}"x"`).join(",")}${space}}`];
    case "lines":
      return [
        `${head} {${comment}`,
        ...above.map((line) => pad + line),
        ...pairs.map((pair) => `${pad}${pair},`),
        " }",
      ];
    case "explicit":
      return [
        `? ${quote}${name}${quote}${comment}`,
        ...pairs.map((pair, index) => `${index ? " " : ":"} ${pair}`),
      ];
    default:
      return [`${head}${comment}`, ...above, ...pairs.map((pair) => `${pad}${pair}${comment}`)];
  }
}

const fleetText = fc
  .record({
    entries: fc.array(entry, { minLength: 1, maxLength: 5 }),
    before: fc.constantFrom(
      "# fleet\nfleet: acme",
      "---\nfleet: acme # { id: }",
      "zones: { eu: { countries: [EU] } }\n",
    ),
    after: fc.constantFrom("", "cells:\n  a0: { stage: x }\n  # end", "\n\nservices: {}\n"),
    margin: fc.integer({ min: 1, max: 4 }),
    eol: fc.constantFrom("\n", "\r\n"),
    mark: fc.constantFrom("", "\uFEFF"),
    wanted: fc.infiniteStream(fc.boolean()),
  })
  .map(({ after, before, entries, eol, margin, mark, wanted }) => {
    const pad = " ".repeat(margin);
    const accounts = entries.flatMap((write, index) =>
      write(`a${index}`).map((line) => (line ? pad + line : line)),
    );
    const names = entries.map((_, index) => `a${index}`).filter(() => wanted.next().value);
    const text = mark + [before, "accounts:", ...accounts, after].join("\n").replaceAll("\n", eol);
    return { text, ids: new Map(names.map((name, index) => [name, `60000000010${index}`])) };
  });

interface Data {
  readonly accounts: Readonly<Record<string, object>>;
}

/** What is inserted for an id: a line of its own, or a part of one. */
function insertionOf(id: string): RegExp {
  const key = `"?id"?: ?"${id}"`;
  return new RegExp(`(?<=\\n)[ \\t]*${key},?\\r?\\n|${key}(?:, |\\r?\\n +)`);
}

test("whatever the layout, the ids are there afterwards, and all else is as it was", () => {
  fc.assert(
    fc.property(fleetText, ({ ids, text }) => {
      const before = parseYaml(text);
      expect(before.problems).toEqual([]);
      const edited = withAccountIds(text, ids);
      const { accounts, ...rest } = before.data as Data;
      const withIds = Object.entries(accounts).map(([name, account]) => {
        const added = ids.get(name);
        return [name, added === undefined ? account : { id: added, ...account }];
      });
      expect(parseYaml(edited).data).toEqual({ ...rest, accounts: Object.fromEntries(withIds) });
      const old = [...ids.values()].reduce((left, one) => left.replace(insertionOf(one), ""), edited);
      expect(old).toBe(text);
    }),
    { numRuns: 200 },
  );
});
