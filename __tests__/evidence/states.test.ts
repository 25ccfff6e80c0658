import { describeState, statesOf } from "../../evidence/states";

const regions = (count: number) => Array.from({ length: count }, (_, index) => `r${index}`);

test.each([
  [1, 3],
  [2, 9],
  [6, 729],
  [7, 1 + 14 + 84],
  [10, 1 + 20 + 180],
])("%d regions have %d states, the fewest regions not up first", (count, expected) => {
  const states = statesOf(regions(count));
  const keys = states.map(({ down, drained }) => `${down}|${drained}`);
  expect(new Set(keys).size).toBe(expected);
  const sizes = states.map(({ down, drained }) => down.length + drained.length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
});

test("a state in words", () => {
  expect(describeState({ down: [], drained: [] })).toBe("nothing is down or drained");
  expect(describeState({ down: ["a", "b"], drained: ["c"] })).toBe("a and b are down, c is drained");
});
