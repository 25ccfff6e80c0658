import { stacksOf } from "../../../operations/terraform/stacks";
import { fleetOf, smallFile } from "../../support/fleet";

const cell = (more: object) => ({
  stage: "staging",
  targets: { globex: ["eu-central-1", "us-east-1"] },
  ...more,
});

test("targets come first, and each front waits for those of its own cell", () => {
  const fleet = fleetOf({ ...smallFile, cells: { a: cell({}), b: cell({}) } });
  const [a, b] = [
    ["a_globex_eu-central-1", "a_globex_us-east-1"],
    ["b_globex_eu-central-1", "b_globex_us-east-1"],
  ];
  expect(stacksOf(fleet)).toEqual([
    ...[...a, ...b].map((name) => ({ name, after: [] })),
    { name: "a_front", after: a },
    { name: "b_front", after: b },
  ]);
});

test("a stack of several targets is named once", () => {
  const fleet = fleetOf({ ...smallFile, cells: { a: cell({ stackPer: "account" as const }) } });
  expect(stacksOf(fleet)).toEqual([
    { name: "a_globex_all", after: [] },
    { name: "a_front", after: ["a_globex_all"] },
  ]);
});
