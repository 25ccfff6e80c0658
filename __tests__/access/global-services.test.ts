import { controlTowerRegionDeny, publishedRegionDeny } from "../../access/control-tower-region-deny";
import { globalServices, regionPolicy } from "../../access/guardrail";
import { verdict } from "../../access/policy/evaluate";
import { matchesAction } from "../../access/policy/match";
import { requestOf } from "../../access/policy/request";
import { at, elsewhere, principal } from "./guardrail-calls";

test("global services are whole services or single actions, each once, in order", () => {
  expect(globalServices).toEqual([...new Set(globalServices)].sort());
  for (const action of globalServices) expect(action).toMatch(/^[a-z0-9-]+:(\*|\*?[A-Z]\w+\*?)$/);
});

describe("beside the list that AWS publishes for its own region deny", () => {
  const everywhere = "it has an endpoint in every region, and would be open in all of them";
  const itsOwnPlace = "it keeps data in a place that no zone of the fleet chose";
  const nothingThere = "it reads a service that can have nothing in a region where nothing may be made";
  const ended = "AWS has ended it";
  /** Let pass by AWS, and denied by the guardrail in regions that are not used. */
  const stricter: Readonly<Record<string, string>> = {
    "a4b:*": ended,
    "acm:*": everywhere,
    "chime:*": itsOwnPlace,
    "config:*": everywhere,
    "datapipeline:GetAccountLimits": nothingThere,
    "devicefarm:*": itsOwnPlace,
    "directconnect:*": everywhere,
    "ecr-public:*": itsOwnPlace,
    "importexport:*": itsOwnPlace,
    "kms:*": everywhere,
    "lightsail:Get*": nothingThere,
    "mobileanalytics:*": ended,
    "resource-explorer-2:*": everywhere,
    // An instance of an account's own holds people, in any region.
    "sso:*": everywhere,
    "waf-regional:*": everywhere,
    "wafv2:*": everywhere,
  };
  /** Let pass by the guardrail alone. */
  const wider: Readonly<Record<string, string>> = {
    "cloudfront-keyvaluestore:*": "its calls are signed for several regions at once, and drains need them",
    "servicequotas:*": "quotas of CloudFront and IAM are read and raised in us-east-1 only",
  };
  const document = regionPolicy("acme", { regions: ["eu-central-1"], front: false, bootstrap: [] });
  const passes = (pattern: string) =>
    verdict(document, at(elsewhere, pattern.replaceAll("*", "Anything"))) !== "deny";

  test("each action that AWS lets pass does, or there is a reason", () => {
    const { actions } = publishedRegionDeny;
    expect(actions.filter((action) => !passes(action))).toEqual(Object.keys(stricter));
  });

  test("nothing else does, or there is a reason", () => {
    const isPublished = (pattern: string) =>
      publishedRegionDeny.actions.some((action) => matchesAction(pattern, action));
    expect(globalServices.filter((pattern) => !isPublished(pattern))).toEqual(Object.keys(wider));
  });

  test("it is as it was published: a newer one has its date", () => {
    const { actions, read } = publishedRegionDeny;
    expect([read, actions.length, new Set(actions).size]).toEqual(["2026-11-26", 86, 86]);
    expect(actions).toEqual([...actions].sort());
  });

  test("Control Tower's own role is bound by the guardrail, and not by the control", () => {
    const create = { action: "config:PutRule", region: elsewhere };
    const own = { action: "lambda:CreateFunction", region: elsewhere };
    const control = controlTowerRegionDeny(["eu-central-1"]);
    const by = (principal: string, call: typeof own) => verdict(control, requestOf({ ...call, principal }));
    expect(by("arn:aws:iam::333333333333:role/AWSControlTowerExecution", own)).toBe("nothing");
    expect(by(principal, own)).toBe("deny");
    expect(by(principal, create)).toBe("nothing");
    expect(by(principal, { ...own, region: "eu-central-1" })).toBe("nothing");
  });
});
