import { Token } from "cdktf";
import { withoutTraces } from "../../stacks/traces";

const trace = () => Token.asAny({}).creationStack;

test("no token has a trace, and an error still has one", () => {
  const { error, stack } = withoutTraces(() => ({ error: new Error("here"), stack: trace() }));
  expect(stack).toEqual([]);
  expect(error.stack).toContain("traces.test");
});

test("traces are back afterwards, even after an error", () => {
  expect(() =>
    withoutTraces(() => {
      throw new Error("halfway");
    }),
  ).toThrow("halfway");
  expect(trace().join()).toContain("traces.test");
});
