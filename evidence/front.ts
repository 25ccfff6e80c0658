import type { Cell } from "../fleet/model";
import { type EdgeFunction, followEdgeFunction } from "./edge-function";
import { blocks, type JsonObject, text, texts } from "./json";
import { followOrigin, type Origin } from "./origin";
import { type CachePolicy, forwardsCountry, parseCachePolicy } from "./policies";
import { type Block, blocksOf, referredBlock, type Stack } from "./stack";
import type { Synthesized } from "./synthesized";

/** The front of a cell, as it stands in the synthesized JSON. */
export interface SynthesizedFront {
  readonly stack: string;
  readonly isEnabled: boolean;
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
  /** Whether its functions learn where the viewer is. */
  readonly forwardsCountry: boolean;
  /** The function that sees requests to origins, bodies included. */
  readonly edgeFunction?: EdgeFunction;
  /** Functions besides these two that could change a request or an answer, e.g. `viewer-response`. */
  readonly otherFunctions: readonly string[];
}

/** A CloudFront function. */
export interface Router {
  readonly name: string;
  readonly code: string;
  /** Whether it runs for viewers, and not in tests only. */
  readonly isPublished: boolean;
  /** Names of the key-value stores that it can read. */
  readonly stores: readonly string[];
}

/** The front of a cell; undefined where its stack has no distribution, or several. */
export function parseFront(stacks: Synthesized, cell: Cell): SynthesizedFront | undefined {
  const stack = stacks.get(cell.front.stack);
  const [distribution, ...others] = stack ? blocksOf(stack, "aws_cloudfront_distribution") : [];
  if (!stack || !distribution || others.length > 0) return undefined;
  const { default_cache_behavior, ordered_cache_behavior, origin } = distribution.attributes;
  const origins = blocks(origin).map((each) => followOrigin(stacks, stack, each));
  return {
    stack: stack.name,
    isEnabled: distribution.attributes.enabled === true,
    origins: new Map(origins.map((each) => [each.id, each])),
    behaviours: [
      ...blocks(ordered_cache_behavior).map((each) => parseBehaviour(stack, each, false)),
      ...blocks(default_cache_behavior).map((each) => parseBehaviour(stack, each, true)),
    ],
  };
}

function parseBehaviour(stack: Stack, behaviour: JsonObject, isDefault: boolean): Behaviour {
  const functions = blocks(behaviour.function_association);
  const association = functions.find(({ event_type }) => event_type === "viewer-request");
  const others = functions.filter((each) => each !== association);
  const router = referredBlock(stack, text(association?.function_arn));
  const lambdas = blocks(behaviour.lambda_function_association);
  const edge = lambdas.find((each) => followEdgeFunction(stack, each));
  return {
    pattern: isDefault ? "*" : (text(behaviour.path_pattern) ?? ""),
    isDefault,
    target: text(behaviour.target_origin_id) ?? "",
    allowedMethods: texts(behaviour.allowed_methods),
    cachedMethods: texts(behaviour.cached_methods),
    router: router?.type === "aws_cloudfront_function" ? parseRouter(stack, router) : undefined,
    cachePolicy: parseCachePolicy(stack, text(behaviour.cache_policy_id)),
    forwardsCountry: forwardsCountry(stack, behaviour),
    edgeFunction: edge && followEdgeFunction(stack, edge),
    otherFunctions: [
      ...others.map(({ event_type }) => `a function for ${text(event_type)}`),
      ...lambdas
        .filter((each) => each !== edge)
        .map(({ event_type }) => `a Lambda function for ${text(event_type)}`),
    ],
  };
}

function parseRouter(stack: Stack, { attributes, name }: Block): Router {
  const stores = texts(attributes.key_value_store_associations).flatMap((arn) => {
    const store = referredBlock(stack, arn);
    const named = store?.type === "aws_cloudfront_key_value_store" ? text(store.attributes.name) : undefined;
    return named === undefined ? [] : [named];
  });
  return {
    name: text(attributes.name) ?? name,
    code: text(attributes.code) ?? "",
    isPublished: attributes.publish === true,
    stores,
  };
}
