/** What Service Quotas is asked: https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html */
export const quotaOperations = ["GetAWSDefaultServiceQuota", "GetServiceQuota"] as const;

/**
 * What `meridian preflight` asks about an account, by service, besides what a deploy asks anyway. None of it is
 * needed to deploy, so that `check` does not hold policies of the organization against it.
 */
export const preflightOperations = {
  account: ["GetRegionOptStatus"],
  iam: ["GetAccountSummary"],
  lambda: ["GetAccountSettings"],
  /** That a secret is there; no value. */
  secretsmanager: ["DescribeSecret"],
  servicequotas: quotaOperations,
  ssm: ["DescribeParameters"],
} as const;
