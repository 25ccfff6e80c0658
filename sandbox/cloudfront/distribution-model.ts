import { child, items, text, textItems, type XmlElement, type XmlNode } from "../protocols/xml";

/** Seconds that CloudFront keeps an error of which a distribution says nothing. */
export const defaultErrorTtl = 10;

/** Where a distribution fetches from. */
export interface Origin {
  readonly id: string;
  readonly domainName: string;
  readonly path: string;
  /** Headers that CloudFront adds to each request; names in lower case. */
  readonly customHeaders: readonly (readonly [name: string, value: string])[];
  readonly accessControlId: string;
  readonly protocol: "http" | "https";
  /** The port for the protocol. */
  readonly port: number;
  readonly sslProtocols: readonly string[];
  readonly readTimeoutSeconds: number;
  readonly keepaliveTimeoutSeconds: number;
}

/** Two origins: the second answers where the first fails with one of the status codes. */
export interface OriginGroup {
  readonly id: string;
  readonly members: readonly string[];
  readonly statusCodes: readonly number[];
}

/** A Lambda function that a behaviour runs at the edge. */
export interface LambdaAssociation {
  readonly eventType: string;
  readonly arn: string;
  readonly includesBody: boolean;
}

/** What a distribution does with the requests to one path pattern. */
export interface Behaviour {
  readonly pathPattern: string;
  /** An origin or an origin group. */
  readonly targetOriginId: string;
  readonly allowedMethods: readonly string[];
  readonly cachedMethods: readonly string[];
  readonly compress: boolean;
  readonly cachePolicyId: string;
  readonly originRequestPolicyId: string;
  readonly responseHeadersPolicyId: string;
  /** Function ARN by event type, `viewer-request` or `viewer-response`. */
  readonly functions: ReadonlyMap<string, string>;
  /** At most one for each event type, in a distribution that CloudFront has taken. */
  readonly lambdas: readonly LambdaAssociation[];
}

/** What a distribution does with one status code of 400 or more. */
export interface ErrorResponse {
  /** Seconds that CloudFront keeps it at least; 10 where nothing was said. */
  readonly cachingMinTtl: number;
  /** Path of the page that CloudFront shows instead; empty for none. */
  readonly pagePath: string;
}

/** A distribution's configuration, as far as the data plane follows it. */
export interface DistributionModel {
  readonly enabled: boolean;
  readonly aliases: readonly string[];
  readonly defaultRootObject: string;
  /** ARN or id of its own certificate; empty where it has CloudFront's. */
  readonly certificate: string;
  /** By status code, where the distribution says anything. */
  readonly errorResponses: ReadonlyMap<number, ErrorResponse>;
  readonly origins: ReadonlyMap<string, Origin>;
  readonly originGroups: ReadonlyMap<string, OriginGroup>;
  /** In order of precedence; the default behaviour, with the pattern `*`, is last. */
  readonly behaviours: readonly Behaviour[];
}

/** Reads a `DistributionConfig`. */
export function distributionModel(config: XmlElement): DistributionModel {
  return {
    enabled: text(config, "Enabled") === "true",
    aliases: textItems(child(config, "Aliases"), "CNAME").map((alias) => alias.toLowerCase()),
    defaultRootObject: text(config, "DefaultRootObject"),
    certificate:
      text(config, "ViewerCertificate", "ACMCertificateArn") ||
      text(config, "ViewerCertificate", "IAMCertificateId"),
    errorResponses: new Map(
      items(child(config, "CustomErrorResponses"), "CustomErrorResponse").map(errorResponse),
    ),
    origins: byId(items(child(config, "Origins"), "Origin").map(origin)),
    originGroups: byId(items(child(config, "OriginGroups"), "OriginGroup").map(originGroup)),
    behaviours: [
      ...items(child(config, "CacheBehaviors"), "CacheBehavior"),
      child(config, "DefaultCacheBehavior"),
    ].map(behaviour),
  };
}

function byId<T extends { readonly id: string }>(values: readonly T[]): ReadonlyMap<string, T> {
  return new Map(values.map((value) => [value.id, value]));
}

function origin(node: XmlNode): Origin {
  return {
    id: text(node, "Id"),
    domainName: text(node, "DomainName"),
    path: text(node, "OriginPath"),
    customHeaders: items(child(node, "CustomHeaders"), "OriginCustomHeader").map(
      (header) => [text(header, "HeaderName").toLowerCase(), text(header, "HeaderValue")] as const,
    ),
    accessControlId: text(node, "OriginAccessControlId"),
    ...connection(child(node, "CustomOriginConfig")),
  };
}

/** Viewers are taken to speak HTTPS, so `match-viewer` is that, too. */
function connection(node: XmlElement) {
  const isPlain = text(node, "OriginProtocolPolicy") === "http-only";
  return {
    protocol: isPlain ? ("http" as const) : ("https" as const),
    port: Number(isPlain ? text(node, "HTTPPort") || "80" : text(node, "HTTPSPort") || "443"),
    sslProtocols: textItems(child(node, "OriginSslProtocols"), "SslProtocol"),
    readTimeoutSeconds: Number(text(node, "OriginReadTimeout") || "30"),
    keepaliveTimeoutSeconds: Number(text(node, "OriginKeepaliveTimeout") || "5"),
  };
}

function originGroup(node: XmlNode): OriginGroup {
  return {
    id: text(node, "Id"),
    members: items(child(node, "Members"), "OriginGroupMember").map((member) => text(member, "OriginId")),
    statusCodes: textItems(child(node, "FailoverCriteria", "StatusCodes"), "StatusCode").map(Number),
  };
}

function errorResponse(node: XmlNode): readonly [number, ErrorResponse] {
  const cachingMinTtl = Number(text(node, "ErrorCachingMinTTL") || defaultErrorTtl);
  return [Number(text(node, "ErrorCode")), { cachingMinTtl, pagePath: text(node, "ResponsePagePath") }];
}

function behaviour(node: XmlNode): Behaviour {
  const allowed = child(node, "AllowedMethods");
  return {
    pathPattern: text(node, "PathPattern") || "*",
    targetOriginId: text(node, "TargetOriginId"),
    allowedMethods: methods(allowed),
    cachedMethods: methods(child(allowed, "CachedMethods")),
    compress: text(node, "Compress") === "true",
    cachePolicyId: text(node, "CachePolicyId"),
    originRequestPolicyId: text(node, "OriginRequestPolicyId"),
    responseHeadersPolicyId: text(node, "ResponseHeadersPolicyId"),
    functions: new Map(
      items(child(node, "FunctionAssociations"), "FunctionAssociation").map((association) => [
        text(association, "EventType"),
        text(association, "FunctionARN"),
      ]),
    ),
    lambdas: items(child(node, "LambdaFunctionAssociations"), "LambdaFunctionAssociation").map(
      (association) => ({
        eventType: text(association, "EventType"),
        arn: text(association, "LambdaFunctionARN"),
        includesBody: text(association, "IncludeBody") === "true",
      }),
    ),
  };
}

/** AWS allows and caches GET and HEAD where nothing was said. */
function methods(list: XmlElement): readonly string[] {
  const named = textItems(list, "Method");
  return named.length === 0 ? ["GET", "HEAD"] : named;
}
