import { regionPolicy } from "../../access/guardrail";
import { verdict } from "../../access/policy/evaluate";
import type { Call } from "../../access/policy/request";
import type { RegionUse } from "../../fleet/foundation/model";
import { statementsOf } from "../../fleet/policy-document";
import { expectTight, type PolicyCase } from "../support/loosened";
import { at, elsewhere } from "./guardrail-calls";

/** Near the regions in use by their names, so that a wildcard would let them in. */
const neighbours = ["eu-north-1", "us-east-2", elsewhere];
const denied = (region: string, action: string, more?: Partial<Call>): PolicyCase => ({
  request: at(region, action, more),
  expected: "deny",
});
const free = (region: string, action: string, more?: Partial<Call>): PolicyCase => ({
  request: at(region, action, more),
  expected: "nothing",
});

describe("every statement of the guardrail is needed", () => {
  const common = [
    ...neighbours.map((region) => denied(region, "lambda:CreateFunction")),
    ...neighbours.map((region) => denied(region, "ec2:RunInstances")),
    denied(elsewhere, "s3:CreateBucket"),
    // Of services with a single exempted action, everything else.
    ...["cloudtrail:CreateTrail", "tag:TagResources", "license-manager:CreateLicense"].map((action) =>
      denied(elsewhere, action),
    ),
    ...["quicksight:CreateDataSet", "vendor-insights:GetProfile"].map((action) => denied(elsewhere, action)),
    free("us-east-1", "iam:CreateRole"),
    free("us-east-1", "cloudfront:CreateDistribution"),
    free("us-east-1", "s3:ListAllMyBuckets"),
  ];
  const home = [free("eu-west-1", "lambda:CreateFunction"), free("eu-central-1", "s3:CreateBucket")];
  const bodies = "arn:aws:lambda:us-east-1:333333333333:function:acme__bodies_globex";
  const use: RegionUse = { regions: ["eu-central-1", "eu-west-1"], front: false, bootstrap: [] };

  test("of one for regions alone", () => {
    expectTight(regionPolicy("acme", use), [
      ...common,
      ...home,
      denied("us-east-1", "acm:RequestCertificate"),
    ]);
  });

  test("of one with a front", () => {
    const policy = regionPolicy("acme", { ...use, front: true });
    const cases = [
      ...common,
      ...home,
      ...["acm:RequestCertificate", "cloudwatch:PutMetricAlarm", "wafv2:CreateWebACL"].flatMap((action) => [
        free("us-east-1", action),
        free("eu-west-1", action),
        ...neighbours.map((region) => denied(region, action)),
      ]),
      denied("us-east-1", "lambda:CreateFunction"),
      denied("us-east-1", "lambda:CreateFunction", {
        resource: bodies.replace("acme__bodies", "acme_globex"),
      }),
      denied("us-east-1", "lambda:CreateFunction", { resource: bodies.replace("acme_", "other_") }),
      free("us-east-1", "lambda:CreateFunction", { resource: bodies }),
      free("us-east-1", "lambda:EnableReplication*", { resource: `${bodies}:1` }),
      denied("us-east-2", "lambda:CreateFunction", { resource: bodies }),
      denied("us-east-1", "lambda:CreateFunction", { resource: bodies.replace("us-east-1", "eu-north-1") }),
    ];
    // Lambda in other regions is denied twice.
    const equivalent = ["DenyFunctionsElsewhere: StringNotEquals aws:RequestedRegion eu-*"];
    expectTight(policy, cases, { equivalent });
  });

  test("of one for a front alone: no region is left for anything else", () => {
    expectTight(regionPolicy("acme", { regions: [], front: true, bootstrap: [] }), [
      ...common,
      free("us-east-1", "acm:RequestCertificate"),
      ...neighbours.map((region) => denied(region, "acm:RequestCertificate")),
      denied(elsewhere, "wafv2:CreateWebACL"),
      denied(elsewhere, "cloudwatch:PutMetricAlarm"),
      denied("us-east-1", "lambda:CreateFunction"),
      free("us-east-1", "lambda:CreateFunction", { resource: bodies }),
      denied("us-east-1", "lambda:CreateFunction", {
        resource: bodies.replace("acme__bodies", "acme_globex"),
      }),
      denied("us-east-1", "lambda:CreateFunction", { resource: bodies.replace("us-east-1", "eu-north-1") }),
      denied("us-east-2", "lambda:CreateFunction", { resource: bodies }),
    ]);
  });

  test("of one with a front that extensions add to: what they name, and nothing else", () => {
    const topic = "arn:aws:sns:us-east-1:333333333333:acme_globex_alarms_topic";
    const extensions = [
      { actions: ["sns:*", "iam:PassRole"], resources: ["arn:aws:sns:*:{account}:{fleet}_*"] },
      {
        actions: ["lambda:CreateFunction"],
        resources: ["arn:aws:lambda:us-east-1:{account}:function:{fleet}_edge_*"],
      },
      { actions: ["synthetics:GetCanary"], resources: ["*"] },
    ];
    const policy = regionPolicy("acme", { ...use, front: true }, extensions);
    const edge = bodies.replace("acme__bodies_", "acme_edge_");
    const verdicts = (cases: readonly PolicyCase[]) =>
      cases.map(({ request }) => `${request.action} ${verdict(policy, request)}`);
    const open = [
      free("us-east-1", "sns:CreateTopic", { resource: topic }),
      free("eu-west-1", "sns:CreateTopic", { resource: topic.replace("acme_", "other_") }),
      free("us-east-1", "synthetics:GetCanary"),
      free("us-east-1", "lambda:CreateFunction", { resource: edge }),
      free("us-east-1", "lambda:CreateFunction", { resource: bodies }),
      free("us-east-1", "iam:PassRole"),
    ];
    const closed = [
      denied("us-east-1", "sns:CreateTopic", { resource: topic.replace("acme_", "other_") }),
      denied("us-east-2", "sns:CreateTopic", { resource: topic }),
      denied("us-east-1", "sqs:CreateQueue"),
      denied("us-east-1", "synthetics:CreateCanary"),
      denied("us-east-2", "synthetics:GetCanary"),
      denied("us-east-1", "lambda:CreateFunction", {
        resource: bodies.replace("acme__bodies", "acme_globex"),
      }),
      denied("us-east-2", "lambda:CreateFunction", { resource: edge }),
    ];
    expect(verdicts(open).filter((text) => text.endsWith("deny"))).toEqual([]);
    expect(verdicts(closed).filter((text) => !text.endsWith("deny"))).toEqual([]);
    const sids = statementsOf(policy).map(({ Sid }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    // Without a front, nothing of it.
    expect(regionPolicy("acme", use, extensions)).toEqual(regionPolicy("acme", use));
  });

  test("of one with a bootstrap from elsewhere", () => {
    expectTight(regionPolicy("acme", { ...use, bootstrap: ["us-east-1"] }), [
      ...common,
      ...home,
      free("us-east-1", "cloudformation:CreateStack"),
      free("eu-west-1", "cloudformation:CreateStack"),
      ...neighbours.map((region) => denied(region, "cloudformation:CreateStack")),
      denied("us-east-1", "lambda:CreateFunction"),
    ]);
  });

  test("of one whose state lies elsewhere: its bucket and its key, no other", () => {
    const bucket = "arn:aws:s3:::acme-state";
    const via = (region: string) => ({ context: { "kms:ViaService": `s3.${region}.amazonaws.com` } });
    expectTight(regionPolicy("acme", { ...use, state: { bucket: "acme-state", region: "us-west-2" } }), [
      ...common,
      ...home,
      free("us-west-2", "s3:ListBucket", { resource: bucket }),
      ...["s3:DeleteObject", "s3:GetObject", "s3:PutObject"].flatMap((action) => [
        free("us-west-2", action, { resource: `${bucket}/acme/x.tfstate` }),
        free("eu-west-1", action, { resource: "arn:aws:s3:::other/x" }),
        ...["us-west-2", "eu-north-1"].map((region) =>
          denied(region, action, { resource: "arn:aws:s3:::other/x" }),
        ),
        denied("us-west-2", action, { resource: "arn:aws:s3:::acme-state-2/x" }),
      ]),
      denied("us-west-2", "s3:ListBucket", { resource: "arn:aws:s3:::acme-state-2" }),
      denied("us-west-2", "s3:CreateBucket", { resource: bucket }),
      ...["kms:Decrypt", "kms:GenerateDataKey"].flatMap((action) => [
        free("us-west-2", action, via("us-west-2")),
        free("eu-west-1", action),
        denied("us-west-2", action),
        denied("eu-west-2", action, via("eu-west-2")),
      ]),
      denied("us-west-2", "kms:CreateKey"),
    ]);
  });
});
