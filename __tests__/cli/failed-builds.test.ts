import { fleetOf } from "../support/fleet";
import { build, file, fleet, ofCell, part, planned, scene, stacks, target, verifying } from "./builds";

test("a build that is tried again does what is left, by itself, and nothing that others did", async () => {
  const plans = await planned();
  await build(plans, part(1));
  scene.terraform.answer(target("b"), { fails: { apply: "AWS said no" } });
  const first = await build(plans, part(2));
  expect(first).toMatchObject({ code: 1 });
  expect(await scene.store.failedCells({ id: "7f1c", stage: "production", wave: 2 })).toEqual(["b"]);
  scene.terraform.answer(target("b"), {});
  const second = await build(plans, part(2));
  expect(second.code).toBe(0);
  const done = first.applied.filter((name) => name !== target("b"));
  expect([...done, ...second.applied].sort()).toEqual(["a", "b", "c"].flatMap(ofCell).sort());
  expect(await scene.store.failedCells({ id: "7f1c", stage: "production", wave: 2 })).toEqual([]);
  const [, failed, again] = await scene.store.runsOf({ id: "7f1c" });
  expect(again?.resumes).toBe(failed?.id);
});

test("what another rollout deployed and never saw answer is asked before anything goes on", async () => {
  scene.fleet = verifying;
  const [canary, front] = stacks.filter(({ cell }) => cell === "canary");
  if (!canary || !front) throw new Error("no canary");
  const place = { stack: canary.name, account: canary.account };
  expect(await build(await planned(), part(1))).toEqual({ applied: [canary.name], code: 1 });
  const plans = await planned();
  const next = { rollout: "next" };
  expect(await build(plans, { ...part(1), ...next })).toEqual({ applied: [], code: 1 });
  const [run] = await scene.store.runsOf({ id: "next" });
  expect(run?.stacks[canary.name]?.state).toBe("failed");
  await expect(build(plans, { ...part(2), ...next })).rejects.toThrow("wave 2 of production is not begun");
  const [release] = await scene.store.releases(place);
  await scene.store.markRelease(place, release?.id ?? "", "passed");
  expect((await build(plans, { ...part(1), rollout: "third" })).applied).toEqual([front.name]);
});

test("what could not be planned fails, and the others are deployed where the stage bears that", async () => {
  const [stage] = fleet.stages;
  if (!stage) throw new Error("no stage");
  scene.terraform.answer(target("b"), { fails: { plan: "eu-west-1 does not answer" } });
  const plans = await planned();
  await build(plans, part(1));
  jest.replaceProperty(stage.rollout, "failureTolerance", { count: 1 });
  const { applied, code } = await build(plans, part(2));
  expect(code).toBe(0);
  expect(applied).toEqual(expect.arrayContaining(["a", "c"].flatMap(ofCell)));
  expect(applied).not.toContain(target("b"));
  const [, run] = await scene.store.runsOf({ id: "7f1c" });
  expect(run?.stacks[target("b")]).toMatchObject({ state: "failed" });
});

test("after a wave that failed, the next one does nothing; in another rollout it may", async () => {
  const plans = await planned();
  scene.terraform.answer(target("canary"), { fails: { apply: "AWS said no" } });
  expect((await build(plans, part(1))).code).toBe(1);
  const asked = scene.terraform.calls().length;
  await expect(build(plans, part(2, "1/2"))).rejects.toThrow(
    "wave 2 of production is not begun: wave 1 of production: 1 cell failed, and none may",
  );
  expect(scene.terraform.calls()).toHaveLength(asked);
  expect((await build(plans, { ...part(2, "1/2"), rollout: "other" })).applied).toHaveLength(4);
});

test("what an attempt with other plans has begun is no excuse: these were asked for anew, as it was then", async () => {
  const role = { address: "aws_iam_role.a", mode: "managed", type: "aws_iam_role", name: "a" };
  const making = (size: number, ...actions: readonly string[]) => ({
    resource_changes: [{ ...role, change: { actions, before: null, after: { size } } }],
  });
  const canary = target("canary");
  scene.terraform.answer(canary, { plan: making(1, "create"), fails: { apply: "AWS said no" } });
  const plans = await planned("meridian-plan");
  expect((await build(plans, part(1))).code).toBe(1);
  scene.terraform.answer(canary, { plan: making(2, "create") });
  const anew = await planned("meridian-plan");
  scene.terraform.answer(canary, { plan: making(2, "delete", "create") });
  expect(await build(anew, part(1))).toEqual({ applied: [], code: 1 });
  const last = (await scene.store.runsOf({ id: "7f1c" })).at(-1);
  expect(last?.stacks[canary]?.why).toContain("delete and create, and not create");
  scene.terraform.answer(canary, { plan: making(1, "delete", "create") });
  expect(await build(plans, part(1))).toEqual({ applied: ofCell("canary"), code: 0 });
});

test("a run that has done its share fails in its record, too, where the wave as a whole has", async () => {
  scene.fleet = fleetOf({
    ...file,
    rollout: { production: { ...file.rollout?.production, failureTolerance: 1 } },
  });
  const plans = await planned();
  const wave = { id: "7f1c", stage: "production", wave: 2 };
  const failure = { cell: "b", run: "of the other shard", at: "2999-01-01T00:00:00.000Z" };
  await scene.store.noteFailure(wave, { ...failure, unverified: true, broken: false });
  expect(await build(plans, part(2, "1/2"))).toMatchObject({ code: 1 });
  const [run] = await scene.store.runsOf(wave);
  expect(run?.outcome).toBe("failed");
  expect(Object.values(run?.stacks ?? {}).every(({ state }) => state === "applied")).toBe(true);
});

test("a build that cannot see the others' failures deploys nothing", async () => {
  const plans = await planned();
  const asked = scene.terraform.calls().length;
  for (const method of ["runsOf", "failedCells"] as const) {
    jest.spyOn(scene.store, method).mockRejectedValueOnce(new Error("AccessDenied"));
    await expect(build(plans, part(1))).rejects.toThrow("what is kept of the rollout in");
  }
  expect(scene.terraform.calls()).toHaveLength(asked);
});
