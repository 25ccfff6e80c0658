import { fleetOf } from "../support/fleet";
import { pipelineFile, repositoryFile } from "../support/pipeline";
import { onlyResource, synthTexts } from "../support/synth";
import { all, named, type Stage, stackFor, stagesOf } from "./pipeline-json";

test("with its sources in a repository, a push to the branch starts it, and no rule of EventBridge does", () => {
  const stack = stackFor(repositoryFile);
  const { stage, trigger } = onlyResource(stack, "aws_codepipeline");
  expect((stage as readonly Stage[])[0]?.action[0]).toMatchObject({
    provider: "CodeStarSourceConnection",
    configuration: {
      ConnectionArn: "arn:aws:codeconnections:eu-central-1:555555555555:connection/0a1b2c3d",
      FullRepositoryId: "acme/fleet",
      BranchName: "main",
      DetectChanges: "false",
    },
  });
  expect(trigger).toEqual([
    {
      provider_type: "CodeStarSourceConnection",
      git_configuration: { source_action_name: "Source", push: [{ branches: { includes: ["main"] } }] },
    },
  ]);
  expect(all(stack, "aws_cloudwatch_event_rule").map(({ name }) => name)).toEqual([
    "acme__pipeline_failures",
  ]);
});

test("what users write is no template of Terraform's", () => {
  const { pipeline } = pipelineFile;
  const stack = stackFor({
    ...pipelineFile,
    pipeline: {
      ...(pipeline as NonNullable<typeof pipeline>),
      source: { bucket: "acme-sources", key: `\${path.root}/fleet.zip` },
      approvals: { production: [`\${path.root}@example.com`] },
    },
  });
  expect(stagesOf(stack)[0]?.action[0]?.configuration.S3ObjectKey).toBe(`$\${path.root}/fleet.zip`);
  const rule = named(stack, "aws_cloudwatch_event_rule", "acme__pipeline_sources");
  expect(rule.event_pattern).toContain(`$\${path.root}/fleet.zip`);
  for (const { endpoint } of all(stack, "aws_sns_topic_subscription"))
    expect(endpoint).toBe(`$\${path.root}@example.com`);
});

test("keys of the fleet file and the order of people carry no order", () => {
  const { pipeline } = pipelineFile;
  const { approvals = {}, ...rest } = pipeline as NonNullable<typeof pipeline>;
  const turned = Object.fromEntries(
    Object.entries(approvals)
      .reverse()
      .map(([stage, people]) => [stage, people.toReversed()]),
  );
  const [one, other] = [approvals, turned].map((approvals) =>
    synthTexts(fleetOf({ ...pipelineFile, pipeline: { ...rest, approvals } })).get("pipeline"),
  );
  expect(other).toBe(one);
});

test("the longest names are within the limits of AWS", () => {
  const long = (letter: string) => letter.repeat(38).concat("-z");
  const { pipeline } = pipelineFile;
  const stack = stackFor({
    ...pipelineFile,
    fleet: `f${"f".repeat(18)}z`,
    stages: [long("s"), long("p")],
    rollout: { [long("p")]: { waves: [["globex"], "100%"], bake: "10m", verify: { path: "/" } } },
    cells: Object.fromEntries(
      Object.entries(pipelineFile.cells).map(([name, cell]) => [
        name,
        { ...cell, stage: long(cell.stage === "staging" ? "s" : "p") },
      ]),
    ),
    pipeline: {
      ...(pipeline as NonNullable<typeof pipeline>),
      approvals: { [long("p")]: ["platform@example.com"] },
    },
  });
  const actions = stagesOf(stack).flatMap(({ action }) => action);
  // https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html
  for (const { configuration, input_artifacts = [], namespace = "" } of actions) {
    for (const value of Object.values(configuration)) expect(value.length).toBeLessThanOrEqual(1000);
    for (const name of [namespace, ...(input_artifacts as string[])]) expect(name).toMatch(/^[\w-]{0,100}$/);
  }
  for (const { description, name } of all(stack, "aws_codebuild_project")) {
    expect(name).toMatch(/^[A-Za-z0-9][\w-]{1,149}$/);
    expect(String(description).length).toBeLessThanOrEqual(255);
  }
  for (const { name } of all(stack, "aws_cloudwatch_event_rule")) expect(name).toMatch(/^[\w.-]{1,64}$/);
});
