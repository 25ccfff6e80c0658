import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { earlierHome } from "../../../operations/plan/moved-home";
import type { FailedPlan } from "../../../operations/plan/plan-fleet";
import type { PlannedStack } from "../../../operations/plan/plan-stack";
import { unplannedDataRisks } from "../../../operations/plan/unplanned-data";
import { tableState } from "../../support/states";
import { oneTableFleet } from "../../support/tables";

const fleet = oneTableFleet();
const stacks = fleetStacks(fleet);
const [data, target] = stacks as [FleetStack, FleetStack];

function risks(failed: Partial<FailedPlan>, ...planned: readonly FleetStack[]) {
  return unplannedDataRisks({
    failed: new Map([[data.name, { stack: data, why: "down", ...failed }]]),
    planned: new Map(planned.map((stack) => [stack.name, { stack } as PlannedStack])),
  }).map(({ code, message, stacks }) => ({ code, message, stacks }));
}

test("functions that are deployed while their tables cannot be planned are a risk", () => {
  expect(risks({}, target)).toEqual([
    {
      code: "tables-not-planned",
      message:
        '"globex_data" cannot be planned: what it would add is not there when functions of "globex" are deployed',
      stacks: [target.name],
    },
  ]);
  expect(risks({ isNew: true }, target)[0]?.message).toContain("its tables are not there");
  expect(risks({})).toEqual([]);
  expect(risks({ stack: target }, target)).toEqual([]);
});

test("a home that would move is one of its own", () => {
  expect(risks({ movedFrom: "eu-west-1" }, target)).toEqual([
    {
      code: "home-moved",
      message:
        'the home of "globex" would move from eu-west-1 to eu-central-1, and "globex_data" is deployed',
      stacks: [data.name],
    },
  ]);
});

describe("the home that a state tells", () => {
  test("is another one where something in it lies elsewhere", () => {
    expect(earlierHome(data, tableState("eu-west-1"))).toBe("eu-west-1");
    expect(earlierHome(data, tableState("eu-central-1"))).toBeUndefined();
    expect(earlierHome(data, { ...tableState("eu-west-1"), resources: [] })).toBeUndefined();
  });

  test("is of no interest in other stacks, and what has no region lies nowhere", () => {
    expect(earlierHome(target, tableState("eu-west-1"))).toBeUndefined();
    expect(earlierHome(data, tableState(""))).toBeUndefined();
  });
});
