/**
 * Headers that edge functions neither see nor set:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
const disallowedHeaders: ReadonlySet<string> = new Set([
  ...["connection", "expect", "keep-alive", "trailer", "upgrade"],
  ...["proxy-authenticate", "proxy-authorization", "proxy-connection"],
  ...["x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect"],
  ...["x-amzn-auth", "x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype"],
  ...["x-amzn-fle-profile", "x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag"],
  ...["x-amzn-requestid", "x-cache", "x-forwarded-proto", "x-real-ip"],
]);

/** Whether a header, in lower case, is kept from edge functions. */
export function isDisallowed(name: string): boolean {
  return disallowedHeaders.has(name) || name.startsWith("x-amz-cf-") || name.startsWith("x-edge-");
}

/** Headers that a viewer request function can read, not change (same page). */
export const readOnlyInViewerRequests: readonly string[] = [
  "content-length",
  "host",
  "transfer-encoding",
  "via",
];

/** Headers that an origin request function can read, not change (same page). */
export const readOnlyInOriginRequests: readonly string[] = [
  ...["accept-encoding", "content-length", "if-modified-since", "if-none-match"],
  ...["if-range", "if-unmodified-since", "transfer-encoding", "via"],
];
