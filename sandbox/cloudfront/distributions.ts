import { AwsError } from "../http";
import { freshId } from "../ids";
import { child, items, listOf, parseXml, text, textItems, type XmlElement } from "../protocols/xml";
import { checkVersion, type Distribution, nextVersion, withConfig } from "./account";
import { checkDistribution } from "./distribution-checks";
import { distributionModel } from "./distribution-model";
import { distributionDomain, entityId } from "./ids";
import { checkLambdas } from "./lambda-checks";
import { answer, noContent, type Operation, type OperationInput, type OperationOutput } from "./operation";

/** Distributions: create (with tags), read, update, delete, list. They are deployed at once. */
export const distributionOperations: readonly Operation[] = [
  {
    name: "CreateDistributionWithTags",
    method: "POST",
    path: "/distribution",
    when: (query) => query.has("WithTags"),
    run: (input) => {
      const { content } = parseXml(input.body);
      return create(input, child(content, "DistributionConfig"), readTags(child(content, "Tags")));
    },
  },
  {
    name: "CreateDistribution",
    method: "POST",
    path: "/distribution",
    run: (input) => create(input, parseXml(input.body).content, new Map()),
  },
  { name: "ListDistributions", method: "GET", path: "/distribution", run: list },
  {
    name: "GetDistribution",
    method: "GET",
    path: "/distribution/{Id}",
    run: (input) => show(find(input), 200),
  },
  { name: "GetDistributionConfig", method: "GET", path: "/distribution/{Id}/config", run: getConfig },
  { name: "UpdateDistribution", method: "PUT", path: "/distribution/{Id}/config", run: update },
  { name: "DeleteDistribution", method: "DELETE", path: "/distribution/{Id}", run: remove },
];

/**
 * Refuses what CloudFront would refuse.
 *
 * @param self the distribution that is updated
 */
function check({ account, everywhere }: OperationInput, config: XmlElement, self?: string): void {
  const model = distributionModel(config);
  checkDistribution(account, model);
  const others = everywhere().filter(({ id }) => id !== self);
  const taken = model.aliases.find((alias) => others.some((other) => other.model.aliases.includes(alias)));
  if (taken === undefined) return;
  throw new AwsError(
    409,
    "CNAMEAlreadyExists",
    `The CNAME you provided is already associated with a different resource: ${taken}`,
  );
}

/**
 * The distribution that a call names.
 *
 * @throws {AwsError} 404 `NoSuchDistribution`
 */
export function find({ account, params }: Pick<OperationInput, "account" | "params">): Distribution {
  const id = params.Id ?? "";
  const distribution = account.distributions.get(id);
  if (distribution === undefined) {
    throw new AwsError(404, "NoSuchDistribution", `The specified distribution does not exist: ${id}`);
  }
  return distribution;
}

async function create(
  input: OperationInput,
  config: XmlElement,
  tags: ReadonlyMap<string, string>,
): Promise<OperationOutput> {
  const { account, edge, now } = input;
  // Before anything else is looked at, so that nothing changes between the look and the change.
  await checkLambdas(account.id, distributionModel(config), edge);
  const reference = text(config, "CallerReference");
  if (reference === "")
    throw new AwsError(400, "InvalidArgument", "The parameter CallerReference is required.");
  if (
    [...account.distributions.values()].some((other) => text(other.config, "CallerReference") === reference)
  ) {
    throw new AwsError(
      409,
      "DistributionAlreadyExists",
      "The caller reference that you are using to create a distribution is associated with another distribution. Already exists.",
    );
  }
  check(input, config);
  const id = freshId(account.distributions, (attempt) =>
    entityId(account.id, "distribution", reference, attempt),
  );
  const arn = `arn:aws:cloudfront::${account.id}:distribution/${id}`;
  const identity = {
    id,
    arn,
    domain: distributionDomain(id),
    tags,
    invalidations: [],
    ...nextVersion(id, now),
  };
  const distribution = withConfig(identity, complete(config));
  account.distributions.set(id, distribution);
  return { ...show(distribution, 201), headers: { location: `/2020-05-31/distribution/${id}` } };
}

async function update(input: OperationInput): Promise<OperationOutput> {
  const { account, edge, ifMatch, body, now } = input;
  const config = parseXml(body).content;
  await checkLambdas(account.id, distributionModel(config), edge);
  const before = find(input);
  checkVersion(before, ifMatch);
  if (text(config, "CallerReference") !== text(before.config, "CallerReference")) {
    throw new AwsError(400, "IllegalUpdate", "The parameter CallerReference cannot be changed.");
  }
  check(input, config, before.id);
  const after = withConfig({ ...before, ...nextVersion(before.id, now, before) }, complete(config));
  account.distributions.set(before.id, after);
  return show(after, 200);
}

function remove(input: OperationInput): OperationOutput {
  const distribution = find(input);
  checkVersion(distribution, input.ifMatch);
  if (distribution.model.enabled) {
    throw new AwsError(
      409,
      "DistributionNotDisabled",
      "The distribution you are trying to delete has not been disabled.",
    );
  }
  input.account.distributions.delete(distribution.id);
  return noContent;
}

function getConfig(input: OperationInput): OperationOutput {
  const { config, etag } = find(input);
  return answer(200, "DistributionConfig", config, etag);
}

function list({ account }: OperationInput): OperationOutput {
  const summaries = [...account.distributions.values()].map((distribution): XmlElement => {
    const {
      CallerReference: _reference,
      Logging: _logging,
      DefaultRootObject: _root,
      ...shown
    } = distribution.config;
    return { ...describe(distribution), ...shown };
  });
  const paging = { Marker: "", MaxItems: String(Math.max(100, summaries.length)), IsTruncated: "false" };
  return answer(200, "DistributionList", { ...paging, ...listOf("DistributionSummary", summaries) });
}

function show(distribution: Distribution, status: number): OperationOutput {
  const value = {
    ...describe(distribution),
    InProgressInvalidationBatches: "0",
    ActiveTrustedSigners: { Enabled: "false", Quantity: "0" },
    ActiveTrustedKeyGroups: { Enabled: "false", Quantity: "0" },
    DistributionConfig: distribution.config,
  };
  return answer(status, "Distribution", value, distribution.etag);
}

function describe({ id, arn, modified, domain }: Distribution): XmlElement {
  return { Id: id, ARN: arn, Status: "Deployed", LastModifiedTime: modified, DomainName: domain };
}

/** Adds what AWS answers with when it was not sent. */
function complete(config: XmlElement): XmlElement {
  const none = { Quantity: "0" };
  const methods = { Quantity: "2", Items: { Method: ["GET", "HEAD"] } };
  const behaviour = child(config, "DefaultCacheBehavior");
  return {
    Aliases: none,
    OriginGroups: none,
    CacheBehaviors: none,
    CustomErrorResponses: none,
    DefaultRootObject: "",
    PriceClass: "PriceClass_All",
    WebACLId: "",
    HttpVersion: "http2",
    IsIPV6Enabled: "true",
    Staging: "false",
    Logging: { Enabled: "false", IncludeCookies: "false", Bucket: "", Prefix: "" },
    Restrictions: { GeoRestriction: { RestrictionType: "none", Quantity: "0" } },
    ViewerCertificate: { CloudFrontDefaultCertificate: "true", MinimumProtocolVersion: "TLSv1" },
    ...config,
    DefaultCacheBehavior: { AllowedMethods: { ...methods, CachedMethods: methods }, ...behaviour },
  };
}

/** Tags of distributions. */
export const tagOperations: readonly Operation[] = [
  {
    name: "ListTagsForResource",
    method: "GET",
    path: "/tagging",
    run: (input) => {
      const tags = [...findTagged(input).tags].map(([Key, Value]) => ({ Key, Value }));
      return answer(200, "Tags", { Items: tags.length === 0 ? "" : { Tag: tags } });
    },
  },
  {
    name: "TagResource",
    method: "POST",
    path: "/tagging",
    when: (query) => query.get("Operation") === "Tag",
    run: (input) => {
      const distribution = findTagged(input);
      return withTags(
        input,
        distribution,
        new Map([...distribution.tags, ...readTags(parseXml(input.body).content)]),
      );
    },
  },
  {
    name: "UntagResource",
    method: "POST",
    path: "/tagging",
    when: (query) => query.get("Operation") === "Untag",
    run: (input) => {
      const distribution = findTagged(input);
      const keys = textItems(parseXml(input.body).content, "Key");
      return withTags(
        input,
        distribution,
        new Map([...distribution.tags].filter(([key]) => !keys.includes(key))),
      );
    },
  },
];

/** Reads a `Tags` element. */
export function readTags(tags: XmlElement): ReadonlyMap<string, string> {
  return new Map(items(tags, "Tag").map((tag) => [text(tag, "Key"), text(tag, "Value")]));
}

function findTagged({ account, query }: OperationInput): Distribution {
  const arn = query.get("Resource") ?? "";
  const found = [...account.distributions.values()].find((distribution) => distribution.arn === arn);
  if (found === undefined) {
    throw new AwsError(
      404,
      "NoSuchResource",
      `The sandbox tags distributions only, and knows none with the ARN ${arn}.`,
    );
  }
  return found;
}

function withTags(
  { account }: OperationInput,
  distribution: Distribution,
  tags: ReadonlyMap<string, string>,
) {
  account.distributions.set(distribution.id, { ...distribution, tags });
  return noContent;
}
