import { error, type Rules, warning } from "../../fleet/rule";

/** Rules about what is in front of the cells. */
export const frontRules = {
  "domain-certificate": error(
    "a domain with both or neither of `certificate` and `hostedZone`",
    "the certificate is either there already, or to be made",
  ),
  "certificate-region": error(
    "a domain's certificate outside us-east-1",
    "CloudFront takes certificates of us-east-1 only",
  ),
  "certificate-account": error(
    "a domain's certificate in another account than the front",
    "CloudFront takes certificates of its own account only",
  ),
  "duplicate-domain": error(
    "one domain in two cells",
    "in all of CloudFront, a name belongs to one distribution",
  ),
  "rate-limit-without-web-acl": error("a rate limit without a web ACL", "nothing would count the requests"),
  "logs-across-zones": error(
    "access logs of a cell with several zones",
    "CloudFront writes them to one bucket, and they hold the addresses of viewers of every zone",
  ),
  "logs-without-region": error(
    "access logs without a region that can hold them",
    "CloudFront writes logs to no region that accounts must opt in to",
  ),
  "duplicate-route": error("one route twice in a cell", "only the first of two equal routes is ever asked"),
  "unreachable-route": error(
    "a route behind a wider one of the same service",
    "the wider one takes all its requests",
  ),
  "no-default-route": warning(
    "a cell without the route `/*`",
    "the front answers 404 where no route matches",
  ),
  "timeout-beyond-front": warning(
    "a timeout longer than CloudFront waits",
    "the viewer gets a 504 while the function still runs",
  ),
  "name-collision": error(
    "two things with one name in AWS, after shortening",
    "the second would replace the first, or fail to deploy",
  ),
  "too-many-origins": error("a front with more than 100 origins", "CloudFront takes 100 per distribution"),
  "too-many-behaviours": error(
    "a front with more than 75 routes besides `/*`",
    "CloudFront takes 75 behaviours per distribution",
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
