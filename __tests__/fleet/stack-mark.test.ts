import { isMarked, marked } from "../../fleet/stack-mark";
import { fc } from "../support/properties";

test("a comment says what it is, and whose", () => {
  expect(marked("Chooses the origins of globex", "globex_front")).toBe(
    "Chooses the origins of globex (meridian:stack=globex_front)",
  );
});

test("where both are too long, the mark stands alone, and a long name in it is shortened", () => {
  expect(marked("c".repeat(120), "globex_front")).toBe("meridian:stack=globex_front");
  const long = marked("c", "s".repeat(128));
  expect(long).toMatch(/^meridian:stack=s{102}_[0-9a-f]{10}$/);
  expect([isMarked(long, "s".repeat(128)), isMarked(long, "s".repeat(127))]).toEqual([true, false]);
});

const name = fc.stringMatching(/^[a-z0-9_-]{1,128}$/, { size: "max" });

test("a marked comment is that stack's, no other's, and never too long", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 128, size: "max" }), name, name, (comment, stack, other) => {
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
