import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy";
import {
  CloudfrontDistribution,
  type CloudfrontDistributionDefaultCacheBehavior,
  type CloudfrontDistributionOrigin,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import type { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Construct } from "constructs";
import { limits } from "../fleet/limits";
import type { Cell } from "../fleet/model";
import { cellName, nameLimits } from "../fleet/names";

/** One function URL behind the front. */
export interface FrontOrigin {
  readonly id: string;
  /** Host name of the function URL; may be a Terraform expression. */
  readonly host: string;
  /** Seconds that the function may take. */
  readonly timeout: number;
}

/** One path pattern and the origin that its behaviour names. */
export interface FrontRoute {
  readonly pattern: string;
  readonly originId: string;
}

/** What a front is made of. */
export interface FrontProps {
  /** In us-east-1, of the front account. */
  readonly provider: AwsProvider;
  readonly cell: Cell;
  readonly origins: readonly FrontOrigin[];
  /** In the order that CloudFront tries them. */
  readonly routes: readonly FrontRoute[];
  /** Code of the viewer-request function, which chooses the origins of reads. */
  readonly routerCode: string;
}

/** AWS-managed policies: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const managed = {
  allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  securityHeaders: "67f7725c-6f97-4210-82d7-5512b31e9d03",
} as const;

/** What may fail over: OPTIONS only does where it is a cached method, too. */
const reads = ["GET", "HEAD", "OPTIONS"];

/** What tells two reads of one path apart. CloudFront's docs want the last three wherever OPTIONS can be cached. */
const keyHeaders = [
  "CloudFront-Viewer-Country",
  "Origin",
  "Access-Control-Request-Headers",
  "Access-Control-Request-Method",
];

const allMethods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** Seconds and tries to reach an origin before the next is asked: CloudFront's own 3 × 10 s would be an outage. */
const connect = { connectionAttempts: 2, connectionTimeout: 2 };

/** The CloudFront distribution of a cell, signing its calls to the function URLs. */
export class Front extends Construct {
  /** `https://<id>.cloudfront.net`, as a Terraform expression. */
  readonly url: string;
  readonly distributionId: string;

  constructor(scope: Construct, id: string, props: FrontProps) {
    super(scope, id);
    const { cell, provider } = props;
    const name = (maxLength: number) => cellName(maxLength, cell.fleet, cell.name);
    const access = new CloudfrontOriginAccessControl(this, "access", {
      provider,
      name: name(nameLimits.originAccessControl),
      originAccessControlOriginType: "lambda",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    const router = new CloudfrontFunction(this, "router", {
      provider,
      name: name(nameLimits.edgeFunction),
      runtime: "cloudfront-js-2.0",
      comment: `Chooses the origins of ${cell.name}`,
      code: props.routerCode,
      publish: true,
    });
    const distribution = this.distribution(props, access, router, this.cachePolicy(props, name));
    this.url = `https://${distribution.domainName}`;
    this.distributionId = distribution.id;
  }

  /**
   * Keeps nothing unless a service asks for it with `Cache-Control`, and then for one second; everything that can
   * tell two answers apart is in the key. The viewer's country is there so that it reaches the router and the
   * functions: CloudFront refuses a header in the key of a policy whose every TTL is 0.
   */
  private cachePolicy({ provider }: FrontProps, name: (maxLength: number) => string): CloudfrontCachePolicy {
    return new CloudfrontCachePolicy(this, "cache", {
      provider,
      name: name(nameLimits.cachePolicy),
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: 1,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: "all" },
        headersConfig: { headerBehavior: "whitelist", headers: { items: keyHeaders } },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    });
  }

  private distribution(
    props: FrontProps,
    access: CloudfrontOriginAccessControl,
    router: CloudfrontFunction,
    cache: CloudfrontCachePolicy,
  ): CloudfrontDistribution {
    const { cell, origins, provider, routes } = props;
    const behaviour = (targetOriginId: string): CloudfrontDistributionDefaultCacheBehavior => ({
      targetOriginId,
      viewerProtocolPolicy: "https-only",
      allowedMethods: allMethods,
      cachedMethods: reads,
      cachePolicyId: cache.id,
      originRequestPolicyId: managed.allViewerExceptHostHeader,
      responseHeadersPolicyId: managed.securityHeaders,
      compress: true,
      functionAssociation: [{ eventType: "viewer-request", functionArn: router.arn }],
    });
    // Without a route "/*" the router answers 404 itself, whatever the default behaviour names.
    const fallback = routes.find(({ pattern }) => pattern === "/*")?.originId ?? origins[0]?.id ?? "";
    return new CloudfrontDistribution(this, "distribution", {
      provider,
      comment: `${cell.fleet} ${cell.name}`,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: cell.front.priceClass,
      origin: origins.map((origin) => originConfig(origin, access)),
      defaultCacheBehavior: behaviour(fallback),
      orderedCacheBehavior: routes
        .filter(({ pattern }) => pattern !== "/*")
        .map(({ pattern, originId }) => ({ pathPattern: pattern, ...behaviour(originId) })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      viewerCertificate: { cloudfrontDefaultCertificate: true },
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
