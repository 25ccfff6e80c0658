import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import type { Cell } from "../fleet/model";
import { cellName, nameLimits } from "../fleet/names";
import { marked } from "../fleet/stack-mark";

/** Where the cache policies of a front are made, and for which cell. */
export interface CachePoliciesProps {
  readonly provider: AwsProvider;
  readonly cell: Cell;
}

/**
 * What decides which region answers: the viewer's country, and the zone that the router found it to be in, which
 * also counts where CloudFront does not know the country.
 */
const routingHeaders = ["CloudFront-Viewer-Country", "x-meridian-zone"];

/** Another one for each request, from the router: in a key, it lets no two requests share an answer. */
const requestHeader = "x-meridian-request";

/** The same, but only for a request that says who sends it: no answer to one is kept for others. */
const privateHeader = "x-meridian-private";

/** CloudFront's docs want these in the key wherever OPTIONS can be cached. */
const crossOriginHeaders = ["Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"];

/** The cache policies of a front, one for each time to live, made when first asked for. */
export class CachePolicies {
  private readonly policies = new Map<number, CloudfrontCachePolicy>();

  constructor(
    private readonly scope: Construct,
    private readonly props: CachePoliciesProps,
  ) {}

  /**
   * The policy that keeps answers for at most `ttl` seconds, and not at all where the service says `no-store`. In its key
   * are the path, the query, all cookies, and what decides the region. Answers to requests with `Authorization` are not
   * shared: https://www.rfc-editor.org/rfc/rfc9111#section-3.5
   *
   * Without a time nothing is kept or shared. A TTL of 0 would not do: CloudFront refuses headers in the key of a policy
   * whose every TTL is 0, and the router needs the country; and it gives requests with one key that come at the same time
   * one answer, although a header that is not in the key may tell their viewers apart:
   * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
   */
  policy(ttl?: number): CloudfrontCachePolicy {
    const known = this.policies.get(ttl ?? 0);
    if (known) return known;
    const { cell, provider } = this.props;
    const made = new CloudfrontCachePolicy(this.scope, ttl === undefined ? "cache" : `cache_${ttl}`, {
      provider,
      name: cellName(
        nameLimits.cachePolicy,
        cell.fleet,
        cell.name,
        ...(ttl === undefined ? [] : [String(ttl)]),
      ),
      comment: marked(`What ${cell.name} keeps`, cell.front.stack),
      minTtl: 0,
      defaultTtl: ttl ?? 0,
      maxTtl: ttl ?? 1,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "all" },
        headersConfig: {
          headerBehavior: "whitelist",
          headers: {
            items: [
              ...routingHeaders,
              ttl === undefined ? requestHeader : privateHeader,
              ...crossOriginHeaders,
            ],
          },
        },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    });
    this.policies.set(ttl ?? 0, made);
    return made;
  }
}
