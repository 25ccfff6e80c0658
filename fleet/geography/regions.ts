import data from "./regions.json";

/** An AWS region: where it is, and whether an account must opt in before it can be used. */
export interface Region {
  readonly code: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly city: string;
  /** Degrees, of the city. */
  readonly lat: number;
  readonly lon: number;
  /** Regions launched since 2019-03-20: https://docs.aws.amazon.com/general/latest/gr/rande-manage.html */
  readonly optIn: boolean;
  /** Whether CloudFront Origin Shield can be placed there. */
  readonly originShield: boolean;
  /**
   * Whether Lambda can give functions URLs there, as of AWS's list, read on 2026-11-22. AWS adds regions to those that
   * can: https://docs.aws.amazon.com/lambda/latest/dg/lambda-urls.html
   */
  readonly functionUrls: boolean;
}

/** Region of the services that have one endpoint for all regions: IAM, CloudFront, Route 53, Organizations. */
export const globalRegion = "us-east-1";

const byCode: ReadonlyMap<string, Region> = new Map(data.map((region) => [region.code, region]));

/** Codes of the commercial regions, in the order of `regions.json`. */
export const regionCodes: readonly string[] = [...byCode.keys()];

/** The region with this code, if there is one. */
export function findRegion(code: string): Region | undefined {
  return byCode.get(code);
}

/** Those regions among `codes` that a fix may name: AWS has them, and a front can reach functions there. */
export function usableRegions(codes: Iterable<string>): readonly string[] {
  return [...codes].filter((code) => findRegion(code)?.functionUrls);
}

/** The country of each region, by the region's code. */
export const regionCountries: ReadonlyMap<string, string> = new Map(
  data.map(({ code, country }) => [code, country]),
);
