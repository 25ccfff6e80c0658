import { drillReport } from "../../cli/output/drill-report";
import { outageReport } from "../../cli/output/outage-report";
import { drillCell } from "../../evidence/drill";
import { extendedData, extendedMeanwhile } from "../../evidence/extended-data";
import { cellOutage } from "../../evidence/outage";
import type { ExtensionFacts } from "../../fleet/model";
import { tablesFile } from "../support/tables";
import { onlyCell, type Spoiled, synthesizedOf } from "./support";

const mail: ExtensionFacts = {
  ...{ name: "mail", adds: ["target"], deploy: [] },
  resourceTypes: {
    aws_sqs_queue: { holdsData: true, what: "messages until they are handled" },
    aws_pipes_pipe: { holdsData: true, what: "mail on its way" },
    aws_sqs_queue_policy: { holdsData: false, what: "who may send" },
    aws_sns_platform_application: { holdsData: true, scope: "global", what: "devices" },
  },
};
const made = onlyCell(tablesFile);
const extensions = [mail];
const east = "eu-central-1";
const all = [east, "eu-north-1", "eu-west-1"];

/** The fleet with what the extension adds to each target; a pipe in one only. */
const stacks = synthesizedOf(made.fleet, (json: Readonly<Record<string, Spoiled>>) => {
  for (const { region, stack } of made.cell.targets) {
    const provider = `aws.globex_${region.replaceAll("-", "_")}`;
    Object.assign(json[stack].resource, {
      aws_sqs_queue: { [`jobs_${region}`]: { provider, name: "acme_globex_mail_jobs" } },
      aws_sqs_queue_policy: { jobs: { provider } },
      aws_sns_platform_application: { devices: { provider } },
      ...(region === east && { aws_pipes_pipe: { pipe: { provider, name: `\${aws_sqs_queue.jobs.name}` } } }),
    });
    json[stack].data = { ...json[stack].data, aws_sqs_queue: { other: { provider, name: "other" } } };
  }
});
const things = extendedData(stacks, made.cell, extensions);

test("what extensions say that holds data in its region is listed by type and name, with its regions", () => {
  expect(things).toEqual([
    { type: "aws_pipes_pipe", name: undefined, extension: "mail", what: "mail on its way", regions: [east] },
    {
      ...{ type: "aws_sqs_queue", name: "acme_globex_mail_jobs", extension: "mail", regions: all },
      what: "messages until they are handled",
    },
  ]);
});

test("what Meridian makes is not, nor what nobody says", () => {
  expect(extendedData(stacks, made.cell, [])).toEqual([]);
});

test("in a state of the regions, what is in those that are down or drained stays there", () => {
  expect(extendedMeanwhile(things, { down: ["eu-west-1"], drained: [east] })).toEqual([
    "aws_pipes_pipe: what is in eu-central-1 is there only, and stays there",
    "aws_sqs_queue acme_globex_mail_jobs: what is in eu-central-1, eu-west-1 is there only, and stays there",
  ]);
  expect(extendedMeanwhile(things, { down: ["us-east-1"], drained: [] })).toEqual([]);
});

test("the drill says so, as text and as data", async () => {
  const drill = await drillCell(stacks, made.cell, { extensions, viewers: [] });
  expect(drill.extended).toEqual(things);
  const report = drillReport([drill]);
  expect(report).toMatch(
    /^globex +mail +aws_sqs_queue acme_globex_mail_jobs +eu-central-1, eu-north-1, eu-west-1$/m,
  );
  expect(report).toMatch(
    /^- of these, each region has only its own, which stays there while the region is\s+down or drained\.$/m,
  );
  expect(await drillCell(stacks, made.cell, { viewers: [] })).not.toHaveProperty("extended");
});

test("and so does the state of a cell", async () => {
  const outage = await cellOutage(stacks, made.cell, { down: ["eu-north-1"], drained: [] }, extensions);
  if (!outage) throw new Error("the cell has the region");
  expect(outage.extended).toEqual([
    "aws_sqs_queue acme_globex_mail_jobs: what is in eu-north-1 is there only, and stays there",
  ]);
  expect(outageReport(made.cell, outage).replace(/\s+/g, " ")).toContain(
    "aws_sqs_queue acme_globex_mail_jobs: what is in eu-north-1 is there only, and stays there.",
  );
});
