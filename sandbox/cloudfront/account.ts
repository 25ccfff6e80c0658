import { AwsError } from "../http";
import type { XmlElement } from "../protocols/xml";
import { type DistributionModel, distributionModel } from "./distribution-model";
import { entityId } from "./ids";
import type { KeyValueStore } from "./key-value-store";

/** What every resource carries: when it last changed (ISO 8601) and the version that `If-Match` names. */
export interface Versioned {
  readonly etag: string;
  readonly modified: string;
}

/** An origin access control or a policy: an id and the configuration as it was sent. */
export interface ConfigResource extends Versioned {
  readonly id: string;
  readonly config: XmlElement;
}

/** A distribution as stored. */
export interface Distribution extends ConfigResource {
  readonly arn: string;
  readonly domain: string;
  readonly model: DistributionModel;
  readonly tags: ReadonlyMap<string, string>;
  readonly invalidations: readonly Invalidation[];
}

/** A completed invalidation. */
export interface Invalidation {
  readonly id: string;
  readonly created: string;
  readonly batch: XmlElement;
}

/** One stage (DEVELOPMENT or LIVE) of a function. */
export interface FunctionStage extends Versioned {
  readonly code: Buffer;
  readonly config: XmlElement;
}

/** A CloudFront function. `live` is missing until it is published. */
export interface EdgeFunction {
  readonly name: string;
  readonly arn: string;
  readonly created: string;
  readonly development: FunctionStage;
  readonly live?: FunctionStage;
}

/** A key-value store as the control plane sees it. */
export interface KeyValueStoreResource extends Versioned {
  readonly name: string;
  readonly id: string;
  readonly comment: string;
  readonly values: KeyValueStore;
}

/** Which kinds of resource are made of a configuration only. */
export type ConfigKind =
  | "originAccessControl"
  | "cachePolicy"
  | "originRequestPolicy"
  | "responseHeadersPolicy";

/** Everything CloudFront holds for one account. */
export interface Account {
  readonly id: string;
  readonly distributions: Map<string, Distribution>;
  readonly functions: Map<string, EdgeFunction>;
  readonly keyValueStores: Map<string, KeyValueStoreResource>;
  readonly configs: Readonly<Record<ConfigKind, Map<string, ConfigResource>>>;
}

/** An account without resources. */
export function emptyAccount(id: string): Account {
  return {
    id,
    distributions: new Map(),
    functions: new Map(),
    keyValueStores: new Map(),
    configs: {
      originAccessControl: new Map(),
      cachePolicy: new Map(),
      originRequestPolicy: new Map(),
      responseHeadersPolicy: new Map(),
    },
  };
}

/** A new version of a resource: its ETag differs from the one before, even if nothing else does. */
export function nextVersion(id: string, now: string, before?: Versioned): Versioned {
  return { etag: entityId("etag", id, before?.etag ?? ""), modified: now };
}

/**
 * Makes sure that a writer has seen the current version.
 *
 * @throws {AwsError} 412 `PreconditionFailed`, or 400 `InvalidIfMatchVersion` without `If-Match`
 */
export function checkVersion(current: Versioned, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === "") {
    throw new AwsError(
      400,
      "InvalidIfMatchVersion",
      "The If-Match version is missing or not valid for the resource.",
    );
  }
  if (ifMatch !== current.etag) {
    throw new AwsError(
      412,
      "PreconditionFailed",
      "The request failed because it didn't meet the preconditions in one or more request-header fields.",
    );
  }
}

/** Stores a configuration of a distribution, with the typed view of it that serves requests. */
export function withConfig(
  distribution: Omit<Distribution, "config" | "model">,
  config: XmlElement,
): Distribution {
  return { ...distribution, config, model: distributionModel(config) };
}
