import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about what is in front of the cells. */
export const frontRules = {
  "front-without-account": error(
    "a cell with several accounts that does not say which one its front is in",
    "a front cannot move: in another account it would be a second distribution, and the first would get 403 from every function",
  ),
  "domain-certificate": error(
    "a domain with both or neither of `certificate` and `hostedZone`",
    "the certificate either exists already or is to be made",
  ),
  "certificate-region": error(
    "a domain's certificate outside us-east-1",
    "CloudFront accepts only certificates in us-east-1",
  ),
  "certificate-account": error(
    "a domain's certificate in a different account from the front",
    "CloudFront accepts only certificates in its own account",
  ),
  "duplicate-domain": error(
    "the same domain in two cells",
    "across all of CloudFront, a name can belong to only one distribution",
  ),
  "rate-limit-without-web-acl": error("a rate limit without a web ACL", "nothing would count the requests"),
  "logs-across-zones": error(
    "access logs of a cell with several zones",
    "CloudFront writes them to one bucket, and they hold the addresses of viewers from every zone",
  ),
  "logs-without-region": error(
    "access logs without a region that can hold them",
    "CloudFront does not write logs to regions that accounts must opt in to",
  ),
  "duplicate-route": error(
    "the same route twice in a cell",
    "only the first of two equal routes ever gets a request",
  ),
  "unreachable-route": error(
    "a route after a broader one of the same service",
    "the broader one takes all its requests",
  ),
  "no-default-route": warning("a cell without the route `/*`", "the front answers 404 when no route matches"),
  "no-routes": error(
    "a cell in which no service has a route",
    "its front would have nowhere to send requests, and CloudFront makes none without an origin",
  ),
  "streaming-without-routes": warning(
    "`streaming: true` on a service without routes",
    "answers stream to whoever asks by the function URL, and it has none",
  ),
  "timeout-beyond-front": warning(
    "a timeout longer than CloudFront waits",
    "the viewer gets a 504 while the function still runs",
  ),
  "name-collision": error(
    "two things whose names in AWS are the same after shortening",
    "the second would replace the first, or fail to deploy",
  ),
  "too-many-origins": error("a front with more than 100 origins", "CloudFront allows 100 per distribution"),
  "too-many-behaviours": error(
    "a front with more than 75 routes besides `/*`",
    "CloudFront allows 75 behaviours per distribution",
  ),
  "many-aliases": warning(
    "a stack with more than 20 aliases",
    "each alias costs about 10 CPU-seconds and 105 to 180 MB in every plan",
  ),
  "many-cache-policies": warning(
    "fronts that need more than 20 cache policies in one account",
    "CloudFront refuses the twenty-first unless AWS has raised the account's quota",
  ),
} as const satisfies Rules;
