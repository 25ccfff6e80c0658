import { cpSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { accountCredentials, sandboxRequest } from "../../cli/shared/sandbox-request";
import { openSandbox, type SandboxSession } from "../../cli/shared/sandbox-session";
import { queueWorker } from "../../examples/queue-worker";
import { schedule } from "../../examples/schedule";
import { vpc } from "../../examples/vpc";
import { projectRoot } from "../../fleet/project";
import type { RecordedCall } from "../../sandbox/calls/calls";
import { admin, copyOf, edit, type Run, run } from "./support";

const account = "888888888888";
const region = "eu-central-1";
const arnOf = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;

/** A project of somebody's own: the fixture, with the handlers and the packages that it needs. */
function project() {
  const copy = copyOf(join(__dirname, "fixtures", "extensions"));
  for (const file of ["main.ts", "cdktf.json"]) {
    edit(join(copy.path, file), (text) => text.replaceAll("MERIDIAN", projectRoot));
  }
  cpSync(join(projectRoot, "functions"), join(copy.path, "functions"), { recursive: true });
  symlinkSync(join(projectRoot, "node_modules"), join(copy.path, "node_modules"));
  return copy;
}

/** Runs a command of ours in a project, as `npx meridian` would there. */
function meridianIn(folder: string, session: SandboxSession, ...args: readonly string[]): Promise<Run> {
  const env = { ...session.env, CDKTF_OUTPUT: session.output, NO_COLOR: "1" };
  return run(process.execPath, [join(projectRoot, "bin", "meridian.js"), ...args], folder, env);
}

describe("the extensions of examples/, deployed to the sandbox", () => {
  const { path: folder, remove } = project();
  const file = join(folder, "fleet.yaml");
  let session: SandboxSession;

  beforeAll(async () => {
    session = await openSandbox(file, { state: { backend: "local" } }, undefined, () => {});
    const { code, text } = await meridianIn(folder, session, "deploy", "--yes");
    if (code !== 0) throw new Error(text);
  });

  afterAll(async () => {
    await session?.close();
    remove();
  });

  /** Calls an API of the account in the sandbox, in a protocol of JSON. */
  async function ask<T>(
    service: string,
    method: string,
    path: string,
    action?: string,
    input?: object,
  ): Promise<T> {
    const { text } = await sandboxRequest({
      ...{ endpoint: session.sandbox.endpoint, service, region, method, path },
      credentials: accountCredentials(account),
      body: input === undefined ? "" : JSON.stringify(input),
      headers:
        action === undefined ? {} : { "x-amz-target": action, "content-type": "application/x-amz-json-1.0" },
    });
    return JSON.parse(text) as T;
  }

  const queueUrl = (part: string) => `${session.sandbox.endpoint}/${account}/more_more_queue-worker_${part}`;
  const send = (body: object | string) =>
    ask("sqs", "POST", "/", "AmazonSQS.SendMessage", {
      QueueUrl: queueUrl("jobs"),
      MessageBody: typeof body === "string" ? body : JSON.stringify(body),
    });

  async function logged(service: string): Promise<readonly string[]> {
    const lines = await admin<readonly { readonly message: string }[]>(
      session,
      `logs?function=more_more_${service}`,
    );
    return lines.map(({ message }) => message);
  }

  async function eventually<T>(look: () => Promise<T>, isThere: (found: T) => boolean): Promise<T> {
    const end = Date.now() + 90_000;
    for (;;) {
      const found = await look();
      if (isThere(found) || Date.now() > end) return found;
      await sleep(500);
    }
  }

  test("a second plan finds nothing to do", async () => {
    const { code, text } = await meridianIn(folder, session, "plan");
    expect({ code, text }).toMatchObject({
      code: 0,
      text: expect.stringContaining("Nothing to do: 2 stacks"),
    });
  });

  test("the deploy has called nothing that the extensions do not say", async () => {
    const { calls } = await admin<{ readonly calls: readonly RecordedCall[] }>(session, "calls");
    const said = [queueWorker, schedule, vpc].flatMap(({ deploy = [] }) =>
      deploy.flatMap(({ actions }) => actions),
    );
    const isSaid = (action: string) =>
      said.some((each) => (each.endsWith("*") ? action.startsWith(each.slice(0, -1)) : action === each));
    const asked = calls
      .filter(({ principal }) => principal === `arn:aws:iam::${account}:role/meridian-deploy`)
      .map(({ action }) => action)
      .filter((action) => /^(sqs|scheduler|ec2):|EventSourceMapping/.test(action));
    expect(asked).toEqual(
      expect.arrayContaining(["sqs:CreateQueue", "scheduler:CreateSchedule", "ec2:CreateVpc"]),
    );
    expect(asked.filter((action) => !isSaid(action))).toEqual([]);
  });

  test("a message arrives at the worker, and a poison message in the queue beside", async () => {
    await send("no JSON");
    await send({ order: 7 });
    const lines = await eventually(
      () => logged("worker"),
      (all) => all.some((line) => line.includes("worked")),
    );
    expect(lines).toContain('{"message":"worked","job":{"order":7}}');
    const receive = () =>
      ask<{ readonly Messages?: readonly { readonly Body: string }[] }>(
        "sqs",
        "POST",
        "/",
        "AmazonSQS.ReceiveMessage",
        {
          QueueUrl: queueUrl("dead"),
        },
      );
    const { Messages } = await eventually(receive, (found) => found.Messages !== undefined);
    expect(Messages).toMatchObject([{ Body: "no JSON" }]);
    const failures = (await logged("worker")).filter((line) => /"failed"/.test(line));
    expect(failures).toHaveLength(5);
  });

  test("the sender knows the queue", async () => {
    const { Environment } = await ask<{ readonly Environment: unknown }>(
      "lambda",
      "GET",
      "/2015-03-31/functions/more_more_hello/configuration",
    );
    expect(Environment).toMatchObject({ Variables: { JOBS_QUEUE_URL: queueUrl("jobs") } });
  });

  test("the schedule calls its service", async () => {
    const arn = arnOf("scheduler", "schedule/more_more_schedule_jobs/more_more_schedule_nightly");
    await admin(session, `schedules/${encodeURIComponent(arn)}`, "POST");
    const lines = await eventually(
      () => logged("nightly"),
      (all) => all.length > 0,
    );
    expect(lines).toEqual(['{"message":"ran","job":"cleanup","region":"eu-central-1"}']);
  });

  test("the service is in the network, in two of its subnets", async () => {
    const { VpcConfig } = await ask<{ readonly VpcConfig: unknown }>(
      "lambda",
      "GET",
      "/2015-03-31/functions/more_more_nightly/configuration?Qualifier=live",
    );
    expect(VpcConfig).toEqual({
      VpcId: expect.stringMatching(/^vpc-/),
      SubnetIds: [expect.stringMatching(/^subnet-/), expect.stringMatching(/^subnet-/)],
      SecurityGroupIds: [expect.stringMatching(/^sg-/)],
      Ipv6AllowedForDualStack: false,
    });
  });
});
