import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../fleet/project";
import { lookupOf, treatmentOf } from "../../../operations/recovery/kinds";
import type { Found } from "../../../operations/recovery/lookups/model";
import { type Answers, fakeAsker, missing } from "./fake-aws";

const account = "111111111111";
const tag = { Key: "meridian:stack", Value: "s" };
const own = { "meridian:stack": "s" };

async function find(
  type: string,
  values: Readonly<Record<string, unknown>>,
  answers: Answers,
): Promise<readonly Found[]> {
  const lookup = await lookupOf(type);
  const asker = fakeAsker(answers)("s", account);
  return (await lookup?.find({ address: `${type}.it`, type, region: "us-east-1", values }, asker)) ?? [];
}

const ids = async (...args: Parameters<typeof find>) =>
  (await find(...args)).map(({ id, tags }) => [id, tags]);

describe("accounts", () => {
  const accounts = (Status: string): Answers => ({
    ListAccounts: ({ NextToken }) =>
      NextToken === undefined
        ? { Accounts: [{ Id: "1", Email: "other@example.com", Status: "ACTIVE" }], NextToken: "2" }
        : { Accounts: [{ Id: "600000000001", Name: "newco", Email: "NewCo@example.com", Status }] },
    ListTagsForResource: ({ ResourceId }) => ({ Tags: ResourceId === "600000000001" ? [tag] : [] }),
  });
  const values = { email: "newco@example.com", name: "newco" };

  test("are known by their address, on any page of the list", async () => {
    expect(await ids("aws_organizations_account", values, accounts("ACTIVE"))).toEqual([
      ["600000000001", own],
    ]);
  });

  test("that are closed cannot be taken over", async () => {
    const [found] = await find("aws_organizations_account", values, accounts("SUSPENDED"));
    expect(found?.obstacle).toContain("closed");
  });

  test("that AWS is still making are waited for, and not made a second time", async () => {
    const [found] = await find("aws_organizations_account", values, {
      ListAccounts: () => ({ Accounts: [] }),
      ListCreateAccountStatus: ({ States }) => ({
        CreateAccountStatuses:
          String(States) === "IN_PROGRESS" ? [{ Id: "car-1", AccountName: "newco" }] : [],
      }),
    });
    expect(found?.obstacle).toContain("a few minutes");
  });

  test("are not looked for where there is no organization", async () => {
    const none = missing("AWSOrganizationsNotInUseException");
    const answers = { ListAccounts: none, ListCreateAccountStatus: none };
    expect(await find("aws_organizations_account", values, answers)).toEqual([]);
  });
});

test("an organization that is there is never taken over, as it has no tags", async () => {
  const [found] = await find(
    "aws_organizations_organization",
    {},
    {
      DescribeOrganization: () => ({ Organization: { Id: "o-1" } }),
    },
  );
  expect(found).toMatchObject({ id: "o-1", obstacle: expect.stringContaining("existing: true") });
  const answers = { DescribeOrganization: missing("AWSOrganizationsNotInUseException") };
  expect(await find("aws_organizations_organization", {}, answers)).toEqual([]);
});

test("a log group is another one than those whose names go on", async () => {
  const groups = (logGroupName: string): Answers => ({
    DescribeLogGroups: () => ({ logGroups: [{ logGroupName }] }),
    ListTagsForResource: () => ({ tags: own }),
  });
  const values = { name: "/aws/lambda/a" };
  const type = "aws_cloudwatch_log_group";
  expect(await ids(type, values, groups("/aws/lambda/a"))).toEqual([["/aws/lambda/a", own]]);
  expect(await find(type, values, groups("/aws/lambda/ab"))).toEqual([]);
});

describe("tables", () => {
  const type = "aws_dynamodb_table";
  const values = { name: "acme_globex_orders" };
  const table = (TableStatus: string): Answers => ({
    DescribeTable: () => ({ Table: { TableStatus, TableArn: "arn:orders" } }),
    ListTagsOfResource: ({ NextToken }) =>
      NextToken === undefined ? { Tags: [{ Key: "team", Value: "b" }], NextToken: "2" } : { Tags: [tag] },
  });

  test("are known by their name, with the tags on any page", async () => {
    expect(await ids(type, values, table("ACTIVE"))).toEqual([["acme_globex_orders", { team: "b", ...own }]]);
    expect(await find(type, values, { DescribeTable: missing("ResourceNotFoundException") })).toEqual([]);
  });

  test("that get a replica just now are taken over, as a deploy leaves them that is killed meanwhile", async () => {
    expect(await ids(type, values, table("UPDATING"))).toHaveLength(1);
  });

  test.each([
    ["CREATING", "still being made"],
    ["DELETING", "being deleted"],
  ])("that are %s are waited for", async (status, why) => {
    const [found] = await find(type, values, table(status));
    expect(found?.obstacle).toContain(why);
  });
});

describe("records", () => {
  const values = { zone_id: "Z1", name: "Tea.example.com", type: "A" };
  const answers = (DNSName: string): Answers => ({
    ListResourceRecordSets: () => ({
      ResourceRecordSets: [{ Name: "tea.example.com.", Type: "A", AliasTarget: { DNSName } }],
    }),
    ListDistributions: () => ({
      DistributionList: { Items: [{ ARN: "arn:E1", DomainName: "d1.cloudfront.net" }], IsTruncated: false },
    }),
    ListTagsForResource: () => ({ Tags: { Items: [tag] } }),
  });

  test("are parts of the distribution that they lead to", async () => {
    expect(await ids("aws_route53_record", values, answers("d1.cloudfront.net."))).toEqual([
      ["Z1_tea.example.com_A", own],
    ]);
    expect(await ids("aws_route53_record", values, answers("elsewhere.example.com."))).toEqual([
      ["Z1_tea.example.com_A", {}],
    ]);
  });

  test("of another type, or that Terraform overwrites, are not in the way", async () => {
    expect(await find("aws_route53_record", { ...values, type: "AAAA" }, answers("x"))).toEqual([]);
    expect(await find("aws_route53_record", { ...values, allow_overwrite: true }, {})).toEqual([]);
  });
});

describe("what is imported under an id of several parts", () => {
  const set = { permission_set_arn: "arn:ps", instance_arn: "arn:sso" };
  const tags = () => ({ Tags: [tag] });
  test.each<readonly [string, Readonly<Record<string, unknown>>, Answers, string]>([
    [
      "aws_organizations_policy_attachment",
      { policy_id: "p-1", target_id: "ou-1" },
      { ListTargetsForPolicy: () => ({ Targets: [{ TargetId: "ou-1" }] }), ListTagsForResource: tags },
      "ou-1:p-1",
    ],
    [
      "aws_ssoadmin_permission_set",
      { name: "ReadOnly", instance_arn: "arn:sso" },
      {
        ListPermissionSets: () => ({ PermissionSets: ["arn:other", "arn:ps"] }),
        DescribePermissionSet: ({ PermissionSetArn }) => ({
          PermissionSet: { Name: PermissionSetArn === "arn:ps" ? "ReadOnly" : "Other" },
        }),
        ListTagsForResource: ({ ResourceArn }) => ({ Tags: ResourceArn === "arn:ps" ? [tag] : [] }),
      },
      "arn:ps,arn:sso",
    ],
    [
      "aws_ssoadmin_managed_policy_attachment",
      { ...set, managed_policy_arn: "arn:policy" },
      {
        ListManagedPoliciesInPermissionSet: () => ({ AttachedManagedPolicies: [{ Arn: "arn:policy" }] }),
        ListTagsForResource: tags,
      },
      "arn:policy,arn:ps,arn:sso",
    ],
    [
      "aws_ssoadmin_account_assignment",
      { ...set, principal_id: "g-1", principal_type: "GROUP", target_id: account },
      {
        ListAccountAssignments: () => ({
          AccountAssignments: [{ PrincipalId: "g-1", PrincipalType: "GROUP" }],
        }),
        ListTagsForResource: tags,
      },
      "g-1,GROUP,111111111111,AWS_ACCOUNT,arn:ps,arn:sso",
    ],
    [
      "aws_budgets_budget",
      { name: "acme" },
      { DescribeBudget: () => ({}), ListTagsForResource: () => ({ ResourceTags: [tag] }) },
      "111111111111:acme",
    ],
    [
      "aws_cloudformation_stack_set_instance",
      {
        ...{ stack_set_name: "acme", region: "us-east-1" },
        deployment_targets: [{ organizational_unit_ids: ["ou-1"] }],
      },
      {
        DescribeStackSet: () => ({ StackSet: { Tags: [tag] } }),
        ListStackInstances: () => ({
          Summaries: [{ OrganizationalUnitId: "ou-2" }, { OrganizationalUnitId: "ou-1" }],
        }),
      },
      "acme,ou-1,us-east-1",
    ],
    [
      "aws_wafv2_web_acl",
      { name: "acme_tea", scope: "CLOUDFRONT" },
      {
        ListWebACLs: () => ({ WebACLs: [{ Name: "acme_tea", Id: "0b1c", ARN: "arn:acl" }], NextMarker: "x" }),
        ListTagsForResource: () => ({ TagInfoForResource: { TagList: [tag] } }),
      },
      "0b1c/acme_tea/CLOUDFRONT",
    ],
  ])("%s", async (type, values, answers, id) => {
    expect(await ids(type, values, answers)).toEqual([[id, own]]);
  });
});

test("what a stack set has in other units, or in units that are not known yet, is not what is to be made", async () => {
  const type = "aws_cloudformation_stack_set_instance";
  const values = { stack_set_name: "acme", region: "us-east-1" };
  const answers: Answers = {
    DescribeStackSet: () => ({ StackSet: { Tags: [tag] } }),
    ListStackInstances: () => ({ Summaries: [{ OrganizationalUnitId: "ou-2" }] }),
  };
  const deployment_targets = [{ organizational_unit_ids: ["ou-1"] }];
  expect(await find(type, { ...values, deployment_targets }, answers)).toEqual([]);
  expect(await find(type, { ...values, deployment_targets: [{}] }, answers)).toEqual([]);
});

describe("the pipeline", () => {
  test("is known by its name", async () => {
    const answers: Answers = {
      GetPipeline: ({ name }) => ({ metadata: { pipelineArn: `arn:aws:codepipeline:us-east-1:1:${name}` } }),
      ListTagsForResource: ({ resourceArn }) => ({
        tags: resourceArn === "arn:aws:codepipeline:us-east-1:1:acme" ? [{ key: tag.Key, value: "s" }] : [],
      }),
    };
    expect(await ids("aws_codepipeline", { name: "acme" }, answers)).toEqual([["acme", own]]);
    const none = { GetPipeline: missing("PipelineNotFoundException") };
    expect(await ids("aws_codepipeline", { name: "acme" }, none)).toEqual([]);
  });

  test("has projects that are known by theirs", async () => {
    const answers: Answers = {
      BatchGetProjects: ({ names }) => ({
        projects: String(names) === "acme__pipeline_check" ? [{ tags: [{ key: tag.Key, value: "s" }] }] : [],
      }),
    };
    const find = (name: string) => ids("aws_codebuild_project", { name }, answers);
    expect(await find("acme__pipeline_check")).toEqual([["acme__pipeline_check", own]]);
    expect(await find("acme__pipeline_update")).toEqual([]);
  });
});

test("it is known of every type that the modules make whether it has to be looked for", () => {
  const folder = join(projectRoot, "modules");
  const sources = (of: string) =>
    readdirSync(join(projectRoot, of), { encoding: "utf8", recursive: true }).filter((file) =>
      file.endsWith(".ts"),
    );
  const bindings = sources("modules")
    .concat(sources("stacks").map((file) => join("..", "stacks", file)))
    .flatMap((file) => [
      ...readFileSync(join(folder, file), "utf8").matchAll(
        /"@cdktf\/provider-aws\/lib\/(?!data-|provider")([\w-]+)"/g,
      ),
    ])
    .map(([, path = ""]) => `aws_${path.replaceAll("-", "_")}`);
  const unknown = [...new Set(bindings)].filter((type) => treatmentOf(type) === "unknown").sort();
  // What AWS says to a second one of these is left to be seen: docs/decisions/made-but-not-recorded.md.
  expect(unknown).toEqual(["aws_controltower_control", "aws_controltower_landing_zone"]);
});
