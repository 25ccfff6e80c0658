import { type FleetStack, fleetStacks } from "../../../fleet/stacks";
import { waysBack } from "../../../operations/rollout/go-back";
import type { FleetStore, Release, RunRecord } from "../../../operations/store/model";
import { fleetOf, smallFile } from "../../support/fleet";

const stacks = fleetStacks(fleetOf(smallFile));
const [one, two, front] = stacks as [FleetStack, FleetStack, FleetStack];

const shared: FleetStack = { ...one, name: "globex_data", kind: "data" };

/** `<fingerprint>@<minute>/<run>`, with `!` behind it where it failed; newest last, as it was deployed. */
type Story = Readonly<Record<string, readonly string[]>>;

function storeOf(story: Story, runs: Readonly<Record<string, Partial<RunRecord>>> = {}): FleetStore {
  const releasesOf = (stack: string) => (story[stack] ?? []).map((text) => releaseOf(stack, text)).reverse();
  return {
    releases: async ({ stack }: { stack: string }) => releasesOf(stack),
    state: async ({ stack }: { stack: string }) => {
      const value = releasesOf(stack).find(({ json }) => json !== "unfinished")?.fingerprint;
      return { serial: 1, lineage: "l", resources: [], outputs: { meridian_fingerprint: { value } } };
    },
    run: async (id: string) => runs[id],
    runsOf: async ({ id }: { id: string }) =>
      Object.entries(runs).flatMap(([name, run]) => (run.rollout?.id === id ? [{ ...run, id: name }] : [])),
  } as unknown as FleetStore;
}

function releaseOf(stack: string, text: string): Release {
  const [, fingerprint = "", minute = "", run, failed] = /^(\w+)@(\d\d)\/(\w+)(!?)$/.exec(text) ?? [];
  const at = `2026-11-26T17:${minute}:00.000Z`;
  return {
    ...{
      id: `${minute}-${fingerprint}`,
      stack,
      fingerprint,
      at,
      run,
      by: "ann@build",
      json: "",
      bundles: [],
    },
    ...(failed && { verification: "failed" as const }),
  } as unknown as Release;
}

async function back(story: Story, to?: string, runs?: Readonly<Record<string, Partial<RunRecord>>>) {
  const { data, stay, ways, without } = await waysBack(storeOf(story, runs), [...stacks, shared], to);
  return {
    ...(data.length > 0 && { data: data.map(({ name }) => name) }),
    ways: Object.fromEntries(ways.map((way) => [way.stack.name, way.to.id])),
    stay: stay.map(({ name }) => name),
    without: without.map(({ name }) => name),
  };
}

test("the last deploy is undone as a whole, and what it did not change stays", async () => {
  const story = {
    [one.name]: ["a@01/r1", "b@05/r2"],
    [two.name]: ["a@02/r1", "b@06/r2"],
    [front.name]: ["a@00/r0", "b@03/r1"],
  };
  expect(await back(story)).toEqual({
    ways: { [one.name]: "01-a", [two.name]: "02-a" },
    stay: [front.name],
    without: [],
  });
});

test("with the runs that it went on with", async () => {
  const story = {
    [one.name]: ["a@01/r1", "b@05/r2"],
    [two.name]: ["a@02/r1", "b@06/r3"],
    [front.name]: ["a@03/r1"],
  };
  expect((await back(story, undefined, { r3: { resumes: "r2" } })).ways).toEqual({
    [one.name]: "01-a",
    [two.name]: "02-a",
  });
  expect((await back(story)).ways).toEqual({ [two.name]: "02-a" });
});

test("with the other runs of its rollout, which builds have deployed side by side", async () => {
  const story = {
    [one.name]: ["a@01/r1", "b@05/r2"],
    [two.name]: ["a@02/r1", "b@06/r3"],
    [front.name]: ["a@03/r1", "b@04/r4"],
  };
  const runs = { r2: { rollout: { id: "x" } }, r3: { rollout: { id: "x" } }, r4: { rollout: { id: "y" } } };
  expect(await back(story, undefined, runs)).toEqual({
    ways: { [one.name]: "01-a", [two.name]: "02-a" },
    stay: [front.name],
    without: [],
  });
});

test("a stack that this deploy has taken back already stays, and no failed release is gone back to", async () => {
  const story = {
    [one.name]: ["a@01/r1", "b@05/r2!", "a@06/r2"],
    [two.name]: ["a@01/r0", "x@02/r1!", "b@07/r2"],
    [front.name]: ["a@03/r1"],
  };
  expect(await back(story)).toEqual({
    ways: { [two.name]: "01-a" },
    stay: [one.name, front.name],
    without: [],
  });
});

test("a stack that failed half-way is deployed again as it was", async () => {
  const story = { [one.name]: ["a@01/r1"], [two.name]: ["a@02/r1", "b@06/r2"], [front.name]: ["a@03/r1"] };
  const failed = { account: "1", state: "failed" } as const;
  const { stay, ways } = await back(story, undefined, { r2: { stacks: { [one.name]: failed } } });
  expect(ways).toEqual({ [one.name]: "01-a", [two.name]: "02-a" });
  expect(stay).toEqual([front.name]);
});

test("a target that was not there then stays", async () => {
  const story = { [one.name]: ["a@01/r1"], [two.name]: ["b@06/r2"], [front.name]: ["a@03/r1", "b@07/r2"] };
  expect(await back(story)).toEqual({
    ways: { [front.name]: "03-a" },
    stay: [one.name],
    without: [two.name],
  });
});

test("to a release: each stack has what it had then", async () => {
  const story = {
    [one.name]: ["a@01/r1", "b@05/r2", "c@09/r3"],
    [two.name]: ["a@02/r1", "b@06/r2", "c@10/r3"],
    [front.name]: ["a@03/r1"],
  };
  expect((await back(story, "06-b")).ways).toEqual({ [one.name]: "05-b", [two.name]: "06-b" });
  expect((await back(story, "05-b")).ways).toEqual({ [one.name]: "05-b", [two.name]: "02-a" });
});

test.each([
  ["there is none before", undefined, "there is no earlier release of"],
  ["there is none of that name", "01-z", "none of the stacks has a release 01-z"],
  ["all have it already", "03-a", "has what it had with 03-a"],
])("what makes no sense is refused: %s", async (_, to, what) => {
  const story = { [one.name]: ["a@01/r1"], [two.name]: ["a@02/r1"], [front.name]: ["a@03/r1"] };
  await expect(back(story, to)).rejects.toThrow(what);
});

test("data stays as it is, even where the deploy that is undone has changed it", async () => {
  const targets = { [one.name]: ["a@01/r1", "b@05/r2"], [two.name]: ["a@02/r1"], [front.name]: ["a@03/r1"] };
  const story = { ...targets, [shared.name]: ["a@00/r1", "b@04/r2"] };
  expect(await back(story)).toMatchObject({ ways: { [one.name]: "01-a" }, data: [shared.name] });
  expect(await back(story, "03-a")).toMatchObject({ ways: { [one.name]: "01-a" }, data: [shared.name] });
  expect((await back(story, "04-b")).data).toBeUndefined();
  expect((await back({ ...targets, [shared.name]: ["a@00/r1"] })).data).toBeUndefined();
});

test("where the last deploy has changed nothing but data, there is nothing to undo", async () => {
  const story = {
    ...{ [one.name]: ["a@01/r1"], [two.name]: ["a@02/r1"], [front.name]: ["a@03/r1"] },
    [shared.name]: ["a@00/r1", "b@04/r2"],
  };
  await expect(back(story)).rejects.toThrow('nothing but data has changed since then: "globex_data"');
});

test("nor to one that did not answer", async () => {
  const story = { [one.name]: ["a@01/r1", "b@05/r2!", "c@06/r3"], [two.name]: [], [front.name]: [] };
  await expect(back(story, "05-b")).rejects.toThrow("did not answer as it should");
});
