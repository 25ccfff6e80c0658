// biome-ignore-all lint/suspicious/noTemplateCurlyInString: policy variables are written like that
import { stackCalls } from "../../../access/calls/stack-calls";
import { deployRolePolicies } from "../../../access/deploy-role/deploy-role";
import { extensionsPolicy } from "../../../access/deploy-role/extensions";
import { bootstrapTemplate } from "../../../access/deploy-role/template";
import { decide } from "../../../access/policy/decide";
import { requestOf } from "../../../access/policy/request";
import type { Bootstrap } from "../../../fleet/foundation/model";
import type { ExtensionFacts, Fleet } from "../../../fleet/model";
import { resolveFleet } from "../../../fleet/resolve";
import { asked, bootstrapFile, inOtherAccount, someScope } from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const queue: ExtensionFacts = {
  ...{ name: "mail-queue", adds: ["target", "front"], resourceTypes: {} },
  deploy: [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:{fleet}_*"] }],
};
const schedule: ExtensionFacts = {
  ...{ name: "schedule", adds: ["target"], resourceTypes: {} },
  deploy: [
    {
      actions: ["scheduler:CreateSchedule", "scheduler:GetSchedule"],
      resources: ["arn:aws:scheduler:*:{account}:schedule/default/{fleet}_*"],
    },
    {
      actions: ["iam:PassRole"],
      resources: ["arn:aws:iam::{account}:role/{fleet}_*"],
      conditions: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    },
  ],
};
const fleetWith = (...extensions: readonly ExtensionFacts[]) => resolveFleet(bootstrapFile, extensions);
const templateOf = (fleet: Fleet) => bootstrapTemplate(fleet, fleet.bootstrap as Bootstrap);

const sqs = "arn:aws:sqs:eu-central-1:333333333333:acme_globex_mail-queue_queue";
const role = "arn:aws:iam::333333333333:role/acme_globex_schedule";
const toScheduler = { "iam:PassedToService": "scheduler.amazonaws.com" };

test("is what the extensions say, on names of the fleet in the own account", () => {
  const one = "arn:aws:scheduler:eu-central-1:333333333333:schedule/default/acme_globex_hourly";
  expectTight(extensionsPolicy(someScope, fleetWith(schedule, queue)).document, [
    asked("allow", "sqs:CreateQueue", sqs),
    asked("nothing", "sns:CreateTopic", sqs),
    asked("nothing", "sqs:CreateQueue", sqs.replace("acme_", "other_")),
    asked("nothing", "sqs:CreateQueue", inOtherAccount(sqs)),
    asked("allow", "scheduler:CreateSchedule", one),
    asked("nothing", "scheduler:UpdateSchedule", one),
    asked("nothing", "scheduler:GetSchedule", one.replace("acme_", "other_")),
    asked("nothing", "scheduler:GetSchedule", one.replace("schedule/", "schedule-group/")),
    asked("nothing", "scheduler:GetSchedule", one.replace("default/", "other/")),
    asked("nothing", "scheduler:GetSchedule", inOtherAccount(one)),
    asked("allow", "iam:PassRole", role, toScheduler),
    asked("nothing", "iam:PassRole", role, { "iam:PassedToService": "ec2.amazonaws.com" }),
    asked("nothing", "iam:PassRole", role.replace("acme_", "other_"), toScheduler),
    asked("nothing", "iam:PassRole", inOtherAccount(role), toScheduler),
    asked("nothing", "iam:GetRole", role, toScheduler),
  ]);
});

test("lets a deploy do each call that an extension says", () => {
  const fleet = fleetWith(queue, schedule);
  const policies = deployRolePolicies(fleet, someScope);
  const calls = stackCalls(fleet)
    .filter(({ account }) => account.id === someScope.account)
    .flatMap((stack) => stack.calls.filter(({ extension }) => extension !== undefined));
  expect(new Set(calls.map(({ action }) => action)).size).toBe(4);
  const principal = "arn:aws:iam::333333333333:role/deployer";
  const refused = calls.filter(
    (call) => !decide({ scps: [], identity: policies }, requestOf({ ...call, principal })).allowed,
  );
  expect(refused).toEqual([]);
});

describe("however much an extension asks for, the deploy role", () => {
  const greedy: ExtensionFacts = {
    ...{ name: "greedy", adds: ["target"], resourceTypes: {} },
    deploy: [{ actions: ["*"], resources: ["*"] }],
  };
  const identity = deployRolePolicies(fleetWith(greedy), someScope);
  const may = (action: string, resource: string, context = {}) =>
    decide(
      { scps: [], identity },
      requestOf({
        ...{ action, resource, context, region: "eu-central-1" },
        principal: "arn:aws:iam::333333333333:role/deployer",
      }),
    ).allowed;
  const bound = { "iam:PermissionsBoundary": "arn:aws:iam::333333333333:policy/deployer-boundary" };

  test("changes neither itself nor any policy that is attached to it", () => {
    expect(may("sqs:CreateQueue", sqs)).toBe(true);
    expect(may("iam:PutRolePolicy", "arn:aws:iam::333333333333:role/deployer", bound)).toBe(false);
    for (const policy of ["fronts", "extensions", "boundary"]) {
      const arn = `arn:aws:iam::333333333333:policy/deployer-${policy}`;
      expect(may("iam:CreatePolicyVersion", arn)).toBe(false);
    }
  });

  test.each([
    ["Role", "arn:aws:iam::333333333333:role/acme_x"],
    ["User", "arn:aws:iam::333333333333:user/acme_x"],
  ])("makes and changes no %s but within the boundary, and takes it off none", (kind, arn) => {
    for (const action of [
      `iam:Attach${kind}Policy`,
      `iam:Create${kind}`,
      `iam:Put${kind}PermissionsBoundary`,
      `iam:Put${kind}Policy`,
    ]) {
      expect([action, may(action, arn)]).toEqual([action, false]);
      expect([action, may(action, arn, bound)]).toEqual([action, true]);
    }
    expect(may(`iam:Delete${kind}PermissionsBoundary`, arn, bound)).toBe(false);
  });
});

test("is attached to the role by a name of its own, and protected like the others", () => {
  const { DeployRole, Extensions } = templateOf(fleetWith(queue)).Resources;
  expect(DeployRole?.Properties?.ManagedPolicyArns).toEqual([{ Ref: "Fronts" }, { Ref: "Extensions" }]);
  expect(Extensions?.Properties).toMatchObject({ ManagedPolicyName: "deployer-extensions" });
  expect(JSON.stringify(Extensions)).toContain('{"Fn::Sub":"arn:aws:sqs:*:${AWS::AccountId}:acme_*"}');
  expect(JSON.stringify(DeployRole)).toContain("policy/deployer-*");
});

test("keeps variables of IAM from CloudFormation, which would take them for its own", () => {
  const deploy = [{ actions: ["sqs:*"], resources: ["arn:aws:sqs:*:{account}:${aws:PrincipalTag/team}"] }];
  const text = JSON.stringify(templateOf(fleetWith({ ...queue, deploy })).Resources.Extensions);
  expect(text).toContain('{"Fn::Sub":"arn:aws:sqs:*:${AWS::AccountId}:${!aws:PrincipalTag/team}"}');
});

test("a fleet whose extensions ask for nothing has the role that it had without them", () => {
  const silent = fleetWith({ ...queue, deploy: [] });
  expect(JSON.stringify(templateOf(silent))).toBe(JSON.stringify(templateOf(fleetWith())));
  expect(templateOf(silent).Resources).not.toHaveProperty("Extensions");
});
