import type { Path, Problem, Severity } from "./diagnostics";

/** A rule that a fleet file is checked against. */
interface Rule {
  readonly severity: Severity;
  /** What it finds, for `docs/checks.md`. */
  readonly finds: string;
  /** Why that matters. */
  readonly why: string;
}

const error = (finds: string, why: string) => ({ severity: "error", finds, why }) as const satisfies Rule;
const warning = (finds: string, why: string) => ({ severity: "warning", finds, why }) as const satisfies Rule;
const info = (finds: string, why: string) => ({ severity: "info", finds, why }) as const satisfies Rule;

/** Every rule, by its stable code. */
export const rules = {
  "no-fleet-file": error("a fleet file that cannot be read", "everything Meridian does starts from it"),
  "yaml-syntax": error("text that is not YAML 1.2", "nothing after this place can be read for certain"),
  "duplicate-key": error("one key twice in a map", "only one of the two values could count"),

  "not-a-map": error("a fleet file that holds no keys and values", "there is nothing in it to read"),
  "empty-section": error("`accounts`, `services` or `cells` with nothing in it", "nothing could be deployed"),
  "unknown-key": error("a key that has no meaning at its place", "the setting would have no effect"),
  "missing-key": error("a required key that is not there", "it has no default"),
  "wrong-type": error(
    "a list where a map should be, a number where a text should be, …",
    "it cannot be read as what was meant",
  ),
  "out-of-range": error(
    "a number, text or list outside the limits of AWS",
    "AWS would refuse it, or the names made of it",
  ),
  "not-allowed": error("a value that is none of those accepted", "AWS or Meridian would refuse it"),
  "wrong-format": error(
    "a name, pattern, ARN or the like in a form that cannot work",
    "it becomes a part of names and settings in AWS",
  ),
  "account-id": error("an account id that is not 12 digits", "roles could not be assumed in the account"),
  "account-id-unquoted": error(
    "an account id without quotes",
    "YAML reads it as a number, and a number has no leading zeros",
  ),

  "unknown-account": error("an account that is not declared", "there is no id and no role to deploy with"),
  "unknown-zone": error("a zone that is not declared", "nothing would keep the data in it"),
  "unknown-service": error(
    "overrides for a service that is not declared",
    "the overrides would have no effect",
  ),
  "unknown-region": error("a region that AWS does not have", "nothing can be deployed there"),
  "unknown-country": error("a country code that ISO 3166-1 does not have", "no viewer would ever match it"),

  "no-targets": error(
    "a cell, or an account of a cell, without regions",
    "a cell without targets answers nobody",
  ),
  "duplicate-target": error(
    "an account/region pair twice in a cell",
    "one target is one provider alias and one set of functions",
  ),
  "opt-in-region": warning(
    "a target in a region that accounts must opt in to",
    "until then every call to the region is refused",
  ),
  "no-function-url": warning(
    "a target in a region that has no function URLs, as far as AWS's documentation says",
    "the front reaches functions by their URLs, and Lambda makes none there",
  ),
  "duplicate-account-id": error("two accounts with one id", "what is kept apart by account would share one"),
  "tenant-account-shared": error(
    "a tenant's account used for anyone else",
    "tenants are kept apart by account",
  ),
  "production-account-shared": error(
    "a production account used by another stage",
    "stages are kept apart by account, so that a test cannot harm production",
  ),
  "outside-zone": error(
    "a target, or access logs, outside the cell's or the account's zone",
    "data of a zone stays in the zone",
  ),
  "zone-mismatch": error(
    "a cell of one zone in an account of another",
    "an account with a zone is used in that zone only",
  ),
  "zone-without-viewers": warning(
    "an account with a zone in a cell with neither `zone` nor `zones`",
    "its data stays in the zone, but nothing keeps the zone's viewers there",
  ),

  "zone-and-zones": error(
    "a cell with both `zone` and `zones`",
    "the one keeps all viewers inside, the other only some",
  ),
  "duplicate-zone": error("a zone twice in a cell", "the second would add nothing to the first"),
  "country-in-two-zones": error(
    "a country in two zones of a cell",
    "its viewers could be answered from one of them only",
  ),
  "zone-without-region": error(
    "a zone of a cell in which the cell has no region",
    "its viewers would get nothing but 503",
  ),
  "single-region-zone": info(
    "a zone of a cell in which the cell has one region",
    "its viewers get 503 while that region is down: no other zone may answer them",
  ),
  "order-without-target": error(
    "a region in `front.order` that the cell does not have, or twice",
    "no origin would answer there",
  ),
  "order-outside-zone": error(
    "a region in a country's order outside its zone",
    "viewers of a zone are answered from it only, so the region would never answer",
  ),
  "failover-without-outage": error(
    "`failoverOn` without 503 or without 504",
    "a region that cannot be reached counts as 503, and one that does not answer in time as 504",
  ),
  "router-too-large": error(
    "a front whose routing does not fit into 10 KB",
    "CloudFront takes functions up to 10 KB",
  ),

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

  "environment-too-large": error(
    "more than 4 KB of environment variables",
    "Lambda takes 4,096 bytes, keys and values together",
  ),
  "reserved-variable": error(
    "an environment variable that Lambda sets itself",
    "Lambda refuses functions that set it",
  ),
  "secret-in-environment": warning(
    "what looks like a secret in an environment variable",
    "it would be readable in the file, the JSON, the state and the console",
  ),
  "unknown-placeholder": warning(
    "a placeholder other than `{region}` and `{account}`",
    "it would reach AWS as it is written",
  ),
  "layer-region": error(
    "a layer from another region than the target's",
    "Lambda takes layers of its own region only",
  ),
  "reserved-tag": error(
    "a tag under `aws:` or `meridian:`",
    "AWS refuses the first, and Meridian sets the second itself",
  ),
  "too-many-tags": error("more than 50 tags on the resources of a cell", "AWS takes 50 per resource"),

  "single-region": info("a cell with one region", "nothing answers while that region is down"),
  "simpler-single-region": info(
    "several regions that nobody seems to need",
    "every further region is one more to deploy, watch and pay for",
  ),

  "source-missing": error("a source file that is not there", "the service has no code to deploy"),
  "source-does-not-bundle": error(
    "a source with errors, or without its handler",
    "what cannot be bundled cannot be deployed",
  ),
  "bundle-too-large": error(
    "a bundle over 50 MB zipped or 250 MB unzipped",
    "the upload would be refused in every target",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

/** Code of a rule. */
export type Code = keyof typeof rules;

/** What a finding says beyond its rule. */
interface Finding {
  readonly message: string;
  readonly fix: string;
  /** Instead of the rule's own. */
  readonly why?: string;
  readonly atKey?: boolean;
}

/** A finding of a rule: severity, and why it matters, come from the rule. */
export function problem(code: Code, path: Path, finding: Finding): Problem {
  const { severity, why } = rules[code];
  return { code, severity, why, path, ...finding };
}
