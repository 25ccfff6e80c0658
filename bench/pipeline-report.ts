import { checkFleet } from "../check/load";
import type { Pipeline } from "../fleet/foundation/model";
import { writeFleet } from "./generate-fleet";
import {
  type Change,
  type SimulatedAction,
  type SimulatedRollout,
  simulateRollout,
  terraformsAtOnce,
} from "./pipeline";
import { assumptions } from "./pipeline-assumptions";
import { table } from "./report";

const targets = 1000;
const shardCounts = [1, 2, 5, 10, 20, 50] as const;

const changes: readonly { readonly change: Change; readonly heading: string }[] = [
  { change: "handler", heading: "One handler changes in all targets" },
  { change: "everything", heading: "Everything is new" },
];

/**
 * The section about the pipeline: it is computed, not measured, and so the same every time.
 *
 * @param scratch folder for the fleet
 */
export async function pipelineSection(scratch: string): Promise<string> {
  const { checked } = await checkFleet(writeFleet(scratch, targets, "pipeline"));
  if (!checked?.fleet.pipeline) throw new Error("the fleet of the simulation has a problem");
  const { fleet } = checked;
  const { pipeline } = checked.fleet as { readonly pipeline: Pipeline };
  const tables = changes.map(({ change, heading }) => {
    const rollouts = shardCounts.map((shards) => simulateRollout(fleet, pipeline, shards, change));
    return `### ${heading}\n\n${rolloutsTable(rollouts)}`;
  });
  const [fast, slow] = [3, 15].map((frontMinutes) =>
    minutes(simulateRollout(fleet, pipeline, 10, "everything", frontMinutes * 60).seconds),
  );
  return `## The pipeline

What [the pipeline](pipeline.md) takes for 1,000 targets is simulated, not measured (\`bench/pipeline.ts\`; \`npm run bench --
--pipeline\` writes this section again). Stages, waves, actions, and who gets which cells are computed by the code that the
pipeline itself is made by; how long each thing takes is assumed, and listed below.

The fleet: one cell of two targets in staging, and 499 cells in production: a canary, a tenth of the rest, the others, with
ten minutes between two waves, and an approval before them. The time that a person takes for it is not in the figures.
Builds are BUILD_GENERAL1_MEDIUM, in which Meridian runs Terraform ${terraformsAtOnce} times at once.

${tables.join("\n\n")}

- **To the end**: from the commit to the last action, in minutes. Its parts: **planning** production in its one build; the
  three **waves** (canary, a tenth, the others); **waits** between them; how long builds and actions take to **begin**, one
  after the other; **all else**: source, check, staging, verification.
- **What limits it**: the longest part. A wave ends with its slowest build, and no build is faster than its longest cell. A
  build that CodeBuild ends has to be retried, and goes on where it was.

### What it is computed from

${assumptionsTable()}

### What this does not show

- **Builds that wait for each other.** An account may be allowed fewer builds at a time than shards: AWS names [20 for some
  sizes](https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html), fewer for new accounts, and others wait in a
  queue. Have the quota for Linux/Medium raised before you raise \`shards\`.
- **Throttling.** Lambda takes [15 changes a second in an account and
  region](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). Here each cell has accounts of its own,
  whose regions are changed one at a time, and nothing comes near it. Where many cells share an account, 50 shards with
  ${terraformsAtOnce} stacks each can: Terraform then waits and asks again. AWS publishes no rate for changes of distributions or roles, which
  are throttled by account as well.
- **Failures**: nothing fails, nothing is rolled back, no region is down.
- **Your services**: one small function with one route. More functions, tables, or things of extensions make every stack
  slower.
- **The comparison** of what was reviewed with what is planned again: measured was a deploy that plans and applies, without it.
- **AWS's own pace**: a distribution may take 3 minutes or 15. With that alone, everything new takes 10 shards ${fast} or ${slow} minutes.
  All that is marked as assumed was not measured on AWS.
- **Other prices**: storage and logs, which are cents beside it.
`;
}

/** A part of a rollout: its share of the time. */
interface Part {
  readonly name: string;
  readonly seconds: number;
}

function partsOf({ actions, seconds }: SimulatedRollout): readonly Part[] {
  const inProduction = actions.filter(({ action }) => "of" in action && action.of === "production");
  const worked = (kind: SimulatedAction["action"]["kind"]) =>
    inProduction.filter(({ action }) => action.kind === kind).reduce((sum, { works }) => sum + works, 0);
  const waves = inProduction.filter(({ action }) => action.kind === "deploy");
  const parts = [
    { name: "planning, in one build", seconds: worked("plan") },
    ...waves.map((wave, index) => ({ name: waveName(wave, index), seconds: wave.works })),
    { name: "waits between waves", seconds: worked("wait") },
    {
      name: "how long builds take to begin",
      seconds: actions.reduce((sum, action) => sum + action.seconds - action.works, 0),
    },
  ];
  const rest = seconds - parts.reduce((sum, part) => sum + part.seconds, 0);
  return [...parts, { name: "all else", seconds: rest }];
}

/** What limits a wave: a build with many cells, or, where all builds have few, one cell. */
function waveName({ longestCell = 0, works }: SimulatedAction, index: number): string {
  if (works > assumptions.buildEnds.value) return `wave ${index + 1}: CodeBuild ends its build`;
  return `wave ${index + 1}, ${works > 1.5 * longestCell ? "its builds" : "its longest cell"}`;
}

function rolloutsTable(rollouts: readonly SimulatedRollout[]): string {
  const rows = rollouts.map((rollout) => {
    const parts = partsOf(rollout);
    const longest = parts.reduce((most, part) => (part.seconds > most.seconds ? part : most));
    return [
      String(rollout.shards),
      minutes(rollout.seconds),
      ...parts.map(({ seconds }) => minutes(seconds)),
      rollout.buildMinutes.toLocaleString("en"),
      rollout.usd.toFixed(2),
      longest.name,
    ];
  });
  const head = [
    ...["shards", "to the end", "planning", "wave 1", "wave 2", "wave 3", "waits", "begin", "all else"],
    ...["build minutes", "USD", "what limits it"],
  ];
  return table(head, "rrrrrrrrrrrl", rows);
}

const minutes = (seconds: number) => (seconds / 60).toFixed(0);

function assumptionsTable(): string {
  const rows = Object.values(assumptions).map(({ source, value, what }) => [
    what,
    value.toLocaleString("en"),
    source,
  ]);
  return table(["", "", "source"], "lrl", rows);
}
