import { child, text, textItems, type XmlElement } from "../protocols/xml";
import type { Account, ConfigKind } from "./account";
import type { Behaviour } from "./distribution-model";
import { managedPolicies } from "./managed-policies";

/** Which headers, cookies or query strings a policy means: a `...Behavior` with the names it speaks of. */
export interface NameRule {
  readonly behaviour: string;
  readonly names: ReadonlySet<string>;
}

/** What a cache policy or an origin request policy says about the parts of a viewer request. */
export interface RequestRules {
  /** Names in lower case. */
  readonly headers: NameRule;
  readonly cookies: NameRule;
  readonly queryStrings: NameRule;
}

/** A cache policy. TTLs are in seconds. */
export interface CachePolicy extends RequestRules {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
  readonly gzip: boolean;
  readonly brotli: boolean;
}

/** The policies of a behaviour. */
export interface Policies {
  readonly cache: CachePolicy;
  readonly originRequest: RequestRules;
  /** The `ResponseHeadersPolicyConfig`; empty where there is none. */
  readonly responseHeaders: XmlElement;
}

/** Finds a behaviour's policies, the account's own or AWS's. */
export function policiesOf(account: Account, behaviour: Behaviour): Policies {
  return {
    cache: cachePolicy(config(account, "cachePolicy", behaviour.cachePolicyId)),
    originRequest: requestRules(config(account, "originRequestPolicy", behaviour.originRequestPolicyId)),
    responseHeaders: config(account, "responseHeadersPolicy", behaviour.responseHeadersPolicyId),
  };
}

/** Whether a rule takes a cookie or a query string. */
export function selects(rule: NameRule, name: string): boolean {
  if (rule.behaviour === "all") return true;
  if (rule.behaviour === "allExcept") return !rule.names.has(name);
  return rule.behaviour === "whitelist" && rule.names.has(name);
}

/**
 * Whether a header reaches the origin. CloudFront's own `CloudFront-*` headers do only where a policy names them;
 * "all viewer headers" does not include them. What is in the cache key reaches the origin, too.
 */
export function selectsHeader({ cache, originRequest }: Policies, name: string): boolean {
  if (selects(cache.headers, name)) return true;
  const { behaviour, names } = originRequest.headers;
  const own = name.startsWith("cloudfront-");
  if (behaviour === "allViewer") return !own;
  if (behaviour === "allExcept") return !own && !names.has(name);
  if (behaviour === "allViewerAndWhitelistCloudFront") return !own || names.has(name);
  return behaviour === "whitelist" && names.has(name);
}

function config(account: Account, kind: ConfigKind, id: string): XmlElement {
  return (account.configs[kind].get(id) ?? managedPolicies(kind).get(id))?.config ?? {};
}

/** Defaults of the TTLs are those of the API reference, `CachePolicyConfig`. */
function cachePolicy(node: XmlElement): CachePolicy {
  const key = child(node, "ParametersInCacheKeyAndForwardedToOrigin");
  const minTtl = Number(text(node, "MinTTL") || 0);
  const defaultTtl = Number(text(node, "DefaultTTL") || Math.max(86_400, minTtl));
  return {
    ...requestRules(key),
    minTtl,
    defaultTtl,
    maxTtl: Number(text(node, "MaxTTL") || Math.max(31_536_000, defaultTtl)),
    gzip: text(key, "EnableAcceptEncodingGzip") === "true",
    brotli: text(key, "EnableAcceptEncodingBrotli") === "true",
  };
}

function requestRules(node: XmlElement): RequestRules {
  const headers = rule(node, "Header");
  return {
    headers: { ...headers, names: new Set([...headers.names].map((name) => name.toLowerCase())) },
    cookies: rule(node, "Cookie"),
    queryStrings: rule(node, "QueryString"),
  };
}

function rule(node: XmlElement, kind: string): NameRule {
  const part = child(node, `${kind}sConfig`);
  return {
    behaviour: text(part, `${kind}Behavior`) || "none",
    names: new Set(textItems(child(part, `${kind}s`), "Name")),
  };
}
