import { drillReport } from "../../../cli/output/drill-report";
import { outageReport } from "../../../cli/output/outage-report";
import { cellOutage } from "../../../evidence/outage";
import { drillSpoiled } from "../../evidence/spoiled-drill";
import { onlyCell, synthesizedOf } from "../../evidence/support";
import { tablesFile } from "../../support/tables";

const made = onlyCell(tablesFile);

test("the drill says where items are, and once what that means", async () => {
  const drill = await drillSpoiled(() => {}, made);
  const report = drillReport([drill, { ...drill, cell: "initech" }]);
  expect(report).toMatch(
    /^globex {3}acme_globex_orders {2}all in each of eu-central-1, eu-north-1, eu-west-1; managed from eu-west-1$/m,
  );
  expect(report).toMatch(
    /^initech {2}acme_globex_visits {2}each region its own: eu-central-1, eu-north-1, eu-west-1$/m,
  );
  expect(report.match(/the last\s+writer\s+wins/g)).toHaveLength(1);
  expect(report).toMatch(/^In all .* cases, viewers are answered from where the fleet file allows/m);
});

test("a fleet without tables reads as before", async () => {
  const { tables: _, ...rest } = tablesFile;
  const none = onlyCell({ ...rest, services: { hello: { source: "index.ts" } } });
  expect(drillReport([await drillSpoiled(() => {}, none)])).toMatch(/holds\n\nIn all [\d,]+ cases/);
});

test("the state of a cell ends in what it means for its tables", async () => {
  const state = { down: ["eu-central-1"], drained: [] };
  const outage = await cellOutage(synthesizedOf(made.fleet), made.cell, state);
  if (!outage) throw new Error("the cell has the region");
  expect(outageReport(made.cell, outage)).toContain(
    [
      "  Table acme_globex_orders: goes on in eu-north-1, eu-west-1; what eu-central-1",
      "        had not sent, usually the last second, is missing until it is back.",
    ].join("\n"),
  );
});
