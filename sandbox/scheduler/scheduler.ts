import { randomUUID } from "node:crypto";
import { type AwsCall, AwsError, type HttpResponse, notServed, type OwnService } from "../http";
import { mayBeAssumedBy } from "../iam/trust";
import type { Outages } from "../outages";
import { type JsonInput, jsonAnswer, listTags, readObject, readTags } from "../protocols/json";
import { findOperation } from "../protocols/rest";
import { createClock } from "./clock";
import {
  checkName,
  defaultGroup,
  describeGroup,
  describeSchedule,
  groupArn,
  readSchedule,
  type Schedule,
  type ScheduleGroup,
  type SchedulerPlace,
  scheduleArn,
} from "./schedules";

/** What EventBridge Scheduler needs of the sandbox. */
export interface SchedulerOptions {
  /** Calls a function by its ARN, with an event in JSON. */
  readonly invoke: (arn: string, event: string) => Promise<unknown>;
  readonly outages: Outages;
  /** Who may assume a role, as its JSON; undefined where there is no such role. @default every role trusts the service */
  readonly trustPolicy?: (roleArn: string) => Promise<string | undefined>;
  readonly onLog?: (line: string) => void;
}

/** A schedule, for listings. */
export interface ListedSchedule extends SchedulerPlace {
  readonly arn: string;
  readonly expression: string;
  readonly target: string;
}

/** EventBridge Scheduler: the API, and what runs the schedules. */
export interface Scheduler extends OwnService {
  readonly schedules: () => readonly ListedSchedule[];
  /** Runs a schedule at once, whatever its time and state. False where there is none, or its region is down. */
  readonly run: (arn: string) => boolean;
  /** Runs nothing any more. */
  readonly close: () => void;
}

interface Context {
  readonly call: AwsCall;
  readonly name: string;
  readonly query: URLSearchParams;
  readonly input: JsonInput;
}

type Operation = (context: Context) => object | Promise<object>;

/** EventBridge Scheduler's REST API; paths from https://docs.aws.amazon.com/scheduler/latest/APIReference/API_Operations.html */
const paths = [
  ["CreateSchedule", "POST", "/schedules/{Name}"],
  ["GetSchedule", "GET", "/schedules/{Name}"],
  ["UpdateSchedule", "PUT", "/schedules/{Name}"],
  ["DeleteSchedule", "DELETE", "/schedules/{Name}"],
  ["ListSchedules", "GET", "/schedules"],
  ["CreateScheduleGroup", "POST", "/schedule-groups/{Name}"],
  ["GetScheduleGroup", "GET", "/schedule-groups/{Name}"],
  ["DeleteScheduleGroup", "DELETE", "/schedule-groups/{Name}"],
  ["ListScheduleGroups", "GET", "/schedule-groups"],
  ["ListTagsForResource", "GET", "/tags/{Name}"],
  ["TagResource", "POST", "/tags/{Name}"],
  ["UntagResource", "DELETE", "/tags/{Name}"],
] as const;

/** The operations of EventBridge Scheduler. */
export const schedulerOperations = paths.map(([name, method, path]) => ({ name, method, path }));

type OperationName = (typeof paths)[number][0];

const service = "scheduler.amazonaws.com";

/** As AWS words it: https://github.com/aws/aws-sdk-js-v3/issues/6494. The provider tries again for two minutes. */
const notTrusted = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";

function notFound(what: string): AwsError {
  return new AwsError(404, "ResourceNotFoundException", `${what} does not exist.`);
}

function conflict(what: string): AwsError {
  return new AwsError(409, "ConflictException", `${what} already exists.`);
}

/** An EventBridge Scheduler without schedules, for all accounts and regions. */
export function createScheduler(options: SchedulerOptions): Scheduler {
  const { invoke, onLog = () => {}, outages, trustPolicy } = options;
  const schedules = new Map<string, Schedule>();
  const groups = new Map<string, ScheduleGroup>();
  const clock = createClock(schedules, run);

  const isHere =
    ({ account, region }: AwsCall) =>
    (one: SchedulerPlace) =>
      one.account === account && one.region === region;

  function group({ account, region }: AwsCall, name: string): ScheduleGroup {
    const found = groups.get(groupArn({ account, region, name }));
    if (found) return found;
    if (name === defaultGroup) return { account, region, name, tags: new Map(), created: 0, modified: 0 };
    throw notFound(`Schedule group ${name}`);
  }

  function schedule(
    { call, name, query }: Context,
    inGroup = query.get("groupName") ?? defaultGroup,
  ): Schedule {
    const found = schedules.get(
      scheduleArn({ account: call.account, region: call.region, group: inGroup, name }),
    );
    if (!found) throw notFound(`Schedule ${name}`);
    return found;
  }

  async function put(made: Schedule, call: AwsCall): Promise<object> {
    group(call, made.group);
    const policy = trustPolicy && ((await trustPolicy(made.target.roleArn)) ?? "");
    if (policy !== undefined && !mayBeAssumedBy(policy, service))
      throw new AwsError(400, "ValidationException", notTrusted);
    schedules.set(scheduleArn(made), made);
    clock.start();
    return { ScheduleArn: scheduleArn(made) };
  }

  /** The group that an ARN names, which alone has tags. */
  function tagged({ call, name }: Context): ScheduleGroup {
    const found = [...groups.values()].filter(isHere(call)).find((one) => groupArn(one) === name);
    if (!found) throw notFound(`Resource ${name}`);
    return found;
  }

  const setTags = (found: ScheduleGroup, tags: ReadonlyMap<string, string>) => {
    groups.set(groupArn(found), { ...found, tags, modified: Date.now() });
    return {};
  };

  const operations: Readonly<Record<OperationName, Operation>> = {
    CreateSchedule({ call, input, name }) {
      const made = readSchedule(call, checkName(name), input);
      if (schedules.has(scheduleArn(made))) throw conflict(`Schedule ${name}`);
      return put(made, call);
    },
    UpdateSchedule(context) {
      const { call, input, name } = context;
      const before = schedule(context, String(input.GroupName ?? defaultGroup));
      return put(readSchedule(call, name, input, before), call);
    },
    GetSchedule: (context) => describeSchedule(schedule(context)),
    DeleteSchedule(context) {
      schedules.delete(scheduleArn(schedule(context)));
      return {};
    },
    ListSchedules({ call, query }) {
      const wanted = query.get("ScheduleGroup");
      const found = [...schedules.values()]
        .filter(isHere(call))
        .filter((one) => wanted === null || one.group === wanted);
      return {
        Schedules: found.map((one) => {
          const { Arn, CreationDate, GroupName, LastModificationDate, Name, State } = describeSchedule(one);
          return {
            Arn,
            CreationDate,
            GroupName,
            LastModificationDate,
            Name,
            State,
            Target: { Arn: one.target.arn },
          };
        }),
      };
    },
    CreateScheduleGroup({ call: { account, region }, input, name }) {
      const now = Date.now();
      const tags = readTags(input.Tags);
      const made = { account, region, name: checkName(name), tags, created: now, modified: now };
      if (name === defaultGroup || groups.has(groupArn(made))) throw conflict(`Schedule group ${name}`);
      groups.set(groupArn(made), made);
      return { ScheduleGroupArn: groupArn(made) };
    },
    GetScheduleGroup: ({ call, name }) => describeGroup(group(call, name)),
    DeleteScheduleGroup({ call, name }) {
      if (name === defaultGroup)
        throw new AwsError(400, "ValidationException", "The default schedule group cannot be deleted.");
      const gone = group(call, name);
      groups.delete(groupArn(gone));
      for (const [arn, one] of schedules) if (isHere(call)(one) && one.group === name) schedules.delete(arn);
      return {};
    },
    ListScheduleGroups: ({ call }) => ({
      ScheduleGroups: [group(call, defaultGroup), ...[...groups.values()].filter(isHere(call))].map(
        describeGroup,
      ),
    }),
    ListTagsForResource: (context) => ({ Tags: listTags(tagged(context).tags) }),
    TagResource(context) {
      const found = tagged(context);
      return setTags(found, new Map([...found.tags, ...readTags(context.input.Tags)]));
    },
    UntagResource(context) {
      const found = tagged(context);
      const gone = new Set(context.query.getAll("TagKeys"));
      return setTags(found, new Map([...found.tags].filter(([key]) => !gone.has(key))));
    },
  };

  function run(one: Schedule): boolean {
    if (outages.isDown(one.region)) return false;
    const { arn } = one.target;
    if (!/^arn:aws:lambda:/.test(arn)) {
      onLog(`${scheduleArn(one)}: the sandbox calls functions only, not ${arn}`);
      return true;
    }
    invoke(arn, eventOf(one)).catch((error: unknown) => onLog(`${scheduleArn(one)}: ${error}`));
    return true;
  }

  return {
    operations: schedulerOperations.map(({ name }) => name),
    async handle(call): Promise<HttpResponse> {
      const found = findOperation(schedulerOperations, call);
      if (!found) throw notServed(`scheduler ${call.method} ${call.path.split("?")[0]}`);
      const { operation, params, query } = found;
      const refused = () => new AwsError(400, "ValidationException", "the request body is no JSON object");
      const input = readObject(call.body, refused);
      return jsonAnswer(
        200,
        await operations[operation.name]({ call, name: params.Name ?? "", query, input }),
      );
    },
    schedules: () =>
      [...schedules.values()].map(({ account, region, settings, target, ...one }) => ({
        ...{ account, region, arn: scheduleArn({ account, region, ...one }) },
        expression: String(settings.ScheduleExpression),
        target: target.arn,
      })),
    run(arn) {
      const one = schedules.get(arn);
      return one !== undefined && run(one);
    },
    close: () => clock.stop(),
  };
}

/**
 * What a function is called with: the schedule's input, with the words for what is known only when it runs.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
function eventOf(schedule: Schedule): string {
  const { account, region, target } = schedule;
  const arn = scheduleArn(schedule);
  const id = randomUUID();
  const time = `${new Date().toISOString().slice(0, 19)}Z`;
  const words = { "schedule-arn": arn, "scheduled-time": time, "execution-id": id, "attempt-number": "1" };
  if (target.input === undefined) {
    const about = { version: "0", id, "detail-type": "Scheduled Event", source: "aws.scheduler" };
    return JSON.stringify({ ...about, account, time, region, resources: [arn], detail: "{}" });
  }
  return Object.entries(words).reduce(
    (input, [word, value]) => input.replaceAll(`<aws.scheduler.${word}>`, value),
    target.input,
  );
}
