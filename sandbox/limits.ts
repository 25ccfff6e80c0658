/** What AWS gives an account that has asked for nothing: each with the page that says so. */
export const defaultLimits = {
  /** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
  "lambda-concurrency": 1_000,
  /** Bytes: same page. */
  "lambda-code-storage": 75 * 1024 ** 3,
  /** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  "iam-roles": 1_000,
  /** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
  "cloudfront-distributions": 500,
  /** Same page. */
  "cloudfront-cache-policies": 20,
  /** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-tables */
  "dynamodb-tables": 2_500,
  /** https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
  "organization-accounts": 10,
  /** At once, of a compute type. Of the largest, AWS gives none: https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
  "codebuild-builds": 1,
  /** 1 where the account has opted in to the region, 0 where it has not. On AWS, some regions are off at first. */
  "region-opt-in": 1,
} as const;

/** Name of a limit. */
export type LimitName = keyof typeof defaultLimits;

/** Where a limit holds. */
export interface LimitPlace {
  readonly account: string;
  readonly region: string;
}

/** A limit that somebody has set: everywhere, or for one account, one region, or both. */
export interface SetLimit extends Partial<LimitPlace> {
  readonly name: LimitName;
  readonly value: number;
}

/** The limits of all accounts, which are told to whoever asks, and held by nobody. */
export interface Limits {
  readonly get: (name: LimitName, place: LimitPlace) => number;
  /** Takes the place of one that was set for the same place. Of several that fit, the last that was set counts. */
  readonly set: (limit: SetLimit) => void;
  /** Those that were set, in that order. */
  readonly list: () => readonly SetLimit[];
  /** All are AWS's own again. */
  readonly clear: () => void;
}

/** AWS's own limits, at first. */
export function createLimits(): Limits {
  let limits: readonly SetLimit[] = [];
  const isSame = (a: SetLimit, b: SetLimit) =>
    a.name === b.name && a.account === b.account && a.region === b.region;
  return {
    get(name, { account, region }) {
      const fits = (limit: SetLimit) =>
        limit.name === name && (limit.account ?? account) === account && (limit.region ?? region) === region;
      return limits.findLast(fits)?.value ?? defaultLimits[name];
    },
    set(limit) {
      limits = [...limits.filter((one) => !isSame(one, limit)), limit];
    },
    list: () => limits,
    clear() {
      limits = [];
    },
  };
}

/** Whether a text is the name of a limit. */
export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(defaultLimits, name);
}
