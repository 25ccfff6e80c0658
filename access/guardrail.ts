import type { Member, ServiceControlPolicy, Unit } from "../fleet/foundation/model";
import { isUsed, type RegionUse, union } from "../fleet/foundation/region-use";
import { isBelow } from "../fleet/foundation/units";
import { joinName, nameLimits } from "../fleet/names";
import type { ConditionBlock, PolicyDocument, Statement } from "../fleet/policy-document";
import { globalServices } from "./global-services";

/** CloudFront takes certificates and web ACLs from there alone. */
const frontRegion = "us-east-1";

/** What a front has there: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html */
const frontActions = ["acm:*", "wafv2:*"];

/** What brings the deploy role into an account. The role of a stack set is not linked to its service, so policies bind it. */
const bootstrapActions = ["cloudformation:*"];

/** What Terraform's S3 backend does: https://developer.hashicorp.com/terraform/language/backend/s3#s3-bucket-permissions */
const stateActions = ["s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject"];

/** What S3 does with the bucket's key in the name of who calls. */
const stateKeyActions = ["kms:Decrypt", "kms:GenerateDataKey"];

/** A unit that holds accounts, and what these and all accounts below it use. */
export interface UnitUse {
  readonly unit: string;
  readonly use: RegionUse;
}

/** What is used by each unit that holds accounts that use anything. A unit's policy binds all accounts below it. */
export function unitUses(
  units: readonly Unit[],
  members: readonly Member[],
  uses: ReadonlyMap<string, RegionUse>,
): readonly UnitUse[] {
  const known = members.flatMap(({ name, unit }) => {
    const use = uses.get(name);
    return use && isUsed(use) ? [{ unit, use }] : [];
  });
  return units
    .filter(({ path }) => known.some(({ unit }) => unit === path))
    .map(({ path }) => {
      const below = members.filter(({ unit }) => isBelow(unit, path));
      return { unit: path, use: union(below.flatMap(({ name }) => uses.get(name) ?? [])) };
    });
}

/**
 * The region guardrail: a policy for each unit that holds accounts, and one for each account that uses less than the
 * accounts of its unit together.
 */
export function regionGuardrail(
  fleet: string,
  units: readonly Unit[],
  members: readonly Member[],
  uses: ReadonlyMap<string, RegionUse>,
): readonly ServiceControlPolicy[] {
  return unitUses(units, members, uses).flatMap(({ unit, use }) => {
    const document = regionPolicy(use);
    const narrower = members
      .filter((member) => member.unit === unit)
      .flatMap(({ name }): ServiceControlPolicy[] => {
        const own = uses.get(name);
        if (!own || !isUsed(own)) return [];
        const ownDocument = regionPolicy(own);
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

/** Regions in which anything at all may be called, for a guardrail that knows regions only. Sorted. */
export function allowedRegions({ bootstrap, front, regions, state }: RegionUse): readonly string[] {
  const all = [...regions, ...bootstrap, ...(front ? [frontRegion] : []), ...(state ? [state.region] : [])];
  return [...new Set(all)].sort();
}

/**
 * Denies every region that is not used. Some regions are used for little: the front's for certificates and web ACLs, the
 * bootstrap's for its stacks, the state's for its bucket and the key of that. For these, a statement each.
 */
export function regionPolicy({ bootstrap, front, regions, state }: RegionUse): PolicyDocument {
  const isElsewhere = (region: string) => !regions.includes(region);
  const parts = [
    ...(front && isElsewhere(frontRegion)
      ? [part("DenyFrontElsewhere", frontActions, [...regions, frontRegion])]
      : []),
    ...(bootstrap.some(isElsewhere)
      ? [part("DenyBootstrapElsewhere", bootstrapActions, [...regions, ...bootstrap])]
      : []),
    ...(state && isElsewhere(state.region) ? stateParts(regions, state.bucket, state.region) : []),
  ];
  const rest: Statement = {
    Sid: "DenyRegionsNotUsed",
    Effect: "Deny",
    NotAction: [...globalServices, ...parts.flatMap(({ Action }) => Action)].sort(),
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
