import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { planReport } from "../../../cli/output/plan-report";
import { planWork } from "../../../cli/shared/fleet-plan";
import type { FleetWork } from "../../../cli/shared/fleet-work";
import { fleetStacks } from "../../../fleet/stacks";
import { openStore } from "../../../operations/store/store";
import { quietCaller } from "../../support/caller";
import { fakeTerraform } from "../../support/fake-terraform";
import { fleetOf, smallFile } from "../../support/fleet";

const known = fleetOf({
  ...smallFile,
  tables: { orders: { key: { id: "string" } } },
  cells: {
    globex: {
      ...{ stage: "production", tenant: "globex", home: "eu-central-1" },
      targets: { globex: ["eu-central-1", "eu-west-1"] },
    },
  },
});
const mail = {
  ...{ name: "mail", adds: [], deploy: [] },
  resourceTypes: { aws_pipes_pipe: { holdsData: true, what: "mail" } },
};
const fleet = { ...known, extensions: [mail] };
const stacks = fleetStacks(fleet);
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
  jest.restoreAllMocks();
});

test("with its home region down, a cell's data is reported with the reason, and all else is planned, with what that loses", async () => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const terraform = fakeTerraform();
  process.env = { ...before, CDKTF_OUTPUT: terraform.outdir };
  const plans = join(terraform.folder, "plans");
  mkdirSync(plans);
  for (const { name } of stacks) terraform.synthesize(name, "f1");
  const data = "globex_data";
  terraform.answer(data, { fails: { plan: "eu-central-1 does not answer" } });
  const target = "globex_globex_eu-west-1";
  const pipe = { address: "aws_pipes_pipe.a", mode: "managed", type: "aws_pipes_pipe", name: "a" };
  const change = { actions: ["delete"], before: { name: "mail" }, after: null };
  terraform.answer(target, { plan: { resource_changes: [{ ...pipe, change }] } });
  const session = { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) };
  const store = openStore(fleet, session);
  const stop = new AbortController().signal;
  const work: FleetWork = {
    ...{ fleet, stacks, selected: stacks, outdir: terraform.outdir, plans, store, session, parallelism: 2 },
    interrupts: { stop, hurry: stop },
    terraform: (_, folder) => ({ folder, env: terraform.env }),
    close: () => store.close(),
  };
  try {
    const { picture, plan } = await planWork(work);
    expect([...plan.planned.keys()]).toEqual(stacks.map(({ name }) => name).filter((name) => name !== data));
    expect(plan.planned.get(target)?.loses).toMatchObject([{ name: "mail" }]);
    expect(picture.failed).toEqual([{ stack: data, why: "eu-central-1 does not answer" }]);
    expect(picture.risks).toMatchObject([{ code: "tables-not-planned" }]);
    expect(planReport(picture)).toMatch(/globex_data[\s\S]*eu-central-1 does not answer/);
  } finally {
    work.close();
    terraform.remove();
  }
});
