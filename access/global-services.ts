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
