import { listOf, parseXml, renderXml, text, textItems } from "../../../sandbox/protocols/xml";

const parse = (source: string) => parseXml(Buffer.from(source));

test("keeps text as it was sent: numbers stay strings, blanks and numeric references survive", () => {
  const { root, content } = parse("<A><B>007</B><C> x &#34;y&#34;&#xA;&amp;z </C><D></D></A>");
  expect(root).toBe("A");
  expect(content).toEqual({ B: "007", C: ' x "y"\n&z ', D: "" });
});

test("reads a list of one member and of none", () => {
  const { content } = parse(
    "<A><L><Quantity>1</Quantity><Items><N>one</N></Items></L><M><Items></Items></M></A>",
  );
  expect(content.L).toEqual({ Quantity: "1", Items: { N: ["one"] } });
  expect(content.M).toEqual({});
});

test("ignores indentation between elements", () => {
  expect(parse("<A>\n  <B>\n    <C>1</C>\n  </B>\n</A>").content).toEqual({ B: { C: "1" } });
});

test.each([["<A><B></A>"], ["not xml"], [""], ['<!DOCTYPE a [<!ENTITY b "c">]><A>&b;</A>']])(
  "refuses %p",
  (source) => {
    expect(() => parse(source)).toThrow(expect.objectContaining({ status: 400, code: "MalformedInput" }));
  },
);

test("what is written is read back", () => {
  const value = { Comment: 'a & b < "c"', Names: listOf("Name", ["x", "y"]), None: listOf("Name", []) };
  const { content } = parseXml(renderXml("Root", value));
  expect(content).toEqual(value);
  expect(text(content, "Names", "Quantity")).toBe("2");
  expect(textItems(parseXml(renderXml("Root", listOf("Name", ["x", "y"]))).content, "Name")).toEqual([
    "x",
    "y",
  ]);
});
