import { AwsError } from "../http";
import type { Body } from "./configuration";
import { type FunctionId, functionArn, functionUrlId, latestVersion } from "./names";
import { type FunctionState, notFound, type Operation, ok, type UrlConfig } from "./store";

/** The address of a function's URL, `https://<id>.lambda-url.<region>.on.aws/`. */
export function functionUrl(id: FunctionId, qualifier: string): string {
  return `https://${functionUrlId(id, qualifier)}.lambda-url.${id.region}.on.aws/`;
}

function describeUrl(id: FunctionId, qualifier: string, config: UrlConfig): Body {
  return {
    FunctionUrl: functionUrl(id, qualifier),
    FunctionArn: functionArn(id, qualifier),
    AuthType: config.authType,
    Cors: config.cors,
    CreationTime: config.created,
    LastModifiedTime: config.modified,
    InvokeMode: config.invokeMode,
  };
}

function checked(body: Body): Pick<UrlConfig, "authType" | "invokeMode" | "cors"> {
  const { AuthType, InvokeMode, Cors } = body;
  if (AuthType !== "AWS_IAM" && AuthType !== "NONE") {
    throw new AwsError(400, "ValidationException", `AuthType '${AuthType}' is not one of AWS_IAM, NONE`);
  }
  if (InvokeMode !== "BUFFERED" && InvokeMode !== "RESPONSE_STREAM") {
    throw new AwsError(
      400,
      "ValidationException",
      `InvokeMode '${InvokeMode}' is not one of BUFFERED, RESPONSE_STREAM`,
    );
  }
  return { authType: AuthType, invokeMode: InvokeMode, cors: Cors };
}

function existing(state: FunctionState, qualifier: string): UrlConfig {
  const config = state.urls.get(qualifier);
  if (!config)
    throw new AwsError(404, "ResourceNotFoundException", "The resource you requested does not exist.");
  return config;
}

function put(state: FunctionState, qualifier: string, config: UrlConfig): FunctionState {
  return { ...state, urls: new Map(state.urls).set(qualifier, config) };
}

/** CreateFunctionUrlConfig for the function itself or for one alias. */
export const createUrlConfig: Operation = ({ store, id, qualifier = latestVersion, body }) => {
  const state = store.get(id);
  if (qualifier !== latestVersion && !state.aliases.has(qualifier)) throw notFound(id, qualifier);
  if (state.urls.has(qualifier)) {
    const arn = functionArn(id, qualifier);
    throw new AwsError(
      409,
      "ResourceConflictException",
      `FunctionUrlConfig exists for this Lambda function: ${arn}`,
    );
  }
  const now = new Date().toISOString();
  const config = { ...checked({ InvokeMode: "BUFFERED", ...body }), created: now, modified: now };
  store.put(put(state, qualifier, config));
  return ok(describeUrl(id, qualifier, config), 201);
};

/** UpdateFunctionUrlConfig; what the request leaves out stays. */
export const updateUrlConfig: Operation = ({ store, id, qualifier = latestVersion, body }) => {
  const state = store.get(id);
  const before = existing(state, qualifier);
  const sent = checked({ AuthType: before.authType, InvokeMode: before.invokeMode, ...body });
  const config = { ...before, ...sent, cors: sent.cors ?? before.cors, modified: new Date().toISOString() };
  store.put(put(state, qualifier, config));
  return ok(describeUrl(id, qualifier, config));
};

/** GetFunctionUrlConfig. */
export const getUrlConfig: Operation = ({ store, id, qualifier = latestVersion }) =>
  ok(describeUrl(id, qualifier, existing(store.get(id), qualifier)));

/** ListFunctionUrlConfigs in one page. */
export const listUrlConfigs: Operation = ({ store, id }) =>
  ok({ FunctionUrlConfigs: [...store.get(id).urls].map(([name, config]) => describeUrl(id, name, config)) });

/** DeleteFunctionUrlConfig. */
export const deleteUrlConfig: Operation = ({ store, id, qualifier = latestVersion }) => {
  const state = store.get(id);
  existing(state, qualifier);
  store.put({ ...state, urls: new Map([...state.urls].filter(([name]) => name !== qualifier)) });
  return ok(undefined, 204);
};
