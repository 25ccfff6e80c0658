import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuota,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import type { AccountAsker } from "../aws/account-asker";
import { isRefusal } from "../aws/errors";

/** A quota of an account, as Service Quotas knows it. */
export interface Quota {
  readonly service: string;
  /** Codes "might change over time": https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
  readonly code: string;
  /** Where it is asked for and raised: us-east-1 for what an account has once for all regions. */
  readonly region: string;
}

/** What asking for a quota takes. */
export const quotaActions = ["servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota"];

/**
 * The value of a quota: what was applied to the account, else AWS's default.
 * https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html
 *
 * @throws what the SDK throws, and where Service Quotas gives no value
 */
export async function quotaOf(quota: Quota, asker: AccountAsker): Promise<number> {
  const value = givenBy(await applied(quota, asker));
  if (value !== undefined) return value;
  throw new Error(`Service Quotas gives no value for ${quota.code} of ${quota.service}`);
}

async function applied(
  { code, region, service }: Quota,
  asker: AccountAsker,
): Promise<ServiceQuota | undefined> {
  const client = asker.client(ServiceQuotasClient, region);
  const input = { ServiceCode: service, QuotaCode: code };
  const what = `asking Service Quotas in ${region}`;
  try {
    return (await asker.call(what, (limit) => client.send(new GetServiceQuotaCommand(input), limit))).Quota;
  } catch (error) {
    // Of some quotas it knows the default only, until a change of it was asked for.
    if (!isRefusal(error, "NoSuchResourceException")) throw error;
    const answer = await asker.call(what, (limit) =>
      client.send(new GetAWSDefaultServiceQuotaCommand(input), limit),
    );
    return answer.Quota;
  }
}

/** An answer may hold an error in the place of a value: the service behind the quota was not reached. */
function givenBy(quota: ServiceQuota | undefined): number | undefined {
  if (quota?.ErrorReason) {
    const { ErrorCode, ErrorMessage } = quota.ErrorReason;
    throw new Error(`Service Quotas: ${[ErrorCode, ErrorMessage].filter(Boolean).join(": ")}`);
  }
  return quota?.Value;
}

/** The command line that asks AWS to raise a quota, to be run in its account. */
export function raiseQuota({ code, region, service }: Quota, value: number): string {
  return `aws service-quotas request-service-quota-increase --region ${region} --service-code ${service} --quota-code ${code} --desired-value ${value}`;
}
