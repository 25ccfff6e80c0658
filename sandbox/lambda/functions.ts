import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../http";
import type { Code } from "./code";
import {
  type Body,
  changedSettings,
  describeVersion,
  lambdaTime,
  newSettings,
  type Version,
} from "./configuration";
import { type FunctionId, functionArn, latestVersion } from "./names";
import { type FunctionState, type Operation, type OperationContext, ok, resolveVersion } from "./store";

function stamp(): Pick<Version, "lastModified" | "revisionId"> {
  return { lastModified: lambdaTime(new Date()), revisionId: randomUUID() };
}

function codeOf({ codeStore }: OperationContext, code: Body): Code {
  if (typeof code.ZipFile !== "string") {
    throw new AwsError(
      400,
      "InvalidParameterValueException",
      "the sandbox takes code as ZipFile only, not from S3 and not as an image",
    );
  }
  return codeStore.add(Buffer.from(code.ZipFile, "base64"));
}

/** The published version that $LATEST would become: the last one when nothing changed since, as Lambda does it. */
function publish({ store }: OperationContext, state: FunctionState, description?: string): FunctionState {
  const last = state.published.at(-1);
  const { latest } = state;
  const settings = description ? { ...latest.settings, Description: description } : latest.settings;
  if (last && last.code.sha256 === latest.code.sha256 && isDeepStrictEqual(last.settings, settings))
    return state;
  const version = { ...latest, ...stamp(), settings, version: store.nextVersion(state.id) };
  return { ...state, published: [...state.published, version] };
}

function describeLast(state: FunctionState): Body {
  return describeVersion(state.id, state.published.at(-1) ?? state.latest);
}

/** CreateFunction, from a zip in the request. */
export const createFunction: Operation = (context) => {
  const { store, id, body } = context;
  if (store.find(id))
    throw new AwsError(409, "ResourceConflictException", `Function already exist: ${id.name}`);
  const settings = newSettings(id, body);
  const code = codeOf(context, (body.Code ?? {}) as Body);
  const created: FunctionState = {
    id,
    latest: { version: latestVersion, settings, code, ...stamp() },
    published: [],
    aliases: new Map(),
    urls: new Map(),
    policies: new Map(),
    tags: (body.Tags ?? {}) as Body,
  };
  const state = body.Publish === true ? publish(context, created) : created;
  store.put(state);
  return ok(describeLast(state), 201);
};

/** UpdateFunctionCode; new code for $LATEST, published at once if the request says so. */
export const updateFunctionCode: Operation = (context) => {
  const { store, id, body } = context;
  const before = store.get(id);
  const code = codeOf(context, body);
  const Architectures = (body.Architectures as readonly string[]) ?? before.latest.settings.Architectures;
  const settings = { ...before.latest.settings, Architectures };
  const latest = { version: latestVersion, settings, code, ...stamp() };
  if (body.DryRun === true) return ok(describeVersion(id, latest));
  const changed = { ...before, latest };
  const state = body.Publish === true ? publish(context, changed) : changed;
  store.put(state);
  return ok(body.Publish === true ? describeLast(state) : describeVersion(id, latest));
};

/** UpdateFunctionConfiguration of $LATEST. */
export const updateFunctionConfiguration: Operation = ({ store, id, body }) => {
  const before = store.get(id);
  const latest = { ...before.latest, settings: changedSettings(before.latest.settings, body), ...stamp() };
  store.put({ ...before, latest });
  return ok(describeVersion(id, latest));
};

/** PublishVersion. */
export const publishVersion: Operation = (context) => {
  const { store, id, body } = context;
  const before = store.get(id);
  if (body.CodeSha256 && body.CodeSha256 !== before.latest.code.sha256) {
    throw new AwsError(
      400,
      "InvalidParameterValueException",
      "CodeSHA256 is different from current CodeSHA256 in $LATEST.",
    );
  }
  const state = publish(context, before, body.Description as string | undefined);
  store.put(state);
  return ok(describeLast(state), 201);
};

/** GetFunction. */
export const getFunction: Operation = ({ store, id, qualifier, endpoint }) => {
  const state = store.get(id);
  const version = resolveVersion(state, qualifier);
  const { reservedConcurrency } = state;
  return ok({
    Configuration: describeVersion(id, version, qualifier),
    Code: { RepositoryType: "S3", Location: `${endpoint()}/_sandbox/code/${version.code.file}` },
    Tags: state.tags,
    ...(reservedConcurrency !== undefined && {
      Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
    }),
  });
};

/** GetFunctionConfiguration. */
export const getFunctionConfiguration: Operation = ({ store, id, qualifier }) =>
  ok(describeVersion(id, resolveVersion(store.get(id), qualifier), qualifier));

/** ListFunctions of the caller's account and region, in one page. */
export const listFunctions: Operation = ({ store, call }) =>
  ok({
    Functions: store
      .list()
      .filter(({ id }) => id.account === call.account && id.region === call.region)
      .map(({ id, latest }) => describeVersion(id, latest)),
  });

/** ListVersionsByFunction in one page, $LATEST first. */
export const listVersionsByFunction: Operation = ({ store, id }) => {
  const { latest, published } = store.get(id);
  return ok({
    Versions: [latest, ...published].map((version) => ({
      ...describeVersion(id, version),
      FunctionArn: `${functionArn(id)}:${version.version}`,
    })),
  });
};

/**
 * Nothing is deleted while CloudFront has replicas of it, nor for a while after.
 *
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html; the words, and that
 * they name a version where the whole function is to go, are from hashicorp/terraform-provider-aws 1721 and
 * aws-samples/cloudfront-authorization-at-edge 246.
 *
 * @throws {AwsError} 400
 */
function checkNotReplicated(
  { replicas }: OperationContext,
  id: FunctionId,
  versions: readonly Version[],
): void {
  const arn = versions.map(({ version }) => functionArn(id, version)).find(replicas.isReplicated);
  if (arn === undefined) return;
  throw new AwsError(
    400,
    "InvalidParameterValueException",
    `Lambda was unable to delete ${arn} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`,
  );
}

/** DeleteFunction, or of one version of it. */
export const deleteFunction: Operation = (context) => {
  const { store, id, qualifier } = context;
  const state = store.get(id);
  if (qualifier === undefined) {
    checkNotReplicated(context, id, state.published);
    store.remove(id);
    return ok(undefined, 204);
  }
  const resolved = resolveVersion(state, qualifier);
  const { version } = resolved;
  const users = [...state.aliases.values()].filter((alias) => alias.version === version);
  if (version === latestVersion || users.length > 0) {
    const names = users.map(({ name }) => name).join(", ");
    throw new AwsError(
      409,
      "ResourceConflictException",
      version === latestVersion
        ? "$LATEST version cannot be deleted without deleting the function."
        : `Version ${functionArn(id, version)} is used by the aliases ${names}`,
    );
  }
  checkNotReplicated(context, id, [resolved]);
  store.put({ ...state, published: state.published.filter((one) => one.version !== version) });
  return ok(undefined, 204);
};

/** PutFunctionConcurrency: how many invocations may run at once, over all versions. */
export const putConcurrency: Operation = ({ store, id, body }) => {
  const reserved = Number(body.ReservedConcurrentExecutions);
  if (!Number.isInteger(reserved) || reserved < 0) {
    throw new AwsError(
      400,
      "InvalidParameterValueException",
      "ReservedConcurrentExecutions is not a whole number",
    );
  }
  store.put({ ...store.get(id), reservedConcurrency: reserved });
  return ok({ ReservedConcurrentExecutions: reserved });
};

/** GetFunctionConcurrency. */
export const getConcurrency: Operation = ({ store, id }) => {
  const { reservedConcurrency } = store.get(id);
  return ok(reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency });
};

/** DeleteFunctionConcurrency. */
export const deleteConcurrency: Operation = ({ store, id }) => {
  store.put({ ...store.get(id), reservedConcurrency: undefined });
  return ok(undefined, 204);
};

/** ListTags of a function. */
export const listTags: Operation = ({ store, id }) => ok({ Tags: store.get(id).tags });

/** TagResource. */
export const tagResource: Operation = ({ store, id, body }) => {
  const state = store.get(id);
  store.put({ ...state, tags: { ...state.tags, ...(body.Tags as Body) } });
  return ok(undefined, 204);
};

/** UntagResource. */
export const untagResource: Operation = ({ store, id, query }) => {
  const state = store.get(id);
  const gone = new Set(query.getAll("tagKeys"));
  const tags = Object.fromEntries(Object.entries(state.tags).filter(([key]) => !gone.has(key)));
  store.put({ ...state, tags });
  return ok(undefined, 204);
};

/** GetFunctionCodeSigningConfig: never one. */
export const getCodeSigningConfig: Operation = ({ store, id }) =>
  ok({ FunctionName: store.get(id).id.name, CodeSigningConfigArn: "" });
