import { AwsError } from "../http";
import type { Account, ConfigKind, ConfigResource } from "./account";
import type { Behaviour, Origin } from "./distribution-model";
import { entityId, uuid } from "./ids";
import { child, text, type XmlElement } from "./xml";

/** How CloudFront names a kind of resource that is made of a configuration only. */
export interface KindDescription {
  readonly kind: ConfigKind;
  /** The resource's element, e.g. `CachePolicy`; errors and lists are named after it, too. */
  readonly element: string;
  readonly plural: string;
  readonly path: string;
  readonly updatePath: string;
  /** What the resource is called in messages. */
  readonly label: string;
  readonly makeId: (account: string, name: string, attempt: string) => string;
  /** Fields beside the configuration. */
  readonly extra: (resource: ConfigResource) => XmlElement;
  /** A member of the list. */
  readonly summary: (resource: ConfigResource, managed: boolean) => XmlElement;
  /** @throws {AwsError} for a configuration that CloudFront refuses */
  readonly check: (config: XmlElement) => void;
}

/** The kinds, with CloudFront's names for them. */
export const KINDS: readonly KindDescription[] = [
  {
    kind: "originAccessControl",
    element: "OriginAccessControl",
    plural: "OriginAccessControls",
    path: "/origin-access-control",
    updatePath: "/origin-access-control/{Id}/config",
    label: "origin access control",
    makeId: (account, name, attempt) => entityId(account, "origin-access-control", name, attempt),
    extra: () => ({}),
    summary: ({ id, config }) => ({ Id: id, Description: "", ...config }),
    check: checkOriginAccessControl,
  },
  policy("cachePolicy", "CachePolicy", "CachePolicies", "cache-policy", checkCachePolicy),
  policy(
    "originRequestPolicy",
    "OriginRequestPolicy",
    "OriginRequestPolicies",
    "origin-request-policy",
    () => {},
  ),
  policy(
    "responseHeadersPolicy",
    "ResponseHeadersPolicy",
    "ResponseHeadersPolicies",
    "response-headers-policy",
    () => {},
  ),
];

/** The distribution of the account that uses a resource, if any does. */
export function usedBy(account: Account, kind: ConfigKind, id: string): string | undefined {
  const uses = (origins: Iterable<Origin>, behaviours: readonly Behaviour[]): boolean => {
    if (kind === "originAccessControl") return [...origins].some((origin) => origin.accessControlId === id);
    return behaviours.some((behaviour) => behaviour[`${kind}Id`] === id);
  };
  for (const { model, id: distribution } of account.distributions.values()) {
    if (uses(model.origins.values(), model.behaviours)) return distribution;
  }
  return undefined;
}

function policy(
  kind: ConfigKind,
  element: string,
  plural: string,
  path: string,
  check: (config: XmlElement) => void,
): KindDescription {
  const extra = ({ modified }: ConfigResource) => ({ LastModifiedTime: modified });
  return {
    kind,
    element,
    plural,
    path: `/${path}`,
    updatePath: `/${path}/{Id}`,
    label: path.replaceAll("-", " "),
    makeId: (account, name, attempt) => uuid(account, path, name, attempt),
    extra,
    summary: (resource, managed) => ({
      Type: managed ? "managed" : "custom",
      [element]: { Id: resource.id, ...extra(resource), [`${element}Config`]: resource.config },
    }),
    check,
  };
}

function checkOriginAccessControl(config: XmlElement): void {
  const types = ["s3", "mediastore", "mediapackagev2", "lambda"];
  const valid =
    types.includes(text(config, "OriginAccessControlOriginType")) &&
    ["always", "never", "no-override"].includes(text(config, "SigningBehavior")) &&
    text(config, "SigningProtocol") === "sigv4";
  if (!valid)
    throw new AwsError(400, "InvalidArgument", "The origin access control configuration is not valid.");
}

/**
 * With all TTLs 0 nothing is cached, so nothing may be in the key. AWS names the first parameter that is
 * (wording from reports of the error, not from the API reference).
 */
function checkCachePolicy(config: XmlElement): void {
  const ttl = (name: string, fallback: number): number => Number(text(config, name) || fallback);
  const minimum = ttl("MinTTL", 0);
  const standard = ttl("DefaultTTL", Math.max(86_400, minimum));
  const maximum = ttl("MaxTTL", Math.max(31_536_000, standard));
  if (minimum > standard || standard > maximum) {
    throw new AwsError(
      400,
      "InvalidArgument",
      "The parameters MinTTL, DefaultTTL and MaxTTL must be in ascending order.",
    );
  }
  const key = child(config, "ParametersInCacheKeyAndForwardedToOrigin");
  if (maximum > 0) return;
  const used = [
    ["HeaderBehavior", text(key, "HeadersConfig", "HeaderBehavior")],
    ["CookieBehavior", text(key, "CookiesConfig", "CookieBehavior")],
    ["QueryStringBehavior", text(key, "QueryStringsConfig", "QueryStringBehavior")],
    ["EnableAcceptEncodingGzip", text(key, "EnableAcceptEncodingGzip")],
    ["EnableAcceptEncodingBrotli", text(key, "EnableAcceptEncodingBrotli")],
  ].find(([, value]) => value !== "" && value !== "none" && value !== "false");
  if (used === undefined) return;
  throw new AwsError(
    400,
    "InvalidArgument",
    `The parameter ${used[0]} is invalid for policy with caching disabled.`,
  );
}
