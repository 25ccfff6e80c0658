import { globalRegion } from "../../fleet/geography/regions";
import type { Cell, Domain } from "../../fleet/model";
import { cellName, hashFunctionName, nameLimits } from "../../fleet/names";
import { hashesBodies } from "../../fleet/routes";
import { type Call, callsOn, someId } from "./model";
import { roleCalls } from "./role";
import { functionCalls } from "./target";

/** What is called for a front, by what it is called on. */
export const frontOperations = {
  /** Takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html */
  create: [
    "CreateCachePolicy",
    "CreateDistribution",
    "CreateFunction",
    "CreateKeyValueStore",
    "CreateOriginAccessControl",
  ],
  /** What was made and not written down is looked for in these lists, which take no resource either. */
  list: ["ListCachePolicies", "ListDistributions", "ListOriginAccessControls"],
  /** What `meridian preflight` counts, besides. */
  preflight: ["ListFunctions", "ListKeyValueStores"],
  distribution: [
    "DeleteDistribution",
    "GetDistribution",
    "ListTagsForResource",
    "TagResource",
    "UntagResource",
    "UpdateDistribution",
  ],
  edgeFunction: ["DeleteFunction", "DescribeFunction", "GetFunction", "PublishFunction", "UpdateFunction"],
  keyValueStore: ["DeleteKeyValueStore", "DescribeKeyValueStore", "UpdateKeyValueStore"],
  cachePolicy: ["DeleteCachePolicy", "GetCachePolicy", "UpdateCachePolicy"],
  originAccessControl: ["DeleteOriginAccessControl", "GetOriginAccessControl", "UpdateOriginAccessControl"],
  /**
   * Of the function that hashes bodies, asked of whoever gives it to a distribution. The asterisks are part of the names:
   * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
   */
  replication: ["DisableReplication*", "EnableReplication*"],
  /** Of the key-value store's own service, by `meridian drain`, `undrain` and `drains`. */
  drain: ["DescribeKeyValueStore", "GetKey", "PutKey"],
  /** Of all certificates, which takes no resource. */
  certificates: ["ListCertificates", "RequestCertificate"],
  certificate: [
    "AddTagsToCertificate",
    "DeleteCertificate",
    "DescribeCertificate",
    "ListTagsForCertificate",
    "RemoveTagsFromCertificate",
  ],
  zone: ["GetHostedZone", "ListResourceRecordSets"],
  webAcls: ["ListWebACLs"],
  webAclChange: ["CreateWebACL", "UpdateWebACL"],
  /** `GetWebACL` is also asked of whoever gives the ACL to a distribution. */
  webAcl: ["DeleteWebACL", "GetWebACL", "ListTagsForResource", "TagResource", "UntagResource"],
  /** CloudFront writes its grant into the bucket's ACL with the rights of whoever deploys. */
  logs: ["GetBucketAcl", "PutBucketAcl"],
} as const;

/**
 * What Terraform calls for a cell's front, what a deploy looks up before, and what `meridian drain`, `undrain` and `drains`
 * call.
 */
export function frontCalls(cell: Cell): readonly Call[] {
  const { account, domain, logs, webAcl } = cell.front;
  const own = (operations: readonly string[], kind: string, id: string = someId) =>
    callsOn("cloudfront", operations, {
      region: globalRegion,
      resource: `arn:aws:cloudfront::${account.id}:${kind}/${id}`,
    });
  const all = frontOperations;
  return [
    ...callsOn("cloudfront", [...all.create, ...all.list], { region: globalRegion, resource: "*" }),
    ...own(all.distribution, "distribution"),
    ...own(all.edgeFunction, "function", cellName(nameLimits.edgeFunction, cell.fleet, cell.name)),
    ...own(all.keyValueStore, "key-value-store"),
    ...own(all.cachePolicy, "cache-policy"),
    ...own(all.originAccessControl, "origin-access-control"),
    ...(hashesBodies(cell) ? hashCalls(cell) : []),
    ...drainCalls(cell),
    ...(domain && "hostedZone" in domain ? domainCalls(account.id, domain) : []),
    ...(webAcl ? webAclCalls(cell) : []),
    ...(logs
      ? callsOn("s3", all.logs, { region: logs.region, resource: `arn:aws:s3:::${logs.bucket}` })
      : []),
  ];
}

/** Services whose own roles CloudFront makes for an account's first function at the edge: same page. */
export const replicationServices = ["logger.cloudfront.amazonaws.com", "replicator.lambda.amazonaws.com"];

/** Of the function that hashes bodies: no log group, for it writes none. */
function hashCalls({ fleet, front, name }: Cell): readonly Call[] {
  const hash = hashFunctionName(fleet, name);
  const resource = `arn:aws:lambda:${globalRegion}:${front.account.id}:function:${hash}`;
  return [
    ...callsOn("lambda", functionCalls, { region: globalRegion, resource }),
    ...callsOn("lambda", ["GetFunction", ...frontOperations.replication], {
      region: globalRegion,
      resource: `${resource}:1`,
    }),
    ...roleCalls(front.account, hash, "lambda.amazonaws.com"),
    ...replicationServices.flatMap((service) =>
      callsOn("iam", ["CreateServiceLinkedRole"], {
        region: globalRegion,
        resource: `arn:aws:iam::${front.account.id}:role/aws-service-role/${service}/${someId}`,
        context: { "iam:AWSServiceName": service },
      }),
    ),
  ];
}

/** What `meridian drain` calls, besides `cloudfront:DescribeKeyValueStore`. */
function drainCalls({ front }: Cell): readonly Call[] {
  // Signed for all regions at once (SigV4A), and served by a global endpoint: what `aws:RequestedRegion` then holds is not
  // documented. The control plane's region is a guess, so a guardrail should exempt the service by its name.
  return callsOn("cloudfront-keyvaluestore", frontOperations.drain, {
    region: globalRegion,
    resource: `arn:aws:cloudfront::${front.account.id}:key-value-store/${someId}`,
  });
}

/** Of `aws_acm_certificate`, its validation, and `aws_route53_record`. */
function domainCalls(account: string, domain: Extract<Domain, { hostedZone: string }>): readonly Call[] {
  const region = globalRegion;
  const zone = { region, resource: `arn:aws:route53:::hostedzone/${domain.hostedZone}` };
  const record = (type: string): Call => ({
    action: "route53:ChangeResourceRecordSets",
    ...zone,
    context: { "route53:ChangeResourceRecordSetsRecordTypes": [type] },
  });
  return [
    ...callsOn("acm", frontOperations.certificates, { region, resource: "*" }),
    ...callsOn("acm", frontOperations.certificate, {
      region,
      resource: `arn:aws:acm:${region}:${account}:certificate/${someId}`,
    }),
    ...callsOn("route53", frontOperations.zone, zone),
    ...["A", "AAAA", "CNAME"].map(record),
    ...callsOn("route53", ["GetChange"], { region, resource: `arn:aws:route53:::change/${someId}` }),
  ];
}

/** Of `aws_wafv2_web_acl`. */
function webAclCalls({ fleet, front, name }: Cell): readonly Call[] {
  const prefix = `arn:aws:wafv2:${globalRegion}:${front.account.id}:global`;
  const acl = `${prefix}/webacl/${cellName(nameLimits.webAcl, fleet, name)}/${someId}`;
  const { webAcl, webAclChange, webAcls } = frontOperations;
  return [
    ...callsOn("wafv2", webAcls, { region: globalRegion, resource: "*" }),
    ...callsOn("wafv2", [...webAclChange, ...webAcl], { region: globalRegion, resource: acl }),
    // A call that names another resource of WAF needs to be allowed on that one, too:
    // https://docs.aws.amazon.com/waf/latest/developerguide/waf-api-permissions-ref.html
    ...callsOn("wafv2", webAclChange, { region: globalRegion, resource: `${prefix}/managedruleset/*/*` }),
  ];
}
