import { isMarked, marked } from "../../fleet/stack-mark";
import { fc } from "../support/properties";

test("a comment says what it is, and whose", () => {
  expect(marked("Chooses the origins of globex", "globex_front")).toBe(
    "Chooses the origins of globex (meridian:stack=globex_front)",
  );
});

const name = fc.stringMatching(/^[a-z0-9_-]{1,128}$/);

test("a marked comment is that stack's, no other's, and never too long", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 128 }), name, name, (comment, stack, other) => {
      const text = marked(comment, stack);
      expect(text.length).toBeLessThanOrEqual(128);
      expect(isMarked(text, stack)).toBe(true);
      if (other !== stack) expect(isMarked(text, other)).toBe(false);
    }),
  );
});

test("a comment without the mark is nobody's", () => {
  expect(isMarked("Chooses the origins of globex", "globex_front")).toBe(false);
  expect(isMarked("meridian:stack=globex_front2", "globex_front")).toBe(false);
  expect(isMarked("", "globex_front")).toBe(false);
});
