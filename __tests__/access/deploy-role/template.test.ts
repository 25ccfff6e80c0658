import type { Template } from "../../../access/deploy-role/template-parts";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { bootstrapFile, bootstrapFleet } from "../../support/bootstrap-fleet";
import { fleetOf } from "../../support/fleet";
import { pipelineFile, pipelineFleet } from "../../support/pipeline-fleet";
import { managementOf, ownAccount, type RoleProperties, templateOf } from "./templates";

const roleOf = ({ Resources }: Template) => Resources.DeployRole?.Properties as unknown as RoleProperties;

test("the role has the name, the tags and the trust that the fleet file says", () => {
  const { AssumeRolePolicyDocument, RoleName, Tags } = roleOf(templateOf(bootstrapFleet()));
  expect(RoleName).toBe("deployer");
  expect(Tags).toEqual([
    { Key: "owner", Value: "platform" },
    { Key: "meridian:fleet", Value: "acme" },
  ]);
  expect(AssumeRolePolicyDocument).toMatchObject({
    Statement: [
      {
        Principal: { AWS: ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"] },
        Condition: { StringEquals: { "sts:ExternalId": "acme-2026" } },
      },
    ],
  });
});

test("what fronts need is attached to the role, which could not hold it all", () => {
  const { Resources } = templateOf(bootstrapFleet());
  expect(Resources.DeployRole?.Properties?.ManagedPolicyArns).toEqual([{ Ref: "Fronts" }]);
  expect(Resources.Fronts?.Properties).toMatchObject({ ManagedPolicyName: "deployer-fronts" });
  expect(JSON.stringify(roleOf({ Resources } as Template).Policies)).not.toContain("cloudfront:");
  expect(managementOf(bootstrapFleet()).Resources).not.toHaveProperty("Fronts");
});

test("what tables need is attached to the role where the fleet has some, and is no part of it otherwise", () => {
  const tables = { orders: { key: { customer: "string" }, replicate: "none" } } as const;
  const { Data, DeployRole } = templateOf(bootstrapFleet({ tables })).Resources;
  expect(DeployRole?.Properties?.ManagedPolicyArns).toEqual([{ Ref: "Fronts" }, { Ref: "Data" }]);
  expect(Data?.Properties).toMatchObject({ ManagedPolicyName: "deployer-data" });
  expect(JSON.stringify(DeployRole)).toContain("policy/deployer-*");
  expect(JSON.stringify(templateOf(bootstrapFleet()))).not.toContain("dynamodb:DescribeTable");
  expect(managementOf(bootstrapFleet({ tables })).Resources).not.toHaveProperty("Data");
});

test("it is one template for all accounts: CloudFormation fills in which one it is", () => {
  const template = templateOf(bootstrapFleet());
  const text = JSON.stringify([roleOf(template).Policies, template.Resources.Fronts]);
  expect(text).toContain(`{"Fn::Sub":"arn:aws:lambda:*:${ownAccount}:function:acme_*"}`);
  // Every text with a placeholder is filled in.
  expect(text.split(ownAccount)).toHaveLength(text.split(/"Fn::Sub":"[^"]*\$\{AWS::AccountId\}/).length);
});

test("what is allowed has no name in it, and a list of one is that one: it holds only so much", () => {
  const text = JSON.stringify(templateOf(pipelineFleet()));
  expect(text).not.toMatch(/"Sid":"[^"]*","Effect":"Allow","Action"/);
  expect(text).toContain('{"Sid":"NotItself","Effect":"Deny","Action":"iam:*"');
  expect(text).not.toMatch(/"(Action|Resource)":\["[^"]*"\]/);
});

test("the boundary keeps roles out of every deploy role of the fleet, those that accounts name themselves among them", () => {
  const { management, globex, ...others } = bootstrapFile.accounts;
  const fleet = bootstrapFleet({
    accounts: {
      ...others,
      management: { ...management, deployRole: "org-deployer" },
      globex: { ...globex, deployRole: "globex-deployer" },
    },
  });
  for (const template of [templateOf(fleet), managementOf(fleet)]) {
    const text = JSON.stringify(template.Resources.Boundary?.Properties?.PolicyDocument);
    for (const name of ["deployer", "globex-deployer", "org-deployer"])
      expect(text).toContain(`"arn:aws:iam::*:role/${name}"`);
  }
});

test("only the account that owns the state bucket may change it", () => {
  const template = templateOf(bootstrapFleet());
  expect(template.Conditions).toEqual({
    OwnsState: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, "333333333333"] },
  });
  const conditional = roleOf(template).Policies.filter((policy) => policy["Fn::If"]);
  expect(conditional).toMatchObject([
    { "Fn::If": ["OwnsState", { PolicyName: "state-bucket" }, { Ref: "AWS::NoValue" }] },
  ]);
});

test("in several regions the first makes the role, and the others make nothing", () => {
  const operation = { regionOrder: ["eu-central-1", "us-east-1"] };
  const template = templateOf(bootstrapFleet({ bootstrap: { ...bootstrapFile.bootstrap, operation } }));
  expect(template.Conditions).toMatchObject({
    FirstRegion: { "Fn::Equals": [{ Ref: "AWS::Region" }, "eu-central-1"] },
    OtherRegion: { "Fn::Not": [{ Condition: "FirstRegion" }] },
    OwnsState: {
      "Fn::And": [
        { Condition: "FirstRegion" },
        { "Fn::Equals": [{ Ref: "AWS::AccountId" }, "333333333333"] },
      ],
    },
  });
  const conditions = Object.entries(template.Resources).map(([id, { Condition }]) => [id, Condition]);
  expect(conditions).toEqual([
    ["Fronts", "FirstRegion"],
    ["Boundary", "FirstRegion"],
    ["DeployRole", "FirstRegion"],
    ["PlanRole", "FirstRegion"],
    ["RecordRole", "OwnsState"],
    ["NothingHere", "OtherRegion"],
  ]);
});

describe("with a pipeline and other CI systems", () => {
  const template = templateOf(pipelineFleet());
  const idsUnder = (condition: string) =>
    Object.entries(template.Resources).flatMap(([id, { Condition }]) =>
      Condition === condition ? [id] : [],
    );
  const policiesOf = (id: string) => template.Resources[id]?.Properties as unknown as RoleProperties;

  test("the account of each has what is its own, and no other account", () => {
    expect(template.Conditions).toEqual({
      OwnsState: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, "333333333333"] },
      OwnsPipeline: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, "666666666666"] },
      SignsIn: { "Fn::Equals": [{ Ref: "AWS::AccountId" }, "666666666666"] },
    });
    expect(idsUnder("OwnsState")).toEqual(["RecordRole"]);
    expect(idsUnder("OwnsPipeline")).toEqual([
      ...["Pipeline", "PipelineSharedBuilds", "PipelineSharedDeploys", "PipelinePipeline", "PipelineCheck"],
      ...["PipelinePlan", "PipelineDeployFoundation", "PipelineDeployStaging", "PipelineDeployProduction"],
      ...["PipelineBatch", "PipelineUpdate", "PipelineEvents"],
    ]);
    expect(idsUnder("SignsIn")).toEqual(["GithubProvider", "GithubPlan"]);
  });

  test("GitHub's provider outlives the fleet, or is not made where the account has it", () => {
    expect(template.Resources.GithubProvider).toMatchObject({
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
    const ci = { github: { repository: "acme/fleet", provider: "existing" } } as const;
    const { Resources } = templateOf(pipelineFleet({ ci }));
    expect(Resources.GithubProvider).toBeUndefined();
    expect(Resources.GithubPlan).toEqual(template.Resources.GithubPlan);
    expect(JSON.stringify(Resources.GithubPlan)).toContain(
      "arn:aws:iam::666666666666:oidc-provider/token.actions.githubusercontent.com",
    );
  });

  test("the deploy role makes the pipeline only in its account", () => {
    expect(template.Resources.DeployRole?.Properties?.ManagedPolicyArns).toEqual([
      { Ref: "Fronts" },
      { "Fn::If": ["OwnsPipeline", { Ref: "Pipeline" }, { Ref: "AWS::NoValue" }] },
    ]);
  });

  test("builds of the pipeline may become deploy roles, and pull requests only those that plan", () => {
    const trusted = (id: string) => JSON.stringify(policiesOf(id).AssumeRolePolicyDocument);
    expect(trusted("DeployRole")).toContain("666666666666");
    const elsewhere = templateOf(
      fleetOf({
        ...pipelineFile,
        ...{ pipeline: undefined, ci: { account: "edge", github: { repository: "acme/fleet" } } },
      }),
    );
    const trust = (id: string) =>
      JSON.stringify(elsewhere.Resources[id]?.Properties?.AssumeRolePolicyDocument);
    expect(trust("DeployRole")).not.toContain("555555555555");
    expect(trust("PlanRole")).toContain("555555555555");
  });

  test("the roles are called as the pipeline calls them, whatever the stages are called", () => {
    const cells = Object.fromEntries(
      ["a-1", "a1"].map((stage) => [stage, { stage, targets: { staging: ["eu-west-1"] } }]),
    );
    const { Resources } = templateOf(pipelineFleet({ stages: ["a-1", "a1"], cells, rollout: undefined }));
    const names = Object.entries(Resources).map(([id, { Properties }]) => [id, Properties?.RoleName]);
    expect(names).toEqual(
      expect.arrayContaining([
        ["PipelinePipeline", "acme__pipeline"],
        ["PipelineDeployADash1", "acme__pipeline_deploy_a-1"],
        ["PipelineDeployA1", "acme__pipeline_deploy_a1"],
        ["PlanRole", "deployer-plan"],
        ["GithubPlan", "acme__github_plan"],
      ]),
    );
    for (const [id] of names) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });

  test("in the management account there is a role that plans, too, and what it owns", () => {
    const ci = { account: "management", github: { repository: "acme/fleet" } };
    const state = { ...pipelineFile.state, account: "management" } as FleetFile["state"];
    const ids = (more: Partial<FleetFile>) => Object.keys(managementOf(pipelineFleet(more)).Resources);
    expect(ids({})).toEqual(["Boundary", "DeployRole", "PlanRole"]);
    expect(ids({ ci, state })).toEqual([
      "Boundary",
      "DeployRole",
      "PlanRole",
      "RecordRole",
      "GithubProvider",
      "GithubPlan",
    ]);
  });
});

test("the order of keys in the fleet file changes nothing", () => {
  const { accounts, ...rest } = bootstrapFile;
  const turned = { ...rest, accounts: Object.fromEntries(Object.entries(accounts).reverse()) };
  expect(JSON.stringify(templateOf(bootstrapFleet(turned)))).toBe(
    JSON.stringify(templateOf(bootstrapFleet())),
  );
});

test("the management account's role is for its stacks, and for no target", () => {
  const policies = roleOf(managementOf(bootstrapFleet())).Policies as readonly { PolicyName: string }[];
  expect(policies.map(({ PolicyName }) => PolicyName)).toEqual([
    "organization",
    "bootstrap",
    "bill",
    "state",
    "own-limits",
  ]);
});
