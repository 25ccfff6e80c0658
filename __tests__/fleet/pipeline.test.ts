import { pipelineSizes } from "../../check/pipeline-size";
import { limits } from "../../fleet/limits";
import type { Fleet } from "../../fleet/model";
import {
  approvalTopicName,
  artifactBucketName,
  artifactKeyAlias,
  failureTopicName,
  foundationOf,
  foundationStage,
  githubRoleName,
  type NamedAction,
  pipelineName,
  pipelineProjects,
  pipelineRoleName,
  pipelineRoles,
  pipelineStages,
  plansArtifact,
  projectName,
  projectRole,
  reportPrefix,
} from "../../fleet/pipeline";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetName as fleetNames } from "../../fleet/schema/parts";
import { legalName, legalPipeline } from "../support/arbitrary-fleet";
import { fleetOf } from "../support/fleet";
import { pipelineFile } from "../support/pipeline";
import { fc } from "../support/properties";

const fleetName = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$/);
const names = (maxLength: number) => fc.uniqueArray(legalName, { minLength: 1, maxLength });

/** Fleets with a pipeline: stages of any legal name, in waves of one cell each but for the rest. */
const withPipeline: fc.Arbitrary<Fleet> = fc
  .record({
    fleet: fleetName,
    stages: names(4),
    cells: fc.integer({ min: 1, max: 30 }),
    waves: fc.integer({ min: 0, max: 60 }),
    bake: fc.constantFrom("0s", "10m", "9h"),
    verify: fc.constantFrom(undefined, { path: "/" }),
  })
  .chain(({ bake, cells, fleet, stages, verify, waves }) =>
    legalPipeline("delivery", stages).map((pipeline) => {
      const ids = Array.from({ length: cells }, (_, index) => `c${index}`);
      const rollout = { bake, verify, waves: [...Array.from({ length: waves }, () => 1), "100%"] };
      return fleetOf({
        fleet,
        accounts: {
          delivery: { id: "222222222222" },
          management: { id: "111111111111" },
          ...Object.fromEntries(ids.map((id, index) => [id, { id: String(300000000000 + index) }])),
        },
        organization: { management: "management", units: [] },
        services: { hello: { source: "a.ts" } },
        cells: Object.fromEntries(
          ids.map((id, index) => [
            id,
            { stage: stages[index % stages.length] ?? "", targets: { [id]: ["eu-west-1"] } },
          ]),
        ),
        stages,
        rollout: Object.fromEntries(stages.map((stage) => [stage, rollout])),
        pipeline,
      } as FleetFile);
    }),
  );

const stagesOf = (fleet: Fleet) => (fleet.pipeline ? pipelineStages(fleet, fleet.pipeline) : []);

/** All that must have a name of its own in one place of AWS, by place. */
function namesOf(fleet: Fleet): Readonly<Record<string, readonly string[]>> {
  const { name, pipeline } = fleet;
  const stages = stagesOf(fleet);
  const builds = stages
    .flatMap(({ actions }) => actions)
    .flatMap((action) => (action.kind === "source" || action.kind === "approval" ? [] : [action]));
  // Waits of all stages are builds of one project.
  const isFirstWait = ({ kind }: NamedAction, index: number) =>
    kind !== "wait" || builds.findIndex((one) => one.kind === "wait") === index;
  return {
    stages: stages.map((stage) => stage.name),
    roles: [...pipelineRoles(fleet).map((role) => pipelineRoleName(name, role)), githubRoleName(name)],
    projects: builds.filter(isFirstWait).map((build) => projectName(name, build)),
    topics: [
      failureTopicName(name),
      ...Object.keys(pipeline?.approvals ?? {}).map((stage) => approvalTopicName(name, stage)),
    ],
    artifacts: [foundationStage, ...fleet.stages.map((stage) => stage.name)].map(plansArtifact),
  };
}

const forAny = (holds: (fleet: Fleet) => void) =>
  fc.assert(fc.property(withPipeline, holds), { numRuns: 60 });

test("no two things of a pipeline have one name", () => {
  forAny((fleet) => {
    for (const all of Object.values(namesOf(fleet))) expect(new Set(all).size).toBe(all.length);
    for (const { actions } of stagesOf(fleet))
      expect(new Set(actions.map(({ name }) => name)).size).toBe(actions.length);
  });
});

/**
 * Of pipelines, stages and actions: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 * Of artifacts: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_OutputArtifact.html
 * Of projects: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
 */
test("all names are such that AWS takes them", () => {
  forAny((fleet) => {
    const { artifacts, projects, roles, stages, topics } = namesOf(fleet);
    const each = (all: readonly string[] | undefined, form: RegExp) => {
      for (const one of all ?? []) expect(one).toMatch(form);
    };
    each([pipelineName(fleet), ...(stages ?? [])], /^[\w.@-]{1,100}$/);
    each(
      stagesOf(fleet).flatMap(({ actions }) => actions.map(({ name }) => name)),
      /^[\w.@-]{1,100}$/,
    );
    // CodeBuild makes a variable of an artifact's name.
    each(artifacts, /^\w{1,100}$/);
    each(projects, /^[A-Za-z0-9][\w-]{1,149}$/);
    each(roles, /^[\w+=,.@-]{1,64}$/);
    each(topics, /^[\w-]{1,256}$/);
    each([artifactKeyAlias(fleet.name)], /^[\w/-]{1,250}$/);
    if (fleet.pipeline)
      each([artifactBucketName(fleet.name, fleet.pipeline)], /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/);
  });
});

test("another fleet, account or region has another bucket for its artifacts", () => {
  const account = (id: string) => ({ name: "a", id, deployRole: "meridian-deploy" });
  const of = (fleet: string, id: string, region: string) =>
    artifactBucketName(fleet, { account: account(id), region });
  const one = of("acme", "111111111111", "eu-west-1");
  for (const other of [
    of("acmes", "111111111111", "eu-west-1"),
    of("acme", "222222222222", "eu-west-1"),
    of("acme", "111111111111", "eu-west-2"),
  ])
    expect(other).not.toBe(one);
});

test("plans to be read lie where no fleet's artifacts do, which are below its name", () => {
  const [first] = reportPrefix("production").split("/");
  expect([first, "plans"].map((name) => fleetNames.safeParse(name).success)).toEqual([false, true]);
});

test("a pipeline in which the checks find nothing too large is within the limits of CodePipeline", () => {
  const found = new Set<boolean>();
  forAny((fleet) => {
    const isFine = pipelineSizes(fleet).length === 0;
    found.add(isFine);
    const stages = stagesOf(fleet);
    const isWithin =
      stages.length <= limits.pipelineStages &&
      stages.every(
        ({ actions }) =>
          actions.length <= limits.actionsPerStage &&
          actions.every((action) => action.kind !== "wait" || action.seconds <= limits.pipelineBake),
      );
    expect(isWithin).toBe(isFine);
  });
  expect(found.size).toBe(2);
});

test("a stage is planned first, approved before anything is deployed, and has no more shards than cells", () => {
  forAny((fleet) => {
    for (const { actions, of } of stagesOf(fleet)) {
      if (of === undefined) continue;
      const kinds = actions.map(({ kind }) => kind);
      expect(kinds[0]).toBe("plan");
      const waits = of in (fleet.pipeline?.approvals ?? {});
      expect(kinds.indexOf("approval")).toBe(waits ? 1 : -1);
      const shards = actions.flatMap((action) => (action.kind === "deploy" ? [action.shards] : []));
      expect(Math.min(...shards)).toBeGreaterThan(0);
      if (of === foundationStage) continue;
      const cells = fleet.cells.filter(({ stage }) => stage === of).length;
      expect(shards.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(cells);
    }
  });
});

const example: FleetFile = {
  fleet: "acme",
  accounts: {
    delivery: { id: "222222222222" },
    management: { id: "111111111111" },
    a: { id: "333333333333" },
  },
  organization: { management: "management", units: [] },
  services: { hello: { source: "a.ts" } },
  cells: {
    a: { stage: "staging", targets: { a: ["eu-west-1"] } },
    b: { stage: "production", targets: { a: ["eu-west-1"] } },
    c: { stage: "production", targets: { a: ["eu-west-1"] } },
  },
  stages: ["staging", "production"],
  rollout: { production: { waves: [["b"], "100%"], bake: "10m", verify: { path: "/" } } },
  pipeline: {
    ...{
      account: "delivery",
      region: "eu-west-1",
      source: { bucket: "sources", key: "fleet.zip" },
      shards: 2,
    },
    approvals: { production: ["a@example.com"], foundation: [] },
  },
};

test("stages and actions are these", () => {
  const text = stagesOf(fleetOf(example)).map(
    ({ actions, name }) => `${name}: ${actions.map((action) => action.name).join(", ")}`,
  );
  expect(text).toEqual([
    "Source: Source",
    "Check: Check",
    "Foundation: Plan, Approve, Deploy",
    "staging: Plan, Wave_1",
    "production: Plan, Approve, Wave_1, Wait_1, Wave_2, Verify",
    "Update: Update",
  ]);
});

test("the foundation is what belongs to no cell, but for the pipeline's own stack", () => {
  expect(foundationOf(fleetOf(example))).toEqual(["organization", "accounts"]);
  const { organization, ...without } = example;
  expect(organization).toBeDefined();
  expect(stagesOf(fleetOf(without)).map(({ name }) => name)).not.toContain("Foundation");
});

test("the pipeline's own stack is planned with what is approved last, and updated as planned there", () => {
  const found = new Set<string>();
  forAny((fleet) => {
    const actions = stagesOf(fleet).flatMap((stage) => stage.actions);
    const approved = actions.flatMap((action) => (action.kind === "approval" ? [action.of] : [])).at(-1);
    const planned = actions.flatMap((each) => (each.kind === "plan" && each.withPipeline ? [each.of] : []));
    expect(planned).toEqual(approved === undefined ? [] : [approved]);
    const update = actions.find(({ kind }) => kind === "update");
    expect(update).toEqual({ kind: "update", name: "Update", ...(approved && { plannedWith: approved }) });
    found.add(String(approved === foundationStage || approved === undefined ? approved : "a stage"));
  });
  expect([...found].sort()).toEqual(["a stage", foundationStage, "undefined"]);
});

test("the project of the update is the same, whatever it is planned with", () => {
  const { approvals, ...rest } = example.pipeline as NonNullable<FleetFile["pipeline"]>;
  expect(approvals).toBeDefined();
  for (const pipeline of [rest, { ...rest, approvals }]) {
    const fleet = fleetOf({ ...example, pipeline });
    const projects = fleet.pipeline ? pipelineProjects(fleet, fleet.pipeline) : [];
    expect(projects.map((project) => projectName(fleet.name, project)).at(-1)).toBe("acme__pipeline_update");
  }
});

test("the order in which the file has the approvals changes nothing", () => {
  const { pipeline } = fleetOf(example);
  expect(Object.keys(pipeline?.approvals ?? {})).toEqual(["foundation", "production"]);
});

test("the roles of its projects are those that the bootstrap makes, and all of them are used", () => {
  const fleet = fleetOf(pipelineFile);
  const { pipeline } = fleet;
  if (!pipeline) throw new Error("no pipeline");
  const used = pipelineProjects(fleet, pipeline).map((project) => JSON.stringify(projectRole(project)));
  const made = pipelineRoles(fleet).map((role) => JSON.stringify(role));
  const others = ['{"kind":"pipeline"}', '{"kind":"batch"}', '{"kind":"events"}'];
  expect([...new Set([...used, ...others])].sort()).toEqual([...made].sort());
});

test("actions that wait share a project, and no others do", () => {
  const fleet = fleetOf({
    ...pipelineFile,
    rollout: { production: { waves: [["globex"], ["initech"], "100%"], bake: "1h" } },
  });
  const { pipeline } = fleet;
  if (!pipeline) throw new Error("no pipeline");
  const actions = pipelineStages(fleet, pipeline).flatMap((stage) => stage.actions);
  const waits = actions.filter(({ kind }) => kind === "wait").length;
  const builds = actions.filter(({ kind }) => kind !== "source" && kind !== "approval").length;
  expect(waits).toBe(2);
  expect(pipelineProjects(fleet, pipeline)).toHaveLength(builds - 1);
});
