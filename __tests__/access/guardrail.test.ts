import { bindingPolicies } from "../../access/binding";
import type { Call } from "../../access/calls/model";
import { pipelineRoleCalls } from "../../access/calls/pipeline-builds";
import { stackCalls } from "../../access/calls/stack-calls";
import { publishedRegionDeny } from "../../access/control-tower-region-deny";
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
import { organizationFile } from "../support/organization";
import { pipelineFile, pipelineFleet } from "../support/pipeline-fleet";
import { fc } from "../support/properties";
import { elsewhere, principal } from "./guardrail-calls";

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
