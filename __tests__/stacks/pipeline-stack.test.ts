import type { FleetFile } from "../../fleet/schema/fleet-file";
import { pipelineFile } from "../support/pipeline";
import { type Attributes, onlyResource, type StackJson } from "../support/synth";
import { type Action, all, named, type Stage, stackFor, stagesOf } from "./pipeline-json";

describe("the pipeline's stack", () => {
  let stack: StackJson;
  let stages: readonly Stage[];
  const actionOf = (stage: string, action: string) =>
    stages.find(({ name }) => name === stage)?.action.find(({ name }) => name === action) as Action;

  beforeAll(() => {
    stack = stackFor(pipelineFile);
    stages = stagesOf(stack);
  });

  test("is in the pipeline's account and region", () => {
    expect(stack.provider.aws).toMatchObject([
      { alias: "delivery_eu_central_1", region: "eu-central-1", allowed_account_ids: ["555555555555"] },
    ]);
  });

  test("has a pipeline of type V2 with all stages, whose actions run one after the other", () => {
    expect(onlyResource(stack, "aws_codepipeline")).toMatchObject({
      name: "acme",
      pipeline_type: "V2",
      role_arn: "arn:aws:iam::555555555555:role/acme__pipeline",
    });
    const order = stages.map(({ action, name }) => [name, ...action.map((each) => each.name)].join(" "));
    expect(order).toEqual([
      "Source Source",
      "Check Check",
      "Foundation Plan Approve Deploy",
      "staging Plan Wave_1 Verify",
      "production Plan Approve Wave_1 Wait_1 Wave_2 Verify",
      "Update Update",
    ]);
    for (const { action } of stages)
      expect(action.map(({ run_order }) => run_order)).toEqual(action.map((_, index) => index + 1));
  });

  test("queues executions up where one waits for an approval, and lets a newer one overtake where none does", () => {
    expect(onlyResource(stack, "aws_codepipeline").execution_mode).toBe("QUEUED");
    const waitsForNobody = { ...pipelineFile.pipeline, approvals: {} } as FleetFile["pipeline"];
    const other = stackFor({ ...pipelineFile, pipeline: waitsForNobody });
    expect(stagesOf(other).at(-1)?.action[0]?.input_artifacts).toEqual(["Assembly"]);
    expect(onlyResource(other, "aws_codepipeline").execution_mode).toBe("SUPERSEDED");
    expect(all(other, "aws_sns_topic").map(({ name }) => name)).toEqual(["acme__pipeline_failures"]);
  });

  test("hands on the assembly, and the plans of a stage only to what deploys that stage", () => {
    const artifacts = stages.flatMap(({ action, name: stage }) =>
      action.map(({ input_artifacts, name, output_artifacts }) => [
        `${stage} ${name}`,
        input_artifacts ?? [],
        output_artifacts ?? [],
      ]),
    );
    expect(artifacts).toEqual([
      ["Source Source", [], ["Source"]],
      ["Check Check", ["Source"], ["Assembly"]],
      ["Foundation Plan", ["Assembly"], ["Plans_foundation"]],
      ["Foundation Approve", [], []],
      ["Foundation Deploy", ["Assembly", "Plans_foundation"], []],
      ["staging Plan", ["Assembly"], ["Plans_staging"]],
      ["staging Wave_1", ["Assembly", "Plans_staging"], []],
      ["staging Verify", ["Assembly"], []],
      ["production Plan", ["Assembly"], ["Plans_production"]],
      ["production Approve", [], []],
      ["production Wave_1", ["Assembly", "Plans_production"], []],
      ["production Wait_1", ["Assembly"], []],
      ["production Wave_2", ["Assembly", "Plans_production"], []],
      ["production Verify", ["Assembly"], []],
      ["Update Update", ["Assembly", "Plans_production"], []],
    ]);
    expect(actionOf("production", "Wave_1").configuration.PrimarySource).toBe("Assembly");
    expect(actionOf("Update", "Update").configuration.PrimarySource).toBe("Assembly");
  });

  test("shows who approves the plan's summary, and where the whole of it is", () => {
    expect(actionOf("production", "Plan").namespace).toBe("Plan_production");
    expect(actionOf("Check", "Check").namespace).toBe("Check");
    expect(actionOf("production", "Approve")).toMatchObject({
      ...{ category: "Approval", owner: "AWS", provider: "Manual", version: "1" },
      configuration: {
        CustomData: "#{Plan_production.SUMMARY}",
        ExternalEntityLink: "#{Plan_production.REPORT}",
        NotificationArn: expect.stringMatching(/^\$\{aws_sns_topic\.tell_approve_production_.*\.arn\}$/),
      },
    });
  });

  test("tells each build but the check which execution it is of, and what that has made; one that waits, for how long", () => {
    const execution = {
      name: "MERIDIAN_EXECUTION",
      value: "#{codepipeline.PipelineExecutionId}",
      type: "PLAINTEXT",
    };
    const variables = (stage: string, action: string) =>
      JSON.parse(actionOf(stage, action).configuration.EnvironmentVariables ?? "[]");
    expect(variables("Check", "Check")).toEqual([]);
    const assembly = { name: "MERIDIAN_ASSEMBLY", value: "#{Check.ASSEMBLY}", type: "PLAINTEXT" };
    const plans = { name: "MERIDIAN_PLANS", value: "#{Plan_production.PLANS}", type: "PLAINTEXT" };
    for (const [stage, action] of [
      ["production", "Plan"],
      ["production", "Verify"],
    ] as const)
      expect(variables(stage, action)).toEqual([execution, assembly]);
    for (const wave of ["Wave_1", "Wave_2"])
      expect(variables("production", wave)).toEqual([execution, assembly, plans]);
    // As it was planned with the last stage that waits for an approval.
    expect(variables("Update", "Update")).toEqual([execution, assembly, plans]);
    expect(variables("production", "Wait_1")).toEqual([
      execution,
      { name: "MERIDIAN_WAIT_SECONDS", value: "600", type: "PLAINTEXT" },
    ]);
  });

  test("keeps within the 1,000 characters that a value of an action's configuration has", () => {
    const values = stages.flatMap(({ action }) =>
      action.flatMap((each) => Object.values(each.configuration)),
    );
    expect(Math.max(...values.map(({ length }) => length))).toBeLessThanOrEqual(1000);
  });

  test("runs a wave of several cells as a batch, and one of one cell as a build", () => {
    expect(actionOf("production", "Wave_1").configuration).not.toHaveProperty("BatchEnabled");
    expect(actionOf("production", "Wave_2").configuration.BatchEnabled).toBe("true");
    const [first, second] = [1, 2].map((wave) =>
      named(stack, "aws_codebuild_project", `acme__pipeline_deploy_production_${wave}`),
    );
    expect(first).not.toHaveProperty("build_batch_config");
    expect(second?.build_batch_config).toEqual({
      service_role: "arn:aws:iam::555555555555:role/acme__pipeline_batch",
      timeout_in_mins: 480,
    });
    expect(JSON.stringify(second?.source)).toContain("MERIDIAN_SHARD");
  });

  test("gives each project a role, which says what its builds may do", () => {
    const roles = all(stack, "aws_codebuild_project").map(
      ({ name, service_role }) => `${name} ${String(service_role).split("/")[1]}`,
    );
    expect(roles.map((each) => each.replaceAll("acme__pipeline_", "")).sort()).toEqual([
      "check check",
      "deploy_foundation_1 deploy_foundation",
      "deploy_production_1 deploy_production",
      "deploy_production_2 deploy_production",
      "deploy_staging_1 deploy_staging",
      "plan_foundation plan",
      "plan_production plan",
      "plan_staging plan",
      "update update",
      "verify_production deploy_production",
      "verify_staging deploy_staging",
      "wait check",
    ]);
  });

  test("makes no role: what its own builds may do is not its own to change", () => {
    expect(Object.keys(stack.resource).filter((type) => type.startsWith("aws_iam_"))).toEqual([]);
  });

  test("keeps the log of each project for 90 days, in a group of its own", () => {
    const groups = all(stack, "aws_cloudwatch_log_group");
    expect(groups.map(({ name }) => name).sort()).toEqual(
      all(stack, "aws_codebuild_project")
        .map(({ name }) => `/aws/codebuild/${name}`)
        .sort(),
    );
    for (const { retention_in_days } of groups) expect(retention_in_days).toBe(90);
  });

  test("encrypts what it hands on with its own key, keeps it for 30 days, what people read for a year, and for nobody else", () => {
    const { key, bucket } = {
      key: /^\$\{aws_kms_key\..*\.arn\}$/,
      bucket: /^pipeline-acme-[0-9a-f]{10}$/,
    };
    expect(onlyResource(stack, "aws_codepipeline").artifact_store).toEqual([
      {
        type: "S3",
        location: expect.stringMatching(/^\$\{aws_s3_bucket\..*\.bucket\}$/),
        encryption_key: { type: "KMS", id: expect.stringMatching(key) },
      },
    ]);
    for (const project of all(stack, "aws_codebuild_project")) expect(project.encryption_key).toMatch(key);
    expect(onlyResource(stack, "aws_s3_bucket").bucket).toMatch(bucket);
    expect(onlyResource(stack, "aws_kms_alias").name).toBe("alias/acme__pipeline");
    expect(onlyResource(stack, "aws_kms_key").enable_key_rotation).toBe(true);
    expect(onlyResource(stack, "aws_s3_bucket_server_side_encryption_configuration").rule).toMatchObject([
      {
        apply_server_side_encryption_by_default: {
          sse_algorithm: "aws:kms",
          kms_master_key_id: expect.stringMatching(key),
        },
      },
    ]);
    expect(onlyResource(stack, "aws_s3_bucket_lifecycle_configuration").rule).toMatchObject([
      { status: "Enabled", filter: [{ prefix: "acme/" }], expiration: [{ days: 30 }] },
      { status: "Enabled", filter: [{ prefix: "plans_to_read/" }], expiration: [{ days: 365 }] },
    ]);
    expect(onlyResource(stack, "aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    expect(JSON.parse(String(onlyResource(stack, "aws_s3_bucket_policy").policy)).Statement).toContainEqual(
      expect.objectContaining({
        Effect: "Deny",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      }),
    );
  });

  test("tells those who approve a stage of it, and all of them, once each, of failures", () => {
    const told = all(stack, "aws_sns_topic_subscription").map(({ endpoint, protocol, topic_arn }) => {
      const topic = /tell_(\w+)_topic_/.exec(String(topic_arn))?.[1];
      return `${topic} ${protocol} ${endpoint}`;
    });
    expect(told.sort()).toEqual([
      "approve_foundation email security@example.com",
      "approve_production email platform@example.com",
      "approve_production email security@example.com",
      "failures email platform@example.com",
      "failures email security@example.com",
    ]);
  });

  test("says by mail which stage failed, was cut off by a change of the pipeline, or was stopped, and where to look", () => {
    const rule = named(stack, "aws_cloudwatch_event_rule", "acme__pipeline_failures");
    expect(JSON.parse(String(rule.event_pattern))).toEqual({
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Stage Execution State Change"],
      detail: { pipeline: ["acme"], state: ["FAILED", "CANCELED", "STOPPED"] },
    });
    const targets = all(stack, "aws_cloudwatch_event_target");
    const target = targets.find(({ target_id }) => target_id === "people") as Attributes;
    const { input_paths, input_template } = target.input_transformer as Attributes;
    const text: unknown = JSON.parse(String(input_template));
    expect(input_paths).toMatchObject({ stage: "$.detail.stage", state: "$.detail.state" });
    for (const name of Object.keys(input_paths as object)) expect(text).toContain(`<${name}>`);
    expect(text).toContain("/pipelines/acme/executions/<execution>/");
  });

  test("is started by new sources in the bucket, as a role that can do nothing else", () => {
    expect(actionOf("Source", "Source")).toMatchObject({
      provider: "S3",
      configuration: { S3Bucket: "acme-sources", S3ObjectKey: "fleet.zip", PollForSourceChanges: "false" },
    });
    const rule = named(stack, "aws_cloudwatch_event_rule", "acme__pipeline_sources");
    expect(JSON.parse(String(rule.event_pattern))).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: ["acme-sources"] }, object: { key: ["fleet.zip"] } },
    });
    const target = all(stack, "aws_cloudwatch_event_target").find(
      ({ target_id }) => target_id === "pipeline",
    );
    expect(target).toMatchObject({
      arn: expect.stringMatching(/^\$\{aws_codepipeline\..*\.arn\}$/),
      role_arn: "arn:aws:iam::555555555555:role/acme__pipeline_events",
    });
  });
});
