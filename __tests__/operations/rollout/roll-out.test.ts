import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { joined, withFailure } from "../../../operations/rollout/roll-out";
import { scheduleOf, stacksOf } from "../../../operations/rollout/schedule";
import { accounts, fleetWith, play } from "./story";

const verify = { path: "/", status: 200 };

test("stages come one after the other, and in a cell one region after the other, its front last", async () => {
  const { result, story, waves } = await play({
    rollout: { production: { waves: [["c"], "50%", "100%"], concurrency: 1 } },
  });
  expect(waves).toEqual([
    "staging 1 of 1: s",
    "production 1 of 3: c",
    "production 2 of 3: a, b",
    "production 3 of 3: d",
  ]);
  expect(result).toEqual({ outcome: "succeeded" });
  expect(story.map((line) => line.replace("apply ", ""))).toEqual(
    ["s", "c", "a", "b", "d"].flatMap((cell) => [
      `${cell}_${cell}_eu-central-1`,
      `${cell}_${cell}_eu-west-1`,
      `${cell}_front`,
    ]),
  );
});

test("regions of a cell may go in parallel, and so many cells at once as the concurrency says", async () => {
  const { story } = await play({
    rollout: { production: { regions: "parallel", concurrency: 2 } },
    concerned: ({ kind, stage }) => stage === "production" && kind === "target",
  });
  expect(story.slice(0, 4).sort()).toEqual(
    ["a", "b"].flatMap((cell) => [`apply ${cell}_${cell}_eu-central-1`, `apply ${cell}_${cell}_eu-west-1`]),
  );
});

test("each region is verified before the next one begins, and the bake is between waves that have something to do", async () => {
  const { story } = await play({
    rollout: { production: { waves: [["a"], ["b"], ["c"], "100%"], bake: "10m", verify } },
    concerned: ({ cell, kind }) => kind === "target" && (cell === "a" || cell === "c"),
  });
  expect(story).toEqual([
    ...["eu-central-1", "eu-west-1"].flatMap((region) => [`apply a_a_${region}`, `verify a_a_${region}`]),
    "bake 600 s",
    ...["eu-central-1", "eu-west-1"].flatMap((region) => [`apply c_c_${region}`, `verify c_c_${region}`]),
  ]);
});

test("a canary that does not answer goes back, and nothing else is touched", async () => {
  const { last, result, story } = await play({
    rollout: { production: { waves: [["c"], "100%"], verify } },
    concerned: ({ stage }) => stage === "production",
    wrong: ["c_c_eu-central-1"],
  });
  expect(story).toEqual(["apply c_c_eu-central-1", "verify c_c_eu-central-1", "take back c_c_eu-central-1"]);
  expect(last["c_c_eu-central-1"]).toBe("rolled-back: it answered 500");
  expect(last["c_c_eu-west-1"]).toBe("skipped: c_c_eu-central-1 did not answer as it should");
  expect(last.a_front).toBe("skipped: wave 1 of production: 1 cell failed, and none may");
  expect(result).toEqual({
    outcome: "failed",
    halted: "wave 1 of production: 1 cell failed, and none may",
  });
});

test("where going back is left to people, the region stays as it is", async () => {
  const { last, story } = await play({
    rollout: { staging: { verify, rollback: "manual" } },
    wrong: ["s_s_eu-central-1"],
  });
  expect(story).toEqual(["apply s_s_eu-central-1", "verify s_s_eu-central-1"]);
  expect(last["s_s_eu-central-1"]).toBe("failed: it answered 500");
});

test("a region that is down stops neither the other region of its cell nor a front that reads nothing new", async () => {
  const { last, result } = await play({
    rollout: { staging: { failureTolerance: 1 }, production: { failureTolerance: "100%" } },
    about: ({ name, regions }) => ({
      ...(regions.includes("eu-central-1") && { failedPlan: "eu-central-1 does not answer" }),
      readsNewOutputs: name === "b_front",
    }),
  });
  for (const cell of accounts) {
    expect(last[`${cell}_${cell}_eu-central-1`]).toBe("failed: eu-central-1 does not answer");
    expect(last[`${cell}_${cell}_eu-west-1`]).toBe("applied");
  }
  expect(last.a_front).toBe("applied");
  expect(last.b_front).toBe("skipped: b_b_eu-central-1, which it reads, is not deployed");
  expect(result).toEqual({ outcome: "failed" });
});

test("a stack whose deploy fails stops the rest of its cell, and more cells than tolerated end the wave", async () => {
  const { last, result } = await play({
    rollout: { production: { failureTolerance: 1, concurrency: 1 } },
    concerned: ({ stage }) => stage === "production",
    failing: ["a_a_eu-central-1", "b_b_eu-west-1"],
  });
  expect(last["a_a_eu-central-1"]).toBe("failed: AWS said no");
  expect(last["a_a_eu-west-1"]).toBe("skipped: a_a_eu-central-1 failed");
  expect(last.b_front).toBe("skipped: b_b_eu-west-1 failed");
  expect(last["c_c_eu-central-1"]).toBe("skipped: too many cells of its wave failed");
  expect(result.halted).toBe("wave 1 of production: 2 cells failed, and 1 may");
});

test("a stage that answers wrongly holds back the next one, even where its failures are tolerated", async () => {
  const { last, result } = await play({
    rollout: { staging: { failureTolerance: 1, verify } },
    wrong: ["s_front"],
  });
  expect(last["a_a_eu-central-1"]).toMatch("skipped: staging is not verified");
  expect(result.outcome).toBe("failed");
});

test("a change that fails wherever a stage tries it holds back the next one, and a region that is down does not", async () => {
  const rollout = { staging: { failureTolerance: 1, regions: "parallel", verify } } as const;
  const [one, other] = ["s_s_eu-central-1", "s_s_eu-west-1"] as const;
  const down = (...names: readonly string[]) => ({
    about: ({ name }: FleetStack) => (names.includes(name) ? { failedPlan: "down" } : {}),
  });
  const broken = await play({ rollout, failing: [other], ...down(one) });
  expect(broken.result.halted).toBe("staging is not verified: nothing of it could be deployed");
  expect(broken.story).toEqual([`apply ${other}`]);
  for (const scene of [down(one), down(one, other), { failing: [one] }])
    expect((await play({ rollout, ...scene })).story).toContain("apply a_front");
});

test("what an earlier run deployed and did not verify is verified, and not deployed again", async () => {
  const { last, story } = await play({
    rollout: { production: { verify } },
    concerned: ({ name }) => name === "a_a_eu-central-1",
    about: () => ({ onlyVerify: true }),
  });
  expect(story).toEqual(["verify a_a_eu-central-1"]);
  expect(last["a_a_eu-central-1"]).toBe("verified");
});

test("a rollout that is stopped finishes what it has begun, and begins nothing", async () => {
  const { last, result, story } = await play({ stopAt: "s_s_eu-central-1" });
  expect(story).toEqual(["apply s_s_eu-central-1"]);
  expect(last["s_s_eu-central-1"]).toBe("applied");
  expect(last["s_s_eu-west-1"]).toBe("skipped: it was stopped before its turn");
  expect(last.d_front).toBe("skipped: it was stopped before its turn");
  expect(result.outcome).toBe("stopped");
});

test("every stack of the fleet is in the schedule once", () => {
  const table = (replicate: "cell" | "none") => ({ key: { id: "string" as const }, replicate });
  const tables = { shared: table("cell"), own: table("none") };
  const fleet = fleetWith({ production: { waves: [["b"], "10%"] } }, tables);
  expect(fleetStacks(fleet).filter(({ kind }) => kind === "data")).toHaveLength(3 * accounts.length);
  const { foundation, stages } = scheduleOf(fleet, () => true);
  const cells = stages.flatMap(({ waves }) => waves.flat());
  const names = [...foundation, ...cells.flatMap(stacksOf)].map(({ name }) => name);
  expect(names.sort()).toEqual(
    fleetStacks(fleet)
      .map(({ name }) => name)
      .sort(),
  );
});

test.each([
  ["nobody answers", { silent: ["a_a_eu-central-1"] }, "nobody answered"],
  ["nobody could be asked", { unasked: ["a_a_eu-central-1"] }, "no role"],
])(
  "where %s, the release is not to blame: it goes no further, and is not taken back",
  async (_, scene, why) => {
    const { last, result, story } = await play({
      ...scene,
      rollout: { production: { verify, rollback: "automatic", waves: [["a"], "100%"] } },
    });
    expect(last["a_a_eu-central-1"]).toBe(`failed: it is deployed, and not verified: ${why}`);
    expect(last["a_a_eu-west-1"]).toBe("skipped: a_a_eu-central-1 could not be verified");
    expect(story.filter((line) => line.startsWith("take back"))).toEqual([]);
    expect(result.outcome).toBe("failed");
    expect(last.b_front).toMatch(/^skipped: wave 1 of production/);
  },
);

test("what is deployed is tidied, once it answers where that is asked; what failed is left as it is", async () => {
  const concerned = ({ cell }: FleetStack) => cell === "a";
  const [first, second] = ["a_a_eu-central-1", "a_a_eu-west-1"] as const;
  const unasked = await play({ concerned, failing: [second] });
  expect(unasked.tidied).toEqual([first]);
  const asked = await play({
    concerned,
    rollout: { production: { verify, regions: "parallel" } },
    wrong: [second],
  });
  expect(asked.tidied).toEqual([first]);
});

test("two rollouts of one run are tolerable where each that failed is", () => {
  const borne = { outcome: "failed", tolerated: true } as const;
  const succeeded = { outcome: "succeeded" } as const;
  expect(joined(borne, succeeded)).toEqual(borne);
  expect(joined(succeeded, borne)).toEqual(borne);
  expect(joined({ ...borne, dataLeft: ["a"] }, { ...borne, dataLeft: ["b"] })).toEqual({
    ...{ ...borne, dataLeft: ["a", "b"] },
  });
  expect(joined(borne, { outcome: "failed", halted: "why" })).toEqual({ outcome: "failed", halted: "why" });
  expect(joined(borne, { outcome: "stopped" })).toEqual({ outcome: "failed" });
  expect(joined(succeeded, succeeded)).toEqual(succeeded);
  expect(withFailure(borne)).toEqual({ outcome: "failed" });
});
