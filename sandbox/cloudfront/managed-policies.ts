import { listOf, type XmlElement } from "../protocols/xml";
import type { ConfigKind, ConfigResource } from "./account";
import { entityId } from "./ids";

/**
 * The policies that AWS manages, by kind. Names, ids and contents are those of "Use managed cache policies",
 * "Use managed origin request policies" and "Use managed response headers policies" in the CloudFront developer
 * guide; the ones for AWS Elemental and Amplify are left out.
 */
export function managedPolicies(kind: ConfigKind): ReadonlyMap<string, ConfigResource> {
  return policiesByKind[kind];
}

const year = "31536000";

/** Brings header, cookie or query string names into CloudFront's form, e.g. `HeadersConfig`. */
function names(
  kind: "Header" | "Cookie" | "QueryString",
  behaviour: string,
  members: readonly string[] = [],
): XmlElement {
  const list = members.length === 0 ? {} : { [`${kind}s`]: listOf("Name", members) };
  return { [`${kind}sConfig`]: { [`${kind}Behavior`]: behaviour, ...list } };
}

interface CacheTtl {
  readonly min: string;
  readonly default: string;
  readonly max: string;
}

function cachePolicy(name: string, ttl: CacheTtl, compressed: boolean, key: XmlElement): XmlElement {
  return {
    Comment: "",
    Name: `Managed-${name}`,
    DefaultTTL: ttl.default,
    MaxTTL: ttl.max,
    MinTTL: ttl.min,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: String(compressed),
      EnableAcceptEncodingBrotli: String(compressed),
      ...key,
    },
  };
}

function originRequestPolicy(name: string, ...parts: readonly XmlElement[]): XmlElement {
  return Object.assign({ Comment: "", Name: `Managed-${name}` }, ...parts);
}

function responseHeadersPolicy(name: string, ...parts: readonly XmlElement[]): XmlElement {
  return Object.assign({ Comment: "", Name: `Managed-${name}` }, ...parts);
}

const nothing = { ...names("Header", "none"), ...names("Cookie", "none"), ...names("QueryString", "none") };
const optimized: CacheTtl = { min: "1", default: "86400", max: year };
const originControlled: CacheTtl = { min: "0", default: "0", max: year };
const methodHeaders = names("Header", "whitelist", [
  "Host",
  "Origin",
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
]);

const security: XmlElement = {
  SecurityHeadersConfig: {
    XSSProtection: { Override: "false", Protection: "true", ModeBlock: "true" },
    FrameOptions: { Override: "false", FrameOption: "SAMEORIGIN" },
    ReferrerPolicy: { Override: "false", ReferrerPolicy: "strict-origin-when-cross-origin" },
    ContentTypeOptions: { Override: "true" },
    StrictTransportSecurity: { Override: "false", AccessControlMaxAgeSec: year },
  },
};

function managed(entries: Readonly<Record<string, XmlElement>>): ReadonlyMap<string, ConfigResource> {
  return new Map(
    Object.entries(entries).map(([id, config]) => [
      id,
      { id, config, etag: entityId("managed", id), modified: "2020-07-22T00:00:00.000Z" },
    ]),
  );
}

const policiesByKind: Readonly<Record<ConfigKind, ReadonlyMap<string, ConfigResource>>> = {
  originAccessControl: new Map(),
  cachePolicy: managed({
    "658327ea-f89d-4fab-a63d-7e88639e58f6": cachePolicy("CachingOptimized", optimized, true, nothing),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": cachePolicy(
      "CachingOptimizedForUncompressedObjects",
      optimized,
      false,
      nothing,
    ),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": cachePolicy(
      "CachingDisabled",
      { min: "0", default: "0", max: "0" },
      false,
      nothing,
    ),
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65": cachePolicy(
      "UseOriginCacheControlHeaders",
      originControlled,
      true,
      {
        ...methodHeaders,
        ...names("Cookie", "all"),
        ...names("QueryString", "none"),
      },
    ),
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe": cachePolicy(
      "UseOriginCacheControlHeaders-QueryStrings",
      originControlled,
      true,
      { ...methodHeaders, ...names("Cookie", "all"), ...names("QueryString", "all") },
    ),
  }),
  originRequestPolicy: managed({
    "216adef6-5c7f-47e4-b989-5492eafa07d3": originRequestPolicy(
      "AllViewer",
      names("Header", "allViewer"),
      names("Cookie", "all"),
      names("QueryString", "all"),
    ),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": originRequestPolicy(
      "AllViewerExceptHostHeader",
      names("Header", "allExcept", ["host"]),
      names("Cookie", "all"),
      names("QueryString", "all"),
    ),
    "59781a5b-3903-41f3-afcb-af62929ccde1": originRequestPolicy(
      "CORS-CustomOrigin",
      names("Header", "whitelist", ["origin"]),
      names("Cookie", "none"),
      names("QueryString", "none"),
    ),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": originRequestPolicy(
      "UserAgentRefererHeaders",
      names("Header", "whitelist", ["user-agent", "referer"]),
      names("Cookie", "none"),
      names("QueryString", "none"),
    ),
    "bf0718e1-ba1e-49d1-88b1-f726733018ae": originRequestPolicy(
      "HostHeaderOnly",
      names("Header", "whitelist", ["host"]),
      names("Cookie", "none"),
      names("QueryString", "none"),
    ),
  }),
  responseHeadersPolicy: managed({
    "67f7725c-6f97-4210-82d7-5512b31e9d03": responseHeadersPolicy("SecurityHeadersPolicy", security),
  }),
};
