import { bindingPolicies } from "../../access/binding";
import type { Call } from "../../access/calls/model";
import { pipelineRoleCalls } from "../../access/calls/pipeline-builds";
import { stackCalls } from "../../access/calls/stack-calls";
import { controlTowerRegionDeny, publishedRegionDeny } from "../../access/control-tower-region-deny";
import { globalServices, regionPolicy, serviceControlPolicies } from "../../access/guardrail";
import { verdict } from "../../access/policy/evaluate";
import { matchesAction } from "../../access/policy/match";
import { type Call as AnyCall, requestOf } from "../../access/policy/request";
import type { Organization, RegionUse } from "../../fleet/foundation/model";
import { allowedRegions, regionUses } from "../../fleet/foundation/region-use";
import { regionCodes } from "../../fleet/geography/regions";
import { policySize, statementsOf } from "../../fleet/policy-document";
import { resolveFleet } from "../../fleet/resolve";
import type { FleetFile } from "../../fleet/schema/fleet-file";
import { shuffleKeys } from "../support/arbitrary-fleet";
import { organizationFleet } from "../support/arbitrary-organization";
import { fleetOf } from "../support/fleet";
import { expectTight, type PolicyCase } from "../support/loosened";
import { organizationFile } from "../support/organization";
import { pipelineFile, pipelineFleet } from "../support/pipeline-fleet";
import { fc } from "../support/properties";

const principal = "arn:aws:iam::333333333333:role/meridian-deploy";
const elsewhere = "ap-southeast-2";

/** Whether the policies on the way to an account let a call of it pass. */
function passes(file: FleetFile, account: string, call: Omit<AnyCall, "principal">): boolean {
  const { organization } = fleetOf(file);
  if (!organization) throw new Error("no organization");
  return bindingPolicies(organization)(account).every(
    ({ document }) => verdict(document, requestOf({ ...call, principal })) !== "deny",
  );
}

describe("what the guardrail means", () => {
  test("each call of every stack is allowed where it is made, and denied in regions that its account does not use", () => {
    fc.assert(
      fc.property(organizationFleet, fc.nat(), (file, seed) => {
        const fleet = fleetOf(file);
        const { organization } = fleet;
        if (!organization) throw new Error("no organization");
        const uses = regionUses(file);
        for (const { account, calls } of stackCalls(fleet)) {
          const policies = bindingPolicies(organization)(account.name);
          expect(policies.length).toBeGreaterThan(0);
          const isDenied = (call: Call) =>
            policies.some(({ document }) => verdict(document, requestOf({ ...call, principal })) === "deny");
          const own = allowedRegions(uses.get(account.name) as RegionUse);
          const others = regionCodes.filter((region) => !own.includes(region));
          const region = others[seed % others.length] as string;
          expect(calls.filter(isDenied)).toEqual([]);
          const free = organization.controlTower ? publishedRegionDeny.actions : globalServices;
          const moved = calls.filter((call) => isRegional(call, free)).map((call) => ({ ...call, region }));
          expect(moved.filter((call) => !isDenied(call))).toEqual([]);
        }
      }),
      { numRuns: 10 },
    );
  });

  /** A bucket, and a key by way of it, are in one region, whatever region a request says. */
  const isRegional = ({ action, context, resource }: Call, free: readonly string[]) =>
    !free.some((pattern) => matchesAction(pattern, action)) &&
    !/^(iam|cloudfront|cloudfront-keyvaluestore|route53):/.test(action) &&
    context?.["kms:ViaService"] === undefined &&
    !resource.startsWith("arn:aws:s3:::state-bucket");

  test("calls for tables, and those of extensions wherever these add resources, are allowed", () => {
    const tables: FleetFile["tables"] = {
      orders: { key: { id: "string" }, kmsKey: "arn:aws:kms:{region}:{account}:key/mrk-1" },
      sessions: { key: { id: "string" }, replicate: "none" },
    };
    const globex = organizationFile.cells.globex as FleetFile["cells"][string];
    const cells = { globex: { ...globex, home: "eu-central-1" } };
    const more = {
      ...{ name: "alarms", adds: ["target", "front", "cell"] as const, resourceTypes: {} },
      deploy: [
        { actions: ["sns:*", "lambda:CreateFunction"], resources: ["arn:aws:sns:*:{account}:{fleet}_*"] },
        { actions: ["iam:PassRole", "route53:ListHostedZones"], resources: ["*"] },
      ],
    };
    const fleet = resolveFleet({ ...organizationFile, tables, cells }, [more]);
    const policies = bindingPolicies(fleet.organization as Organization)("globex");
    const calls = stackCalls(fleet).flatMap((stack) => stack.calls);
    expect(new Set(calls.map(({ action }) => action.split(":")[0]))).toEqual(
      new Set([
        "cloudfront",
        "cloudfront-keyvaluestore",
        "dynamodb",
        "iam",
        "kms",
        "lambda",
        "logs",
        "route53",
        "sns",
      ]),
    );
    const stopped = calls.filter((call) =>
      policies.some(({ document }) => verdict(document, requestOf({ ...call, principal })) === "deny"),
    );
    expect(stopped).toEqual([]);
  });

  test("it does not change with the order of keys", () => {
    fc.assert(
      fc.property(organizationFleet, fc.infiniteStream(fc.nat()), (file, numbers) => {
        const random = () => numbers.next().value ?? 0;
        expect(JSON.stringify(fleetOf(shuffleKeys(file, random)).organization)).toBe(
          JSON.stringify(fleetOf(file).organization),
        );
      }),
      { numRuns: 20 },
    );
  });

  test("a unit's policy leaves room for all accounts below it, and each account keeps to its own", () => {
    const file: FleetFile = {
      ...organizationFile,
      organization: { management: "management", units: ["tenants/eu"], regionGuardrail: true },
      zones: { ...organizationFile.zones, us: { regions: ["us-west-2"], countries: ["US"] } },
      accounts: {
        management: { id: "111111111111" },
        delivery: { id: "222222222222", unit: "tenants", zone: "us" },
        globex: { id: "333333333333", unit: "tenants/eu", zone: "eu" },
      },
    };
    const create = { action: "lambda:CreateFunction" };
    expect(passes(file, "globex", { ...create, region: "eu-west-1" })).toBe(true);
    expect(passes(file, "globex", { ...create, region: "us-west-2" })).toBe(false);
    expect(passes(file, "delivery", { ...create, region: "us-west-2" })).toBe(true);
    expect(passes(file, "delivery", { ...create, region: "eu-west-1" })).toBe(false);
  });

  test("an account that is still to be created is bound by its zone", () => {
    const create = { action: "lambda:CreateFunction" };
    expect(passes(organizationFile, "newco", { ...create, region: "eu-west-1" })).toBe(true);
    expect(passes(organizationFile, "newco", { ...create, region: elsewhere })).toBe(false);
  });

  test("Control Tower's own is taken into account in place of it", () => {
    const organization = {
      ...organizationFile.organization,
      management: "management",
      controlTower: { enabled: true },
    };
    const file = { ...organizationFile, organization };
    const create = { action: "lambda:CreateFunction" };
    expect(passes(file, "globex", { ...create, region: "eu-west-1" })).toBe(true);
    expect(passes(file, "globex", { ...create, region: elsewhere })).toBe(false);
    expect(passes(file, "globex", { action: "acm:RequestCertificate", region: "us-east-1" })).toBe(true);
    // By AWS's list, not by Meridian's, which is stricter; and what a drain needs, in whatever region that counts.
    expect(passes(file, "globex", { action: "kms:CreateKey", region: elsewhere })).toBe(true);
    const drain = { action: "cloudfront-keyvaluestore:UpdateKeys", region: elsewhere };
    expect(passes(file, "globex", drain)).toBe(true);
    expect(passes(organizationFile, "globex", drain)).toBe(true);
    expect(passes(organizationFile, "globex", { action: "kms:CreateKey", region: elsewhere })).toBe(false);
  });

  test("a unit of whose accounts nothing is known is left alone", () => {
    const { organization } = fleetOf(organizationFile);
    expect(
      (organization ? serviceControlPolicies(organization) : []).flatMap(({ targets }) => targets),
    ).toEqual([{ account: "newco" }, { unit: "tenants/eu" }]);
  });

  test("a front's and a bootstrap's region are left by one statement where they are the same", () => {
    const file = organizationFile;
    const { organization } = fleetOf(file);
    const documents = organization
      ? serviceControlPolicies(organization).map(({ document }) => document)
      : [];
    const sids = documents.map((document) => statementsOf(document).map(({ Sid }) => Sid));
    expect(sids.filter((all) => all.includes("DenyFrontAndBootstrapElsewhere"))).toHaveLength(1);
    expect(sids.flat()).not.toContain("DenyFrontElsewhere");
    for (const action of [
      "acm:RequestCertificate",
      "cloudwatch:PutMetricAlarm",
      "cloudformation:CreateStack",
    ]) {
      expect(passes(file, "globex", { action, region: "us-east-1" })).toBe(true);
      expect(passes(file, "globex", { action, region: "us-east-2" })).toBe(false);
      expect(passes(file, "globex", { action, region: elsewhere })).toBe(false);
    }
    const regionOrder = ["us-west-2"];
    const apart: FleetFile = { ...file, bootstrap: { operation: { regionOrder } } };
    expect(passes(apart, "globex", { action: "acm:RequestCertificate", region: "us-west-2" })).toBe(false);
    expect(passes(apart, "globex", { action: "cloudformation:CreateStack", region: "us-west-2" })).toBe(true);
    expect(passes(apart, "globex", { action: "cloudformation:CreateStack", region: "us-east-1" })).toBe(
      false,
    );
  });

  test("it fits with every region there is in use", () => {
    const use: RegionUse = {
      regions: regionCodes.filter((region) => region !== "us-east-1" && region !== "eu-west-1"),
      front: true,
      bootstrap: ["us-east-1"],
      state: { bucket: "b".repeat(63), region: "eu-west-1" },
    };
    expect(policySize(regionPolicy("acme", use))).toBeLessThan(5120);
  });
});

const at = (region: string, action: string, more: Partial<AnyCall> = {}) =>
  requestOf({ action, region, principal, resource: "arn:aws:x:::y", ...more });
/** Near the regions in use by their names, so that a wildcard would let them in. */
const neighbours = ["eu-north-1", "us-east-2", elsewhere];
const denied = (region: string, action: string, more?: Partial<AnyCall>): PolicyCase => ({
  request: at(region, action, more),
  expected: "deny",
});
const free = (region: string, action: string, more?: Partial<AnyCall>): PolicyCase => ({
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

describe("the account of a pipeline", () => {
  const organization = {
    management: "management",
    units: ["workloads", "tenants/eu", "tenants/us"],
    regionGuardrail: true,
  };
  const file: FleetFile = { ...pipelineFile, organization };

  test("is kept to the pipeline's region, where all that the pipeline and its builds call is allowed", () => {
    const fleet = pipelineFleet({ organization });
    const calls = [
      ...stackCalls(fleet).flatMap(({ calls, stack }) => (stack === "pipeline" ? calls : [])),
      ...pipelineRoleCalls(fleet, fleet.pipeline).flatMap(({ calls }) => calls),
    ];
    expect(calls.length).toBeGreaterThan(100);
    // The unit's policy knows the regions of the accounts below it; what is denied in this one is told by its own.
    expect(calls.filter((call) => !passes(file, "pipeline", call)).map(({ action }) => action)).toEqual([]);
    const project = "arn:aws:codebuild:eu-west-1:666666666666:project/acme__pipeline_check";
    const elsewhere = { action: "codebuild:StartBuild", resource: project, region: "eu-west-1" };
    expect(passes(file, "pipeline", elsewhere)).toBe(false);
  });
});
