import { globalRegion } from "../../fleet/geography/regions";
import type { NamedPolicy } from "../../fleet/policy-document";
import { bucketReads, bucketWrites, objectDeletions } from "../calls/bucket";
import { frontOperations, replicationServices } from "../calls/front";
import { preflightOperations } from "../calls/preflight";
import { allow, allowOn, iamArn, namesOf, type RoleScope } from "./scope";

/**
 * What fronts and their log buckets need, and `meridian drain`. CloudFront, ACM and Route 53 make up the ids of most that
 * they keep, so no name can tell the fleet's from others of the account.
 */
export function frontPolicy(scope: RoleScope): NamedPolicy {
  return {
    name: "fronts",
    document: {
      Version: "2012-10-17",
      Statement: [
        unnamed(),
        limits(),
        ...distribution(scope),
        ...edge(scope),
        ...domain(scope),
        ...webAcl(scope),
        ...logs(scope),
      ],
    },
  };
}

/**
 * What `meridian preflight` asks, of targets, too: here, because the role itself has no room for it. Of these only the first
 * takes a resource, the account.
 */
function limits() {
  return allowOn("Limits", { ...preflightOperations, cloudfront: frontOperations.preflight }, "*");
}

/** What takes no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
function unnamed() {
  const { certificates, create, list, webAcls } = frontOperations;
  return allowOn("New", { acm: certificates, cloudfront: [...create, ...list], wafv2: webAcls }, "*");
}

function distribution(scope: RoleScope) {
  const arn = (rest: string) => `arn:aws:cloudfront::${scope.account}:${rest}`;
  const { cachePolicy, drain, edgeFunction, keyValueStore, originAccessControl } = frontOperations;
  return [
    allow("Distributions", "cloudfront", frontOperations.distribution, arn("distribution/*")),
    allow("Routers", "cloudfront", edgeFunction, arn(`function/${namesOf(scope)}`)),
    allow(
      "Parts",
      "cloudfront",
      [...cachePolicy, ...keyValueStore, ...originAccessControl],
      [arn("cache-policy/*"), arn("key-value-store/*"), arn("origin-access-control/*")],
    ),
    allow("Drains", "cloudfront-keyvaluestore", drain, arn("key-value-store/*")),
  ];
}

/** Handing functions to CloudFront's edge; making them is the business of the policy for targets. */
function edge(scope: RoleScope) {
  return [
    allow(
      "Edge",
      "lambda",
      frontOperations.replication,
      `arn:aws:lambda:${globalRegion}:${scope.account}:function:${namesOf(scope)}`,
    ),
    allow("EdgeRoles", "iam", ["CreateServiceLinkedRole"], iamArn(scope, "role/aws-service-role/*"), {
      StringEquals: { "iam:AWSServiceName": replicationServices },
    }),
  ];
}

function domain({ account }: RoleScope) {
  return [
    allow(
      "Certificates",
      "acm",
      frontOperations.certificate,
      `arn:aws:acm:${globalRegion}:${account}:certificate/*`,
    ),
    // ARNs of zones name no account, and Route 53 lets nobody into those of another one.
    allow("Zones", "route53", frontOperations.zone, "arn:aws:route53:::hostedzone/*"),
    // No mail, no delegation, no proof of anything else: only what leads to a front and proves its name to ACM.
    allow("Records", "route53", ["ChangeResourceRecordSets"], "arn:aws:route53:::hostedzone/*", {
      "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsRecordTypes": ["A", "AAAA", "CNAME"],
      },
    }),
    allow("Changes", "route53", ["GetChange"], "arn:aws:route53:::change/*"),
  ];
}

function webAcl(scope: RoleScope) {
  const { webAcl: operations, webAclChange } = frontOperations;
  const prefix = `arn:aws:wafv2:${globalRegion}`;
  return [
    allow(
      "WebAcls",
      "wafv2",
      [...webAclChange, ...operations],
      `${prefix}:${scope.account}:global/webacl/${namesOf(scope)}`,
    ),
    // AWS's own rules. Which account they count as is not documented.
    allow("ManagedRules", "wafv2", webAclChange, `${prefix}:*:global/managedruleset/*`),
  ];
}

function logs({ fleet }: RoleScope) {
  const operations = [...bucketReads, ...bucketWrites, ...frontOperations.logs];
  const buckets = `arn:aws:s3:::logs-${fleet}-*`;
  return [
    allow("LogBuckets", "s3", [...operations, "DeleteBucket", "ListBucketVersions"], buckets),
    allow("OldLogs", "s3", objectDeletions, `${buckets}/*`),
  ];
}
