import type { DeployCommandOptions } from "../../cli/deploy";
import {
  build,
  deployCommand,
  fleet,
  ofCell,
  openSelected,
  part,
  planned,
  recoveryOf,
  scene,
  target,
} from "./builds";

test("builds deploy a wave between them, and again have nothing to do", async () => {
  const plans = await planned();
  expect(await build(plans, part(1))).toEqual({ applied: ofCell("canary"), code: 0 });
  const first = await build(plans, part(2, "1/2"));
  const second = await build(plans, part(2, "2/2"));
  expect([...first.applied, ...second.applied].sort()).toEqual(["a", "b", "c"].flatMap(ofCell).sort());
  expect(first.applied).toHaveLength(4);
  for (const shard of ["1/2", "2/2"])
    expect(await build(plans, part(2, shard))).toEqual({ applied: [], code: 0 });
  const runs = await scene.store.runsOf({ id: "7f1c" });
  expect(runs.map(({ outcome, rollout }) => [rollout?.wave, rollout?.shard?.number, outcome])).toEqual(
    expect.arrayContaining([
      [1, undefined, "succeeded"],
      [2, 1, "succeeded"],
      [2, 2, "succeeded"],
    ]),
  );
  expect(runs).toHaveLength(3);
  expect(Object.values(runs[0]?.stacks ?? {}).every(({ begun }) => begun)).toBe(true);
});

test("a build of its own records applies no plans as they are: what has planned them could have put in anything", async () => {
  const records = { recordRole: "meridian-record" };
  const asked = scene.terraform.calls().length;
  await expect(build(await planned(), { ...part(1), ...records })).rejects.toThrow(
    "were made as the roles that deploy",
  );
  expect(scene.terraform.calls().slice(asked)).not.toContain(`${target("canary")} apply`);
  expect(await build(await planned("meridian-plan"), { ...part(1), ...records })).toEqual({
    ...{ applied: ofCell("canary"), code: 0 },
  });
});

test("locks are looked at of stacks that are done, too, where they may be released, and of nobody else's", async () => {
  const plans = await planned();
  const looked: string[] = [];
  jest.mocked(recoveryOf).mockReturnValue({
    lockOf: async ({ name }) => {
      looked.push(name);
      if (name === "canary_front") throw new Error("no answer");
      return undefined;
    },
  });
  await build(plans, part(1));
  expect(looked).toEqual([]);
  expect(await build(plans, { ...part(1), releaseLocks: true })).toEqual({ applied: [], code: 0 });
  expect(looked).toEqual(ofCell("canary"));
});

/** Leaves a function of the front of a cell at the edge, as an earlier run may have. */
async function leaveFunction(cell: string) {
  const account = fleet.cells.find(({ name }) => name === cell)?.front.account;
  if (!account) throw new Error("no cell");
  const left = [{ stack: `${cell}_front`, account, region: "us-east-1", name: "acme__bodies_old" }];
  await scene.store.saveRun({
    ...{
      version: 1,
      id: "2026-01-01T00-00-00Z-000001",
      command: "deploy",
      arguments: [],
      fleet: "acme",
      by: "ann",
    },
    ...{ started: "2026-01-01T00:00:00.000Z", ended: "2026-01-01T00:01:00.000Z", outcome: "succeeded" },
    ...{ host: { name: "h", pid: 1 }, stacks: {}, left },
  });
  const assumed = jest.spyOn(scene.session, "assumeRole");
  return { left, asked: () => assumed.mock.calls.filter(([{ arn }]) => arn.includes(account.id)) };
}

test("a function at the edge that another stack has left is handed on, and nobody of another account is asked", async () => {
  const { asked, left } = await leaveFunction("a");
  await build(await planned(), part(1));
  expect((await scene.store.runsOf({ id: "7f1c" }))[0]?.left).toEqual(left);
  expect(asked()).toEqual([]);
});

test("a build that plans by itself looks into no accounts but those that it deploys to", async () => {
  const { asked } = await leaveFunction("a");
  const states = jest.spyOn(scene.store, "states");
  const own = { cell: ["b"], rollout: "7f1c" };
  expect(await build(undefined, own)).toEqual({ applied: ofCell("b"), code: 0 });
  expect(await build(undefined, own)).toEqual({ applied: [], code: 0 });
  expect(asked()).toEqual([]);
  expect(states).not.toHaveBeenCalled();
});

test("without plans, only the wave is planned; without a rollout, nothing is kept of it but the run", async () => {
  expect(await build(undefined, { wave: 1 })).toEqual({ applied: ofCell("canary"), code: 0 });
  expect(scene.terraform.calls().filter((call) => call.includes(" plan"))).toEqual(
    ofCell("canary").map((name) => `${name} plan`),
  );
  expect((await scene.store.runs()).map(({ rollout }) => rollout)).toEqual([undefined]);
  await expect(build(undefined, { wave: 1, cell: ["a"] })).rejects.toThrow("nothing of wave 1 of production");
  await expect(build(undefined, { wave: 3 })).rejects.toThrow("the stage production has no wave 3");
});

test.each<[string, DeployCommandOptions]>([
  ["--shard needs --wave and --rollout and --plan", { shard: "1/2" }],
  ["--shard needs --plan", { ...part(1), shard: "1/2" }],
  ["--shard 0/3 is no share of a wave", { ...part(1, "0/3"), plan: "plans" }],
  ["--shard 4/3 is no share of a wave", { ...part(1, "4/3"), plan: "plans" }],
  ["--shard 1/ is no share of a wave", { ...part(1, "1/"), plan: "plans" }],
  ["--shard 1/3/5 is no share of a wave", { ...part(1, "1/3/5"), plan: "plans" }],
  ["--wave needs one --stage, by its name", { wave: 1, stage: [] }],
  ["--wave needs one --stage, by its name", { wave: 1, stage: ["staging", "production"] }],
  ["--wave needs one --stage, by its name", { wave: 1, stage: ["prod*"] }],
  ["--remove and --wave do not go together", { ...part(1), remove: true }],
  ["--resume and --rollout do not go together", { ...part(1), resume: true }],
  ['--rollout "a/b" is no id of a rollout', { rollout: "a/b" }],
  ['--rollout ".." is no id of a rollout', { rollout: ".." }],
])("%s", async (message, options) => {
  await expect(deployCommand("fleet.yaml", { stage: ["production"], ...options })).rejects.toThrow(message);
  expect(openSelected).not.toHaveBeenCalled();
});
