import {
  CloudfrontDistribution,
  type CloudfrontDistributionDefaultCacheBehavior,
  type CloudfrontDistributionOrigin,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { CloudfrontKeyValueStore } from "@cdktf/provider-aws/lib/cloudfront-key-value-store";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import { limits, methods } from "../fleet/limits";
import type { Cell } from "../fleet/model";
import { cellName, nameLimits } from "../fleet/names";
import { marked } from "../fleet/stack-mark";
import { CachePolicies } from "./cache-policies";
import { FrontDomain } from "./front-domain";
import { HashBodies, type HashBodiesProps } from "./hash-bodies";
import { loggingConfig } from "./log-bucket";
import { FrontWebAcl } from "./web-acl";

/** One function URL behind the front. */
export interface FrontOrigin {
  readonly id: string;
  /** Host name of the function URL; may be a Terraform expression. */
  readonly host: string;
  /** Seconds that the function may take. */
  readonly timeout: number;
}

/** One path pattern, and what its behaviour is to do. */
export interface FrontRoute {
  readonly pattern: string;
  /** The origin that the behaviour names; the router names another one for every request. */
  readonly originId: string;
  /** Seconds that answers to reads may be kept. */
  readonly ttl?: number;
  /** Whether a request with a body can come. */
  readonly takesBodies: boolean;
}

/** What a front is made of. */
export interface FrontProps {
  /** In us-east-1, of the front account. */
  readonly provider: AwsProvider;
  readonly cell: Cell;
  readonly origins: readonly FrontOrigin[];
  /** In the order that CloudFront tries them. */
  readonly routes: readonly FrontRoute[];
  /** Code of the viewer-request function, which names the origins of each request. */
  readonly routerCode: string;
  /** Code of the function that hashes bodies, where the front is to have one. */
  readonly hashBundle?: Pick<HashBodiesProps, "bundleHash" | "bundlePath">;
}

/** AWS-managed policies: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const managed = {
  allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  securityHeaders: "67f7725c-6f97-4210-82d7-5512b31e9d03",
} as const;

/** What may fail over: OPTIONS only does where it is a cached method, too. */
const reads = ["GET", "HEAD", "OPTIONS"];

/**
 * Tries, and seconds to connect, before the next origin is asked: CloudFront's own 3 × 10 s would be an outage. One try,
 * because for an origin like these each also waits for an answer once more:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html
 */
const connect = { connectionAttempts: 1, connectionTimeout: 3 };

/**
 * Errors that CloudFront would otherwise keep for ten seconds, so that a viewer met them again after the region was
 * drained: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
 */
const errorCodes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** What a distribution is put together from. */
interface FrontParts {
  readonly access: CloudfrontOriginAccessControl;
  readonly router: CloudfrontFunction;
  readonly hash?: HashBodies;
  readonly domain?: FrontDomain;
  readonly webAcl?: FrontWebAcl;
}

/** The CloudFront distribution of a cell, signing its calls to the function URLs. */
export class Front extends Construct {
  /** Where viewers go: the front's own domain, or `https://<id>.cloudfront.net`, as a Terraform expression. */
  readonly url: string;
  readonly distribution: CloudfrontDistribution;
  /** ARN of the store that says which regions are drained. Its one key is written by `meridian drain` alone. */
  readonly keyValueStoreArn: string;

  constructor(scope: Construct, id: string, props: FrontProps) {
    super(scope, id);
    const { cell, provider } = props;
    const name = (maxLength: number) => cellName(maxLength, cell.fleet, cell.name);
    const access = new CloudfrontOriginAccessControl(this, "access", {
      provider,
      name: name(nameLimits.originAccessControl),
      description: marked(`Signs what the front of ${cell.name} asks`, cell.front.stack),
      originAccessControlOriginType: "lambda",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const store = new CloudfrontKeyValueStore(this, "store", {
      provider,
      name: cell.front.keyValueStore,
      comment: marked(`Drained regions of ${cell.name}`, cell.front.stack),
    });
    const router = new CloudfrontFunction(this, "router", {
      provider,
      name: name(nameLimits.edgeFunction),
      runtime: "cloudfront-js-2.0",
      comment: marked(`Chooses the origins of ${cell.name}`, cell.front.stack),
      code: props.routerCode,
      publish: true,
      keyValueStoreAssociations: [store.arn],
    });
    const { hashBundle } = props;
    const hash = hashBundle && new HashBodies(this, "bodies", { provider, cell, ...hashBundle });
    const { domain: ownDomain, webAcl: ownAcl } = cell.front;
    const domain = ownDomain && new FrontDomain(this, "domain", { provider, domain: ownDomain });
    const webAcl = ownAcl && new FrontWebAcl(this, "web_acl", { provider, cell, webAcl: ownAcl });
    const distribution = this.cloudfront(props, { access, router, hash, domain, webAcl });
    domain?.pointTo(distribution);
    this.url = `https://${domain?.name ?? distribution.domainName}`;
    this.distribution = distribution;
    this.keyValueStoreArn = store.arn;
  }

  private cloudfront(
    props: FrontProps,
    { access, domain, hash, router, webAcl }: FrontParts,
  ): CloudfrontDistribution {
    const { cell, origins, provider, routes } = props;
    const cache = new CachePolicies(this, { provider, cell });
    const behaviour = (
      originId: string,
      { takesBodies, ttl }: Pick<FrontRoute, "takesBodies" | "ttl">,
    ): CloudfrontDistributionDefaultCacheBehavior => ({
      targetOriginId: originId,
      viewerProtocolPolicy: "https-only",
      // Whatever a route takes: what CloudFront refuses itself it answers with 403.
      allowedMethods: [...methods].sort(),
      cachedMethods: reads,
      cachePolicyId: cache.policy(ttl).id,
      originRequestPolicyId: managed.allViewerExceptHostHeader,
      responseHeadersPolicyId: managed.securityHeaders,
      compress: true,
      functionAssociation: [{ eventType: "viewer-request", functionArn: router.arn }],
      lambdaFunctionAssociation:
        hash && takesBodies
          ? [{ eventType: "origin-request", lambdaArn: hash.versionArn, includeBody: true }]
          : undefined,
    });
    // Without a route "/*" the router answers 404 itself, whatever the default behaviour names.
    const fallback = routes.find(({ pattern }) => pattern === "/*");
    return new CloudfrontDistribution(this, "distribution", {
      provider,
      comment: `${cell.fleet} ${cell.name}`,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: cell.front.priceClass,
      origin: origins.map((origin) => originConfig(origin, access)),
      defaultCacheBehavior: behaviour(
        fallback?.originId ?? origins[0]?.id ?? "",
        fallback ?? { takesBodies: false },
      ),
      orderedCacheBehavior: routes
        .filter(({ pattern }) => pattern !== "/*")
        .map((route) => ({ pathPattern: route.pattern, ...behaviour(route.originId, route) })),
      customErrorResponse: errorCodes.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      aliases: domain && [domain.name],
      viewerCertificate: domain?.viewerCertificate ?? { cloudfrontDefaultCertificate: true },
      webAclId: webAcl?.arn,
      loggingConfig: cell.front.logs && loggingConfig(cell.front.logs),
    });
  }
}

function originConfig(
  origin: FrontOrigin,
  access: CloudfrontOriginAccessControl,
): CloudfrontDistributionOrigin {
  return {
    originId: origin.id,
    domainName: origin.host,
    originAccessControlId: access.id,
    ...connect,
    customOriginConfig: {
      httpPort: 80,
      httpsPort: 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
      originReadTimeout: Math.min(origin.timeout + 1, limits.originReadTimeout),
    },
  };
}
