import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCells } from "../../../operations/drains/open-cells";
import { quietCaller } from "../../support/caller";
import { cell, disk, drain, drainBench, file, fleet, summary } from "../../support/drain-bench";
import { fleetOf, smallFile } from "../../support/fleet";

const { bench, drainedIn } = drainBench();

describe("while regions are down", () => {
  test("a drain of the one that is down is done", async () => {
    bench.aws.outages.begin("eu-central-1");
    expect((await drain()).map(summary)).toEqual([
      ["globex", true, disk],
      ["initech", true, disk],
    ]);
    expect(bench.aws.calls.filter((line) => line.startsWith("eu-central-1"))).toEqual([]);
  });

  test("a drain of another one is done: STS is asked in the next region that answers", async () => {
    for (const region of ["eu-west-1", "us-east-1"]) bench.aws.outages.begin(region);
    const [globex] = await openCells(
      { fleet, cells: fleet.cells.slice(0, 1), takenOut: "eu-central-1" },
      quietCaller,
    );
    const asked = bench.aws.calls.filter((line) => line.includes("role/")).map((line) => line.split(" ")[0]);
    expect([...new Set(asked)]).toEqual(["eu-west-1", "us-east-1", "us-west-2"]);
    expect(globex && "error" in globex && globex.error.what).toContain("control plane in us-east-1");
  });

  test("STS is asked elsewhere, also where a region is the only one of a fleet", async () => {
    const only = fleetOf({
      ...smallFile,
      cells: { globex: { ...cell, targets: { globex: ["us-east-1"] } } },
    });
    for (const region of ["us-east-1", "eu-west-1"]) bench.aws.outages.begin(region);
    const opened = await openCells({ fleet: only, cells: only.cells, takenOut: "us-east-1" }, quietCaller);
    // CloudFront's control plane is down with us-east-1, and there is no state.
    expect(opened.map((open) => "error" in open && open.error.what)).toEqual([
      expect.stringMatching(
        /control plane in us-east-1 does not answer .*state of globex_front does not name it/,
      ),
    ]);
    expect(bench.aws.calls.filter((line) => line.includes("role/"))).toEqual([
      "us-west-2 POST / arn:aws:iam::333333333333:role/meridian-deploy",
    ]);
  });

  test("the ARN comes from the front's state, and the answer says so", async () => {
    mkdirSync(join(bench.folder, "terraform-state"));
    const state = { outputs: { key_value_store: { value: bench.stores.globex } } };
    writeFileSync(join(bench.folder, "terraform-state", "globex_front.tfstate"), JSON.stringify(state));
    bench.aws.outages.begin("us-east-1");
    const [globex, initech] = await drain();
    expect(globex).toMatchObject({
      changed: true,
      notes: [expect.stringContaining("ARN was taken from Terraform's state")],
    });
    expect(drainedIn("globex")).toContain("disk full");
    expect(initech && summary(initech)[1]).toMatch(
      /cannot be found: .* state of initech_front does not name it/,
    );
  });

  test("without a state, the error says what to give; with it, the control plane is not asked", async () => {
    bench.aws.outages.begin("us-east-1");
    const globex = { ...fleet, cells: fleet.cells.slice(0, 1) };
    const [failed] = await drain({ fleet: globex });
    expect(failed && "error" in failed && failed.error.fix).toMatch(
      /terraform output key_value_store.*--cell globex --store <arn>.*globex_front\.tfstate/,
    );
    const [done] = await drain({ fleet: globex, store: bench.stores.globex });
    expect(done).toMatchObject({ changed: true, notes: [] });
    expect(drainedIn("globex")).toContain("disk full");
  });

  test("a store is given for one cell only, and only one of its account", async () => {
    await expect(drain({ store: bench.stores.globex })).rejects.toThrow(
      /one cell, but this command concerns 2 cells: globex, initech/,
    );
    const globex = { ...fleet, cells: fleet.cells.slice(0, 1) };
    await expect(drain({ fleet: globex, store: bench.stores.initech })).rejects.toThrow(
      /in account 444444444444, but the front of globex is in 333333333333/,
    );
    await expect(drain({ fleet: globex, store: "globex" })).rejects.toThrow(/"globex" is not the ARN/);
    expect(bench.aws.calls).toEqual([]);
  });

  test("so it does where state is in S3, with the role that reads it", async () => {
    const role = "arn:aws:iam::111111111111:role/fleet-state";
    const state = { backend: "s3", bucket: "acme-state", region: "eu-west-1", role } as const;
    const inS3 = fleetOf({ ...file, state });
    const outputs = { key_value_store: { value: bench.stores.globex } };
    bench.aws.objects.set("acme-state/acme/globex_front.tfstate", JSON.stringify({ outputs }));
    bench.aws.outages.begin("us-east-1");
    const [globex, initech] = await drain({ fleet: inS3 });
    expect(globex).toMatchObject({ changed: true });
    expect(initech && summary(initech)[1]).toMatch(/state of initech_front does not name it/);
    expect(initech && "error" in initech && initech.error.fix).toMatch(
      /once the bucket acme-state in eu-west-1/,
    );
    expect(bench.aws.calls.join("\n")).toContain(role);
  });
});
