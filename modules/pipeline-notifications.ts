import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { SnsTopic } from "@cdktf/provider-aws/lib/sns-topic";
import { SnsTopicPolicy } from "@cdktf/provider-aws/lib/sns-topic-policy";
import { SnsTopicSubscription } from "@cdktf/provider-aws/lib/sns-topic-subscription";
import { Construct } from "constructs";
import { approvalTopicPolicy, failureTopicPolicy } from "../access/pipeline/artifacts";
import type { Pipeline } from "../fleet/foundation/model";
import { approvalTopicName, failureTopicName, pipelineName, pipelineRuleName } from "../fleet/pipeline";
import type { PolicyDocument } from "../fleet/policy-document";
import { literal } from "./literal";

/** Who is told, and by which topic. */
interface PeopleTopicProps {
  /** In the pipeline's region and account. */
  readonly provider: AwsProvider;
  readonly pipeline: Pipeline;
  readonly name: string;
  /** E-mail addresses. Each has to confirm once that it wants the mails. */
  readonly people: readonly string[];
  /** Who may publish to the topic of an ARN. */
  readonly policy: (arn: string) => PolicyDocument;
}

/**
 * A topic that people are told something by, by e-mail. Without a key of its own: what is in it goes out as mail, in the clear,
 * and CodePipeline and EventBridge would have to be let into the key.
 */
class PeopleTopic extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { name, people, pipeline, policy, provider }: PeopleTopicProps) {
    super(scope, id);
    const topic = new SnsTopic(this, "topic", { provider, name });
    this.arn = topic.arn;
    const { account, region } = pipeline;
    new SnsTopicPolicy(this, "policy", {
      provider,
      arn: topic.arn,
      policy: literal(JSON.stringify(policy(`arn:aws:sns:${region}:${account.id}:${name}`))),
    });
    const subscriptions = new Construct(this, "person");
    for (const endpoint of new Set(people)) {
      new SnsTopicSubscription(subscriptions, endpoint, {
        provider,
        topicArn: topic.arn,
        protocol: "email",
        endpoint: literal(endpoint),
      });
    }
  }
}

/** What tells people of a pipeline is made of. */
export interface PipelineNotificationsProps {
  /** In the pipeline's region and account. */
  readonly provider: AwsProvider;
  readonly fleet: string;
  readonly pipeline: Pipeline;
  /** Stages that wait for a person, the foundation among them. */
  readonly approved: readonly string[];
}

/** Tells people that a stage waits for them, and all of them that a stage has ended before its time. */
export class PipelineNotifications extends Construct {
  private readonly approvals: ReadonlyMap<string, string>;

  constructor(
    scope: Construct,
    id: string,
    { approved, fleet, pipeline, provider }: PipelineNotificationsProps,
  ) {
    super(scope, id);
    const { approvals } = pipeline;
    const approve = new Construct(this, "approve");
    this.approvals = new Map(
      approved.map((stage) => {
        const topic = new PeopleTopic(approve, stage, {
          ...{ provider, pipeline, policy: approvalTopicPolicy },
          name: approvalTopicName(fleet, stage),
          people: approvals[stage] ?? [],
        });
        return [stage, topic.arn];
      }),
    );
    const failures = new PeopleTopic(this, "failures", {
      ...{ provider, pipeline, policy: failureTopicPolicy },
      name: failureTopicName(fleet),
      people: Object.values(approvals).flat(),
    });
    addFailureRule(failures, { provider, fleet, region: pipeline.region, topic: failures.arn });
  }

  /**
   * ARN of the topic that tells of approvals of a stage.
   *
   * @throws Error the stage waits for nobody
   */
  topicOf(stage: string): string {
    const arn = this.approvals.get(stage);
    if (arn === undefined) throw new Error(`nobody is told of approvals of ${stage}`);
    return arn;
  }
}

interface FailureRule {
  readonly provider: AwsProvider;
  readonly fleet: string;
  readonly region: string;
  /** ARN. */
  readonly topic: string;
}

/**
 * What ends a stage before it has done its work, as the events of stages spell it. What ends is told of once, whatever in the
 * stage ended it, a refused approval among that; the mail says where to read why.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 */
const endings = ["FAILED", "CANCELED", "STOPPED"];

function addFailureRule(scope: Construct, { fleet, provider, region, topic }: FailureRule): void {
  const name = pipelineName({ name: fleet });
  const { name: rule } = new CloudwatchEventRule(scope, "rule", {
    provider,
    name: pipelineRuleName(fleet, "failures"),
    description: `Stages of the pipeline ${name} that failed, were cut off or stopped`,
    eventPattern: JSON.stringify({
      source: ["aws.codepipeline"],
      "detail-type": ["CodePipeline Stage Execution State Change"],
      detail: { pipeline: [name], state: endings },
    }),
  });
  const console = `https://${region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${name}/executions`;
  const sentence = [
    `The stage <stage> of the pipeline ${name} has ended: <state>.`,
    "FAILED: something in it failed, or its approval was refused.",
    "CANCELED: the pipeline was changed meanwhile; the stage Update ends so when it has changed the pipeline itself, with all of its work done.",
    "STOPPED: somebody stopped the execution.",
    `More: ${console}/<execution>/visualization?region=${region}`,
  ].join(" ");
  new CloudwatchEventTarget(scope, "target", {
    provider,
    rule,
    targetId: "people",
    arn: topic,
    inputTransformer: {
      inputPaths: { stage: "$.detail.stage", state: "$.detail.state", execution: "$.detail.execution-id" },
      // A text has to be one of JSON: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
      inputTemplate: JSON.stringify(sentence),
    },
  });
}
