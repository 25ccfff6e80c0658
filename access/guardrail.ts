import type {
  FrontExtensionCalls,
  Organization,
  RegionUse,
  ServiceControlPolicy,
} from "../fleet/foundation/model";
import { isUsed, unitUses } from "../fleet/foundation/region-use";
import { globalRegion } from "../fleet/geography/regions";
import { hashFunctionPrefix, joinName, nameLimits } from "../fleet/names";
import type { ConditionBlock, PolicyDocument, Statement } from "../fleet/policy-document";
import { sortBy } from "../fleet/values";
import { filled } from "./calls/extension";
import { matchesAction } from "./policy/match";

/**
 * Actions that AWS serves for all regions from one of them, or that show no more than what there is, and that a region
 * guardrail therefore has to let pass. They hold no data of viewers.
 *
 * They are what AWS itself lets pass (see `control-tower-region-deny.ts`; a test compares the two, and has a reason for each
 * difference), but for services that have an endpoint in every region and would be open in all of them (ACM, Config, KMS,
 * WAF, …), that keep data where AWS chooses, or that AWS has ended. Added are `cloudfront-keyvaluestore`, whose calls are
 * signed for several regions at once, and Service Quotas, which knows those of global services in us-east-1 only.
 */
export const globalServices: readonly string[] = [
  "access-analyzer:*",
  "account:*",
  "activate:*",
  "artifact:*",
  "aws-marketplace-management:*",
  "aws-marketplace:*",
  "aws-portal:*",
  "billing:*",
  "billingconductor:*",
  "budgets:*",
  "ce:*",
  "chatbot:*",
  "cloudfront-keyvaluestore:*",
  "cloudfront:*",
  "cloudtrail:LookupEvents",
  "compute-optimizer:*",
  "consoleapp:*",
  "consolidatedbilling:*",
  "cur:*",
  "ec2:DescribeRegions",
  "ec2:DescribeTransitGateways",
  "ec2:DescribeVpnGateways",
  "fms:*",
  "freetier:*",
  "globalaccelerator:*",
  "health:*",
  "iam:*",
  "invoicing:*",
  "iq:*",
  "license-manager:ListReceivedLicenses",
  "networkmanager:*",
  "notifications-contacts:*",
  "notifications:*",
  "organizations:*",
  "payments:*",
  "pricing:*",
  "quicksight:DescribeAccountSubscription",
  "route53-recovery-cluster:*",
  "route53-recovery-control-config:*",
  "route53-recovery-readiness:*",
  "route53:*",
  "route53domains:*",
  "s3:*MultiRegionAccessPoint*",
  "s3:GetAccountPublicAccessBlock",
  "s3:GetBucketLocation",
  "s3:GetBucketPolicyStatus",
  "s3:GetBucketPublicAccessBlock",
  "s3:GetStorageLens*",
  "s3:ListAllMyBuckets",
  "s3:ListStorageLens*",
  "s3:PutAccountPublicAccessBlock",
  "savingsplans:*",
  "servicequotas:*",
  "shield:*",
  "sts:*",
  "support:*",
  "supportapp:*",
  "supportplans:*",
  "sustainability:*",
  "tag:GetResources",
  "tax:*",
  "trustedadvisor:*",
  "vendor-insights:ListEntitledSecurityProfiles",
  "waf:*",
];

/**
 * What a front has there: certificates, web ACLs, the function that hashes bodies, metrics and the alarms on these.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
 */
const frontActions = ["acm:*", "cloudwatch:*", "lambda:*", "wafv2:*"];

/** What brings the deploy role into an account. The role of a stack set is not linked to its service, so policies bind it. */
const bootstrapActions = ["cloudformation:*"];

/** What Terraform's S3 backend does: https://developer.hashicorp.com/terraform/language/backend/s3#s3-bucket-permissions */
const stateActions = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];

/** What S3 does with the bucket's key in the name of who calls. */
const stateKeyActions = ["kms:Decrypt", "kms:GenerateDataKey"];

/** All service control policies of an organization: those that are written, and those of the guardrail. By name. */
export function serviceControlPolicies(organization: Organization): readonly ServiceControlPolicy[] {
  return sortBy([...organization.policies, ...regionGuardrail(organization)], ({ name }) => name);
}

/**
 * The region guardrail: a policy for each unit that holds accounts, and one for each account that uses less than the
 * accounts of its unit together.
 */
function regionGuardrail({
  fleet,
  frontExtensions,
  guardedUses: uses,
  members,
  units,
}: Organization): readonly ServiceControlPolicy[] {
  if (!uses) return [];
  return unitUses(units, members, uses).flatMap(({ unit, use }) => {
    const document = regionPolicy(fleet, use, frontExtensions);
    const narrower = members
      .filter((member) => member.unit === unit)
      .flatMap(({ name }): ServiceControlPolicy[] => {
        const own = uses.get(name);
        if (!own || !isUsed(own)) return [];
        const ownDocument = regionPolicy(fleet, own, frontExtensions);
        if (JSON.stringify(ownDocument) === JSON.stringify(document)) return [];
        return [
          {
            name: joinName(nameLimits.serviceControlPolicy, fleet, "account-regions", name),
            description: `Regions of the account ${name}`,
            document: ownDocument,
            targets: [{ account: name }],
          },
        ];
      });
    return [
      {
        name: joinName(nameLimits.serviceControlPolicy, fleet, "regions", ...unit.split("/")),
        description: `Regions of the accounts in ${unit} and below`,
        document,
        targets: [{ unit }],
      },
      ...narrower,
    ];
  });
}

/**
 * Denies every region that is not used. Some regions are used for little: the front's for certificates, web ACLs and the
 * function that hashes bodies, and for what extensions add to fronts, the bootstrap's for its stacks, the state's for its
 * bucket and the key of that. For these, a statement each.
 */
export function regionPolicy(
  fleet: string,
  { bootstrap, front, regions, state }: RegionUse,
  extensions: readonly FrontExtensionCalls[] = [],
): PolicyDocument {
  const isElsewhere = (region: string) => !regions.includes(region);
  const parts = joined([
    ...(front && isElsewhere(globalRegion)
      ? [
          part("DenyFrontElsewhere", frontActions, [...regions, globalRegion]),
          edgePart(fleet, regions, extensions),
          ...extensionParts(fleet, regions, extensions),
        ]
      : []),
    ...(bootstrap.some(isElsewhere)
      ? [part("DenyBootstrapElsewhere", bootstrapActions, [...regions, ...bootstrap])]
      : []),
    ...(state && isElsewhere(state.region) ? stateParts(regions, state.bucket, state.region) : []),
  ]);
  const rest: Statement = {
    Sid: "DenyRegionsNotUsed",
    Effect: "Deny",
    NotAction: [...globalServices, ...new Set(parts.flatMap(({ Action }) => Action))].sort(),
    Resource: "*",
    Condition: elsewhere(regions),
  };
  return { Version: "2012-10-17", Statement: [rest, ...parts] };
}

interface Part extends Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
}

function part(sid: string, actions: readonly string[], regions: readonly string[]): Part {
  return { Sid: sid, Effect: "Deny", Action: actions, Resource: "*", Condition: elsewhere(regions) };
}

/** No function in the front's region but those that hash bodies, and those of extensions. */
function edgePart(
  fleet: string,
  regions: readonly string[],
  extensions: readonly FrontExtensionCalls[],
): Part {
  const { Resource: _, ...functions } = part("DenyFunctionsElsewhere", ["lambda:*"], regions);
  const hashes = `arn:aws:lambda:${globalRegion}:*:function:${hashFunctionPrefix(fleet)}*`;
  const others = extensions.flatMap(({ actions, resources }) =>
    actions.some((action) => /^lambda:/i.test(action)) ? resources : [],
  );
  const added = others.map((resource) => filled(resource, { fleet, account: "*" }));
  return {
    ...functions,
    NotResource: added.length === 0 ? hashes : [...new Set([hashes, ...added])].sort(),
  };
}

/** What extensions add to fronts, in the front's region: their calls, and these on nothing but what they name. */
function extensionParts(
  fleet: string,
  regions: readonly string[],
  extensions: readonly FrontExtensionCalls[],
): readonly Part[] {
  const open = [...globalServices, ...frontActions];
  return extensions.flatMap(({ actions, resources }, index) => {
    const own = actions.filter((action) => !open.some((pattern) => matchesAction(pattern, action))).sort();
    if (own.length === 0) return [];
    const calls = part("DenyExtensionsElsewhere", own, [...regions, globalRegion]);
    if (resources.includes("*")) return [calls];
    const { Resource: _, ...others } = part(`DenyOthers${index + 1}Elsewhere`, own, regions);
    const named = resources.map((resource) => filled(resource, { fleet, account: "*" }));
    return [calls, { ...others, NotResource: [...new Set(named)].sort() }];
  });
}

/** Nothing but the bucket of the state, and no key but by way of S3 there. */
function stateParts(regions: readonly string[], bucket: string, region: string): readonly Part[] {
  const arn = `arn:aws:s3:::${bucket}`;
  const { Resource: _, ...objects } = part("DenyBucketsElsewhere", stateActions, regions);
  return [
    { ...objects, NotResource: [arn, `${arn}/*`] },
    {
      ...part("DenyKeysElsewhere", stateKeyActions, regions),
      Condition: {
        StringNotEquals: {
          ...elsewhere(regions)?.StringNotEquals,
          "kms:ViaService": `s3.${region}.amazonaws.com`,
        },
      },
    },
  ];
}

/** No condition where no region is used: then all are elsewhere. AWS takes no empty list. */
function elsewhere(regions: readonly string[]): ConditionBlock | undefined {
  if (regions.length === 0) return undefined;
  return { StringNotEquals: { "aws:RequestedRegion": [...new Set(regions)].sort() } };
}

/**
 * Parts that are about anything in the same regions, as those of a front and of a bootstrap from us-east-1 are, in one
 * statement: most of the characters that AWS allows a policy are names of regions.
 */
function joined(parts: readonly Part[]): readonly Part[] {
  const byPlace = new Map<string, Part>();
  for (const { Sid, ...part } of parts) {
    const key = JSON.stringify([part.Resource, part.NotResource, part.Condition]);
    const same = byPlace.get(key);
    const name = same ? same.Sid.replace(/Elsewhere$/, Sid.replace(/^Deny/, "And")) : Sid;
    byPlace.set(key, { ...part, Sid: name, Action: [...(same?.Action ?? []), ...part.Action] });
  }
  return [...byPlace.values()];
}
