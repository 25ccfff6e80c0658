import type { FleetStack } from "../../../fleet/stacks";
import type { Tally } from "../../../operations/rollout/tally";
import { play } from "./story";

const verify = { path: "/", status: 200 };
const table = (replicate: "cell" | "none") => ({ key: { id: "string" as const }, replicate });
const tables = { orders: table("cell") };
const ofCell = (name: string) => ({ concerned: ({ cell }: FleetStack) => cell === name });
const [first, second, front] = ["a_a_eu-central-1", "a_a_eu-west-1", "a_front"] as const;

test("a cell's data comes before its targets, is asked nothing, and is not tidied", async () => {
  const { last, result, story, tidied } = await play({
    ...ofCell("a"),
    ...{ tables, rollout: { production: { verify } } },
  });
  expect(story).toEqual([
    "apply a_data",
    ...[first, second, front].flatMap((name) => [`apply ${name}`, `verify ${name}`]),
  ]);
  expect(last.a_data).toBe("applied");
  expect(tidied).not.toContain("a_data");
  expect(result).toEqual({ outcome: "succeeded" });
});

test("tables of each target come one region after the other, or at once, as the targets do", async () => {
  const own = { tables: { orders: table("none") }, concerned: ({ kind }: FleetStack) => kind === "data" };
  const failing = ["s_data_s_eu-central-1"];
  const one = await play({ ...own, failing });
  expect(one.last["s_data_s_eu-west-1"]).toBe("skipped: s_data_s_eu-central-1 failed");
  const both = await play({ ...own, failing, rollout: { staging: { regions: "parallel" } } });
  expect(both.last["s_data_s_eu-west-1"]).toBe("applied");
});

test("data that cannot be planned holds up nothing, and the run has failed", async () => {
  const { last, result } = await play({
    tables,
    rollout: { production: { waves: [["a"], "100%"], verify } },
    about: ({ kind }) => (kind === "data" ? { failedPlan: "eu-west-1 does not answer" } : {}),
  });
  for (const cell of ["a", "d"]) {
    expect(last[`${cell}_data`]).toBe("failed: eu-west-1 does not answer");
    expect(last[`${cell}_front`]).toBe("verified");
  }
  expect(result).toEqual({ outcome: "failed" });
});

test("a part of a wave in which only data could not be planned is tolerated, and says whose", async () => {
  const tally: Tally = { cells: 3, atOnce: 3, failed: async () => 0, add: async () => {} };
  const { result } = await play({
    ...{ tables, tally, rollout: { production: { verify } } },
    concerned: ({ stage }) => stage === "production",
    about: ({ cell, kind }) =>
      kind === "data" && cell !== "a" ? { failedPlan: "eu-west-1 does not answer" } : {},
  });
  expect(result).toEqual({ outcome: "failed", tolerated: true, dataLeft: ["b", "c", "d"] });
});

test("with the home region down, a change of the other region is deployed", async () => {
  const { last, result } = await play({
    ...ofCell("a"),
    ...{ tables, rollout: { production: { failureTolerance: 1, verify } } },
    about: ({ regions }) =>
      regions.includes("eu-west-1") ? { failedPlan: "eu-west-1 does not answer" } : {},
  });
  expect(last).toMatchObject({ [first]: "verified", [front]: "verified" });
  expect(last.a_data).toMatch("failed");
  expect(result).toEqual({ outcome: "failed" });
});

test("data whose deploy fails stops its cell, and counts as one", async () => {
  const { last, result } = await play({
    ...{ tables, failing: ["a_data"], rollout: { production: { waves: [["a"], "100%"] } } },
    concerned: ({ stage }) => stage === "production",
  });
  for (const name of [first, second, front]) expect(last[name]).toBe("skipped: a_data failed");
  expect(last.b_data).toMatch("skipped: wave 1 of production");
  expect(result.halted).toBe("wave 1 of production: 1 cell failed, and none may");
});

test("data that is deployed is no sign that the change itself works", async () => {
  const { result } = await play({
    ...{ tables, failing: ["s_s_eu-central-1"], rollout: { staging: { failureTolerance: 1, verify } } },
  });
  expect(result.halted).toBe("staging is not verified: nothing of it could be deployed");
});

test("where nothing but data changes, it is", async () => {
  const { result } = await play({
    ...{ tables, failing: ["a_data"], concerned: ({ kind }) => kind === "data" },
    rollout: { production: { failureTolerance: 1 } },
  });
  expect(result).toEqual({ outcome: "failed" });
});

test("a target that answers wrongly is taken back, and its data is left alone", async () => {
  const { last, story } = await play({
    ...ofCell("a"),
    ...{ tables, wrong: [first], rollout: { production: { verify } } },
  });
  expect(story).toEqual(["apply a_data", `apply ${first}`, `verify ${first}`, `take back ${first}`]);
  expect(last.a_data).toBe("applied");
});

test("a rollout that is halted leaves the data of later cells alone", async () => {
  const { last } = await play({ tables, wrong: ["s_front"], rollout: { staging: { verify } } });
  expect(last.a_data).toMatch("skipped: wave 1 of staging");
});
