import {
  type CloudFront,
  type CloudFrontOptions,
  createCloudFront,
} from "../../../sandbox/cloudfront/cloudfront";
import type { Caller, FunctionUrls, HttpRequest, HttpResponse } from "../../../sandbox/http";
import { parseXml, text, type XmlElement } from "../../../sandbox/protocols/xml";

export const ownAccount = "111111111111";
export const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
export const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6";
export const allViewerExceptHost = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
export const securityHeaders = "67f7725c-6f97-4210-82d7-5512b31e9d03";

/** Calls the API; throws what the operation throws. */
export async function api(
  cloudfront: CloudFront,
  method: string,
  path: string,
  body = "",
  { ifMatch, account = ownAccount }: { readonly ifMatch?: string; readonly account?: string } = {},
) {
  const response = await cloudfront.handle({
    method,
    host: "cloudfront.amazonaws.com",
    path: `/2020-05-31${path}`,
    headers: ifMatch === undefined ? {} : { "if-match": ifMatch },
    body: Buffer.from(body),
    service: "cloudfront",
    region: "us-east-1",
    account,
  });
  const xml: XmlElement =
    response.headers["content-type"] === "text/xml" ? parseXml(response.body).content : {};
  return { status: response.status, etag: String(response.headers.etag), xml, body: response.body };
}

/** An origin as XML. */
export function originXml(id: string, region: string, more = "", readTimeout = 30): string {
  return `<Origin><Id>${id}</Id><DomainName>${id}.lambda-url.${region}.on.aws</DomainName>${more}
    <CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort>
    <OriginProtocolPolicy>https-only</OriginProtocolPolicy><OriginReadTimeout>${readTimeout}</OriginReadTimeout>
    </CustomOriginConfig></Origin>`;
}

/** CloudFront's form of a list as XML. */
export function listXml(list: string, member: string, values: readonly (string | number)[]): string {
  const members = values.map((value) => `<${member}>${value}</${member}>`).join("");
  return `<${list}><Quantity>${values.length}</Quantity><Items>${members}</Items></${list}>`;
}

const allMethods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

export interface BehaviourOptions {
  readonly target?: string;
  readonly methods?: readonly string[];
  readonly cachePolicy?: string;
  readonly originRequestPolicy?: string;
  readonly responseHeadersPolicy?: string;
  readonly functions?: Readonly<Record<string, string>>;
  readonly lambdas?: readonly LambdaOptions[];
}

export interface LambdaOptions {
  readonly arn: string;
  /** @default origin-request */
  readonly event?: string;
  /** @default true */
  readonly includeBody?: boolean;
}

/** The inside of a cache behaviour as XML. */
export function behaviourXml(options: BehaviourOptions = {}): string {
  const functions = Object.entries(options.functions ?? {}).map(
    ([event, arn]) => `<FunctionARN>${arn}</FunctionARN><EventType>${event}</EventType>`,
  );
  const lambdas = (options.lambdas ?? []).map(
    ({ arn, event = "origin-request", includeBody = true }) =>
      `<LambdaFunctionARN>${arn}</LambdaFunctionARN><EventType>${event}</EventType><IncludeBody>${includeBody}</IncludeBody>`,
  );
  const methods = options.methods ?? allMethods;
  return `<TargetOriginId>${options.target ?? "a"}</TargetOriginId>
    <ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy><Compress>true</Compress>
    <AllowedMethods><Quantity>${methods.length}</Quantity>
      <Items>${methods.map((method) => `<Method>${method}</Method>`).join("")}</Items>
      ${listXml("CachedMethods", "Method", ["GET", "HEAD"])}</AllowedMethods>
    <CachePolicyId>${options.cachePolicy ?? cachingDisabled}</CachePolicyId>
    <OriginRequestPolicyId>${options.originRequestPolicy ?? allViewerExceptHost}</OriginRequestPolicyId>
    <ResponseHeadersPolicyId>${options.responseHeadersPolicy ?? securityHeaders}</ResponseHeadersPolicyId>
    ${listXml("FunctionAssociations", "FunctionAssociation", functions)}
    ${listXml("LambdaFunctionAssociations", "LambdaFunctionAssociation", lambdas)}`;
}

export interface DistributionOptions extends BehaviourOptions {
  readonly reference?: string;
  readonly origins?: readonly string[];
  /** Members and status codes of the origin group `reads`. */
  readonly group?: { readonly members: readonly string[]; readonly statusCodes: readonly number[] };
  /** Path pattern to behaviour. */
  readonly ordered?: Readonly<Record<string, BehaviourOptions>>;
  readonly enabled?: boolean;
  readonly aliases?: readonly string[];
  readonly comment?: string;
  /** ARN of a certificate. @default one in us-east-1 where there are aliases */
  readonly certificate?: string;
  /** Further elements as XML. */
  readonly more?: string;
}

export const certificateArn = "arn:aws:acm:us-east-1:111111111111:certificate/a-b-c";

/** A `DistributionConfig` with the origins `a` (Frankfurt) and `b` (Virginia). */
export function distributionXml(options: DistributionOptions = {}): string {
  const origins = options.origins ?? [originXml("a", "eu-central-1"), originXml("b", "us-east-1")];
  const {
    group,
    ordered = {},
    aliases = [],
    certificate = aliases.length > 0 ? certificateArn : "",
  } = options;
  const members = group?.members.map((member) => `<OriginId>${member}</OriginId>`) ?? [];
  const behaviours = Object.entries(ordered).map(
    ([pattern, behaviour]) =>
      `<CacheBehavior><PathPattern>${pattern}</PathPattern>${behaviourXml(behaviour)}</CacheBehavior>`,
  );
  return `<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
    <CallerReference>${options.reference ?? "front"}</CallerReference>
    ${listXml("Aliases", "CNAME", aliases)}
    <Comment>${options.comment ?? "a front"}</Comment><Enabled>${options.enabled ?? true}</Enabled>
    <Origins><Quantity>${origins.length}</Quantity><Items>${origins.join("")}</Items></Origins>
    ${
      group === undefined
        ? ""
        : listXml("OriginGroups", "OriginGroup", [
            `<Id>reads</Id><FailoverCriteria>${listXml("StatusCodes", "StatusCode", group.statusCodes)}</FailoverCriteria>
             ${listXml("Members", "OriginGroupMember", members)}`,
          ])
    }
    <DefaultCacheBehavior>${behaviourXml(options)}</DefaultCacheBehavior>
    <CacheBehaviors><Quantity>${behaviours.length}</Quantity><Items>${behaviours.join("")}</Items></CacheBehaviors>
    ${
      certificate === ""
        ? ""
        : `<ViewerCertificate><ACMCertificateArn>${certificate}</ACMCertificateArn>
           <SSLSupportMethod>sni-only</SSLSupportMethod>
           <MinimumProtocolVersion>TLSv1.2_2021</MinimumProtocolVersion></ViewerCertificate>`
    }
    ${options.more ?? ""}
  </DistributionConfig>`;
}

/** `CustomErrorResponses` as XML, from status code to seconds, with or without a page. */
export function errorResponsesXml(ttls: Readonly<Record<number, number | "">>, page = ""): string {
  const responses = Object.entries(ttls).map(
    ([code, ttl]) => `<ErrorCode>${code}</ErrorCode>${page}<ErrorCachingMinTTL>${ttl}</ErrorCachingMinTTL>`,
  );
  return listXml("CustomErrorResponses", "CustomErrorResponse", responses);
}

/** Creates a distribution, tagged as the front of the cell `staging`. */
export async function createDistribution(cloudfront: CloudFront, options: DistributionOptions = {}) {
  const { xml, etag } = await api(
    cloudfront,
    "POST",
    "/distribution?WithTags",
    `<DistributionConfigWithTags>${distributionXml(options)}<Tags><Items>
      <Tag><Key>meridian:cell</Key><Value>staging</Value></Tag></Items></Tags></DistributionConfigWithTags>`,
  );
  return { id: text(xml, "Id"), arn: text(xml, "ARN"), domain: text(xml, "DomainName"), etag, xml };
}

/** Creates and publishes a function; returns its ARN. */
export async function createFunction(
  cloudfront: CloudFront,
  code: string,
  { name = "route", publish = true, store }: { name?: string; publish?: boolean; store?: string } = {},
): Promise<string> {
  const stores = store === undefined ? [] : [`<KeyValueStoreARN>${store}</KeyValueStoreARN>`];
  const created = await api(
    cloudfront,
    "POST",
    "/function",
    `<CreateFunctionRequest><Name>${name}</Name><FunctionConfig><Comment>f</Comment>
      <Runtime>cloudfront-js-2.0</Runtime>${listXml("KeyValueStoreAssociations", "KeyValueStoreAssociation", stores)}
      </FunctionConfig><FunctionCode>${Buffer.from(code).toString("base64")}</FunctionCode></CreateFunctionRequest>`,
  );
  if (publish) await api(cloudfront, "POST", `/function/${name}/publish`, "", { ifMatch: created.etag });
  return text(created.xml, "FunctionMetadata", "FunctionARN");
}

/** Creates an origin access control for function URLs; returns its id. */
export async function createAccessControl(cloudfront: CloudFront): Promise<string> {
  const { xml } = await api(
    cloudfront,
    "POST",
    "/origin-access-control",
    `<OriginAccessControlConfig><Name>urls</Name><SigningProtocol>sigv4</SigningProtocol>
     <SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>lambda</OriginAccessControlOriginType>
     </OriginAccessControlConfig>`,
  );
  return text(xml, "Id");
}

/** Creates a cache policy; returns its id. */
export async function createCachePolicy(
  cloudfront: CloudFront,
  { headers = ["CloudFront-Viewer-Country"], maxTtl = 60, name = "country" } = {},
): Promise<string> {
  const { xml } = await api(
    cloudfront,
    "POST",
    "/cache-policy",
    `<CachePolicyConfig><Name>${name}</Name><MinTTL>0</MinTTL><DefaultTTL>0</DefaultTTL><MaxTTL>${maxTtl}</MaxTTL>
     <ParametersInCacheKeyAndForwardedToOrigin><EnableAcceptEncodingGzip>${maxTtl > 0}</EnableAcceptEncodingGzip>
     <EnableAcceptEncodingBrotli>${maxTtl > 0}</EnableAcceptEncodingBrotli>
     <HeadersConfig><HeaderBehavior>whitelist</HeaderBehavior>${listXml("Headers", "Name", headers)}</HeadersConfig>
     <CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig>
     <QueryStringsConfig><QueryStringBehavior>none</QueryStringBehavior></QueryStringsConfig>
     </ParametersInCacheKeyAndForwardedToOrigin></CachePolicyConfig>`,
  );
  return text(xml, "Id");
}

/** A request that reached an origin. */
export interface Seen {
  readonly request: HttpRequest;
  readonly caller: Caller;
}

/** Answers of function URLs by the first label of their host; records what reached them. */
export function sandbox(
  answers: Readonly<Record<string, (request: HttpRequest) => Promise<HttpResponse> | HttpResponse>> = {},
  options: CloudFrontOptions = {},
) {
  const seen: Seen[] = [];
  const urls: FunctionUrls = {
    owns: (host) => host.endsWith(".on.aws"),
    request: async (request, caller) => {
      seen.push({ request, caller });
      const id = request.host.split(".")[0] ?? "";
      return answers[id]?.(request) ?? json(200, { from: id });
    },
  };
  return { cloudfront: createCloudFront(urls, options), seen };
}

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** Sends a viewer's request to the front of `staging`. */
export async function visit(
  cloudfront: CloudFront,
  path = "/",
  {
    method = "GET",
    headers = {},
    body = "",
  }: { method?: string; headers?: Readonly<Record<string, string>>; body?: string | Buffer } = {},
): Promise<HttpResponse & { readonly text: string }> {
  const response = await cloudfront.request({
    method,
    host: "staging.localhost",
    path,
    headers: { host: "staging.localhost", ...headers },
    body: Buffer.from(body),
  });
  return { ...response, text: response.body.toString("utf8") };
}
