import { type AwsCall, AwsError, type OwnService } from "../http";
import { defaultLimits, type LimitName, type Limits } from "../limits";
import { type JsonInput, jsonService, requiredText } from "../protocols/json";

/** A quota as Service Quotas knows it. */
interface KnownQuota {
  readonly service: string;
  readonly code: string;
  readonly name: string;
  readonly limit: LimitName;
  /** Of what an account has once for all regions, only us-east-1 knows. */
  readonly isGlobal: boolean;
  /** What the limit is counted in, where that is not 1. */
  readonly unit?: number;
}

/** Names are those of the services' pages in https://docs.aws.amazon.com/general/latest/gr/, codes those that Service Quotas lists. */
const quotas: readonly KnownQuota[] = [
  regional("lambda", "L-B99A9384", "Concurrent executions", "lambda-concurrency"),
  {
    ...regional("lambda", "L-2ACBD22F", "Function and layer storage", "lambda-code-storage"),
    unit: 1024 ** 3,
  },
  regional("dynamodb", "L-F98FE922", "Maximum number of tables", "dynamodb-tables"),
  builds("Small", "L-9D07B6EF"),
  builds("Medium", "L-2DC20C30"),
  builds("Large", "L-4DDC4A99"),
  builds("XLarge", "L-04E5CA62"),
  builds("2XLarge", "L-0397D009"),
  global("iam", "L-FE177D64", "Roles per account", "iam-roles"),
  global("cloudfront", "L-24B04930", "Web distributions per AWS account", "cloudfront-distributions"),
  global("cloudfront", "L-7D134442", "Cache policies per AWS account", "cloudfront-cache-policies"),
  global("organizations", "L-E619E033", "Default maximum number of accounts", "organization-accounts"),
];

/** Where global quotas are. */
const globalRegion = "us-east-1";

/** Service Quotas, as far as somebody asks for one quota: what the sandbox's limits are set to. */
export function createServiceQuotas(limits: Limits): OwnService {
  return jsonService("servicequotas", {
    GetServiceQuota: (input, call) => {
      const quota = find(input, call);
      return describe(quota, limits.get(quota.limit, call), call);
    },
    GetAWSDefaultServiceQuota: (input, call) => {
      const quota = find(input, call);
      return describe(quota, defaultLimits[quota.limit], call);
    },
  });
}

function find(input: JsonInput, { region }: AwsCall): KnownQuota {
  const service = requiredText(input, "ServiceCode", "IllegalArgumentException");
  const code = requiredText(input, "QuotaCode", "IllegalArgumentException");
  const found = quotas.find((quota) => quota.service === service && quota.code === code);
  if (found && (!found.isGlobal || region === globalRegion)) return found;
  throw new AwsError(
    400,
    "NoSuchResourceException",
    "The request failed because the specified service quota does not exist.",
  );
}

function describe({ code, isGlobal, name, service, unit = 1 }: KnownQuota, value: number, call: AwsCall) {
  return {
    Quota: {
      ServiceCode: service,
      QuotaArn: `arn:aws:servicequotas:${isGlobal ? "" : call.region}:${call.account}:${service}/${code}`,
      QuotaCode: code,
      QuotaName: name,
      Value: value / unit,
      Adjustable: true,
      GlobalQuota: isGlobal,
    },
  };
}

function builds(size: string, code: string): KnownQuota {
  const name = `Concurrently running builds for Linux/${size} environment`;
  return regional("codebuild", code, name, "codebuild-builds");
}

function regional(service: string, code: string, name: string, limit: LimitName): KnownQuota {
  return { service, code, name, limit, isGlobal: false };
}

function global(service: string, code: string, name: string, limit: LimitName): KnownQuota {
  return { service, code, name, limit, isGlobal: true };
}
