import { frontPolicy } from "../../../access/deploy-role/front";
import { asked, inOtherAccount, someScope } from "../../support/bootstrap-fleet";
import { expectTight } from "../../support/loosened";

const { document } = frontPolicy(someScope);
const front = (rest: string) => `arn:aws:cloudfront::333333333333:${rest}`;
const certificate = "arn:aws:acm:us-east-1:333333333333:certificate/0b1c";
const zone = "arn:aws:route53:::hostedzone/Z0123456789ABC";
const acl = "arn:aws:wafv2:us-east-1:333333333333:global/webacl/acme_globex/0b1c";
const rules = "arn:aws:wafv2:us-east-1:333333333333:global/managedruleset/*/*";
const edge = "arn:aws:lambda:us-east-1:333333333333:function:acme__bodies_globex:1";
const linked =
  "arn:aws:iam::333333333333:role/aws-service-role/replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator";
const replicator = { "iam:AWSServiceName": "replicator.lambda.amazonaws.com" };
const records = (...types: string[]) => ({ "route53:ChangeResourceRecordSetsRecordTypes": types });

test("is for what fronts are made of, in the own account", () => {
  expectTight(document, [
    asked("allow", "cloudfront:CreateDistribution", "*"),
    asked("allow", "cloudfront:UpdateDistribution", front("distribution/E1")),
    asked("nothing", "cloudfront:UpdateDistribution", inOtherAccount(front("distribution/E1"))),
    asked("nothing", "cloudfront:CreateInvalidation", front("distribution/E1")),
    asked("nothing", "cloudfront:UpdateDistribution", front("streaming-distribution/E1")),
    asked("allow", "cloudfront:UpdateFunction", front("function/acme_globex")),
    asked("nothing", "cloudfront:TestFunction", front("function/acme_globex")),
    asked("nothing", "cloudfront:UpdateFunction", front("function/other_globex")),
    asked("nothing", "cloudfront:UpdateFunction", inOtherAccount(front("function/acme_globex"))),
    ...["cache-policy", "key-value-store", "origin-access-control"].map((kind) =>
      asked("nothing", "cloudfront:DeleteCachePolicy", inOtherAccount(front(`${kind}/1`))),
    ),
    asked("allow", "cloudfront:DeleteCachePolicy", front("cache-policy/1")),
    asked("nothing", "cloudfront:DeleteCachePolicy", front("origin-request-policy/1")),
    asked("nothing", "cloudfront:GetCachePolicyConfig", front("cache-policy/1")),

    asked("allow", "cloudfront-keyvaluestore:PutKey", front("key-value-store/1")),
    asked("nothing", "cloudfront-keyvaluestore:PutKey", front("function/acme_globex")),
    asked("nothing", "cloudfront-keyvaluestore:DeleteKey", front("key-value-store/1")),
    asked("nothing", "cloudfront-keyvaluestore:PutKey", inOtherAccount(front("key-value-store/1"))),

    asked("allow", "lambda:EnableReplication*", edge),
    asked("nothing", "lambda:AddPermission", edge),
    asked("nothing", "lambda:EnableReplication*", edge.replace("us-east-1", "eu-west-1")),
    asked("nothing", "lambda:EnableReplication*", inOtherAccount(edge)),
    asked("nothing", "lambda:EnableReplication*", edge.replace("acme_", "other_")),
    asked("allow", "iam:CreateServiceLinkedRole", linked, replicator),
    asked("nothing", "iam:CreateServiceLinkedRole", linked, { "iam:AWSServiceName": "ecs.amazonaws.com" }),
    asked("nothing", "iam:DeleteServiceLinkedRole", linked, replicator),
    asked("nothing", "iam:CreateServiceLinkedRole", inOtherAccount(linked), replicator),
    asked("nothing", "iam:CreateServiceLinkedRole", "arn:aws:iam::333333333333:role/acme_x", replicator),
    asked("allow", "lambda:GetAccountSettings", "*"),
    asked("nothing", "lambda:ListFunctions", "*"),
    asked("allow", "iam:GetAccountSummary", "*"),
    asked("nothing", "iam:ListRoles", "*"),
    asked("allow", "account:GetRegionOptStatus", "*"),
    asked("nothing", "account:EnableRegion", "*"),
    asked("allow", "secretsmanager:DescribeSecret", "*"),
    asked("nothing", "secretsmanager:GetSecretValue", "*"),
    asked("allow", "ssm:DescribeParameters", "*"),
    asked("nothing", "ssm:GetParameters", "*"),
    asked("allow", "servicequotas:GetServiceQuota", "*"),
    asked("nothing", "servicequotas:RequestServiceQuotaIncrease", "*"),
    asked("allow", "cloudfront:ListKeyValueStores", "*"),

    asked("allow", "acm:DeleteCertificate", certificate),
    asked("nothing", "acm:DeleteCertificate", certificate.replace("certificate/", "acme-account/")),
    asked("nothing", "acm:DeleteCertificate", certificate.replace("us-east-1", "eu-west-1")),
    asked("nothing", "acm:DeleteCertificate", inOtherAccount(certificate)),
    asked("nothing", "acm:ExportCertificate", certificate),

    asked("allow", "route53:ChangeResourceRecordSets", zone, records("A", "AAAA", "CNAME")),
    asked("nothing", "route53:ChangeResourceRecordSets", zone, records("A", "MX")),
    asked("nothing", "route53:ChangeResourceRecordSets", zone, records("NS")),
    asked("nothing", "route53:DeleteHostedZone", zone),
    asked("nothing", "route53:GetChange", zone),
    asked("nothing", "route53:GetHostedZone", "arn:aws:route53:::healthcheck/1"),
    asked("nothing", "route53:ChangeResourceRecordSets", "arn:aws:route53:::healthcheck/1", records("A")),
    asked("nothing", "route53:TestDNSAnswer", "arn:aws:route53:::change/C1"),

    asked("allow", "wafv2:UpdateWebACL", acl),
    asked("allow", "wafv2:UpdateWebACL", rules),
    asked("nothing", "wafv2:DisassociateWebACL", acl),
    asked("nothing", "wafv2:DisassociateWebACL", rules),
    asked("nothing", "wafv2:UpdateWebACL", acl.replace("acme_", "other_")),
    asked("nothing", "wafv2:UpdateWebACL", inOtherAccount(acl)),
    asked("nothing", "wafv2:UpdateWebACL", acl.replace("us-east-1", "eu-west-1")),
    asked("nothing", "wafv2:UpdateWebACL", rules.replace("us-east-1", "eu-west-1")),

    asked("allow", "s3:PutBucketAcl", "arn:aws:s3:::logs-acme-globex-0123456789"),
    asked("nothing", "s3:PutBucketAcl", "arn:aws:s3:::other"),
    asked("nothing", "s3:PutBucketCORS", "arn:aws:s3:::logs-acme-globex-0123456789"),
    asked("allow", "s3:DeleteObjectVersion", "arn:aws:s3:::logs-acme-globex-0123456789/E1.gz"),
    asked("nothing", "s3:DeleteObjectVersion", "arn:aws:s3:::other/E1.gz"),
    asked("nothing", "s3:GetObject", "arn:aws:s3:::logs-acme-globex-0123456789/E1.gz"),
  ]);
});
