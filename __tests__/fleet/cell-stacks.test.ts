import { cellStacks } from "../../fleet/cell-stacks";
import type { CellEntry } from "../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../support/fleet";

const stacksWith = (more: Partial<CellEntry>) => {
  const [cell] = fleetOf({
    ...smallFile,
    cells: { globex: { ...smallFile.cells.globex, ...more } as CellEntry },
  }).cells;
  return cell ? cellStacks(cell) : [];
};

test("a cell's front comes after its targets", () => {
  const targets = ["globex_globex_eu-central-1", "globex_globex_eu-west-1"];
  expect(stacksWith({})).toEqual([
    ...targets.map((name) => ({ name, after: [] })),
    { name: "globex_front", after: targets },
  ]);
});

test("a stack of several targets comes once, and the log bucket before the front that logs into it", () => {
  expect(stacksWith({ stackPer: "account", front: { logs: true } })).toEqual([
    { name: "globex_globex_all", after: [] },
    { name: "globex_front_logs_eu-central-1", after: [] },
    { name: "globex_front", after: ["globex_globex_all", "globex_front_logs_eu-central-1"] },
  ]);
});
