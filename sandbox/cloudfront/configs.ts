import { AwsError } from "../http";
import { freshId, uuid } from "../ids";
import { child, listOf, parseXml, text, type XmlElement } from "../protocols/xml";
import { type Account, type ConfigKind, type ConfigResource, checkVersion, nextVersion } from "./account";
import type { Behaviour, Origin } from "./distribution-model";
import { entityId } from "./ids";
import { managedPolicies } from "./managed-policies";
import { answer, noContent, type Operation, type OperationInput, type OperationOutput } from "./operation";

/** How CloudFront names a kind of resource that is made of a configuration only. */
export interface KindDescription {
  readonly kind: ConfigKind;
  /** The resource's element, e.g. `CachePolicy`; errors and lists are named after it, too. */
  readonly element: string;
  readonly plural: string;
  readonly path: string;
  readonly updatePath: string;
  /** What the resource is called in messages. */
  readonly label: string;
  readonly makeId: (account: string, name: string, attempt: string) => string;
  /** Fields beside the configuration. */
  readonly extra: (resource: ConfigResource) => XmlElement;
  /** A member of the list. */
  readonly summary: (resource: ConfigResource, managed: boolean) => XmlElement;
  /** @throws {AwsError} for a configuration that CloudFront refuses */
  readonly check: (config: XmlElement) => void;
}

/** The kinds, with CloudFront's names for them. */
const configKinds: readonly KindDescription[] = [
  {
    kind: "originAccessControl",
    element: "OriginAccessControl",
    plural: "OriginAccessControls",
    path: "/origin-access-control",
    updatePath: "/origin-access-control/{Id}/config",
    label: "origin access control",
    makeId: (account, name, attempt) => entityId(account, "origin-access-control", name, attempt),
    extra: () => ({}),
    summary: ({ id, config }) => ({ Id: id, Description: "", ...config }),
    check: checkOriginAccessControl,
  },
  policy("cachePolicy", "CachePolicy", "CachePolicies", "cache-policy", checkCachePolicy),
  policy(
    "originRequestPolicy",
    "OriginRequestPolicy",
    "OriginRequestPolicies",
    "origin-request-policy",
    () => {},
  ),
  policy(
    "responseHeadersPolicy",
    "ResponseHeadersPolicy",
    "ResponseHeadersPolicies",
    "response-headers-policy",
    () => {},
  ),
];

/** The distribution of the account that uses a resource, if any does. */
function usedBy(account: Account, kind: ConfigKind, id: string): string | undefined {
  const uses = (origins: Iterable<Origin>, behaviours: readonly Behaviour[]): boolean => {
    if (kind === "originAccessControl") return [...origins].some((origin) => origin.accessControlId === id);
    return behaviours.some((behaviour) => behaviour[`${kind}Id`] === id);
  };
  for (const { model, id: distribution } of account.distributions.values()) {
    if (uses(model.origins.values(), model.behaviours)) return distribution;
  }
  return undefined;
}

function policy(
  kind: ConfigKind,
  element: string,
  plural: string,
  path: string,
  check: (config: XmlElement) => void,
): KindDescription {
  const extra = ({ modified }: ConfigResource) => ({ LastModifiedTime: modified });
  return {
    kind,
    element,
    plural,
    path: `/${path}`,
    updatePath: `/${path}/{Id}`,
    label: path.replaceAll("-", " "),
    makeId: (account, name, attempt) => uuid(account, path, name, attempt),
    extra,
    summary: (resource, managed) => ({
      Type: managed ? "managed" : "custom",
      [element]: { Id: resource.id, ...extra(resource), [`${element}Config`]: resource.config },
    }),
    check,
  };
}

function checkOriginAccessControl(config: XmlElement): void {
  const types = ["s3", "mediastore", "mediapackagev2", "lambda"];
  const valid =
    types.includes(text(config, "OriginAccessControlOriginType")) &&
    ["always", "never", "no-override"].includes(text(config, "SigningBehavior")) &&
    text(config, "SigningProtocol") === "sigv4";
  if (!valid)
    throw new AwsError(400, "InvalidArgument", "The origin access control configuration is not valid.");
}

/**
 * With all TTLs 0 nothing is cached, so nothing may be in the key. AWS names the first parameter that is
 * (wording from reports of the error, not from the API reference).
 */
function checkCachePolicy(config: XmlElement): void {
  const ttl = (name: string, fallback: number): number => Number(text(config, name) || fallback);
  const minimum = ttl("MinTTL", 0);
  const standard = ttl("DefaultTTL", Math.max(86_400, minimum));
  const maximum = ttl("MaxTTL", Math.max(31_536_000, standard));
  if (minimum > standard || standard > maximum) {
    throw new AwsError(
      400,
      "InvalidArgument",
      "The parameters MinTTL, DefaultTTL and MaxTTL must be in ascending order.",
    );
  }
  const key = child(config, "ParametersInCacheKeyAndForwardedToOrigin");
  if (maximum > 0) return;
  const used = [
    ["HeaderBehavior", text(key, "HeadersConfig", "HeaderBehavior")],
    ["CookieBehavior", text(key, "CookiesConfig", "CookieBehavior")],
    ["QueryStringBehavior", text(key, "QueryStringsConfig", "QueryStringBehavior")],
    ["EnableAcceptEncodingGzip", text(key, "EnableAcceptEncodingGzip")],
    ["EnableAcceptEncodingBrotli", text(key, "EnableAcceptEncodingBrotli")],
  ].find(([, value]) => value !== "" && value !== "none" && value !== "false");
  if (used === undefined) return;
  throw new AwsError(
    400,
    "InvalidArgument",
    `The parameter ${used[0]} is invalid for policy with caching disabled.`,
  );
}

/** Create, read, update, delete and list for origin access controls and the three kinds of policies. */
export const configOperations: readonly Operation[] = configKinds.flatMap(operationsOf);

function operationsOf(description: KindDescription): readonly Operation[] {
  const { element, path, updatePath, plural } = description;
  const one = `${path}/{Id}`;
  const bind =
    (run: (kind: KindDescription, input: OperationInput) => OperationOutput) => (input: OperationInput) =>
      run(description, input);
  return [
    { name: `Create${element}`, method: "POST", path, run: bind(create) },
    { name: `Get${element}`, method: "GET", path: one, run: bind(get) },
    { name: `Get${element}Config`, method: "GET", path: `${one}/config`, run: bind(getConfig) },
    { name: `Update${element}`, method: "PUT", path: updatePath, run: bind(update) },
    { name: `Delete${element}`, method: "DELETE", path: one, run: bind(remove) },
    { name: `List${plural}`, method: "GET", path, run: bind(list) },
  ];
}

function create(kind: KindDescription, { account, body, now }: OperationInput): OperationOutput {
  const resources = account.configs[kind.kind];
  const config = readConfig(kind, body);
  const name = text(config, "Name");
  checkName(kind, resources.values(), name);
  const id = freshId(resources, (attempt) => kind.makeId(account.id, name, attempt));
  const resource = { id, config, ...nextVersion(id, now) };
  resources.set(id, resource);
  return { ...show(kind, resource, 201), headers: { location: `/2020-05-31${kind.path}/${id}` } };
}

function get(kind: KindDescription, input: OperationInput): OperationOutput {
  return show(kind, find(kind, input), 200);
}

function getConfig(kind: KindDescription, input: OperationInput): OperationOutput {
  const { config, etag } = find(kind, input);
  return answer(200, `${kind.element}Config`, config, etag);
}

function update(kind: KindDescription, input: OperationInput): OperationOutput {
  const { account, ifMatch, body, now } = input;
  const before = own(kind, input, "IllegalUpdate");
  checkVersion(before, ifMatch);
  const config = readConfig(kind, body);
  const resources = account.configs[kind.kind];
  const others = [...resources.values()].filter(({ id }) => id !== before.id);
  checkName(kind, others, text(config, "Name"));
  const resource = { id: before.id, config, ...nextVersion(before.id, now, before) };
  resources.set(before.id, resource);
  return show(kind, resource, 200);
}

function remove(kind: KindDescription, input: OperationInput): OperationOutput {
  const resource = own(kind, input, "IllegalDelete");
  checkVersion(resource, input.ifMatch);
  if (usedBy(input.account, kind.kind, resource.id) !== undefined) {
    throw new AwsError(
      409,
      `${kind.element}InUse`,
      `Cannot delete the ${kind.label} because it is attached to one or more distributions.`,
    );
  }
  input.account.configs[kind.kind].delete(resource.id);
  return noContent;
}

function list(kind: KindDescription, { account, query }: OperationInput): OperationOutput {
  const type = query.get("Type");
  const managed = [...managedPolicies(kind.kind).values()].map((resource) => kind.summary(resource, true));
  const custom = [...account.configs[kind.kind].values()].map((resource) => kind.summary(resource, false));
  const all = [...(type === "custom" ? [] : managed), ...(type === "managed" ? [] : custom)];
  const member = `${kind.element}Summary`;
  const paging: XmlElement = kind.kind === "originAccessControl" ? { Marker: "", IsTruncated: "false" } : {};
  const size = { MaxItems: String(Math.max(100, all.length)) };
  return answer(200, `${kind.element}List`, { ...paging, ...size, ...listOf(member, all) });
}

function show(kind: KindDescription, resource: ConfigResource, status: number): OperationOutput {
  const value = { Id: resource.id, ...kind.extra(resource), [`${kind.element}Config`]: resource.config };
  return answer(status, kind.element, value, resource.etag);
}

function find(kind: KindDescription, { account, params }: OperationInput): ConfigResource {
  const id = params.Id ?? "";
  const resource = account.configs[kind.kind].get(id) ?? managedPolicies(kind.kind).get(id);
  if (resource === undefined) {
    throw new AwsError(404, `NoSuch${kind.element}`, `The ${kind.label} does not exist: ${id}`);
  }
  return resource;
}

/** The resource, unless it is AWS's. */
function own(kind: KindDescription, input: OperationInput, code: string): ConfigResource {
  const resource = find(kind, input);
  if (managedPolicies(kind.kind).has(resource.id)) {
    throw new AwsError(400, code, `The ${kind.label} ${resource.id} is managed by AWS.`);
  }
  return resource;
}

function readConfig(kind: KindDescription, body: Buffer): XmlElement {
  const { root, content } = parseXml(body);
  if (root !== `${kind.element}Config` || text(content, "Name") === "") {
    throw new AwsError(400, "InvalidArgument", `A ${kind.element}Config with a Name is required.`);
  }
  kind.check(content);
  return content;
}

function checkName(kind: KindDescription, others: Iterable<ConfigResource>, name: string): void {
  if ([...others].every(({ config }) => text(config, "Name") !== name)) return;
  throw new AwsError(409, `${kind.element}AlreadyExists`, `The ${kind.label} ${name} already exists.`);
}
