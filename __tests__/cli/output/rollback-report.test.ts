import { rollbackReport } from "../../../cli/output/rollback-report";
import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { fleetOf, smallFile } from "../../support/fleet";

const [one, two] = fleetStacks(fleetOf(smallFile)) as [FleetStack, FleetStack];

test("a rollback says what it changes, and why the rest stays", () => {
  const to = { id: "r1" };
  const back = {
    ways: [{ stack: one, to }],
    stay: [two],
    without: [],
    data: [{ ...one, name: "globex_data" }],
  };
  const report = rollbackReport(back as unknown as Parameters<typeof rollbackReport>[0]);
  expect(report).toContain("what is no release -> r1");
  expect(report).toContain(`Stay as they are: ${two.name}`);
  expect(report).toContain("Stay, for a rollback changes no data: globex_data");
  expect(report).not.toContain("did not exist then");
});
