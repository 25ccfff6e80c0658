import { decodeText } from "../../../fleet/text/encoding";
import { fc } from "../../support/properties";

const found = (bytes: Buffer) => {
  const decoded = decodeText(bytes);
  if (!("problem" in decoded)) throw new Error("it was read");
  return decoded.problem;
};

test.each([
  ["nothing", ""],
  ["letters of any script", "fleet: acme # Grüße, 日本, 🙂"],
  ["U+FFFD where it is meant", "a: \uFFFD"],
])("reads %s", (_, text) => {
  expect(decodeText(Buffer.from(text))).toEqual({ text });
});

test("a byte order mark is no part of the text, so that columns are right", () => {
  expect(decodeText(Buffer.from("\uFEFFfleet: acme"))).toEqual({ text: "fleet: acme" });
});

test.each([
  ["Latin-1", Buffer.from("a: b\nc: caf\u00e9\n", "latin1"), "0xE9", { line: 2, column: 7 }],
  [
    "a character cut short",
    Buffer.concat([Buffer.from("a: é"), Buffer.from([0xe2, 0x82])]),
    "0xE2",
    { line: 1, column: 5 },
  ],
  ["a byte of the replacement character", Buffer.from([0x61, 0xef, 0x61]), "0xEF", { line: 1, column: 2 }],
  ["half of it", Buffer.from([0x61, 0xef, 0xbf, 0x61]), "0xEF", { line: 1, column: 2 }],
])("says where %s is not UTF-8", (_, bytes, byte, position) => {
  expect(found(bytes)).toMatchObject({ code: "wrong-encoding", position });
  expect(found(bytes).message).toContain(byte);
});

test.each([
  ["with its mark", Buffer.from("\uFEFFa: b", "utf16le")],
  ["with its mark, the other way round", Buffer.from("\uFEFFa: b", "utf16le").swap16()],
  ["without a mark", Buffer.from("a: b", "utf16le")],
  ["without a mark, the other way round", Buffer.from("a: b", "utf16le").swap16()],
])("knows UTF-16 %s", (_, bytes) => {
  expect(found(bytes).message).toContain("UTF-16");
});

/** What another decoder makes of it; undefined where it is not UTF-8. */
function decodedElsewhere(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

test("reads what Node.js's own decoder reads, and refuses what that refuses", () => {
  fc.assert(
    fc.property(fc.uint8Array({ min: 1, maxLength: 40 }), (bytes) => {
      const decoded = decodeText(Buffer.from(bytes));
      expect("text" in decoded ? decoded.text : undefined).toBe(decodedElsewhere(bytes));
    }),
  );
});
