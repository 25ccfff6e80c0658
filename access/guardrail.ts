import type { Organization, RegionUse, ServiceControlPolicy } from "../fleet/foundation/model";
import { isUsed, unitUses } from "../fleet/foundation/region-use";
import { globalRegion } from "../fleet/geography/regions";
import { hashFunctionPrefix, joinName, nameLimits } from "../fleet/names";
import type { ConditionBlock, PolicyDocument, Statement } from "../fleet/policy-document";
import { sortBy } from "../fleet/values";

/**
 * Actions that AWS serves for all regions from one of them, and that a region guardrail therefore has to let pass. They
 * hold no data of viewers. `cloudfront-keyvaluestore` is here because its calls are signed for several regions at once.
 *
 * From the policies that AWS documents for itself
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html and
 * https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html), without what has
 * endpoints in every region (ACM, Config, KMS, Resource Explorer, WAF, …), which would be open in all of them, and
 * without what AWS has ended (Alexa for Business, Mobile Analytics).
 */
export const globalServices: readonly string[] = [
  "account:*",
  "artifact:*",
  "aws-marketplace:*",
  "aws-portal:*",
  "billing:*",
  "billingconductor:*",
  "budgets:*",
  "ce:*",
  "cloudfront-keyvaluestore:*",
  "cloudfront:*",
  "consolidatedbilling:*",
  "cur:*",
  "ec2:DescribeRegions",
  "freetier:*",
  "globalaccelerator:*",
  "health:*",
  "iam:*",
  "invoicing:*",
  "networkmanager:*",
  "organizations:*",
  "payments:*",
  "pricing:*",
  "route53:*",
  "route53domains:*",
  "s3:GetAccountPublicAccessBlock",
  "s3:ListAllMyBuckets",
  "s3:PutAccountPublicAccessBlock",
  "savingsplans:*",
  "shield:*",
  "sts:*",
  "support:*",
  "supportplans:*",
  "sustainability:*",
  "tax:*",
  "trustedadvisor:*",
  "waf:*",
];

/** What a front has there: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
const frontActions = ["acm:*", "lambda:*", "wafv2:*"];

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
  guardedUses: uses,
  members,
  units,
}: Organization): readonly ServiceControlPolicy[] {
  if (!uses) return [];
  return unitUses(units, members, uses).flatMap(({ unit, use }) => {
    const document = regionPolicy(fleet, use);
    const narrower = members
      .filter((member) => member.unit === unit)
      .flatMap(({ name }): ServiceControlPolicy[] => {
        const own = uses.get(name);
        if (!own || !isUsed(own)) return [];
        const ownDocument = regionPolicy(fleet, own);
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
 * Denies every region that is not used. Some regions are used for little: the front's for certificates, web ACLs and the function that hashes bodies, the
 * bootstrap's for its stacks, the state's for its bucket and the key of that. For these, a statement each.
 */
export function regionPolicy(fleet: string, { bootstrap, front, regions, state }: RegionUse): PolicyDocument {
  const isElsewhere = (region: string) => !regions.includes(region);
  const parts = [
    ...(front && isElsewhere(globalRegion)
      ? [part("DenyFrontElsewhere", frontActions, [...regions, globalRegion]), edgePart(fleet, regions)]
      : []),
    ...(bootstrap.some(isElsewhere)
      ? [part("DenyBootstrapElsewhere", bootstrapActions, [...regions, ...bootstrap])]
      : []),
    ...(state && isElsewhere(state.region) ? stateParts(regions, state.bucket, state.region) : []),
  ];
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
  readonly Action: readonly string[];
}

function part(sid: string, actions: readonly string[], regions: readonly string[]): Part {
  return { Sid: sid, Effect: "Deny", Action: actions, Resource: "*", Condition: elsewhere(regions) };
}

/** No function in the front's region but those that hash bodies. */
function edgePart(fleet: string, regions: readonly string[]): Part {
  const { Resource: _, ...functions } = part("DenyFunctionsElsewhere", ["lambda:*"], regions);
  return {
    ...functions,
    NotResource: `arn:aws:lambda:${globalRegion}:*:function:${hashFunctionPrefix(fleet)}*`,
  };
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
