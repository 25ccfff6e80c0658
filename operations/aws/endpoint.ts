/**
 * The addresses that the environment names for AWS's services, the one for all of them first.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
function endpointsIn(environment: NodeJS.ProcessEnv): readonly string[] {
  if (ignoresEndpoints(environment)) return [];
  const names = Object.keys(environment).filter((name) => /^AWS_ENDPOINT_URL(_|$)/.test(name));
  return names.sort().flatMap((name) => environment[name] || []);
}

/** Whether calls go to AWS whatever addresses the environment names; in any case of letters, as AWS's SDK for Go takes it. */
export function ignoresEndpoints(environment: NodeJS.ProcessEnv): boolean {
  return environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === "true";
}

/** Where calls go if the environment sends them elsewhere than to AWS, as for a sandbox. An endpoint of a VPC is AWS. */
export function otherEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  return endpointsIn(environment).find(isElsewhere);
}

function isElsewhere(url: string): boolean {
  return !/^https:\/\/[^/]*\.amazonaws\.com(\.cn)?(:\d+)?(\/|$)/.test(url);
}

/**
 * The address on this machine that every call goes to, as to a sandbox. There is none as soon as one service has an address
 * elsewhere: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html puts that before the one for all.
 */
export function localEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  const { AWS_ENDPOINT_URL: all } = environment;
  if (!all || ignoresEndpoints(environment)) return undefined;
  return endpointsIn(environment).every(isOnThisMachine) ? all : undefined;
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
  const { AWS_ENDPOINT_URL: all } = environment;
  return all && !ignoresEndpoints(environment) && isElsewhere(all) ? all : `https://${host}`;
}

/** ` (at http://127.0.0.1:4566, not AWS)`, or nothing: so that nobody takes a rehearsal for the real thing. */
export function elsewhere(endpoint: string | undefined): string {
  return endpoint === undefined ? "" : ` (at ${endpoint}, not AWS)`;
}
