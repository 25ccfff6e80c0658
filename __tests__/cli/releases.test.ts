import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { thisHost } from "../../operations/recovery/processes";
import type { RunRecord } from "../../operations/store/model";
import { openStore } from "../../operations/store/store";
import { quietCaller } from "../support/caller";
import { fleetOf, smallFile } from "../support/fleet";
import { runNode } from "../support/run-node";

// Each runs programs, which takes its time on a busy machine.
jest.setTimeout(30_000);

let folder: string;
const output = () => join(folder, "cdktf.out");
const before = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meridian-releases-"));
  write("fleet.yaml", stringify(smallFile));
  process.env.CDKTF_OUTPUT = output();
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
const meridian = (...args: readonly string[]) =>
  runNode("bin/meridian.js", ["--fleet", join(folder, "fleet.yaml"), ...args], {
    env: { CDKTF_OUTPUT: output() },
  });
const fleet = fleetOf(smallFile);
const store = () =>
  openStore(fleet, { ...quietCaller, assumeRole: () => Promise.reject(new Error("local")) });

/** Deploys a stack, as far as the store knows. */
async function deploy(stack: string, at: string, fingerprint: string): Promise<void> {
  const [target] = fleet.cells[0]?.targets ?? [];
  if (!target) throw new Error("no target");
  write(`cdktf.out/stacks/${stack}/cdk.tf.json`, JSON.stringify({ fingerprint }));
  const by = "ann@build";
  await store().saveRelease({ stack, account: target.account }, { at, fingerprint, by, folder: output() });
  const arn = "arn:aws:lambda:eu-west-1:333333333333:function:a";
  const resources = [{ mode: "managed", type: "a", name: "b", instances: [{ attributes: { arn } }] }];
  const outputs = { meridian_fingerprint: { value: fingerprint } };
  write(`terraform-state/${stack}.tfstate`, JSON.stringify({ serial: 1, lineage: "a", outputs, resources }));
}

test("releases of a cell are listed, and which one each stack has", async () => {
  await deploy("globex_front", "2026-11-26T17:20:00Z", "aaaaaaaa1");
  await deploy("globex_front", "2026-11-26T17:21:00Z", "bbbbbbbb2");
  const { code, stderr, stdout } = await meridian("releases", "globex");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(
    /globex_front\nrelease.*\n2026-11-26T17-21-00Z-bbbbbbbb .* now\n2026-11-26T17-20-00Z-aaaaaaaa .*-\s+\n/,
  );
  expect(stdout).toMatch(/globex_globex_eu-west-1\n {2}never deployed/);
  const json = JSON.parse((await meridian("releases", "--stack", "globex_front", "--json")).stdout);
  expect(json).toMatchObject([
    {
      ...{ stack: "globex_front", account: "333333333333", ok: true },
      current: "2026-11-26T17-21-00Z-bbbbbbbb",
      releases: [{ fingerprint: "bbbbbbbb2", by: "ann@build" }, { fingerprint: "aaaaaaaa1" }],
    },
  ]);
});

test("a stack that has left the fleet file still has its releases, and one that is damaged hides no other", async () => {
  await deploy("newco_front", "2026-11-26T17:20:00Z", "aaaaaaaa1");
  expect((await meridian("releases", "--stack", "newco_front")).stdout).toMatch(/aaaaaaaa .* now/);
  const unknown = await meridian("releases", "--stack", "newco_frnt");
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toMatch(/there is no stack "newco_frnt".*write "newco_front"/s);
  write("terraform-state/globex_front.tfstate", "{");
  const { code, stdout } = await meridian("releases", "globex");
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /globex_globex_eu-west-1\n {2}never deployed\n\nglobex_front\n {2}error: .*damaged/s,
  );
  expect((await meridian("releases")).stderr).toContain("no cell and no stack is named");
});

test("runs are listed, and one is told; one that was killed is known for it", async () => {
  expect((await meridian("runs")).stdout).toBe("No run is kept.\n");
  const run: RunRecord = {
    ...{ version: 1, id: "2026-11-26T17-20-00Z-000001", command: "deploy", arguments: [], fleet: "acme" },
    ...{ started: "2026-11-26T17:20:00Z", by: "ann@build", host: thisHost() },
    stacks: {
      globex_front: { account: "333333333333", cell: "globex", stage: "production", state: "applying" },
    },
  };
  await store().saveRun(run);
  const id = "2026-11-26T17-21-00Z-000002";
  await store().saveRun({ ...run, id, outcome: "failed", host: { ...run.host, started: "1" } });
  const third = { ...run, id: "2026-11-26T17-22-00Z-000003", host: { ...run.host, started: "1" } };
  await store().saveRun(third);
  const { stdout } = await meridian("runs");
  const outcomes = stdout.split("\n").flatMap((line) => /^2026.* (\S+)$/.exec(line)?.[1] ?? []);
  expect(outcomes).toEqual(
    process.platform === "linux" ? ["killed", "failed", "running"] : expect.anything(),
  );
  expect((await meridian("runs", id)).stdout).toMatch(/globex: 1 applying/);
  expect(JSON.parse((await meridian("runs", id, "--json")).stdout)).toMatchObject({
    ...{ id, status: "failed", stacks: { globex_front: { state: "applying" } } },
  });
  expect(JSON.parse((await meridian("runs", "--json")).stdout)).toMatchObject([
    ...[{ id: third.id, stacks: { applying: 1 } }, { id }, { id: run.id }],
  ]);
  expect((await meridian("runs", "2026-11-26T17-21-00Z-000009")).stderr).toMatch(/there is no run .*000009/);
});

test("the runs of a rollout are listed, all of them, and no others", async () => {
  const run: RunRecord = {
    ...{ version: 1, id: "2026-11-26T17-20-00Z-000001", command: "deploy", arguments: [], fleet: "acme" },
    ...{
      started: "2026-11-26T17:20:00Z",
      by: "ann@build",
      host: thisHost(),
      outcome: "succeeded",
      stacks: {},
    },
  };
  const part = { id: "7f1c", stage: "production", wave: 1, shard: { number: 2, of: 2 } };
  await store().saveRun(run);
  expect((await meridian("runs", "--rollout", "7f1c")).stderr).toMatch(
    /there is no rollout 7f1c.*part of a rollout/s,
  );
  await store().saveRun({ ...run, id: "2026-11-26T17-21-00Z-000002", rollout: part });
  const { stdout } = await meridian("runs", "--rollout", "7f1c");
  expect(stdout).toMatch(/000002 {2}deploy {3}production 1 2\/2/);
  expect(stdout).not.toContain("000001");
  expect(JSON.parse((await meridian("runs", "--rollout", "7f1c", "--json")).stdout)).toMatchObject([
    { rollout: part },
  ]);
  expect((await meridian("runs", "--rollout", "7f1d")).stderr).toMatch(/there is no rollout 7f1d.*7f1c/s);
  const { stderr } = await meridian("runs", "--rollout", "22e90000");
  expect(stderr).toContain("no build of it has deployed anything yet");
  expect(stderr).not.toContain("7f1c");
});
