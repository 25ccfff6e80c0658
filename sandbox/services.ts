/** Where global services are, and what belongs to them, such as the certificates of CloudFront. */
export const globalRegion = "us-east-1";

/** How a service writes its answers, errors among them. */
export type Protocol = "json" | "rest-json" | "query" | "ec2" | "rest-xml" | "s3";

/** Who serves an AWS service in the sandbox, and in which protocol it speaks. */
export interface Service {
  readonly by: "own" | "moto";
  readonly protocol: Protocol;
  /** Whether it is served by many regions at once, so that the outage of one does not touch it. @default false */
  readonly isGlobal?: boolean;
}

const moto = (protocol: Protocol): Service => ({ by: "moto", protocol });
/** Served by sandbox/own-services.ts. */
const own = (protocol: Protocol): Service => ({ by: "own", protocol });

/**
 * The services of the sandbox by signing name; a call to any other is refused at once.
 *
 * moto runs no Lambda code without Docker, serves no function URLs, and forgets most of a distribution, so Lambda and
 * CloudFront are served here; so are hosted zones, whose ids moto invents, while a fleet file names one. What moto
 * serves is what a fleet is made of (roles, log groups, state in S3, the calls of the provider itself) and what
 * functions and their permissions commonly reach for. A service is on the list because moto keeps enough of it for a
 * second plan to be empty; adding one takes a line, and an answer of moto's that would make the provider retry for
 * minutes is turned into a clear error in any case.
 */
export const services: Readonly<Record<string, Service>> = {
  lambda: own("rest-json"),
  cloudfront: own("rest-xml"),
  // The keys in CloudFront's key-value stores. Its calls are signed for every region (SigV4A, region set `*`).
  "cloudfront-keyvaluestore": { ...own("rest-json"), isGlobal: true },
  // Every alias assumes a role and asks who it is.
  sts: moto("query"),
  // Execution roles; the provider also lists account aliases.
  iam: moto("query"),
  // Log groups with retention.
  logs: moto("json"),
  // Terraform state with native locking.
  s3: moto("s3"),
  // Keys of state, logs and environment variables.
  kms: moto("json"),
  // What functions and their permissions commonly reach for. moto keeps DynamoDB's items, and has no replicas.
  dynamodb: own("json"),
  ssm: moto("json"),
  secretsmanager: moto("json"),
  sqs: moto("json"),
  sns: moto("query"),
  events: moto("json"),
  // What calls functions by the clock; moto keeps schedules, and runs none.
  scheduler: own("rest-json"),
  // What runs the builds of a pipeline; moto runs none.
  codebuild: own("json"),
  // Networks that functions are put into.
  ec2: moto("ec2"),
  // What stands beside a front: names, certificates, a web ACL.
  route53: own("rest-xml"),
  acm: moto("json"),
  wafv2: moto("json"),
  // What stands around a fleet: moto invents ids of accounts, and lacks reads that the provider needs.
  organizations: own("json"),
  cloudformation: own("query"),
  controltower: own("rest-json"),
  sso: own("json"),
  identitystore: own("json"),
  budgets: own("json"),
  ce: own("json"),
  // What rolls a fleet out: executions really run.
  codepipeline: own("json"),
  // What an account may have, which is asked before a deploy runs into it.
  account: own("rest-json"),
  servicequotas: own("json"),
};
