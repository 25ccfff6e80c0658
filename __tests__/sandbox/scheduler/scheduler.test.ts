import { answerAdmin } from "../../../sandbox/gateway/admin";
import type { AwsCall } from "../../../sandbox/http";
import { createOutages, type Outages } from "../../../sandbox/outages";
import { createScheduler, type Scheduler } from "../../../sandbox/scheduler/scheduler";

const functionArn = "arn:aws:lambda:eu-central-1:111111111111:function:hello:live";
const trusting = (Service: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } }] });

let outages: Outages;
let scheduler: Scheduler;
let invoked: { readonly arn: string; readonly event: Record<string, unknown> }[];
beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse("2026-01-01T00:00:30Z") });
  outages = createOutages();
  invoked = [];
  scheduler = createScheduler({
    invoke: async (arn, event) => void invoked.push({ arn, event: JSON.parse(event) }),
    outages,
    trustPolicy: async (role) =>
      role.endsWith("/none") ? undefined : trusting(`${role.split("/")[1]}.amazonaws.com`),
  });
});
afterEach(() => {
  scheduler.close();
  jest.useRealTimers();
});

async function ask(method: string, path: string, body: object = {}, region = "eu-central-1") {
  const call: AwsCall = {
    ...{
      service: "scheduler",
      account: "111111111111",
      region,
      method,
      host: "127.0.0.1",
      path,
      headers: {},
    },
    body: Buffer.from(JSON.stringify(body)),
  };
  const answer = await scheduler.handle(call);
  return JSON.parse(answer.body.toString());
}

const request = {
  ScheduleExpression: "cron(0 3 * * ? *)",
  FlexibleTimeWindow: { Mode: "OFF" },
  Target: {
    Arn: functionArn,
    RoleArn: "arn:aws:iam::111111111111:role/scheduler",
    Input: '{"job":"nightly"}',
  },
};
const create = (more: object = {}, name = "nightly") =>
  ask("POST", `/schedules/${name}`, { ...request, ...more });
const arn = "arn:aws:scheduler:eu-central-1:111111111111:schedule/default/nightly";
const pass = (minutes: number) => jest.advanceTimersByTimeAsync(minutes * 60_000);

describe("a schedule", () => {
  it("reads back as it was sent, with the defaults of AWS", async () => {
    expect(await create({ ClientToken: "x" })).toEqual({ ScheduleArn: arn });
    expect(await ask("GET", "/schedules/nightly?groupName=default")).toEqual({
      ...request,
      ...{ Arn: arn, GroupName: "default", Name: "nightly", State: "ENABLED" },
      ...{ ActionAfterCompletion: "NONE", ScheduleExpressionTimezone: "UTC" },
      ...{ CreationDate: 1767225630, LastModificationDate: 1767225630 },
      Target: {
        ...request.Target,
        RetryPolicy: { MaximumEventAgeInSeconds: 86400, MaximumRetryAttempts: 185 },
      },
    });
  });

  it("is what an update says, and nothing of what it leaves out", async () => {
    await create({ Description: "each night" });
    await ask("PUT", "/schedules/nightly", { ...request, State: "DISABLED" });
    const { Description, State } = await ask("GET", "/schedules/nightly");
    expect([State, Description]).toEqual(["DISABLED", undefined]);
    await ask("DELETE", "/schedules/nightly?groupName=default");
    await expect(ask("GET", "/schedules/nightly")).rejects.toMatchObject({ status: 404 });
  });

  it.each([
    [
      "an expression that is none",
      { ScheduleExpression: "rate(soon)" },
      "Invalid Schedule Expression rate(soon).",
    ],
    [
      "a time zone that is none",
      { ScheduleExpressionTimezone: "Mars" },
      "Invalid ScheduleExpressionTimezone",
    ],
    ["no window", { FlexibleTimeWindow: undefined }, "FlexibleTimeWindow"],
    ["a group that is none", { GroupName: "none" }, "Schedule group none does not exist."],
    ["no role", { Target: { Arn: functionArn } }, "RoleArn is required"],
    ["input that is no JSON", { Target: { ...request.Target, Input: "{" } }, "not JSON"],
    [
      "a role that trusts another service",
      { Target: { ...request.Target, RoleArn: "arn:aws:iam::1:role/lambda" } },
      "must allow AWS EventBridge Scheduler to assume the role",
    ],
    [
      "a role that is not there",
      { Target: { ...request.Target, RoleArn: "arn:aws:iam::1:role/none" } },
      "to assume the role",
    ],
  ])("is refused with %s", async (_, more, message) => {
    await expect(create(more)).rejects.toMatchObject({ message: expect.stringContaining(message) });
  });

  it("is refused twice, and under a name that is none", async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ status: 409, code: "ConflictException" });
    await expect(create({}, "a b")).rejects.toMatchObject({ status: 400 });
  });

  it("belongs to its account, region and group, and goes with the group", async () => {
    await ask("POST", "/schedule-groups/jobs", { Tags: [{ Key: "team", Value: "shop" }] });
    await create({ GroupName: "jobs" });
    await create();
    const names = async (query: string, region?: string) => {
      const { Schedules } = await ask("GET", `/schedules${query}`, {}, region);
      return Schedules.map(({ GroupName }: { readonly GroupName: string }) => GroupName).sort();
    };
    expect(await names("")).toEqual(["default", "jobs"]);
    expect(await names("?ScheduleGroup=jobs")).toEqual(["jobs"]);
    expect(await names("", "eu-west-1")).toEqual([]);
    const group = await ask("GET", "/schedule-groups/jobs");
    expect(group).toMatchObject({ Name: "jobs", State: "ACTIVE" });
    const tags = `/tags/${encodeURIComponent(group.Arn)}`;
    await ask("POST", tags, { Tags: [{ Key: "stage", Value: "test" }] });
    await ask("DELETE", `${tags}?TagKeys=team`);
    expect(await ask("GET", tags)).toEqual({ Tags: [{ Key: "stage", Value: "test" }] });
    await ask("DELETE", "/schedule-groups/jobs");
    expect(await names("")).toEqual(["default"]);
    const { ScheduleGroups } = await ask("GET", "/schedule-groups");
    expect(ScheduleGroups).toMatchObject([{ Name: "default" }]);
  });
});

describe("the clock", () => {
  it("calls the function with the input, at each time and not before", async () => {
    await create({ ScheduleExpression: "cron(0/5 * * * ? *)" });
    await pass(4);
    expect(invoked).toEqual([]);
    await pass(7);
    expect(invoked).toEqual([
      { arn: functionArn, event: { job: "nightly" } },
      { arn: functionArn, event: { job: "nightly" } },
    ]);
  });

  it("runs a rate at once, and then at its pace", async () => {
    await create({ ScheduleExpression: "rate(2 minutes)" });
    await pass(0.5);
    expect(invoked).toHaveLength(1);
    await pass(2);
    expect(invoked).toHaveLength(2);
  });

  it("runs nothing that is off, over, not begun, or in a region that is down", async () => {
    const rate = { ScheduleExpression: "rate(1 minute)" };
    await create({ ...rate, State: "DISABLED" }, "off");
    await create({ ...rate, EndDate: 1767225600 }, "over");
    await create({ ...rate, StartDate: 1767312000 }, "later");
    await pass(3);
    expect(invoked).toEqual([]);
    await create(rate, "down");
    outages.begin("eu-central-1");
    await pass(3);
    expect(invoked).toEqual([]);
  });

  it("runs once what runs once, and forgets it then, if it is to", async () => {
    const once = { ScheduleExpression: "at(2026-01-01T00:02:00)" };
    await create({ ...once, ActionAfterCompletion: "DELETE" }, "gone");
    await create(once, "kept");
    await pass(5);
    expect(invoked).toHaveLength(2);
    expect(scheduler.schedules().map(({ arn: each }) => each.split("/").at(-1))).toEqual(["kept"]);
  });

  it("fills in what is only known when it runs", async () => {
    const Input = '{"at":"<aws.scheduler.scheduled-time>","of":"<aws.scheduler.schedule-arn>"}';
    await create({ ScheduleExpression: "rate(1 day)", Target: { ...request.Target, Input } });
    await pass(0.1);
    expect(invoked[0]?.event).toEqual({ at: expect.stringMatching(/^2026-01-01T00:00:3\dZ$/), of: arn });
  });
});

describe("the sandbox's own API", () => {
  const admin = (method: string, path: string) => {
    const asked = {
      method,
      path: `/_sandbox/${path}`,
      host: "127.0.0.1",
      headers: {},
      body: Buffer.alloc(0),
    };
    const { body, status } = answerAdmin(asked, { scheduler } as Parameters<typeof answerAdmin>[1]);
    return { status, body: JSON.parse(body.toString()) };
  };

  it("lists schedules, and runs one now", async () => {
    await create();
    const listed = { account: "111111111111", region: "eu-central-1", arn, target: functionArn };
    expect(admin("GET", "schedules").body).toEqual([{ ...listed, expression: "cron(0 3 * * ? *)" }]);
    expect(admin("POST", `schedules/${encodeURIComponent(arn)}`).status).toBe(202);
    expect(invoked).toEqual([{ arn: functionArn, event: { job: "nightly" } }]);
  });

  it("runs none that is not there, or whose region is down", async () => {
    await create();
    expect(admin("POST", "schedules/nobody").status).toBe(404);
    expect(admin("GET", `schedules/${encodeURIComponent(arn)}`).status).toBe(405);
    outages.begin("eu-central-1");
    expect(admin("POST", `schedules/${encodeURIComponent(arn)}`).status).toBe(404);
    expect(invoked).toEqual([]);
  });
});
