import { parseYaml } from "../../../fleet/text/yaml";
import { fc } from "../../support/properties";

const file = parseYaml(`# a comment
fleet: acme
accounts:
  web: { id: 012345678901 }
cells:
  globex: &globex
    targets:
      web: [eu-central-1,
            eu-west-1]
  other: *globex
`);

test.each([
  ["a value", ["fleet"], false, { line: 2, column: 8 }],
  ["a key", ["fleet"], true, { line: 2, column: 1 }],
  ["a value in braces", ["accounts", "web", "id"], false, { line: 4, column: 14 }],
  ["a list item on its own line", ["cells", "globex", "targets", "web", 1], false, { line: 9, column: 13 }],
  ["a missing key: the map that lacks it", ["cells", "globex", "stage"], false, { line: 6, column: 3 }],
  [
    "something far below what exists",
    ["cells", "nobody", "targets", "web", 0],
    false,
    { line: 5, column: 1 },
  ],
  [
    "something behind an alias: the alias",
    ["cells", "other", "targets", "web", 0],
    false,
    { line: 10, column: 3 },
  ],
  ["the file itself", [], false, { line: 2, column: 1 }],
])("finds %s", (_, path, atKey, expected) => {
  expect(file.position(path, atKey)).toEqual(expected);
});

test("a number is known as it was written", () => {
  expect(file.written(["accounts", "web", "id"])).toBe("012345678901");
  expect(file.written(["accounts", "web"])).toBeUndefined();
});

test.each([
  ["an alias without an anchor", "a: *b", /no anchor "b"/, 1, 4],
  ["a key twice", "a: 1\na: 2", /twice/, 2, 1],
  ["a second document", "a: 1\n---\nb: 2", /second document/, 2, 1],
  ["a tab", "a:\n\tb: 1", /[Tt]ab/, 2, 1],
  ["brackets that never close", "[".repeat(20_000), /64 levels/, 1, 66],
  [
    "maps in maps without end",
    Array.from({ length: 200 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    /64 levels/,
    66,
    66,
  ],
  ["lists in lists without end", "- ".repeat(5000), /64 levels/, 1, 131],
])("reports %s at its place", (_, text, message, line, column) => {
  const { data, problems } = parseYaml(text);
  expect(data).toBeUndefined();
  expect(problems[0]).toMatchObject({ severity: "error", position: { line, column } });
  expect(problems[0]?.message).toMatch(message);
});

test("a few lines cannot unfold into gigabytes", () => {
  const levels = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"];
  for (const [name, below] of ["ba", "cb", "dc", "ed", "fe", "gf"]) {
    levels.push(`${name}: &${name} [${Array.from({ length: 10 }, () => `*${below}`).join(", ")}]`);
  }
  expect(parseYaml(levels.join("\n")).problems[0]?.message).toMatch(/expand into/);
});

test("YAML 1.2: yes, no and on are texts, and so is a date", () => {
  expect(parseYaml("[yes, no, on, 2001-01-01]").data).toEqual(["yes", "no", "on", "2001-01-01"]);
});

test("an empty file is an empty map", () => {
  expect(parseYaml("")).toMatchObject({ data: {}, problems: [] });
});

test("no text makes it throw, and every position is inside the file", () => {
  const yamlish = fc.array(
    fc.constantFrom(
      "a",
      "b",
      ": ",
      "- ",
      "\n",
      "  ",
      "[",
      "]",
      "{",
      "}",
      ", ",
      "&x ",
      "*x",
      "!!set ",
      "? ",
      "|",
      '"',
      "#",
      "<<",
      "---\n",
      "\t",
      "0o7",
      "%",
    ),
    { maxLength: 60 },
  );
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    yamlish.map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (text) => {
      const { problems, position } = parseYaml(text);
      const lines = text.split("\n");
      for (const { line, column } of [
        ...problems.map((problem) => problem.position),
        position(["a", 0, "b"]),
      ]) {
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
      }
    }),
    { numRuns: 500 },
  );
});

describe("one mistake is one error, in words about lines:", () => {
  const fleet = ["fleet: acme", "services:", "  hello:", "    source: a.ts", "    memory: 512", "cells: {}"];
  const changed = (from: string, to: string) => parseYaml(fleet.join("\n").replace(from, to)).problems;

  test.each([
    ["a tab", "    source", "\tsource", { line: 4, column: 1 }, /a tab in front/, /with spaces/],
    [
      "a line that starts too far left",
      "    memory",
      "   memory",
      { line: 5, column: 4 },
      /no line above/,
      /where the other lines/,
    ],
    [
      "a line that starts too far right",
      "    memory",
      "      memory",
      { line: 5, column: 7 },
      /further right than line 4/,
      /column 5 like line 4/,
    ],
    ["a colon in a value", "a.ts", "a: b.ts", { line: 4, column: 13 }, /Nested mappings/, /correct/],
    ["a bracket that is not closed", "a.ts", "[a.ts", { line: 5, column: 5 }, /not valid YAML/, /correct/],
  ])("%s", (_, from, to, position, message, fix) => {
    const found = changed(from, to);
    expect(found).toMatchObject([{ code: "yaml-syntax", position }]);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.fix).toMatch(fix);
  });

  test("keys that appear twice are found up to the first place that is no YAML", () => {
    const text = ["a: 1", "a: 2", "b: 1", "b: 2", "c: [", "d: 1", "d: 2"].join("\n");
    expect(parseYaml(text).problems.map(({ code, position }) => `${code} ${position.line}`)).toEqual([
      "duplicate-key 2",
      "duplicate-key 4",
      "yaml-syntax 6",
    ]);
  });
});
