import type { FleetFile } from "../../fleet/schema/fleet-file";
import { bootstrapFile, bootstrapFleet } from "../support/bootstrap-fleet";
import {
  type Attributes,
  onlyResource,
  resources,
  type StackJson,
  stackOf,
  synthJson,
} from "../support/synth";

function bootstrapOf(more: Partial<FleetFile> = {}): StackJson {
  return stackOf(synthJson(bootstrapFleet(more)), "bootstrap");
}

const instancesOf = (stack: StackJson) =>
  resources(stack)
    .filter(({ type }) => type === "aws_cloudformation_stack_set_instance")
    .map(({ attributes }) => attributes as Attributes & { readonly depends_on?: readonly string[] });

test("the stack set is the management account's, run from us-east-1", () => {
  expect(bootstrapOf().provider.aws).toMatchObject([
    { alias: "management_us_east_1", region: "us-east-1", allowed_account_ids: ["111111111111"] },
  ]);
});

test("the stack set is run from the region that is written", () => {
  expect(bootstrapOf({ bootstrap: { region: "eu-central-1" } }).provider.aws).toMatchObject([
    { alias: "management_eu_central_1", region: "eu-central-1" },
  ]);
});

test("new accounts of the units get the role by themselves, and keep it when they leave", () => {
  expect(onlyResource(bootstrapOf(), "aws_cloudformation_stack_set")).toMatchObject({
    name: "acme-deployer",
    permission_model: "SERVICE_MANAGED",
    auto_deployment: { enabled: true, retain_stacks_on_account_removal: true },
    capabilities: ["CAPABILITY_NAMED_IAM"],
    managed_execution: { active: true },
    lifecycle: { ignore_changes: ["administration_role_arn"] },
  });
});

test("Terraform passes CloudFormation's placeholders on as they are", () => {
  const { template_body } = onlyResource(bootstrapOf(), "aws_cloudformation_stack_set");
  expect(template_body).toContain("$${AWS::AccountId}");
  expect(template_body).not.toMatch(/(?<!\$)\$\{/);
});

test("it goes to the outermost units, each by itself", () => {
  const units = instancesOf(bootstrapOf()).map(({ deployment_targets }) => deployment_targets);
  const output = "data.terraform_remote_state.organization.outputs.units";
  expect(units).toEqual([
    { organizational_unit_ids: [`\${${output}.tenants}`] },
    { organizational_unit_ids: [`\${${output}.workloads}`] },
  ]);
});

test("the operations follow the fleet file: tolerance, concurrency, and regions one after the other", () => {
  const operation = { failureTolerance: 2, concurrency: 3, regionOrder: ["us-east-1", "eu-west-1"] };
  const units = ["tenants"];
  const stack = bootstrapOf({ bootstrap: { ...bootstrapFile.bootstrap, operation, units } });
  const preferences = { failure_tolerance_count: 2, max_concurrent_count: 3 };
  expect(onlyResource(stack, "aws_cloudformation_stack_set").operation_preferences).toMatchObject({
    ...preferences,
    region_order: ["us-east-1", "eu-west-1"],
  });
  const byRegion = new Map(instancesOf(stack).map((one) => [one.region, one]));
  expect(byRegion.get("us-east-1")).not.toHaveProperty("depends_on");
  expect(byRegion.get("eu-west-1")).toMatchObject({
    operation_preferences: preferences,
    depends_on: [
      expect.stringMatching(/^aws_cloudformation_stack_set_instance\.deploy_role_us-east-1_tenants_/),
    ],
    lifecycle: { ignore_changes: ["operation_preferences"] },
  });
});
