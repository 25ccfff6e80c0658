import { isDeployed } from "../../../operations/plan/plan-fleet";
import type { StackState } from "../../../operations/store/model";

const facts = { fingerprint: "new", resources: ["aws_iam_role.hello"], reads: [] };

/** A state whose last deploy began with one fingerprint, while the last that came to its end was of another. */
function stateOf(begun: string, done: string, more: Partial<StackState> = {}): StackState {
  return {
    version: 4,
    serial: 7,
    lineage: "l",
    outputs: { meridian_begun: { value: begun }, meridian_fingerprint: { value: done } },
    resources: [{ mode: "managed", type: "aws_iam_role", name: "hello", instances: [{}] }],
    ...more,
  } as StackState;
}

const instance = (name: string, one: object) => ({
  resources: [
    { mode: "managed", type: "aws_iam_role", name, instances: [one] },
  ] as unknown as StackState["resources"],
});

test("a stack is as its JSON says once a deploy of that JSON has come to its end", () => {
  expect(isDeployed(stateOf("new", "new"), facts)).toBe(true);
});

test.each([
  ["it was never deployed", undefined],
  ["its deploy failed half-way", stateOf("new", "old")],
  ["another deploy failed half-way, after this one", stateOf("newer", "new")],
  ["something is left that is not in the JSON", stateOf("new", "new", instance("gone", {}))],
  ["something has to be made anew", stateOf("new", "new", instance("hello", { status: "tainted" }))],
  ["something that was replaced is still there", stateOf("new", "new", instance("hello", { deposed: "1a" }))],
])("it is not where %s", (_, state) => {
  expect(isDeployed(state, facts)).toBe(false);
});
