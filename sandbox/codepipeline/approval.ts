import { randomUUID } from "node:crypto";
import {
  type ActionContext,
  type ActionResult,
  type ActionServices,
  failed,
  type RunningAction,
} from "./action";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html: an approval waits for seven days. */
const defaultMinutes = 7 * 24 * 60;

/** Node's timers count up to this many milliseconds, 24 days; AWS lets an approval wait for 60. */
const longestTimer = 2 ** 31 - 1;

/** Characters of the subject of a mail: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const subjectLength = 100;

/** Waits for a person: https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals.html */
export function startApproval(context: ActionContext, services: ActionServices): RunningAction {
  const { action } = context;
  const token = randomUUID();
  const wait = Math.min((action.timeoutInMinutes ?? defaultMinutes) * 60_000, longestTimer);
  const expires = new Date(Date.now() + wait);
  let end: (result: ActionResult) => void = () => {};
  const result = new Promise<ActionResult>((resolve) => {
    end = resolve;
  });
  const timer = setTimeout(() => end(failed("ApprovalTimeout", "The approval has expired")), wait);
  // A sandbox does not go on running for the sake of somebody who might answer.
  timer.unref();
  tell(context, services, token, expires);
  return {
    result,
    token,
    answer({ by, status, summary }) {
      clearTimeout(timer);
      const message = summary === "" ? `${status} by ${by}` : `${status} by ${by}: ${summary}`;
      end(
        status === "Approved"
          ? { status: "Succeeded", summary: message, by }
          : { ...failed("Rejected", message), summary: message, by },
      );
    },
    abandon: () => clearTimeout(timer),
  };
}

/** Publishes what AWS does, and says to whom a mail would go. That nobody can be told keeps nothing from waiting. */
function tell(
  { action, configuration, pipeline, place, roleArn, stage }: ActionContext,
  { onLog, surroundings }: ActionServices,
  token: string,
  expires: Date,
): void {
  const what = `codepipeline ${pipeline}: ${stage}/${action.name} waits for an approval`;
  const { CustomData, ExternalEntityLink, NotificationArn } = configuration;
  if (NotificationArn === undefined) {
    onLog(what);
    return;
  }
  const link = `https://console.aws.amazon.com/codepipeline/home?region=${place.region}#/view/${pipeline}`;
  // https://docs.aws.amazon.com/codepipeline/latest/userguide/approvals-json-format.html
  const message = {
    region: place.region,
    consoleLink: link,
    approval: {
      pipelineName: pipeline,
      stageName: stage,
      actionName: action.name,
      token,
      expires: `${expires.toISOString().slice(0, 16)}Z`,
      externalEntityLink: ExternalEntityLink ?? null,
      approvalReviewLink: `${link}/${stage}/${action.name}/approve/${token}`,
      customData: CustomData ?? null,
    },
  };
  const subject = `APPROVAL NEEDED: AWS CodePipeline ${pipeline} for action ${action.name}`;
  const publish = async () => {
    const aws = await surroundings.as(roleArn, place);
    await aws.publish(NotificationArn, subject.slice(0, subjectLength), JSON.stringify(message));
    return surroundings.mailsOf(NotificationArn);
  };
  publish().then(
    (mails) =>
      onLog(
        mails.length > 0
          ? `${what}; AWS would send a mail to ${mails.join(", ")}`
          : `${what}; nobody would get a mail`,
      ),
    (error: Error) => onLog(`${what}; nobody could be told: ${error.message}`),
  );
}
