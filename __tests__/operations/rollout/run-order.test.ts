import type { LeftFunction } from "../../../operations/store/model";
import { initech, playRun, stackOf, west } from "./run-story";

const [target, front, data] = ["globex_globex_eu-central-1", "globex_front", "globex_data"] as const;
const cell = [target, front];
const withdraws = { [data]: ["eu-west-1"] };
const still = "is still there, and could not be taken away any more after it";
const unfinished =
  "skipped: not all is done that comes before it, and what is left to do may need what it takes from the deploy roles";

/** What a run ends with that has left no function at the edge. */
const end = (outcome: string) => ["delete no function", `write down: ${outcome}`, "judge the wave"];

/** Takes a region from a cell and its data, a tenant with its account, and from the roles that deployed them. */
const narrowing = {
  changed: ["identity", "bootstrap", data, ...cell],
  orphans: [west, initech],
  withdraws,
};

test("first what waits for nothing, then orphans, the foundation that waited for them, what takes data away, what decides about deploys", async () => {
  const { result, story } = await playRun(narrowing);
  expect(story).toEqual([
    `deploy ${target}`,
    `drain what leaves ${front}`,
    `deploy ${front}`,
    `destroy ${west.name}`,
    `destroy ${initech.name}`,
    `forget drains of ${west.name} and ${initech.name}`,
    "deploy identity",
    `deploy ${data}`,
    "deploy bootstrap",
    ...end("succeeded"),
  ]);
  expect(result).toEqual({ outcome: "succeeded" });
});

describe("the foundation", () => {
  const changed = ["identity", "bootstrap", target];

  test("comes first where a run takes nothing away, and data that only gains comes with its cell", async () => {
    const { story } = await playRun({ changed: [...changed, data] });
    expect(story.slice(0, 2).sort()).toEqual(["deploy bootstrap", "deploy identity"]);
    expect(story.slice(2, 4)).toEqual([`deploy ${data}`, `deploy ${target}`]);
  });

  test("waits for no orphan in an account that stays, but for what decides about deploys", async () => {
    const { story } = await playRun({ changed, orphans: [west] });
    expect(story.filter((line) => /^de/.test(line))).toEqual([
      "deploy identity",
      `deploy ${target}`,
      `destroy ${west.name}`,
      "deploy bootstrap",
      "delete no function",
    ]);
  });

  test("is left out for as long as one in an account that leaves is there, and so is what decides", async () => {
    const { last, result, story } = await playRun({ ...narrowing, failing: [initech.name] });
    expect(last).toMatchObject({
      [initech.name]: "failed: AWS said no",
      [west.name]: "removed",
      identity: `skipped: ${initech.name} ${still}`,
      [data]: "applied",
      bootstrap: unfinished,
    });
    expect(result).toEqual({ outcome: "failed", halted: undefined });
    expect(story.slice(-3)).toEqual(end("failed"));
  });

  test("that has waited, and fails, has the run fail", async () => {
    const { last, result } = await playRun({ ...narrowing, failing: ["identity"] });
    expect(last).toMatchObject({ identity: "failed: AWS said no", [data]: "applied", bootstrap: unfinished });
    expect(result.outcome).toBe("failed");
  });

  test("that comes first holds up no cell when it fails", async () => {
    const { last, result } = await playRun({ changed, failing: ["identity"] });
    expect(last).toMatchObject({
      identity: "failed: AWS said no",
      bootstrap: "applied",
      [target]: "applied",
    });
    expect(result.outcome).toBe("failed");
  });
});

describe("an orphan", () => {
  const old = { ...stackOf(data), name: "globex_data_globex_eu-west-1" };

  test("goes although another cell has failed", async () => {
    const other = "hooli_hooli_eu-central-1";
    const { last, result } = await playRun({ changed: [other], orphans: [west], failing: [other] });
    expect(last).toEqual({ [other]: "failed: AWS said no", [west.name]: "removed" });
    expect(result.outcome).toBe("failed");
  });

  test("that fails has the run fail, also where nothing else is to do", async () => {
    const { result, story } = await playRun({ changed: [], orphans: [west], failing: [west.name] });
    expect(result.outcome).toBe("failed");
    expect(story).toEqual([`destroy ${west.name}`, "forget drains of nothing", ...end("failed")]);
  });

  test("that was data stays while its cell could not be deployed without it", async () => {
    const { last, story } = await playRun({ changed: cell, orphans: [old], failing: [front] });
    expect(last[old.name]).toBe(`skipped: ${front}, which may still use it, is not deployed`);
    expect(story).not.toContain(`destroy ${old.name}`);
  });

  test("that was data stays while a part of its cell is as before, and not selected", async () => {
    const scene = { changed: [target], orphans: [old], outdated: [front, "hooli_front"] };
    const { last } = await playRun({ ...scene, selected: [target] });
    expect(last[old.name]).toBe(`skipped: ${front}, which may still use it, is not selected`);
    // What is selected and has nothing to do is as the fleet file says.
    expect((await playRun(scene)).last[old.name]).toBe("removed");
  });
});

describe("a front", () => {
  test("that cannot be changed has its viewers back, and what leaves it is not said to be gone", async () => {
    const { story } = await playRun({ changed: [front], orphans: [west], failing: [front, west.name] });
    expect(story).toEqual([
      `drain what leaves ${front}`,
      `deploy ${front}`,
      `let viewers back to what ${front} keeps`,
      `destroy ${west.name}`,
      "forget drains of nothing",
      ...end("failed"),
    ]);
  });
});

describe("data that takes something away", () => {
  test("stays where its own cell failed, and goes in another one", async () => {
    const other = ["hooli_data", "hooli_hooli_eu-central-1"];
    const { last, result } = await playRun({
      ...{ changed: [data, ...cell, ...other], failing: [target] },
      withdraws: { ...withdraws, hooli_data: [] },
    });
    expect(last).toMatchObject({
      [data]: `skipped: ${target}, which may still use what it takes away, is not deployed`,
      hooli_data: "applied",
    });
    expect(result.outcome).toBe("failed");
  });

  test("keeps a replica that an orphan works with, be it that it could not be taken away or that nobody asked for it", async () => {
    const why = `skipped: ${west.name} is still there, and works with the replica in eu-west-1 that it takes away: deploy with --remove`;
    const scene = { changed: [data, ...cell], withdraws };
    for (const more of [{ orphans: [west], failing: [west.name] }, { kept: [west] }]) {
      const { last, result } = await playRun({ ...scene, ...more });
      expect(last[data]).toBe(why);
      expect(result.outcome).toBe("failed");
    }
  });

  test("stays while a part of its cell is as before, and not selected", async () => {
    const { last } = await playRun({
      ...{ changed: [data, target], withdraws },
      ...{ selected: [data, target], outdated: [front] },
    });
    expect(last[data]).toBe(`skipped: ${front}, which may still use what it takes away, is not selected`);
  });
});

describe("what decides about deploys", () => {
  test("is left out where data that takes something away could not be deployed", async () => {
    const { last, result } = await playRun({ changed: ["bootstrap", data], withdraws, failing: [data] });
    expect(last).toEqual({ [data]: "failed: AWS said no", bootstrap: unfinished });
    expect(result.outcome).toBe("failed");
  });

  test("is how the run went, where all before it is done", async () => {
    const { result, story } = await playRun({
      ...{ changed: ["bootstrap", data], withdraws, failing: ["bootstrap"] },
    });
    expect(story).toEqual([
      "forget drains of nothing",
      `deploy ${data}`,
      "deploy bootstrap",
      ...end("failed"),
    ]);
    expect(result.outcome).toBe("failed");
  });
});

describe("after an interruption what has begun is finished, and nothing else begins:", () => {
  test("in a cell", async () => {
    const { last, result, story } = await playRun({ ...narrowing, stopAt: target });
    expect(story).toEqual([`deploy ${target}`, "forget drains of nothing", ...end("stopped")]);
    const stopped = "skipped: it was stopped before its turn";
    expect(last).toEqual({
      [target]: "applied",
      ...{ [front]: stopped, [west.name]: stopped, [initech.name]: stopped },
      identity: `skipped: ${west.name}, ${initech.name} ${still.replace("is", "are")}`,
      [data]: `skipped: ${front}, which may still use what it takes away, is not deployed`,
      bootstrap: unfinished,
    });
    expect(result.outcome).toBe("stopped");
  });

  test("at the last orphan, of what comes after it", async () => {
    const { last, result, story } = await playRun({ ...narrowing, stopAt: initech.name });
    expect(story).toContain(`forget drains of ${west.name} and ${initech.name}`);
    expect(last).toMatchObject({
      [initech.name]: "removed",
      ...{ identity: "skipped: it was stopped before its turn", bootstrap: unfinished },
    });
    expect(result.outcome).toBe("stopped");
  });
});

describe("a plan", () => {
  test("that failed is said, and one that others have to come before is not tried without them", async () => {
    const { last } = await playRun({
      ...{ changed: [front], readsNew: [front], unplanned: { [target]: "eu-central-1 does not answer" } },
    });
    expect(last).toEqual({
      [target]: "failed: eu-central-1 does not answer",
      [front]: `skipped: ${target}, which it reads, is not deployed`,
    });
  });

  test("is not needed to verify what an earlier run has deployed", async () => {
    const { last, story } = await playRun({ changed: [], unverified: [target] });
    expect(story).toEqual([`verify ${target}`, "forget drains of nothing", ...end("succeeded")]);
    expect(last).toEqual({ [target]: "verified" });
  });
});

describe("functions that were left at the edge", () => {
  const functionOf = (stack: string): LeftFunction => ({
    ...{ stack, account: west.account, region: "us-east-1", name: `acme__bodies_${stack}` },
  });
  const left = [functionOf(front), functionOf("gone_front")];
  const [own, other] = ["acme__bodies_globex_front", "acme__bodies_gone_front"];

  test("are deleted at the end, and what AWS keeps is written down", async () => {
    const { ends, story } = await playRun({ changed: cell, left, keptByAws: [own] });
    expect(story.slice(-3)).toEqual([
      `delete ${own} and ${other}`,
      "write down: succeeded",
      "judge the wave",
    ]);
    expect(ends).toEqual([["succeeded", [own]]]);
  });

  test("are handed on where others are at work on the stacks that had them", async () => {
    const part = { changed: cell, left, isPart: true, selected: cell };
    const { ends, story } = await playRun(part);
    expect(story).toContain(`delete ${own}`);
    expect(ends).toEqual([["succeeded", [other]]]);
  });
});

test("the record ends before the wave is judged, and again where that comes to something else", async () => {
  const halted = "wave 1 of production: 2 cells failed, and 1 may";
  const { ends, result, story } = await playRun({
    changed: cell,
    judged: () => ({ outcome: "failed", halted }),
  });
  expect(story.slice(-3)).toEqual(["write down: succeeded", "judge the wave", "write down: failed"]);
  expect(ends.map(([outcome]) => outcome)).toEqual(["succeeded", "failed"]);
  expect(result).toEqual({ outcome: "failed", halted });
});
