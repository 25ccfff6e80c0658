import { type AwsCall, AwsError } from "../http";
import { isMap, type JsonInput, requiredText } from "../protocols/json";
import { type Expression, isTimeZone, parseExpression } from "./expressions";

/** Where schedules are: names are those of an account and region. */
export interface SchedulerPlace {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** A schedule. */
export interface Schedule extends SchedulerPlace {
  readonly group: string;
  readonly name: string;
  /** As it was sent, with EventBridge Scheduler's defaults. */
  readonly settings: JsonInput;
  readonly expression: Expression;
  readonly timeZone: string;
  readonly target: ScheduleTarget;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly modified: number;
}

/** What a schedule calls. */
export interface ScheduleTarget {
  readonly arn: string;
  readonly roleArn: string;
  readonly input?: string;
}

/** A group of schedules, which tags hang on. */
export interface ScheduleGroup extends SchedulerPlace {
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly created: number;
  readonly modified: number;
}

/** Every account has this group in each region. */
export const defaultGroup = "default";

/** The defaults of the API: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html */
const retryDefaults = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 } as const;

function invalid(message: string): AwsError {
  return new AwsError(400, "ValidationException", message);
}

/**
 * A name of the API.
 *
 * @throws {AwsError} 400
 */
export function checkName(name: string): string {
  if (/^[0-9A-Za-z_.-]{1,64}$/.test(name)) return name;
  throw invalid(`'${name}' is not a name: letters, digits, '-', '_' and '.', at most 64`);
}

/** ARN of a schedule. */
export function scheduleArn({
  account,
  group,
  name,
  region,
}: Pick<Schedule, "account" | "group" | "name" | "region">) {
  return `arn:aws:scheduler:${region}:${account}:schedule/${group}/${name}`;
}

/** ARN of a group. */
export function groupArn({
  account,
  name,
  region,
}: Pick<ScheduleGroup, "account" | "name" | "region">): string {
  return `arn:aws:scheduler:${region}:${account}:schedule-group/${name}`;
}

/**
 * The schedule that CreateSchedule or UpdateSchedule asks for: what an update leaves out is back at its default, as on AWS.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_UpdateSchedule.html
 *
 * @throws {AwsError} 400 for what EventBridge Scheduler would refuse
 */
export function readSchedule(
  { account, region }: AwsCall,
  name: string,
  input: JsonInput,
  before?: Schedule,
): Schedule {
  const text = requiredText(input, "ScheduleExpression");
  const expression = parseExpression(text);
  if (!expression) throw invalid(`Invalid Schedule Expression ${text}.`);
  const timeZone = String(input.ScheduleExpressionTimezone ?? "UTC");
  if (!isTimeZone(timeZone)) throw invalid(`Invalid ScheduleExpressionTimezone ${timeZone}.`);
  checkWindow(input.FlexibleTimeWindow);
  const Target = isMap(input.Target) ? input.Target : {};
  const retry = isMap(Target.RetryPolicy) ? Target.RetryPolicy : {};
  const target = {
    arn: requiredText(Target, "Arn"),
    roleArn: requiredText(Target, "RoleArn"),
    input: typeof Target.Input === "string" ? Target.Input : undefined,
  };
  if (target.arn.startsWith("arn:aws:lambda:")) checkJson(target.input);
  const { ClientToken: _, ...sent } = input;
  const modified = Date.now();
  return {
    ...{ account, region, name, expression, timeZone, target, modified },
    group: String(input.GroupName ?? defaultGroup),
    created: before?.created ?? modified,
    settings: {
      ...{ State: "ENABLED", ActionAfterCompletion: "NONE", ...sent },
      ScheduleExpressionTimezone: timeZone,
      Target: { ...Target, RetryPolicy: { ...retryDefaults, ...retry } },
    },
  };
}

function checkWindow(window: unknown): void {
  const { Mode, MaximumWindowInMinutes: minutes } = isMap(window) ? window : {};
  if (Mode === "OFF" && minutes == null) return;
  if (Mode === "FLEXIBLE" && Number(minutes) >= 1 && Number(minutes) <= 1440) return;
  throw invalid("FlexibleTimeWindow: Mode is OFF, or FLEXIBLE with MaximumWindowInMinutes of 1 to 1440");
}

function checkJson(input: string | undefined): void {
  try {
    if (input !== undefined) JSON.parse(input);
  } catch {
    throw invalid("Invalid RequestJson provided. Reason The Input of the target is not JSON");
  }
}

/** A schedule as the API shows it. Times are in seconds. */
export function describeSchedule(schedule: Schedule): JsonInput {
  const { created, group, modified, name, settings } = schedule;
  return {
    ...settings,
    ...{ Arn: scheduleArn(schedule), GroupName: group, Name: name },
    ...{ CreationDate: created / 1000, LastModificationDate: modified / 1000 },
  };
}

/** A group as the API shows it. */
export function describeGroup(group: ScheduleGroup): JsonInput {
  const { created, modified, name } = group;
  return {
    ...{ Arn: groupArn(group), Name: name, State: "ACTIVE" },
    ...{ CreationDate: created / 1000, LastModificationDate: modified / 1000 },
  };
}
