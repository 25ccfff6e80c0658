import { fitsSteps, type Piece, type Step, stepsOf } from "../../../access/policy/wildcards";
import { fc } from "../../support/properties";

const expressionOf = (step: Step) => {
  if (step.character !== undefined) return `\\u{${step.character.toString(16)}}`;
  return `${step.stopsAtColon ? "[^:]" : "."}${step.many ? "*" : ""}`;
};
const text = (alphabet: string, maxLength: number) =>
  fc.array(fc.constantFrom(...[...alphabet]), { maxLength }).map((characters) => characters.join(""));
const piece = fc.record({ text: text("a😀:**?", 4), literal: fc.boolean(), stopsAtColon: fc.boolean() });

test("a text fits just where it fits an expression, wildcards that stop at colons among them", () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), text("a😀:", 10), (pieces, found) => {
      const steps = pieces.flatMap(({ stopsAtColon, ...piece }) => stepsOf(piece, stopsAtColon));
      const expression = new RegExp(`^${steps.map(expressionOf).join("")}$`, "su");
      expect(fitsSteps(steps, found)).toBe(expression.test(found));
    }),
    { numRuns: 3000 },
  );
});

test("what is literal means itself", () => {
  const of = (text: string): Piece => ({ text, literal: true });
  expect(fitsSteps(stepsOf(of("a*?")), "a*?")).toBe(true);
  expect(fitsSteps(stepsOf(of("a*?")), "abc")).toBe(false);
  expect(fitsSteps([...stepsOf(of("*")), ...stepsOf({ text: "*", literal: false })], "*ab")).toBe(true);
});
