import type { Cell } from "../fleet/model";
import { blocks, type JsonObject, object, text, texts } from "./json";
import { followOrigin, type Origin } from "./origin";
import { type Block, blocksOf, referredBlock, type Stack } from "./stack";
import type { Synthesized } from "./synthesized";

/** The front of a cell, as it stands in the synthesized JSON. */
export interface SynthesizedFront {
  readonly stack: string;
  readonly origins: ReadonlyMap<string, Origin>;
  /** In the order in which CloudFront tries them; the default one is last and has the pattern `*`. */
  readonly behaviours: readonly Behaviour[];
}

/** A cache behaviour of a distribution. */
export interface Behaviour {
  readonly pattern: string;
  readonly isDefault: boolean;
  /** Where a request goes for which no function chooses. */
  readonly target: string;
  readonly allowedMethods: readonly string[];
  readonly cachedMethods: readonly string[];
  /** The function that sees viewers' requests. */
  readonly router?: Router;
  readonly cachePolicy: CachePolicy;
}

/** A CloudFront function. */
export interface Router {
  readonly name: string;
  readonly code: string;
  /** Names of the key-value stores that it can read. */
  readonly stores: readonly string[];
}

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

/** CloudFront's own where a policy does not say: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html */
const defaultMaxTtl = 31_536_000;

/** The front of a cell; undefined where its stack has no distribution, or several. */
export function parseFront(stacks: Synthesized, cell: Cell): SynthesizedFront | undefined {
  const stack = stacks.get(cell.front.stack);
  const [distribution, ...others] = stack ? blocksOf(stack, "aws_cloudfront_distribution") : [];
  if (!stack || !distribution || others.length > 0) return undefined;
  const { default_cache_behavior, ordered_cache_behavior, origin } = distribution.attributes;
  const origins = blocks(origin).map((each) => followOrigin(stacks, stack, each));
  return {
    stack: stack.name,
    origins: new Map(origins.map((each) => [each.id, each])),
    behaviours: [
      ...blocks(ordered_cache_behavior).map((each) => parseBehaviour(stack, each, false)),
      ...blocks(default_cache_behavior).map((each) => parseBehaviour(stack, each, true)),
    ],
  };
}

function parseBehaviour(stack: Stack, behaviour: JsonObject, isDefault: boolean): Behaviour {
  const association = blocks(behaviour.function_association).find(
    ({ event_type }) => event_type === "viewer-request",
  );
  const router = referredBlock(stack, text(association?.function_arn));
  return {
    pattern: isDefault ? "*" : (text(behaviour.path_pattern) ?? ""),
    isDefault,
    target: text(behaviour.target_origin_id) ?? "",
    allowedMethods: texts(behaviour.allowed_methods),
    cachedMethods: texts(behaviour.cached_methods),
    router: router?.type === "aws_cloudfront_function" ? parseRouter(stack, router) : undefined,
    cachePolicy: parseCachePolicy(stack, text(behaviour.cache_policy_id)),
  };
}

function parseRouter(stack: Stack, { attributes, name }: Block): Router {
  const stores = texts(attributes.key_value_store_associations).flatMap((arn) => {
    const store = referredBlock(stack, arn);
    const named = store?.type === "aws_cloudfront_key_value_store" ? text(store.attributes.name) : undefined;
    return named === undefined ? [] : [named];
  });
  return { name: text(attributes.name) ?? name, code: text(attributes.code) ?? "", stores };
}

function parseCachePolicy(stack: Stack, id: string | undefined): CachePolicy {
  if (id === cachingDisabled) return { name: "CachingDisabled", maxTtl: 0, keyHeaders: [] };
  const policy = referredBlock(stack, id);
  if (policy?.type !== "aws_cloudfront_cache_policy") return { name: id ?? "none", keyHeaders: [] };
  const [key = {}] = blocks(policy.attributes.parameters_in_cache_key_and_forwarded_to_origin);
  const [headers = {}] = blocks(key.headers_config);
  const { max_ttl } = policy.attributes;
  return {
    name: text(policy.attributes.name) ?? policy.name,
    maxTtl: typeof max_ttl === "number" ? max_ttl : defaultMaxTtl,
    keyHeaders: texts(object(blocks(headers.headers)[0]).items).map((header) => header.toLowerCase()),
  };
}
