import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { Check } from "../../../operations/preflight/model";
import { pipelineChecks } from "../../../operations/preflight/pipeline";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { type Answers, missing } from "../recovery/fake-aws";
import { answerTo, scopeOf } from "./support";

type PipelineEntry = NonNullable<FleetFile["pipeline"]>;

const arn = "arn:aws:codeconnections:eu-west-1:222222222222:connection/1a2b";
const pipeline: PipelineEntry = {
  account: "delivery",
  region: "eu-central-1",
  source: { connection: arn, repository: "acme/fleet", branch: "main" },
};
const checksOf = (more: Partial<PipelineEntry> = {}, others: Partial<FleetFile> = {}) =>
  pipelineChecks(scopeOf(bootstrapFleet({ ...others, pipeline: { ...pipeline, ...more } }), "delivery"));
const bucket = checksOf({ source: { bucket: "acme-sources", key: "fleet.zip" } });
const described = (checks: readonly Check[]) =>
  checks.map(({ asks, region, subject }) => `${region}, ${subject}: ${asks.join(", ")}`);

const quotas = "servicequotas:GetServiceQuota, servicequotas:GetAWSDefaultServiceQuota";

test("what a pipeline stands on is asked for where it is, and where its stack is selected", () => {
  expect(described(checksOf())).toEqual([
    "eu-central-1, connection to the sources: codeconnections:GetConnection",
    `eu-central-1, CodeBuild builds at once: ${quotas}`,
  ]);
  expect(described(bucket)).toEqual([
    "eu-central-1, versions of the bucket with the sources: s3:GetBucketVersioning",
    "eu-central-1, events of the bucket with the sources: s3:GetBucketNotification",
    `eu-central-1, CodeBuild builds at once: ${quotas}`,
  ]);
  const fleet = bootstrapFleet({ pipeline });
  expect(pipelineChecks(scopeOf(fleet, "globex"))).toEqual([]);
  expect(pipelineChecks({ ...scopeOf(fleet, "delivery"), stacks: [] })).toEqual([]);
});

describe("the connection", () => {
  const ask = (answer: Answers[string]) =>
    answerTo(checksOf(), "connection to the sources", { GetConnection: answer });

  test("is fine once somebody has completed it", async () => {
    const available = { Connection: { ConnectionStatus: "AVAILABLE" } };
    const answer = await ask((input) => (input.ConnectionArn === arn ? available : {}));
    expect(answer).toMatchObject({ status: "fine", needed: `${arn} is AVAILABLE`, found: "it is AVAILABLE" });
  });

  test("that is pending, broken or not there brings no sources", async () => {
    for (const ConnectionStatus of ["PENDING", "ERROR"])
      expect(await ask(() => ({ Connection: { ConnectionStatus } }))).toMatchObject({
        status: "fails",
        found: `it is ${ConnectionStatus}`,
        raise: expect.stringContaining("Update pending connection"),
      });
    expect(await ask(missing("ResourceNotFoundException"))).toMatchObject({
      status: "fails",
      found: "there is none that this account may use",
    });
  });

  test("of the older name is asked for by it", () => {
    const connection = arn.replace("codeconnections", "codestar-connections");
    const [check] = checksOf({ source: { connection, repository: "acme/fleet", branch: "main" } });
    expect(check?.asks).toEqual(["codestar-connections:GetConnection"]);
  });
});

describe("the bucket with the sources", () => {
  const [versions, events] = [
    "versions of the bucket with the sources",
    "events of the bucket with the sources",
  ];
  const refuse = (name: string) => ({
    GetBucketVersioning: missing(name),
    GetBucketNotificationConfiguration: missing(name),
  });

  test("keeps versions", async () => {
    const ask = (Status?: string) => answerTo(bucket, versions, { GetBucketVersioning: () => ({ Status }) });
    expect(await ask("Enabled")).toMatchObject({ status: "fine", found: "it is" });
    expect(await ask("Suspended")).toMatchObject({ status: "fails", found: "versioning is Suspended" });
    expect(await ask()).toMatchObject({
      ...{ status: "fails", found: "versioning is off" },
      raise: expect.stringContaining("put-bucket-versioning --bucket acme-sources"),
    });
  });

  test("tells EventBridge, which starts the pipeline", async () => {
    const ask = (configuration: object) =>
      answerTo(bucket, events, { GetBucketNotificationConfiguration: () => configuration });
    expect(await ask({ EventBridgeConfiguration: {} })).toMatchObject({ status: "fine", found: "it does" });
    expect(await ask({})).toMatchObject({
      status: "fails",
      found: expect.stringContaining("nothing would start"),
    });
  });

  test.each([
    ["NoSuchBucket", "there is no such bucket"],
    ["PermanentRedirect", "the bucket is in another region than the pipeline"],
  ])("is there, and in the pipeline's region: %s", async (name, found) => {
    for (const subject of [versions, events] as string[])
      expect(await answerTo(bucket, subject, refuse(name))).toMatchObject({ status: "fails", found });
  });

  test("may be one that the role may not ask for, which is no answer", async () => {
    await expect(answerTo(bucket, versions as string, refuse("AccessDenied"))).rejects.toThrow(
      "AccessDenied",
    );
  });
});

describe("builds at once", () => {
  const cell = bootstrapFile.cells.globex;
  if (!cell) throw new Error("the fleet has changed");
  const cells = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`c${index}`, cell]));
  const ask = (limit: number, more: Partial<PipelineEntry> = {}) =>
    answerTo(checksOf({ shards: 13, ...more }, { cells }), "CodeBuild builds at once", {
      GetServiceQuota: ({ QuotaCode, ServiceCode }) => ({
        Quota: { Value: limit },
        asked: `${ServiceCode} ${QuotaCode}`,
      }),
    });

  test("suffice for the largest wave, or some of them wait", async () => {
    expect(await ask(13)).toMatchObject({
      ...{ status: "fine", needed: "13 of BUILD_GENERAL1_MEDIUM", found: "at most 13" },
    });
    expect(await ask(12)).toMatchObject({
      status: "note",
      found: "at most 12; the others wait, and the wave takes longer",
      raise: expect.stringMatching(
        /--region eu-central-1 --service-code codebuild --quota-code L-2DC20C30 --desired-value 13$/,
      ),
    });
  });

  test("may be so few that not even the queue holds the rest, which is five for each", async () => {
    expect(await ask(2, { shards: 12 })).toMatchObject({ status: "note" });
    expect(await ask(2)).toMatchObject({ status: "fails", found: "at most 2" });
    expect(await ask(0, { shards: 1 })).toMatchObject({
      status: "fails",
      needed: "1 of BUILD_GENERAL1_MEDIUM",
    });
  });

  test("are of the size of the pipeline's", async () => {
    const answer = await ask(0, { computeType: "BUILD_GENERAL1_2XLARGE" });
    expect(answer.raise).toContain("--quota-code L-0397D009");
  });
});

describe("mails", () => {
  const approvals = { production: ["a@example.com", "b@example.com"], foundation: ["a@example.com"] };
  const subject = "mails of the pipeline";
  const pending = (Endpoint: string) => ({ SubscriptionArn: "PendingConfirmation", Endpoint });
  const confirmed = (Endpoint: string) => ({ SubscriptionArn: "arn:aws:sns:x", Endpoint });

  test("come to nobody who has not agreed to them, and each is named once", async () => {
    const topics: unknown[] = [];
    const answer = await answerTo(checksOf({ approvals }), subject, {
      ListSubscriptionsByTopic: ({ NextToken, TopicArn }) => {
        topics.push(TopicArn);
        if (NextToken === undefined) return { Subscriptions: [pending("b@example.com")], NextToken: "more" };
        return { Subscriptions: [confirmed("a@example.com"), pending("c@example.com")] };
      },
    });
    expect(answer).toMatchObject({ status: "note", found: "not yet: b@example.com, c@example.com" });
    const arnOf = (name: string) => `arn:aws:sns:eu-central-1:222222222222:acme__pipeline_${name}`;
    expect([...new Set(topics)].sort()).toEqual(
      ["approve_foundation", "approve_production", "failures"].map(arnOf),
    );
  });

  test("are fine where all have agreed, and where the topics are still to be made", async () => {
    const agreed = { ListSubscriptionsByTopic: () => ({ Subscriptions: [confirmed("a@example.com")] }) };
    for (const answers of [agreed, { ListSubscriptionsByTopic: missing("NotFound", 404) }])
      expect(await answerTo(checksOf({ approvals }), subject, answers)).toMatchObject({ status: "fine" });
  });

  test("are not asked for where nobody is told", () => {
    const subjects = checksOf({ approvals: { production: [] } }).map((check) => check.subject);
    expect(subjects).not.toContain(subject);
  });
});
