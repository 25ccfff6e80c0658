import { pipelineSizes } from "../../check/pipeline-size";
import { formatPath } from "../../fleet/diagnostics";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";

describe("what CodePipeline takes", () => {
  const id = (index: number) => `3333333330${String(index).padStart(2, "0")}`;
  const file = (stages: number, cells: number, rollout: FleetFile["rollout"]): FleetFile => {
    const names = Array.from({ length: stages * cells }, (_, index) => `c${index}`);
    return {
      fleet: "acme",
      accounts: {
        delivery: { id: "222222222222" },
        ...Object.fromEntries(names.map((name, index) => [name, { id: id(index) }])),
      },
      services: { hello: { source: "a.ts" } },
      cells: Object.fromEntries(
        names.map((name, index) => [
          name,
          { stage: `s${index % stages}`, targets: { [name]: ["eu-west-1"] } },
        ]),
      ),
      rollout,
      pipeline: { account: "delivery", region: "eu-west-1", source: { bucket: "sources", key: "fleet.zip" } },
    };
  };
  const found = (...parts: Parameters<typeof file>) =>
    pipelineSizes(fleetOf(file(...parts))).map(({ code, path }) => `${code} ${formatPath(path)}`);

  test("is 50 stages, of which three are the pipeline's own", () => {
    expect(found(47, 1, {})).toEqual([]);
    expect(found(48, 1, {})).toEqual(["pipeline-too-large pipeline"]);
    const [problem] = pipelineSizes(fleetOf(file(48, 1, {})));
    expect(problem?.fix).toContain("at most 47 stages");
  });

  test("is 50 actions of a stage: a plan, and the waves with the waits between them", () => {
    const waves = Array.from({ length: 60 }, () => 1);
    expect(found(1, 49, { s0: { waves } })).toEqual([]);
    expect(found(1, 50, { s0: { waves } })).toEqual(["pipeline-too-large rollout.s0.waves"]);
    expect(found(1, 25, { s0: { waves, bake: "1m" } })).toEqual([]);
    expect(found(1, 26, { s0: { waves, bake: "1m" } })).toEqual(["pipeline-too-large rollout.s0.waves"]);
  });

  test("is a build of 8 hours, which a wait between two waves has to fit into", () => {
    const bake = (hours: number, waves: number[]) => found(1, 2, { s0: { waves, bake: `${hours}h` } });
    expect(bake(7, [1, 1])).toEqual([]);
    expect(bake(8, [1, 1])).toEqual(["bake-too-long rollout.s0.bake"]);
    expect(bake(8, [2])).toEqual([]);
  });

  test("is nothing to a fleet without a pipeline", () => {
    const { pipeline, ...without } = file(60, 1, {});
    expect(pipeline).toBeDefined();
    expect(pipelineSizes(fleetOf(without))).toEqual([]);
  });
});
