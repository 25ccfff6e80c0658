import { queueWorker } from "../../examples/queue-worker";
import { schedule } from "../../examples/schedule";
import { vpc } from "../../examples/vpc";
import { projectRoot } from "../../fleet/project";
import { type StackJson, type SynthesizedFleet, synthesizeFleet } from "../../stacks/testing";

const fleet = `
fleet: acme
accounts:
  globex: { id: "333333333333" }
services:
  hello: { source: functions/hello/index.ts }
  worker: { source: functions/worker/index.ts, routes: [], timeout: 30 }
  nightly: { source: functions/nightly/index.ts, routes: [] }
zones:
  eu: { regions: [eu-central-1, eu-west-1], countries: [EU] }
cells:
  globex: { stage: production, zone: eu, targets: { globex: [eu-central-1, eu-west-1] } }
`;

let acme: SynthesizedFleet;
let plain: SynthesizedFleet;
let target: StackJson;
beforeAll(async () => {
  const extensions = [vpc, schedule, queueWorker];
  acme = await synthesizeFleet({ fleet, folder: projectRoot, extensions });
  plain = await synthesizeFleet({ fleet, folder: projectRoot });
  target = acme.target("globex", "eu-central-1");
});

/** What an extension has added to a stack, by the name that its ids begin with. */
function addedBy(stack: StackJson, extension: string) {
  const all = Object.entries(stack.resource).flatMap(([type, resources]) =>
    Object.entries(resources).map(([id, attributes]) => [`${type}.${id}`, attributes] as const),
  );
  return Object.fromEntries(all.filter(([address]) => address.includes(`_${extension}_`)));
}

/** The function of a service. */
function functionOf({ resource }: StackJson, service: string) {
  const functions = Object.values(resource.aws_lambda_function ?? {});
  return functions.find(({ function_name }) => function_name === `acme_globex_${service}`);
}

describe("queue-worker", () => {
  test("adds what it says to each target", () => {
    expect(addedBy(target, "queue-worker")).toMatchSnapshot();
  });

  test("lets a message be hidden for six times what the worker may take", () => {
    const queues = Object.values(target.resource.aws_sqs_queue ?? {});
    const jobs = queues.find(({ name }) => name === "acme_globex_queue-worker_jobs");
    expect(jobs?.visibility_timeout_seconds).toBe(180);
  });

  test("tells the sender, and nobody else, where the queue is", () => {
    const variables = (service: string) => functionOf(target, service)?.environment;
    expect(variables("hello")).toMatchObject({
      variables: { JOBS_QUEUE_URL: expect.stringMatching(/^\$\{aws_sqs_queue\.\w+.*\.url\}$/) },
    });
    expect(JSON.stringify([variables("worker"), variables("nightly")])).not.toContain("QUEUE");
  });
});

describe("schedule", () => {
  test("adds what it says to each target", () => {
    expect(addedBy(target, "schedule")).toMatchSnapshot();
  });

  test("has a role of another name in another region, as names of IAM are those of the account", () => {
    const names = ["eu-central-1", "eu-west-1"].flatMap((region) =>
      Object.values(acme.target("globex", region).resource.aws_iam_role ?? {}).map(({ name }) => name),
    );
    expect(names).toContain("acme_globex_schedule_role_eu-central-1");
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("vpc", () => {
  test("adds what it says to each target", () => {
    expect(addedBy(target, "vpc")).toMatchSnapshot();
  });

  test("puts the service into the network, and no other", () => {
    expect(functionOf(target, "nightly")?.vpc_config).toMatchObject({
      security_group_ids: [expect.stringMatching(/^\$\{aws_security_group\./)],
      subnet_ids: [expect.stringMatching(/^\$\{aws_subnet\./), expect.stringMatching(/^\$\{aws_subnet\./)],
    });
    expect(functionOf(target, "hello")?.vpc_config).toBeUndefined();
  });

  test("is there before the function is", () => {
    const waits = JSON.stringify(functionOf(target, "nightly")?.depends_on);
    expect(waits).toMatch(/aws_iam_role_policy\.\w+.*allow_nightly/);
  });
});

test("fronts stay as they are", () => {
  expect(acme.front("globex")).toEqual(plain.front("globex"));
});
