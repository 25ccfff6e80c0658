import { stackCalls } from "../../../access/calls/stack-calls";
import type { Fleet } from "../../../fleet/model";
import { bootstrapFleet } from "../../support/bootstrap-fleet";
import { fleetOf, smallFile } from "../../support/fleet";

/** Calls of one stack. */
function callsOf(fleet: Fleet, stack: string) {
  const found = stackCalls(fleet).find((one) => one.stack === stack);
  if (!found) throw new Error(`no calls of ${stack}`);
  return found;
}

const regionsOf = (fleet: Fleet, stack: string, service: string) => {
  const { calls } = callsOf(fleet, stack);
  const regions = calls.filter(({ action }) => action.startsWith(`${service}:`)).map(({ region }) => region);
  return [...new Set(regions)].sort();
};

test("every stack of cells and state has its calls, by its own account", () => {
  const accounts = stackCalls(bootstrapFleet()).map(({ account, stack }) => [stack, account.name]);
  expect(accounts).toEqual([
    ["state_replica", "globex"],
    ["state", "globex"],
    ["globex_globex_eu-central-1", "globex"],
    ["globex_globex_eu-west-1", "globex"],
    ["globex_front_logs_eu-central-1", "edge"],
    ["globex_front", "edge"],
  ]);
});

test("a stack with several targets calls in the region of each", () => {
  const fleet = fleetOf({ ...smallFile, defaults: { stackPer: "account" } });
  expect(stackCalls(fleet).map(({ stack }) => stack)).toEqual(["globex_globex_all", "globex_front"]);
  expect(regionsOf(fleet, "globex_globex_all", "lambda")).toEqual(["eu-central-1", "eu-west-1"]);
});

test("a target stack calls in its own region, IAM in us-east-1, and the state in the bucket's region", () => {
  const stack = "globex_globex_eu-west-1";
  expect(regionsOf(bootstrapFleet(), stack, "lambda")).toEqual(["eu-west-1"]);
  expect(regionsOf(bootstrapFleet(), stack, "logs")).toEqual(["eu-west-1"]);
  expect(regionsOf(bootstrapFleet(), stack, "iam")).toEqual(["us-east-1"]);
  expect(regionsOf(bootstrapFleet(), stack, "s3")).toEqual(["eu-central-1"]);
});

test("what lies beside a state is read and written in the account's own part, and the whole listed by its owner", () => {
  const objects = (stack: string, action: string) =>
    callsOf(bootstrapFleet(), stack).calls.flatMap((call) =>
      call.action === action ? (call.context?.["s3:prefix"] ?? call.resource.split(":::")[1] ?? "") : [],
    );
  const stack = "globex_globex_eu-west-1";
  expect(objects(stack, "s3:PutObject")).toEqual([
    `acme-state/acme/333333333333/${stack}.tfstate`,
    `acme-state/acme/333333333333/${stack}.tfstate.tflock`,
    `acme-state/acme/333333333333/releases/${stack}/EXAMPLE.json`,
    "acme-state/acme/333333333333/releases/blobs/EXAMPLE",
  ]);
  expect(objects(stack, "s3:DeleteObject")).toEqual([
    `acme-state/acme/333333333333/${stack}.tfstate`,
    `acme-state/acme/333333333333/${stack}.tfstate.tflock`,
  ]);
  expect(objects("state", "s3:ListBucket")).toEqual(
    expect.arrayContaining(["acme/", "acme/EXAMPLE/", "acme/333333333333/runs/"]),
  );
  expect(objects("state", "s3:PutObject")).toContain("acme-state/acme/333333333333/runs/EXAMPLE.json");
});

test("with local state there is nothing to read or write in S3", () => {
  expect(regionsOf(fleetOf(smallFile), "globex_globex_eu-west-1", "s3")).toEqual([]);
});

test("what a front does not have is not called for", () => {
  const services = (fleet: Fleet) => {
    const { calls } = callsOf(fleet, "globex_front");
    return [...new Set(calls.map(({ action }) => action.split(":")[0]))].sort();
  };
  const [globex] = Object.entries(smallFile.cells).map(([, cell]) => cell);
  if (!globex) throw new Error("the small fleet has no cell");
  const cells = { globex: { ...globex, front: { bodies: "client-hash" as const } } };
  expect(services(fleetOf({ ...smallFile, cells }))).toEqual(["cloudfront", "cloudfront-keyvaluestore"]);
  expect(services(fleetOf(smallFile))).toEqual(["cloudfront", "cloudfront-keyvaluestore", "iam", "lambda"]);
  expect(services(bootstrapFleet())).toEqual([
    ...["acm", "cloudfront", "cloudfront-keyvaluestore", "iam", "kms", "lambda", "route53", "s3", "wafv2"],
  ]);
});

test("a role is made with the boundary, where the account asks for one", () => {
  const create = (fleet: Fleet) =>
    callsOf(fleet, "globex_globex_eu-west-1").calls.find(({ action }) => action === "iam:CreateRole");
  expect(create(bootstrapFleet())?.context).toEqual({
    "iam:PermissionsBoundary": "arn:aws:iam::333333333333:policy/deployer-boundary",
  });
  expect(create(fleetOf(smallFile))?.context).toBeUndefined();
});

test("layers are asked for where they are", () => {
  const { calls } = callsOf(bootstrapFleet(), "globex_globex_eu-west-1");
  expect(calls).toContainEqual({
    action: "lambda:GetLayerVersion",
    region: "eu-west-1",
    resource: "arn:aws:lambda:eu-west-1:123456789012:layer:tools:3",
  });
});

test("a service without a route is deployed without letting anybody in, and not asked whether it answers", () => {
  const actionsWith = (routes: string[] | undefined) => {
    const services = { hello: { source: "a.ts", routes } };
    const { calls } = callsOf(fleetOf({ ...smallFile, services }), "globex_globex_eu-west-1");
    return new Set(calls.map(({ action }) => action));
  };
  const unrouted = actionsWith([]);
  expect([...actionsWith(undefined)].filter((action) => !unrouted.has(action)).sort()).toEqual([
    "lambda:AddPermission",
    "lambda:CreateFunctionUrlConfig",
    "lambda:InvokeFunction",
    "lambda:InvokeFunctionUrl",
    "lambda:UpdateFunctionUrlConfig",
  ]);
});
