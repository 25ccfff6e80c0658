/** How the operations of a REST API are found: a method and a path, and a part of the query where that decides. */
export type Route = readonly [method: string, path: string, action: string, query?: string];

/** A resource with a configuration of its own, as CloudFront has several. */
const configured = (path: string, name: string, updatePath = `${path}/{}/config`): readonly Route[] => [
  ["POST", path, `Create${name}`],
  ["GET", `${path}/{}`, `Get${name}`],
  ["GET", `${path}/{}/config`, `Get${name}Config`],
  ["PUT", updatePath, `Update${name}`],
  ["DELETE", `${path}/{}`, `Delete${name}`],
];

const policies = (kind: string, name: string) => configured(`/${kind}`, name, `/${kind}/{}`);

const lambda: readonly Route[] = [
  ["GET", "/functions", "ListFunctions"],
  ["POST", "/functions", "CreateFunction"],
  ["GET", "/functions/{}", "GetFunction"],
  ["DELETE", "/functions/{}", "DeleteFunction"],
  ["PUT", "/functions/{}/code", "UpdateFunctionCode"],
  ["GET", "/functions/{}/configuration", "GetFunctionConfiguration"],
  ["PUT", "/functions/{}/configuration", "UpdateFunctionConfiguration"],
  ["GET", "/functions/{}/versions", "ListVersionsByFunction"],
  ["POST", "/functions/{}/versions", "PublishVersion"],
  ["POST", "/functions/{}/invocations", "InvokeFunction"],
  ["GET", "/functions/{}/aliases", "ListAliases"],
  ["POST", "/functions/{}/aliases", "CreateAlias"],
  ["GET", "/functions/{}/aliases/{}", "GetAlias"],
  ["PUT", "/functions/{}/aliases/{}", "UpdateAlias"],
  ["DELETE", "/functions/{}/aliases/{}", "DeleteAlias"],
  ["GET", "/functions/{}/policy", "GetPolicy"],
  ["POST", "/functions/{}/policy", "AddPermission"],
  ["DELETE", "/functions/{}/policy/{}", "RemovePermission"],
  ["GET", "/functions/{}/url", "GetFunctionUrlConfig"],
  ["POST", "/functions/{}/url", "CreateFunctionUrlConfig"],
  ["PUT", "/functions/{}/url", "UpdateFunctionUrlConfig"],
  ["DELETE", "/functions/{}/url", "DeleteFunctionUrlConfig"],
  ["GET", "/functions/{}/urls", "ListFunctionUrlConfigs"],
  ["GET", "/functions/{}/concurrency", "GetFunctionConcurrency"],
  ["PUT", "/functions/{}/concurrency", "PutFunctionConcurrency"],
  ["DELETE", "/functions/{}/concurrency", "DeleteFunctionConcurrency"],
  ["GET", "/functions/{}/code-signing-config", "GetFunctionCodeSigningConfig"],
  ["GET", "/tags/{}", "ListTags"],
  ["POST", "/tags/{}", "TagResource"],
  ["DELETE", "/tags/{}", "UntagResource"],
];

const cloudfront: readonly Route[] = [
  ...configured("/distribution", "Distribution"),
  ["GET", "/distribution", "ListDistributions"],
  ["POST", "/distribution/{}/invalidation", "CreateInvalidation"],
  ["GET", "/distribution/{}/invalidation", "ListInvalidations"],
  ["GET", "/distribution/{}/invalidation/{}", "GetInvalidation"],
  ...configured("/origin-access-control", "OriginAccessControl"),
  ["GET", "/origin-access-control", "ListOriginAccessControls"],
  ...policies("cache-policy", "CachePolicy"),
  ["GET", "/cache-policy", "ListCachePolicies"],
  ...policies("origin-request-policy", "OriginRequestPolicy"),
  ["GET", "/origin-request-policy", "ListOriginRequestPolicies"],
  ...policies("response-headers-policy", "ResponseHeadersPolicy"),
  ["GET", "/response-headers-policy", "ListResponseHeadersPolicies"],
  ["POST", "/function", "CreateFunction"],
  ["GET", "/function", "ListFunctions"],
  ["GET", "/function/{}", "GetFunction"],
  ["GET", "/function/{}/describe", "DescribeFunction"],
  ["PUT", "/function/{}", "UpdateFunction"],
  ["POST", "/function/{}/publish", "PublishFunction"],
  ["DELETE", "/function/{}", "DeleteFunction"],
  ["POST", "/key-value-store", "CreateKeyValueStore"],
  ["GET", "/key-value-store", "ListKeyValueStores"],
  ["GET", "/key-value-store/{}", "DescribeKeyValueStore"],
  ["PUT", "/key-value-store/{}", "UpdateKeyValueStore"],
  ["DELETE", "/key-value-store/{}", "DeleteKeyValueStore"],
  ["GET", "/tagging", "ListTagsForResource"],
  ["POST", "/tagging", "TagResource", "Operation=Tag"],
  ["POST", "/tagging", "UntagResource", "Operation=Untag"],
];

const keyValueStore: readonly Route[] = [
  ["GET", "/key-value-stores/{}", "DescribeKeyValueStore"],
  ["GET", "/key-value-stores/{}/keys", "ListKeys"],
  ["POST", "/key-value-stores/{}/keys", "UpdateKeys"],
  ["GET", "/key-value-stores/{}/keys/{}", "GetKey"],
  ["PUT", "/key-value-stores/{}/keys/{}", "PutKey"],
  ["DELETE", "/key-value-stores/{}/keys/{}", "DeleteKey"],
];

const route53: readonly Route[] = [
  ["GET", "/hostedzone", "ListHostedZones"],
  ["GET", "/hostedzonesbyname", "ListHostedZonesByName"],
  ["GET", "/hostedzone/{}", "GetHostedZone"],
  ["GET", "/hostedzone/{}/rrset", "ListResourceRecordSets"],
  ["POST", "/hostedzone/{}/rrset", "ChangeResourceRecordSets"],
  ["GET", "/change/{}", "GetChange"],
  ["GET", "/tags/hostedzone/{}", "ListTagsForResource"],
];

const controlTower: readonly Route[] = [
  ["POST", "/create-landingzone", "CreateLandingZone"],
  ["POST", "/get-landingzone", "GetLandingZone"],
  ["POST", "/list-landingzones", "ListLandingZones"],
  ["POST", "/update-landingzone", "UpdateLandingZone"],
  ["POST", "/reset-landingzone", "ResetLandingZone"],
  ["POST", "/delete-landingzone", "DeleteLandingZone"],
  ["POST", "/get-landingzone-operation", "GetLandingZoneOperation"],
  ["POST", "/enable-control", "EnableControl"],
  ["POST", "/get-enabled-control", "GetEnabledControl"],
  ["POST", "/list-enabled-controls", "ListEnabledControls"],
  ["POST", "/update-enabled-control", "UpdateEnabledControl"],
  ["POST", "/disable-control", "DisableControl"],
  ["POST", "/get-control-operation", "GetControlOperation"],
  ["GET", "/tags/{}", "ListTagsForResource"],
  ["POST", "/tags/{}", "TagResource"],
  ["DELETE", "/tags/{}", "UntagResource"],
];

function compile(routes: readonly Route[]) {
  return routes.map(([method, path, action, query]) => ({
    method,
    action,
    query,
    // Nearly every API begins its paths with its version.
    pattern: new RegExp(`^(?:/\\d{4}-\\d\\d-\\d\\d)?${path.replaceAll("{}", "[^/]+")}/?$`),
  }));
}

const routes = new Map(
  Object.entries({
    lambda: lambda,
    cloudfront: cloudfront,
    "cloudfront-keyvaluestore": keyValueStore,
    route53: route53,
    controltower: controlTower,
  }).map(([service, routes]) => [service, compile(routes)] as const),
);

/**
 * What IAM calls an operation of a REST API, without the prefix of the service; undefined for one that is not in the
 * tables. Names are those of https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
export function restAction(service: string, method: string, fullPath: string): string | undefined {
  const [path = "", query = ""] = fullPath.split("?");
  const found = routes
    .get(service)
    ?.find(
      (route) =>
        route.method === method &&
        route.pattern.test(path) &&
        (route.query === undefined || query.split("&").includes(route.query)),
    );
  return found?.action;
}
