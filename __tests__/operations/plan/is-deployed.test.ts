import { isDeployed } from "../../../operations/plan/plan-fleet";
import type { StackState } from "../../../operations/store/model";

const facts = { fingerprint: "new", resources: ["aws_iam_role.hello"], reads: [] };

/** A state after a deploy that began with one thing, and ended with another. */
function stateOf(begun: string, done: string | undefined, status?: "tainted"): StackState {
  const instance = { attributes: {}, ...(status && { status }) };
  return {
    ...{ serial: 1, lineage: "l" },
    outputs: {
      meridian_begun: { value: begun },
      ...(done !== undefined && { meridian_fingerprint: { value: done } }),
    },
    resources: [{ mode: "managed", type: "aws_iam_role", name: "hello", instances: [instance] }],
  } as unknown as StackState;
}

test.each([
  ["what was deployed to its end", stateOf("new", "new"), true],
  ["what was begun and not ended", stateOf("new", "old"), false],
  ["what was begun for the first time and not ended", stateOf("new", undefined), false],
  ["what it was before another deploy was begun, which did not end", stateOf("other", "new"), false],
  ["what has to be made anew", stateOf("new", "new", "tainted"), false],
  ["what was never deployed", undefined, false],
])("%s", (_, state, expected) => {
  expect(isDeployed(state, facts)).toBe(expected);
});
