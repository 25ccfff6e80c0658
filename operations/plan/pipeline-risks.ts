import { isMap } from "../../fleet/values";
import { withoutHidden } from "./attributes";
import type { RiskDraft } from "./risk";
import type { ResourceChange } from "./terraform-plan";
import { subjectOf } from "./wording";

type Values = Readonly<Record<string, unknown>>;

/**
 * What a plan would do to the pipeline that rolls the fleet out: to who looks at a plan before it is deployed, and to what runs
 * with the right to deploy. Who may do that is the pipeline's own stack, so nothing else would say it.
 */
export function pipelineRisks(resource: ResourceChange): readonly RiskDraft[] {
  const { address, change, type } = resource;
  const before = withoutHidden(change.before, change.before_sensitive);
  const after = withoutHidden(change.after, change.after_sensitive);
  const subject = subjectOf(address);
  if (type === "aws_sns_topic_subscription") return approverRisks(subject, before, after);
  if (!before || !after) return [];
  if (type === "aws_codepipeline") return ofPipeline(subject, before, after);
  return type === "aws_codebuild_project" ? ofProject(subject, before, after) : [];
}

/** Of a topic that is there: of a new one, all are told newly. */
function approverRisks(
  subject: string,
  before: Values | undefined,
  after: Values | undefined,
): readonly RiskDraft[] {
  const [was, is] = [before, after].map((of) => of && `${of.endpoint} ${of.topic_arn}`);
  const risk = (of: Values, how: string): readonly RiskDraft[] =>
    typeof of.topic_arn !== "string"
      ? []
      : [
          {
            code: "approvers-changed",
            subject,
            message: (say) =>
              `${say(String(of.endpoint))} would ${how} be told by the topic ${say(String(of.topic_arn).split(":").at(-1) ?? "")}`,
          },
        ];
  if (was === is) return [];
  return [...(before ? risk(before, "no longer") : []), ...(after ? risk(after, "newly") : [])];
}

function ofPipeline(subject: string, before: Values, after: Values): readonly RiskDraft[] {
  const [was, is] = [before, after].map(sourceOf);
  const risk = (code: RiskDraft["code"], message: RiskDraft["message"]): RiskDraft => ({
    code,
    subject,
    message,
  });
  return [
    ...missingApprovals(before, after).map((stage) =>
      risk("approval-taken-away", (say) => `${say(stage)} would be deployed without an approval`),
    ),
    ...(was === undefined || is === undefined || was === is
      ? []
      : [
          risk(
            "pipeline-source-changed",
            (say) => `${say(subject)} would roll out ${say(is)} instead of ${say(was)}`,
          ),
        ]),
    ...roleRisks(subject, before.role_arn, after.role_arn),
    ...(before.execution_mode === after.execution_mode
      ? []
      : [
          risk(
            "execution-mode-changed",
            (say) =>
              `executions of ${say(subject)} would be ${String(after.execution_mode)} instead of ${String(before.execution_mode)}`,
          ),
        ]),
    ...(storeOf(before) === storeOf(after)
      ? []
      : [risk("artifacts-moved", (say) => `${say(subject)} would keep its artifacts elsewhere`)]),
  ];
}

/** Stages that wait for somebody, stay, and would wait no longer. */
function missingApprovals(before: Values, after: Values): readonly string[] {
  if (!Array.isArray(after.stage)) return [];
  const left = new Map(blocks(after, "stage").map((stage) => [stage.name, stage]));
  return blocks(before, "stage").flatMap((stage) => {
    const now = left.get(stage.name);
    return now && waits(stage) && !waits(now) ? [String(stage.name)] : [];
  });
}

function waits(stage: Values): boolean {
  return blocks(stage, "action").some(({ category }) => category === "Approval");
}

/** Settings of a source that say how it is looked for, and not what is taken. */
const quiet = /^(DetectChanges|PollForSourceChanges|OutputArtifactFormat)$/;

/** What the pipeline rolls out, in a text; undefined where it is not known. */
function sourceOf(values: Values): string | undefined {
  const actions = blocks(values, "stage").flatMap((stage) => blocks(stage, "action"));
  const source = actions.find(({ category }) => category === "Source");
  if (!source || !isMap(source.configuration)) return undefined;
  const settings = Object.entries(source.configuration).filter(([name]) => !quiet.test(name));
  const told = settings.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name} ${value}`);
  return [`${source.provider}:`, told.join(", ")].join(" ");
}

/** What is known only after the apply is missing, and so another one. */
function storeOf(values: Values): string {
  return JSON.stringify(
    blocks(values, "artifact_store").map((store) => [
      store.location,
      blocks(store, "encryption_key").map(({ id }) => id),
    ]),
  );
}

function ofProject(subject: string, before: Values, after: Values): readonly RiskDraft[] {
  const [was, is] = [before, after].map((of) =>
    JSON.stringify([blocks(of, "source"), blocks(of, "environment").map(({ image }) => image)]),
  );
  const batchRole = (of: Values) => blocks(of, "build_batch_config")[0]?.service_role;
  return [
    ...roleRisks(subject, before.service_role, after.service_role),
    // A batch that is new, or no longer there, has no other role than before.
    ...(batchRole(before) === undefined || batchRole(after) === undefined
      ? []
      : roleRisks(subject, batchRole(before), batchRole(after))),
    ...(was === is
      ? []
      : [
          {
            code: "build-changed",
            subject,
            message: (say) => `builds of ${say(subject)} would run something else`,
          } as const satisfies RiskDraft,
        ]),
  ];
}

function roleRisks(subject: string, was: unknown, is: unknown): readonly RiskDraft[] {
  if (was === is || typeof was !== "string") return [];
  const message: RiskDraft["message"] = (say) =>
    `${say(subject)} would run as ${say(typeof is === "string" ? is : "a role that is not known yet")} instead of ${say(was)}`;
  return [{ code: "build-role-changed", subject, message }];
}

function blocks(values: Values, name: string): readonly Values[] {
  const of = values[name];
  return Array.isArray(of) ? of.filter(isMap) : [];
}
