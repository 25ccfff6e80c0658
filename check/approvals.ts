import type { Path, Problem } from "../fleet/diagnostics";
import { pipelineDefaults } from "../fleet/foundation/pipeline";
import { foundationStage } from "../fleet/pipeline";
import { isProduction, resolveRollout, stagesInOrder, wavesOf } from "../fleet/rollout";
import type { PipelineEntry } from "../fleet/schema/pipeline";
import type { CheckInput } from "../fleet/text/structure";
import { count, listed, suggest } from "../fleet/wording";
import { problem } from "./rules";
import { isWritten } from "./written";

/** The stages of a pipeline: what they wait for, and what would be safer or simpler. */
export function approvals(input: CheckInput): readonly Problem[] {
  const { declared, file } = input;
  const { pipeline } = file;
  if (!pipeline) return [];
  const wrong = [...foundationStages(input), ...unknownStages(input, pipeline)];
  return [
    ...wrong,
    ...untold(pipeline),
    ...Object.entries(pipeline.approvals ?? {}).flatMap(([stage, people]) => [
      ...twice(stage, people),
      ...nobody(stage, people),
    ]),
    // What a misspelt stage or cell means, nobody knows.
    ...(declared.stages && wrong.length === 0
      ? [
          ...unapproved(input),
          ...unverified(input),
          ...idleShards(input, pipeline),
          ...forOneCell(input, pipeline),
        ]
      : []),
  ];
}

/** Once: one mistake may be written with many cells. */
function foundationStages({ file }: CheckInput): readonly Problem[] {
  const first = Object.entries(file.cells).find(([, { stage }]) => stage === foundationStage);
  if (!first) return [];
  return [
    problem("foundation-stage", ["cells", first[0], "stage"], {
      message: `cell "${first[0]}" has the stage "${foundationStage}"`,
      fix: "give the stage another name",
    }),
  ];
}

function unknownStages({ declared }: CheckInput, { approvals = {} }: PipelineEntry): readonly Problem[] {
  const { stages } = declared;
  if (!stages) return [];
  const known = [...stages, foundationStage];
  return Object.keys(approvals)
    .filter((stage) => !known.includes(stage))
    .map((stage) =>
      problem("unknown-stage", ["pipeline", "approvals", stage], {
        message: `no cell has the stage "${stage}"`,
        why: "nothing would wait for this approval",
        fix: suggest(stage, known),
        atKey: true,
      }),
    );
}

/**
 * Case does not count, as with addresses of accounts. Whoever subscribes again gets the subscription that is there:
 * https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
 */
function twice(stage: string, people: readonly string[]): readonly Problem[] {
  const path = ["pipeline", "approvals", stage];
  const lower = people.map((address) => address.toLowerCase());
  return lower.flatMap((address, index) => {
    const first = lower.indexOf(address);
    if (first === index) return [];
    return [
      problem("duplicate-approver", [...path, index], {
        message: `${people[index]} is listed twice for the approval of "${stage}"`,
        fix: "remove one of the two",
        other: { path: [...path, first] },
      }),
    ];
  });
}

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
function nobody(stage: string, people: readonly string[]): readonly Problem[] {
  if (people.length > 0) return [];
  return [
    problem("approval-without-people", ["pipeline", "approvals", stage], {
      message: `nobody is told that "${stage}" waits for an approval`,
      fix: "add addresses: [platform@example.com]",
    }),
  ];
}

/**
 * A stage that ends before its time is told to all who are named for approvals. Where an approval names nobody, that is said
 * already.
 */
function untold({ approvals = {} }: PipelineEntry): readonly Problem[] {
  if (Object.keys(approvals).length > 0) return [];
  return [
    problem("failures-without-people", ["pipeline"], {
      message: "nobody is told when a stage of the pipeline fails",
      fix: `add "approvals: { <stage>: [platform@example.com] }": who is named there is told of failures of all stages; or subscribe to the topic of failures yourself`,
      atKey: true,
    }),
  ];
}

function stagesOf({ file }: CheckInput): readonly string[] {
  return stagesInOrder(
    file,
    Object.values(file.cells).map(({ stage }) => stage),
  );
}

function waits(input: CheckInput, stage: string): boolean {
  return isWritten(input, ["pipeline", "approvals", stage]);
}

/** What changes and waits for nobody. Where stages wait, the foundation alone decides whether that is of any use. */
function unapproved(input: CheckInput): readonly Problem[] {
  const stages = stagesOf(input);
  const approved = stages.filter((stage) => waits(input, stage));
  const isOpen = input.file.organization !== undefined && !waits(input, foundationStage);
  const production = stages.filter((stage) => isProduction(stage) && !approved.includes(stage));
  if (!isOpen || approved.length === 0)
    return withoutApproval(input, isOpen ? [foundationStage, ...production] : production);
  return [
    problem("foundation-without-approval", ["pipeline", "approvals"], {
      message: `the pipeline changes the foundation without an approval, but ${listed(approved)} ${approved.length > 1 ? "wait" : "waits"} for one`,
      fix: `add "${foundationStage}: [platform@example.com]"`,
      atKey: true,
    }),
    ...withoutApproval(input, production),
  ];
}

function withoutApproval(input: CheckInput, stages: readonly string[]): readonly Problem[] {
  if (stages.length === 0) return [];
  const approvals = stages.map((stage) => `${stage}: [platform@example.com]`).join(", ");
  const hasSome = isWritten(input, ["pipeline", "approvals"]);
  return [
    problem("no-approval", hasSome ? ["pipeline", "approvals"] : ["pipeline"], {
      message: `the pipeline changes ${listed(stages)} without an approval`,
      fix: `add "${hasSome ? approvals : `approvals: { ${approvals} }`}", if somebody shall look at the plan first`,
      atKey: true,
    }),
  ];
}

function unverified(input: CheckInput): readonly Problem[] {
  const stages = stagesOf(input);
  return stages.slice(0, -1).flatMap((stage, index) => {
    const next = stages[index + 1] ?? "";
    if (waits(input, next) || isWritten(input, ["rollout", stage, "verify"])) return [];
    const path: Path = isWritten(input, ["rollout", stage]) ? ["rollout", stage] : ["pipeline"];
    return [
      problem("next-stage-without-verify", path, {
        message: `nothing verifies "${stage}" before the pipeline goes on to "${next}"`,
        fix: `add "verify: { path: / }" to "rollout.${stage}", or an approval of "${next}"`,
        atKey: true,
      }),
    ];
  });
}

function idleShards(
  input: CheckInput,
  { shards = pipelineDefaults.shards }: PipelineEntry,
): readonly Problem[] {
  const { cells, rollout } = input.file;
  const waves = stagesOf(input).flatMap((stage) => {
    const own = Object.entries(cells).flatMap(([name, entry]) => (entry.stage === stage ? [{ name }] : []));
    return wavesOf(own, resolveRollout(rollout?.[stage]));
  });
  const largest = Math.max(1, ...waves.map(({ length }) => length));
  if (shards <= largest) return [];
  return [
    problem("more-shards-than-cells", ["pipeline", "shards"], {
      message: `the largest wave has ${count(largest, "cell")}, but there are ${shards} shards`,
      fix: `write ${largest} or less`,
    }),
  ];
}

function forOneCell(input: CheckInput, { approvals }: PipelineEntry): readonly Problem[] {
  const cells = Object.keys(input.file.cells);
  if (cells.length !== 1 || isWritten(input, ["pipeline", "approvals"]) || approvals) return [];
  return [
    problem("simpler-without-pipeline", ["pipeline"], {
      message: `the pipeline rolls out one cell, "${cells[0]}"`,
      fix: 'run "npx meridian deploy", yourself or in the CI system that you have; keep the pipeline if it shall grow',
      atKey: true,
    }),
  ];
}
