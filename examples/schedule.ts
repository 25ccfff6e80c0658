import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { SchedulerSchedule } from "@cdktf/provider-aws/lib/scheduler-schedule";
import { SchedulerScheduleGroup } from "@cdktf/provider-aws/lib/scheduler-schedule-group";
import type { Extension } from "../stacks/extensions/extension";

/** The service that is called; with `routes: []` nothing else calls it. */
const called = "nightly";

/** When: at three o'clock in the night, by the clocks of this place. */
const when = { expression: "cron(0 3 * * ? *)", timeZone: "UTC" } as const;

/** What it is called with. */
const input = { job: "cleanup" };

/**
 * A service that is called by the clock, with EventBridge Scheduler.
 *
 * ```yaml
 * services:
 *   nightly: { source: functions/nightly/index.ts, routes: [], timeout: 300 }
 * ```
 *
 * - Each target has a schedule: the service runs once in every region, for what is kept there. For what must run once in a
 *   cell, write `home:` in the cell first, for a cell of several regions has none otherwise and nothing would be made; then
 *   begin `target` with `if (target.region !== cell.home?.region) return;`. It then does not run while that region is
 *   down: a job that matters looks for what was left undone, and does not count on each night.
 * - It may be called twice for one time, so doing it again must not do harm.
 * - `rate(1 hour)` runs at once when it is deployed, and then each hour; `cron` and `at` wait for their time.
 * - Scheduler hands the call to Lambda, and tries that again for an hour. Lambda then tries a call that fails twice more
 *   (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html). Where all have failed, only the
 *   log says so: add a `deadLetterConfig` here, or an `aws_lambda_function_event_invoke_config`, for what must not be lost.
 * - Costs: the first 14 million calls a month are free (https://aws.amazon.com/eventbridge/pricing/).
 */
export const schedule: Extension = {
  name: "schedule",
  deploy: [
    {
      actions: [
        ...["scheduler:CreateSchedule", "scheduler:GetSchedule", "scheduler:UpdateSchedule"],
        "scheduler:DeleteSchedule",
      ],
      resources: ["arn:aws:scheduler:*:{account}:schedule/{fleet}_*"],
    },
    {
      actions: [
        ...["scheduler:CreateScheduleGroup", "scheduler:GetScheduleGroup", "scheduler:DeleteScheduleGroup"],
        ...["scheduler:ListTagsForResource", "scheduler:TagResource", "scheduler:UntagResource"],
      ],
      resources: ["arn:aws:scheduler:*:{account}:schedule-group/{fleet}_*"],
    },
    {
      // A schedule is handed its role, which every deploy role may make within the boundary.
      actions: ["iam:PassRole"],
      resources: ["arn:aws:iam::{account}:role/{fleet}_*"],
      conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    },
  ],
  resourceTypes: {
    aws_scheduler_schedule: {
      holdsData: true,
      what: "the input that its calls have, as the extension writes it",
      source: "https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html",
    },
    aws_scheduler_schedule_group: { holdsData: false, what: "the name that schedules are found under" },
  },

  target({ name, permissionsBoundary, provider, scope, service, target }) {
    const { alias } = service(called);
    const group = new SchedulerScheduleGroup(scope, "group", { provider, name: name("jobs") });
    const role = new IamRole(scope, "role", {
      provider,
      // IAM's names are those of the whole account.
      name: name("role", { global: true }),
      permissionsBoundary,
      assumeRolePolicy: JSON.stringify(trust(target.account.id, group.arn)),
    });
    const policy = new IamRolePolicy(scope, "policy", {
      provider,
      name: "call",
      role: role.name,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: alias.arn }],
      }),
    });
    new SchedulerSchedule(scope, "schedule", {
      provider,
      name: name("nightly"),
      groupName: group.name,
      scheduleExpression: when.expression,
      scheduleExpressionTimezone: when.timeZone,
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: alias.arn,
        roleArn: role.arn,
        input: JSON.stringify(input),
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
      dependsOn: [policy],
    });
  },
};

/**
 * Scheduler assumes the role, and only for schedules of this group: AWS wants the group here, and no schedule.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
 */
function trust(accountId: string, groupArn: string) {
  const Condition = { StringEquals: { "aws:SourceAccount": accountId, "aws:SourceArn": groupArn } };
  const Principal = { Service: "scheduler.amazonaws.com" };
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal, Condition }],
  };
}
