import { decide } from "../../../access/policy/decide";
import type { NamedPolicy } from "../../../fleet/policy-document";
import { allow, call, decided, deny, full, policy, role } from "./policies";

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
describe("service control policies", () => {
  test("an allow is needed on every level: root, unit and account", () => {
    const s3 = allow("s3", "s3:*");
    const ec2 = allow("ec2", "ec2:*");
    const levels = (...scps: NamedPolicy[][]) => decide({ scps, identity: [full] }, call("s3:GetObject"));
    expect(levels([full], [full], [full]).allowed).toBe(true);
    expect(levels([full], [s3], [full]).allowed).toBe(true);
    expect(levels([full], [ec2, s3], [full]).allowed).toBe(true);
    expect(levels([ec2], [full], [full])).toEqual({ allowed: false, reason: "no-scp-allows", level: 0 });
    expect(levels([full], [ec2], [full])).toEqual({ allowed: false, reason: "no-scp-allows", level: 1 });
    expect(levels([full], [full], [])).toEqual({ allowed: false, reason: "no-scp-allows", level: 2 });
  });

  test("a unit gives back nothing that the level above does not allow", () => {
    const abc = allow("abc", ["a:*", "b:*", "c:*"]);
    const cde = allow("cde", ["c:*", "d:*", "e:*"]);
    const allowed = ["a:X", "b:X", "c:X", "d:X", "e:X"].filter(
      (action) => decide({ scps: [[abc], [cde]], identity: [full] }, call(action)).allowed,
    );
    expect(allowed).toEqual(["c:X"]);
  });

  test.each([0, 1, 2])("a deny on level %d denies, whatever the others allow", (level) => {
    const scps = [[full], [full], [full]].map((list, index) =>
      index === level ? [...list, deny("no-s3", "s3:*")] : list,
    );
    expect(decide({ scps, identity: [full] }, call("s3:GetObject"))).toEqual({
      allowed: false,
      reason: "explicit-deny",
      statement: { policy: "no-s3", index: 0, sid: "No" },
    });
    expect(decided({ scps }, call("sqs:SendMessage"))).toBe("allowed");
  });

  test("grant nothing by themselves", () => {
    expect(decided({ scps: [[full], [full]], identity: [] }, call("s3:GetObject"))).toBe("no-allow");
  });

  test("bind the root user of an account", () => {
    const scps = [[full, deny("no-s3", "s3:*")]];
    const root = { principal: "arn:aws:iam::333333333333:root" };
    expect(decided({ scps, identity: [] }, call("s3:GetObject", root))).toBe("explicit-deny");
    expect(decided({ scps, identity: [] }, call("sqs:SendMessage", root))).toBe("allowed");
  });

  test("bind neither the roles that are linked to services nor the management account, which has no levels", () => {
    const scps = [[full, deny("nothing", "*")]];
    const linked = { principal: "arn:aws:iam::333333333333:role/aws-service-role/a.amazonaws.com/A" };
    expect(decided({ scps }, call("s3:GetObject", linked))).toBe("allowed");
    expect(decided({ scps: [[]] }, call("s3:GetObject", linked))).toBe("allowed");
    expect(decided({ scps: [] }, call("s3:GetObject"))).toBe("allowed");
  });
});

// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
describe("a guardrail of regions", () => {
  const guardrail = policy("regions", {
    Sid: "Regions",
    Effect: "Deny",
    NotAction: ["iam:*", "organizations:*", "route53:*", "cloudfront:*", "sts:*", "support:*"],
    Resource: "*",
    Condition: {
      StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] },
      ArnNotLike: { "aws:PrincipalARN": ["arn:aws:iam::*:role/meridian-deploy", "arn:aws:iam::*:role/Ops*"] },
    },
  });
  const inRegion = (action: string, region: string, principal = role) =>
    decided({ scps: [[full], [full, guardrail], [full]] }, call(action, { region, principal }));

  test("denies every region but its own", () => {
    expect(inRegion("lambda:CreateFunction", "eu-west-1")).toBe("allowed");
    expect(inRegion("lambda:CreateFunction", "eu-central-1")).toBe("allowed");
    expect(inRegion("lambda:CreateFunction", "eu-west-2")).toBe("explicit-deny");
    expect(inRegion("lambda:CreateFunction", "us-east-1")).toBe("explicit-deny");
  });

  test("leaves global services alone, which are called in us-east-1 from everywhere", () => {
    expect(inRegion("iam:CreateRole", "eu-west-1")).toBe("allowed");
    expect(inRegion("cloudfront:CreateDistribution", "us-east-1")).toBe("allowed");
    expect(inRegion("budgets:ModifyBudget", "eu-west-1")).toBe("explicit-deny");
  });

  test("lets the roles through that it names, in whatever account, and their like no others", () => {
    expect(
      inRegion("lambda:CreateFunction", "us-east-1", "arn:aws:iam::333333333333:role/meridian-deploy"),
    ).toBe("allowed");
    expect(
      inRegion("lambda:CreateFunction", "us-east-1", "arn:aws:iam::444444444444:role/OpsBreakGlass"),
    ).toBe("allowed");
    expect(
      inRegion("lambda:CreateFunction", "us-east-1", "arn:aws:iam::333333333333:role/x/meridian-deploy"),
    ).toBe("explicit-deny");
    expect(
      inRegion("lambda:CreateFunction", "us-east-1", "arn:aws:iam::333333333333:user/meridian-deploy"),
    ).toBe("explicit-deny");
  });

  test("denies a call whose region nobody knows", () => {
    const { context, ...request } = call("lambda:CreateFunction");
    const unknown = Object.fromEntries(
      Object.entries(context).filter(([key]) => key !== "aws:RequestedRegion"),
    );
    expect(decided({ scps: [[full, guardrail]] }, { ...request, context: unknown })).toBe("explicit-deny");
  });
});
