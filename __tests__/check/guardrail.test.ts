// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that
import { guardrailLockouts } from "../../check/guardrail";
import type { ExtensionFacts } from "../../fleet/model";
import { resolveFleet } from "../../fleet/resolve";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { fleetOf } from "../support/fleet";
import { organizationFile } from "../support/organization";

type Policies = NonNullable<NonNullable<FleetFile["organization"]>["policies"]>;
type Statement = Policies[string]["statements"][number];

function fileWith(policies: Policies, more: Partial<FleetFile> = {}): FleetFile {
  const organization = { ...organizationFile.organization, management: "management", policies };
  return { ...organizationFile, organization, ...more };
}

const denyIn = (statement: Partial<Statement>, targets: { units?: string[]; accounts?: string[] }) =>
  fileWith({ own: { ...targets, statements: [{ Effect: "Deny", Action: "lambda:*", ...statement }] } });

const found = (file: FleetFile) =>
  guardrailLockouts(fleetOf(file)).map(({ message, path }) => [path.join("."), message]);

const codes = (file: FleetFile) =>
  guardrailLockouts(fleetOf(file)).map(({ code, path }) => `${code} ${path.join(".")}`);

describe("a policy that denies what the fleet's stacks call", () => {
  test("is found at every target that it locks out, with policy and statement", () => {
    expect(found(denyIn({ Sid: "NoCode" }, { units: ["tenants"] }))).toEqual([
      [
        "cells.globex.targets.globex.0",
        expect.stringMatching(
          /^the statement "NoCode" in the policy "acme_own" denies lambda:\w+ in eu-central-1 and \d+ more actions, which the stacks of account "globex" call$/,
        ),
      ],
      ["cells.globex.targets.globex.1", expect.stringContaining("in eu-west-1")],
      ["cells.globex.front", expect.stringContaining("in us-east-1")],
    ]);
  });

  test("is found on the account itself, and in its place where it has no Sid", () => {
    const [[, message] = []] = found(denyIn({}, { accounts: ["globex"] }));
    expect(message).toContain('statement 1 in the policy "acme_own"');
  });

  test("is found below one policy and not below another one, however alike the accounts", () => {
    const statements = (Action: string): Statement[] => [{ Effect: "Deny", Action }];
    const file = {
      ...fileWith({
        code: { accounts: ["globex"], statements: statements("lambda:UpdateFunctionCode") },
        learning: { accounts: ["delivery"], statements: statements("sagemaker:*") },
      }),
      cells: {
        ...organizationFile.cells,
        another: { stage: "staging", targets: { delivery: ["eu-central-1"] } },
      },
    };
    expect(found(file).map(([path]) => path)).toEqual([
      "cells.globex.targets.globex.0",
      "cells.globex.targets.globex.1",
      "cells.globex.front",
    ]);
  });

  test("is found at the front", () => {
    const file = denyIn({ Action: "cloudfront:CreateDistribution" }, { units: ["tenants/eu"] });
    expect(found(file).map(([path]) => path)).toEqual(["cells.globex.front"]);
  });

  test("is found at the state's bucket", () => {
    const state = {
      backend: "local",
      account: "delivery",
      bucket: "acme-state",
      region: "eu-central-1",
    } as const;
    const file = { ...denyIn({ Action: "kms:CreateKey" }, { units: ["workloads"] }), state };
    expect(found(file).map(([path]) => path)).toEqual(["state.bucket"]);
  });

  test("is none where it is about another unit, another region or another role", () => {
    expect(found(denyIn({}, { units: ["workloads"] }))).toEqual([]);
    const elsewhere = { StringEquals: { "aws:RequestedRegion": "sa-east-1" } };
    expect(found(denyIn({ Condition: elsewhere }, { units: ["tenants"] }))).toEqual([]);
    const others = { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/meridian-deploy" } };
    expect(found(denyIn({ Condition: others }, { units: ["tenants"] }))).toEqual([]);
  });

  test("is found where a tag is compared with one that nobody has: not equal to nothing is true", () => {
    const Condition = { StringNotEquals: { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } };
    expect(codes(denyIn({ Condition }, { units: ["tenants"] }))).toEqual(
      expect.arrayContaining([
        "guardrail-lockout cells.globex.targets.globex.0",
        "guardrail-lockout cells.globex.targets.globex.1",
      ]),
    );
  });
});

describe("a statement that cannot be told exactly", () => {
  const office = { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
  const maybe = "guardrail-undecided organization.policies.own.statements.0";

  test("is a finding, once, at the statement, and never a pass", () => {
    const file = denyIn({ Condition: office }, { units: ["tenants"] });
    expect(codes(file)).toEqual([maybe]);
    expect(found(file)).toEqual([
      [
        expect.any(String),
        expect.stringMatching(
          /^statement 1 in the policy "acme_own" may deny lambda:\w+ in eu-central-1 and \d+ more actions, which the stacks of account "globex" call: the condition operator "NotIpAddress" is not evaluated$/,
        ),
      ],
    ]);
  });

  test("is one in whatever part it cannot be told", () => {
    const lambda = "arn:aws:lambda:*:*:func*:*";
    expect(codes(denyIn({ Resource: lambda }, { units: ["tenants"] }))).toEqual([maybe]);
    expect(codes(denyIn({ NotResource: lambda }, { units: ["tenants"] }))).toEqual([maybe]);
    const inRegions = { "ForAnyValue:StringEqualsIfExists": { "aws:RequestedRegion": "eu-west-1" } };
    expect(codes(denyIn({ Condition: inRegions }, { units: ["tenants"] }))).toEqual([maybe]);
  });

  test("is none where another part of it lets the call pass for sure", () => {
    const exempt = { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/meridian-deploy" } };
    expect(found(denyIn({ Condition: { ...office, ...exempt } }, { units: ["tenants"] }))).toEqual([]);
    expect(found(denyIn({ Action: "sagemaker:*", Condition: office }, { units: ["tenants"] }))).toEqual([]);
    const buckets = { Resource: "arn:aws:s3:::*", Condition: office };
    expect(found(denyIn(buckets, { units: ["tenants"] }))).toEqual([]);
    const elsewhere = { ...office, StringEquals: { "aws:RequestedRegion": "sa-east-1" } };
    expect(found(denyIn({ Condition: elsewhere }, { units: ["tenants"] }))).toEqual([]);
  });

  test("is none beside one that denies for sure", () => {
    const statements: Statement[] = [
      { Effect: "Deny", Action: "lambda:*", Condition: office },
      { Effect: "Deny", Action: "*" },
    ];
    const file = fileWith({ own: { accounts: ["globex"], statements } });
    expect(codes(file).filter((code) => code.startsWith("guardrail-undecided"))).toEqual([]);
    expect(codes(file)).not.toEqual([]);
  });
});

describe("a policy that denies what tables and extensions call", () => {
  const globex = organizationFile.cells.globex as FleetFile["cells"][string];
  const data: Partial<FleetFile> = {
    tables: { orders: { key: { id: "string" } } },
    cells: { globex: { ...globex, home: "eu-west-1" } },
  };
  const queue: ExtensionFacts = {
    ...{ name: "mail-queue", adds: ["target"], resourceTypes: {} },
    deploy: [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }],
  };
  const withQueue = (statement: Partial<Statement>, extension: Partial<ExtensionFacts> = {}) =>
    guardrailLockouts(
      resolveFleet(denyIn(statement, { units: ["tenants"] }), [{ ...queue, ...extension }]),
    ).map(({ code, message, path }) => [code, path.join("."), message]);

  test("of a table is found at the target in whose region it is, the home region first", () => {
    const replicas = { Action: ["dynamodb:CreateTableReplica", "iam:CreateServiceLinkedRole"] };
    const file = { ...denyIn(replicas, { units: ["tenants/eu"] }), ...data };
    expect(found(file)).toEqual([
      [
        "cells.globex.targets.globex.0",
        expect.stringContaining("denies dynamodb:CreateTableReplica in eu-central-1"),
      ],
      [
        "cells.globex.targets.globex.1",
        expect.stringContaining("denies iam:CreateServiceLinkedRole in us-east-1"),
      ],
      ["cells.globex.front", expect.stringContaining("denies iam:CreateServiceLinkedRole")],
    ]);
  });

  test("of a table that one target has for itself is found there", () => {
    const tables: FleetFile["tables"] = { sessions: { key: { id: "string" }, replicate: "none" } };
    const file = denyIn(
      { Action: "dynamodb:CreateTable", Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } } },
      { units: ["tenants"] },
    );
    expect(found({ ...file, tables }).map(([path]) => path)).toEqual(["cells.globex.targets.globex.1"]);
  });

  test("of an extension names it, in each target", () => {
    const says = 'which the extension "mail-queue" says that its deploy calls in account "globex"';
    expect(withQueue({ Sid: "NoQueues", Action: "sqs:*" })).toEqual([
      [
        "guardrail-lockout",
        "cells.globex.targets.globex.0",
        `the statement "NoQueues" in the policy "acme_own" denies sqs:* in eu-central-1, ${says}`,
      ],
      ["guardrail-lockout", "cells.globex.targets.globex.1", expect.stringContaining("in eu-west-1")],
    ]);
    expect(withQueue({ Action: "sns:*" })).toEqual([]);
    expect(withQueue({ Action: "sqs:*" }, { adds: ["front"] }).map(([, path]) => path)).toEqual([
      "cells.globex.front",
    ]);
  });

  test("and that is about some of what an extension means by a wildcard, is a warning", () => {
    for (const Action of ["sqs:PurgeQueue", "sqs:Delete*"]) {
      expect(withQueue({ Action })).toEqual([
        [
          "guardrail-undecided",
          "organization.policies.own.statements.0",
          expect.stringContaining(`may deny sqs:* in eu-central-1, which the extension "mail-queue" says`),
        ],
      ]);
      expect(withQueue({ Action })[0]?.[2]).toContain(`: it is about ${Action}`);
    }
    expect(withQueue({ Action: "sqs:PurgeQueue", Resource: "arn:aws:sqs:*:*:other_*" })).toEqual([]);
    const deploy = [{ actions: ["sqs:Create*"], resources: ["*"] }];
    expect(withQueue({ Action: "sqs:PurgeQueue" }, { deploy })).toEqual([]);
  });
});

test("the guardrail locks nobody out, Control Tower's neither", () => {
  expect(found(organizationFile)).toEqual([]);
  const organization = {
    ...organizationFile.organization,
    management: "management",
    controlTower: { enabled: true },
  };
  expect(found({ ...organizationFile, organization })).toEqual([]);
});

test("a fleet without an organization has none to lock it out", () => {
  expect(guardrailLockouts({ ...fleetOf(organizationFile), organization: undefined })).toEqual([]);
});
