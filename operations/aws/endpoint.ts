/** The services that commands ask, as the SDK's variables spell them; the first is for all. */
const variables = ["", "_CLOUDFRONT_KEYVALUESTORE", "_CLOUDFRONT", "_COST_EXPLORER", "_STS", "_S3"].map(
  (service) => `AWS_ENDPOINT_URL${service}`,
);

/**
 * Where calls go if the environment sends them elsewhere than to AWS, as for a sandbox. An endpoint of a VPC is AWS.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function otherEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  if (environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === "true") return undefined;
  const endpoints = variables.flatMap((name) => environment[name] || []);
  return endpoints.find(isElsewhere);
}

function isElsewhere(url: string): boolean {
  return !/^https:\/\/[^/]*\.amazonaws\.com(\.cn)?(:\d+)?(\/|$)/.test(url);
}

/**
 * The address on this machine that every call goes to, as to a sandbox. There is none as soon as one service has an address
 * elsewhere: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html puts that before the one for all.
 */
export function localEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  const { AWS_ENDPOINT_URL: all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored } = environment;
  if (!all || ignored?.toLowerCase() === "true") return undefined;
  const urls = Object.entries(environment).flatMap(([name, url]) =>
    name.startsWith("AWS_ENDPOINT_URL") ? url || [] : [],
  );
  return urls.every(isOnThisMachine) ? all : undefined;
}

function isOnThisMachine(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : "";
  return /^(127(\.\d+){3}|\[::1\]|(.+\.)?localhost)$/.test(host);
}

/**
 * Where a request goes that is meant for a host which AWS gave to something deployed, such as a function URL: to the host
 * itself, or to the endpoint that the environment names for all services, as for a sandbox, which tells hosts apart by the
 * Host header. No endpoint of a VPC serves such hosts.
 *
 * @param host e.g. `abc.lambda-url.eu-west-1.on.aws`
 * @returns `https://<host>`, or `http://127.0.0.1:<port>`
 */
export function endpointOf(host: string, environment: NodeJS.ProcessEnv): string {
  const { AWS_ENDPOINT_URL: all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored } = environment;
  return all && ignored !== "true" && isElsewhere(all) ? all : `https://${host}`;
}

/** ` (at http://127.0.0.1:4566, not AWS)`, or nothing: so that nobody takes a rehearsal for the real thing. */
export function elsewhere(endpoint: string | undefined): string {
  return endpoint === undefined ? "" : ` (at ${endpoint}, not AWS)`;
}
