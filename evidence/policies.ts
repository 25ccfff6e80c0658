import { blocks, type JsonObject, object, text, texts } from "./json";
import { referredBlock, type Stack } from "./stack";

/** What of a cache policy decides whether answers can be mixed up. */
export interface CachePolicy {
  /** What the JSON calls it. */
  readonly name: string;
  /** Seconds; undefined where the policy is not in the JSON and its settings are not known. */
  readonly maxTtl?: number;
  /** Headers in the cache key, in lower case. */
  readonly keyHeaders: readonly string[];
}

/** AWS's policy that caches nothing: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** AWS's only policy with this header, AllViewerAndCloudFrontHeaders-2022-06: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const allViewerAndCloudFrontHeaders = "33f36d7e-f396-46d9-90e0-52428a34d9dc";

/** CloudFront's own where a policy does not say: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html */
const defaultMaxTtl = 31_536_000;

/** The header that says where a viewer is. */
export const countryHeader = "cloudfront-viewer-country";

/** Reads the cache policy that a behaviour names. */
export function parseCachePolicy(stack: Stack, id: string | undefined): CachePolicy {
  if (id === cachingDisabled) return { name: "CachingDisabled", maxTtl: 0, keyHeaders: [] };
  const policy = referredBlock(stack, id);
  if (policy?.type !== "aws_cloudfront_cache_policy") return { name: id ?? "none", keyHeaders: [] };
  const [key = {}] = blocks(policy.attributes.parameters_in_cache_key_and_forwarded_to_origin);
  const { max_ttl } = policy.attributes;
  return {
    name: text(policy.attributes.name) ?? policy.name,
    maxTtl: typeof max_ttl === "number" ? max_ttl : defaultMaxTtl,
    keyHeaders: listedHeaders(key, ["whitelist"]),
  };
}

/**
 * Whether the functions of a behaviour learn the viewer's country: CloudFront makes the header only where a cache policy
 * or an origin request policy names it, and a policy for all of the viewer's headers does not.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
 */
export function forwardsCountry(stack: Stack, behaviour: JsonObject): boolean {
  const { keyHeaders } = parseCachePolicy(stack, text(behaviour.cache_policy_id));
  return [...keyHeaders, ...originRequestHeaders(stack, text(behaviour.origin_request_policy_id))].includes(
    countryHeader,
  );
}

/** CloudFront's own headers that an origin request policy adds, of those that matter here. */
function originRequestHeaders(stack: Stack, id: string | undefined): readonly string[] {
  if (id === allViewerAndCloudFrontHeaders) return [countryHeader];
  const policy = referredBlock(stack, id);
  return policy?.type === "aws_cloudfront_origin_request_policy"
    ? listedHeaders(policy.attributes, ["whitelist", "allViewerAndWhitelistCloudFront"])
    : [];
}

/** The headers of a `headers_config`, in lower case, where its behaviour is one that includes what is listed. */
function listedHeaders({ headers_config }: JsonObject, including: readonly string[]): readonly string[] {
  const [config = {}] = blocks(headers_config);
  if (!including.includes(text(config.header_behavior) ?? "")) return [];
  return texts(object(blocks(config.headers)[0]).items).map((header) => header.toLowerCase());
}
