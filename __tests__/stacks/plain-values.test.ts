import { DefaultTokenResolver, Lazy, StringConcat, Token, Tokenization } from "cdktf";
import { RootConstruct } from "constructs";
import { withPlainValues } from "../../stacks/plain-values";
import { fc } from "../support/properties";

const options = { scope: new RootConstruct(), resolver: new DefaultTokenResolver(new StringConcat()) };
const resolve = (value: unknown) => Tokenization.resolve(value, options);
const quickly = (value: unknown) => withPlainValues(() => resolve(value));

const text = Lazy.stringValue({ produce: () => "x" });

/** Strings, numbers, lists and maps that stand for something else, alone or inside of something plain. */
const tokens = fc.constantFrom<unknown>(
  Token.asString({ a: 1 }),
  `before ${text} after \${escaped}`,
  Token.asNumber(Lazy.numberValue({ produce: () => 7 })),
  `port ${Token.asNumber(Lazy.numberValue({ produce: () => 8 }))}`,
  Token.asList(Lazy.listValue({ produce: () => ["p", "q"] })),
  Token.asNumberList(Lazy.anyValue({ produce: () => [1, 2] })),
  { [text]: "value" },
  Token.asStringMap(Lazy.anyValue({ produce: () => ({ a: "b" }) })),
  Lazy.anyValue({ produce: () => ({ deep: [undefined, text] }) }),
  "1e5 -2.5e+3",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Terraform's
  "${aws_iam_role.role.arn}",
  new Date(0),
);

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(undefined, null),
    tokens,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 5 }), tie("value"), { maxKeys: 4 }),
  ),
}));

/** What came out, or the error. */
function outcome(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}

test("gives what CDKTF itself gives, whatever the values hold", () => {
  fc.assert(
    fc.property(value, (some) => {
      expect(outcome(() => quickly(some))).toStrictEqual(outcome(() => resolve(some)));
    }),
    { numRuns: 500 },
  );
});

test("leaves errors to CDKTF, which names the path", () => {
  expect(() => quickly({ deep: [{ wrong: () => 1 }] })).toThrow("/deep/0/wrong");
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  expect(() => quickly(circular)).toThrow(/circular/i);
});

test("puts CDKTF's resolver back, even after an error", () => {
  const before = Tokenization.resolve;
  expect(() =>
    withPlainValues(() => {
      throw new Error("halfway");
    }),
  ).toThrow("halfway");
  expect(Tokenization.resolve).toBe(before);
});
