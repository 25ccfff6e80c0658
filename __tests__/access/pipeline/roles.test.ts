import type { Call } from "../../../access/calls/model";
import { pipelineRoleCalls } from "../../../access/calls/pipeline-builds";
import { stackCalls } from "../../../access/calls/stack-calls";
import { githubRoleDocument } from "../../../access/pipeline/roles";
import type { Fleet } from "../../../fleet/model";
import {
  type PipelineProject,
  type PipelineRole,
  pipelineRoleName,
  pipelineRoles,
  projectName,
} from "../../../fleet/pipeline";
import { pipelineFile, pipelineFleet } from "../../support/pipeline-fleet";
import { documentOf, may, mayBecome, type PipelineFleet } from "../../support/pipeline-roles";

const fleet = pipelineFleet();
const connection = "arn:aws:codeconnections:eu-central-1:666666666666:connection/1";
const connected = pipelineFleet({
  pipeline: {
    ...{ account: "pipeline", region: "eu-central-1" },
    source: { connection, repository: "acme/fleet", branch: "main" },
  },
});

const nameOf = (role: PipelineRole) => pipelineRoleName("acme", role);
const roleIn = (account: string, name: string) => `arn:aws:iam::${account}:role/${name}`;
const deployIn = (account: string) => roleIn(account, "deployer");
const [management, delivery, production, front, ownAccount, staging] = [
  ...["111111111111", "222222222222", "333333333333", "555555555555", "666666666666", "777777777777"],
] as const;

test.each([
  ["a bucket", fleet],
  ["a repository", connected],
] as const)("with its sources in %s, each role may do all that is called with it", (_, of) => {
  const refused = pipelineRoleCalls(of, of.pipeline).flatMap(({ calls, role }) =>
    calls
      .filter(({ action }) => action !== "sts:AssumeRole")
      .filter((call) => !may(documentOf(of, role), call))
      .map(({ action, resource }) => `${nameOf(role)}: ${action} on ${resource}`),
  );
  expect(refused).toEqual([]);
  const unable = pipelineRoleCalls(of, of.pipeline).flatMap(({ calls, role }) =>
    calls
      .filter(
        ({ action, resource }) => action === "sts:AssumeRole" && !mayBecome(documentOf(of, role), resource),
      )
      .map(({ resource }) => `${nameOf(role)} becomes ${resource}`),
  );
  expect(unable).toEqual([]);
});

/** All calls of all builds that are not among those of one role. */
function callsOfOthers(of: PipelineFleet, own: PipelineRole): readonly Call[] {
  const all = pipelineRoleCalls(of, of.pipeline);
  const ofOwn = new Set(
    all.flatMap(({ calls, role }) =>
      nameOf(role) === nameOf(own) ? calls.map((call) => JSON.stringify(call)) : [],
    ),
  );
  return all.flatMap(({ calls }) => calls).filter((call) => !ofOwn.has(JSON.stringify(call)));
}

test.each(pipelineRoles(fleet).map((role) => [nameOf(role), role] as const))(
  "%s may do nothing of what only other roles do",
  (_, role) => {
    const document = documentOf(fleet, role);
    const allowed = callsOfOthers(fleet, role)
      .filter((call) =>
        call.action === "sts:AssumeRole" ? mayBecome(document, call.resource) : may(document, call),
      )
      .map(({ action }) => action);
    const logging = ["logs:CreateLogStream", "logs:PutLogEvents"];
    const looking = ["codebuild:BatchGetBuildBatches", "codebuild:BatchGetBuilds"];
    const surplus: Readonly<Record<PipelineRole["kind"], readonly string[]>> = {
      // All artifacts pass through its hands, and it starts and ends builds and batches alike.
      pipeline: [
        ...looking,
        ...["codebuild:StartBuild", "codebuild:StopBuild"],
        ...["kms:Decrypt", "kms:GenerateDataKey", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      ],
      check: [],
      plan: [],
      // Artifacts of stages are not told apart by their keys.
      deploy: [...looking, ...logging, "kms:GenerateDataKey", "s3:GetObject", "s3:GetObjectVersion"],
      // With the key alone nothing can be written. It has what all that deploy have.
      update: [...looking, ...logging, "kms:GenerateDataKey", "s3:GetObject", "s3:GetObjectVersion"],
      // It stops single builds of a batch, as the pipeline stops builds of its own.
      batch: ["codebuild:StartBuild", "codebuild:StopBuild"],
      events: [],
    };
    expect(allowed.filter((action) => !surplus[role.kind].includes(action))).toEqual([]);
  },
);

test("none of them but the update's and the foundation's way leads into a deploy role of another stage", () => {
  const reach = (role: PipelineRole) =>
    [management, delivery, production, front, ownAccount, staging].filter((account) =>
      mayBecome(documentOf(fleet, role), deployIn(account)),
    );
  expect(Object.fromEntries(pipelineRoles(fleet).map((role) => [nameOf(role), reach(role)]))).toEqual({
    acme__pipeline: [],
    acme__pipeline_check: [],
    acme__pipeline_plan: [],
    // The account of the state, and that of the organization.
    acme__pipeline_deploy_foundation: [management, production],
    acme__pipeline_deploy_staging: [staging],
    acme__pipeline_deploy_production: [production, front],
    acme__pipeline_batch: [],
    acme__pipeline_update: [ownAccount],
    acme__pipeline_events: [],
  });
});

test("builds that plan, and pull requests, become roles that plan, in the organization, and no others", () => {
  for (const document of [documentOf(fleet, { kind: "plan" }), githubRoleDocument(fleet)]) {
    const accounts = [management, production, front, ownAccount, staging];
    for (const account of accounts) {
      expect(mayBecome(document, roleIn(account, "deployer-plan"))).toBe(true);
      expect(mayBecome(document, roleIn(account, "deployer-plan"), "o-2")).toBe(false);
      for (const other of ["deployer", "deployer-record", "acme__pipeline_deploy_production", "admin"])
        expect([other, mayBecome(document, roleIn(account, other))]).toEqual([other, false]);
    }
  }
});

test("a build that plans can make no call that a deploy makes", () => {
  const documents = [
    documentOf(fleet, { kind: "plan" }),
    documentOf(fleet, { kind: "check" }),
    githubRoleDocument(fleet),
  ];
  const made = stackCalls(fleet).flatMap(({ calls }) => calls);
  const allowed = documents.flatMap((document) =>
    made.filter((call) => may(document, { ...call, resource: inOwnAccount(call.resource) })),
  );
  // Of the artifacts' bucket, whose ACL and place CodeBuild asks for.
  expect([...new Set(allowed.map(({ action }) => action))]).toEqual(["s3:GetBucketAcl"]);
});

/** The same thing in the pipeline's account, where a role's own policy would be enough. */
function inOwnAccount(arn: string): string {
  return arn.replace(/:\d{12}:/, `:${ownAccount}:`);
}

describe("builds are begun and ended", () => {
  const starters = (project: PipelineProject) =>
    pipelineRoles(fleet).filter((role) =>
      ["StartBuild", "StartBuildBatch", "RetryBuild", "RetryBuildBatch", "StopBuild", "StopBuildBatch"].some(
        (operation) =>
          may(documentOf(fleet, role), {
            ...{ action: `codebuild:${operation}`, region: "eu-central-1" },
            resource: `arn:aws:codebuild:eu-central-1:666666666666:project/${projectName("acme", project)}`,
          }),
      ),
    );
  const wave = (of: string) => ({ kind: "deploy", of, wave: 1, shards: 2 }) as const;

  test.each(["production", "staging"])("by the pipeline and by the batches of %s, and by no build", (of) => {
    expect(starters(wave(of)).map(nameOf)).toEqual(["acme__pipeline", "acme__pipeline_batch"]);
  });

  test("by the pipeline alone where they deploy nothing", () => {
    const projects = [{ kind: "plan", of: "production" }, { kind: "update" }, { kind: "check" }] as const;
    for (const project of projects) expect(starters(project).map(nameOf)).toEqual(["acme__pipeline"]);
  });

  test("by nobody else where no wave has several of them", () => {
    const alone = pipelineFleet({ rollout: { production: { waves: [1, 1, 1] } } });
    expect(pipelineRoles(alone)).not.toContainEqual({ kind: "batch" });
    expect(pipelineRoles(fleet)).toContainEqual({ kind: "batch" });
  });
});

test("into logs write those whose they are, and those that deploy into each other's", () => {
  const writers = (project: string) =>
    pipelineRoles(fleet)
      .filter((role) =>
        may(documentOf(fleet, role), {
          ...{ action: "logs:PutLogEvents", region: "eu-central-1" },
          resource: `arn:aws:logs:eu-central-1:666666666666:log-group:/aws/codebuild/acme__pipeline_${project}:log-stream:1`,
        }),
      )
      .map(({ kind }) => kind);
  for (const own of ["check", "wait"]) expect(writers(own)).toEqual(["check"]);
  expect(writers("plan_production")).toEqual(["plan"]);
  for (const deploying of ["deploy_production_1", "verify_production", "update"])
    expect(writers(deploying)).toEqual(["deploy", "deploy", "deploy", "update"]);
});

test("artifacts and reports are written by whom they are of", () => {
  const key = (path: string) => ({
    ...{ action: "s3:PutObject", region: "eu-central-1" },
    resource: `arn:aws:s3:::${bucketOf(fleet)}/${path}`,
  });
  const writers = (path: string) =>
    pipelineRoles(fleet)
      .filter((role) => may(documentOf(fleet, role), key(path)))
      .map(nameOf);
  expect(writers("acme/Assembly/1")).toEqual(["acme__pipeline", "acme__pipeline_check"]);
  expect(writers("acme/Plans_prod/1")).toEqual(["acme__pipeline", "acme__pipeline_plan"]);
  expect(writers("plans_to_read/production/1/1.md")).toEqual(["acme__pipeline_plan"]);
});

test("what people read of plans is deleted by none of them, and none changes what the bucket refuses or forgets", () => {
  const report = `arn:aws:s3:::${bucketOf(fleet)}/plans_to_read/production/1/1.md`;
  const able = (operations: readonly string[], resource: string) =>
    pipelineRoles(fleet).flatMap((role) =>
      operations
        .filter((operation) =>
          may(documentOf(fleet, role), { action: `s3:${operation}`, region: "eu-central-1", resource }),
        )
        .map((operation) => `${nameOf(role)} ${operation}`),
    );
  expect(able(["DeleteObject", "DeleteObjectVersion", "PutObjectAcl", "PutObjectTagging"], report)).toEqual(
    [],
  );
  const settings = ["DeleteBucketPolicy", "PutBucketPolicy", "PutLifecycleConfiguration"];
  expect(able(settings, `arn:aws:s3:::${bucketOf(fleet)}`)).toEqual([]);
});

function bucketOf(of: Fleet): string {
  const found = stackCalls(of).flatMap(({ calls }) => calls.map(({ resource }) => resource));
  return /pipeline-acme-[0-9a-f]+/.exec(found.join())?.[0] ?? "";
}

test("an approval of another fleet, and a connection or an archive of others, are none of the pipeline's", () => {
  const own = (of: PipelineFleet, action: string, resource: string) =>
    may(documentOf(of, { kind: "pipeline" }), { action, resource, region: "eu-central-1" });
  const topic = "arn:aws:sns:eu-central-1:666666666666:acme__pipeline_approve_production";
  expect(own(fleet, "sns:Publish", topic)).toBe(true);
  expect(own(fleet, "sns:Publish", topic.replace("acme", "other"))).toBe(false);
  expect(own(fleet, "s3:GetObject", "arn:aws:s3:::acme-sources/fleet.zip")).toBe(true);
  expect(own(fleet, "s3:GetObject", "arn:aws:s3:::acme-sources/other.zip")).toBe(false);
  expect(own(fleet, "s3:PutObject", "arn:aws:s3:::acme-sources/fleet.zip")).toBe(false);
  const withKey = (operation: string, bucket: string) =>
    may(documentOf(fleet, { kind: "pipeline" }), {
      ...{ action: `kms:${operation}`, region: "eu-central-1" },
      resource: "arn:aws:kms:eu-central-1:666666666666:key/1",
      context: {
        "kms:ViaService": "s3.eu-central-1.amazonaws.com",
        "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${bucket}`,
      },
    });
  expect(withKey("Decrypt", "acme-sources/fleet.zip")).toBe(true);
  expect(withKey("GenerateDataKey", "acme-sources/fleet.zip")).toBe(false);
  expect(withKey("Decrypt", "other-sources/fleet.zip")).toBe(false);
  expect(own(connected, "codeconnections:UseConnection", connection)).toBe(true);
  expect(own(connected, "codeconnections:UseConnection", connection.replace("/1", "/2"))).toBe(false);
  expect(own(fleet, "codeconnections:UseConnection", connection)).toBe(false);
});

describe("a stage of many accounts", () => {
  const tenants = Array.from({ length: 101 }, (_, index) => `tenant-${index}`);
  const [former, tools] = ["888888888888", "999999999999"] as const;
  const idOf = (index: number) => String(200_000_000_000 + index);
  const many = pipelineFleet({
    accounts: {
      ...pipelineFile.accounts,
      ...Object.fromEntries(tenants.map((name, index) => [name, { id: idOf(index), unit: "tenants/eu" }])),
      former: { id: former, unit: "tenants/eu" },
      tools: { id: tools, unit: "workloads" },
    },
    ci: { account: "tools", github: { repository: "acme/fleet" } },
    cells: {
      trial: pipelineFile.cells.trial as (typeof pipelineFile.cells)[string],
      ...Object.fromEntries(
        tenants.map((name) => [name, { stage: "production", targets: { [name]: ["eu-central-1"] } }]),
      ),
    },
    rollout: undefined,
  });
  const document = documentOf(many, { kind: "deploy", of: "production" });

  test("is reached without naming them", () => {
    for (const index of [0, 50, 100]) expect(mayBecome(document, deployIn(idOf(index)))).toBe(true);
    expect(JSON.stringify(document)).not.toContain(idOf(50));
    expect(JSON.stringify(document).length).toBeLessThan(3_000);
  });

  test("and no account of another stage, of the foundation, of the pipeline, or of another organization", () => {
    for (const account of [management, production, ownAccount, staging])
      expect([account, mayBecome(document, deployIn(account))]).toEqual([account, false]);
    expect(mayBecome(document, deployIn(idOf(0)), "o-2")).toBe(false);
    expect(mayBecome(document, roleIn(idOf(0), "admin"))).toBe(false);
  });

  test("nor one that the file names for nothing, or for what is no stack", () => {
    for (const account of [delivery, tools, former])
      expect([account, mayBecome(document, deployIn(account))]).toEqual([account, false]);
  });

  test("while the others are named as before", () => {
    const reach = documentOf(many, { kind: "deploy", of: "staging" });
    expect(mayBecome(reach, deployIn(staging))).toBe(true);
    for (const account of [idOf(0), management, ownAccount])
      expect(mayBecome(reach, deployIn(account))).toBe(false);
  });
});

test("with the last approval gone, the pipeline that still has it may end that execution", () => {
  const { approvals, ...pipeline } = pipelineFile.pipeline as NonNullable<typeof pipelineFile.pipeline>;
  expect(approvals).toBeDefined();
  const without = pipelineFleet({ pipeline });
  const calls = pipelineRoleCalls(fleet, fleet.pipeline).filter(({ role }) =>
    ["pipeline", "update"].includes(role.kind),
  );
  expect(calls.flatMap((each) => each.calls).map(({ action }) => action)).toContain("sns:Publish");
  for (const { calls: own, role } of calls) {
    const document = documentOf(without, role);
    const refused = own.filter((call) => call.action !== "sts:AssumeRole" && !may(document, call));
    expect(refused).toEqual([]);
  }
});

test("roles are the same with one more wave, and with one more account that only plans need", () => {
  const production = { waves: [["globex"], ["initech"], "100%"] };
  const more = pipelineFleet({ rollout: { production } });
  for (const role of pipelineRoles(fleet)) expect(documentOf(more, role)).toEqual(documentOf(fleet, role));
});
