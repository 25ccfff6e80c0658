import { type AwsCall, notServed } from "../http";
import { findOperation } from "../protocols/rest";
import { getAccountSettings } from "./account-settings";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./aliases";
import {
  createMapping,
  deleteMapping,
  getMapping,
  listMappings,
  listTagsOf,
  type MappingOperation,
  tagAny,
  untagAny,
  updateMapping,
} from "./event-source-mappings";
import {
  createFunction,
  deleteConcurrency,
  deleteFunction,
  getCodeSigningConfig,
  getConcurrency,
  getFunction,
  getFunctionConfiguration,
  listFunctions,
  listVersionsByFunction,
  publishVersion,
  putConcurrency,
  updateFunctionCode,
  updateFunctionConfiguration,
} from "./functions";
import { addPermission, getPolicy, removePermission } from "./permissions";
import {
  createUrlConfig,
  deleteUrlConfig,
  getUrlConfig,
  listUrlConfigs,
  updateUrlConfig,
} from "./url-configs";

/** Invoke is the one operation that runs code, and is not a mere change of what is stored. */
type Action = MappingOperation | "invoke";

/**
 * Lambda's REST API, as far as the sandbox serves it; paths from https://docs.aws.amazon.com/lambda/latest/api/.
 * `{Function}` is a function reference, `{Item}` the name of an alias, or the id of a statement or a mapping.
 */
const table: readonly (readonly [name: string, method: string, path: string, action: Action])[] = [
  ["ListFunctions", "GET", "/2015-03-31/functions", listFunctions],
  ["CreateFunction", "POST", "/2015-03-31/functions", createFunction],
  ["GetFunction", "GET", "/2015-03-31/functions/{Function}", getFunction],
  ["DeleteFunction", "DELETE", "/2015-03-31/functions/{Function}", deleteFunction],
  ["UpdateFunctionCode", "PUT", "/2015-03-31/functions/{Function}/code", updateFunctionCode],
  [
    "GetFunctionConfiguration",
    "GET",
    "/2015-03-31/functions/{Function}/configuration",
    getFunctionConfiguration,
  ],
  [
    "UpdateFunctionConfiguration",
    "PUT",
    "/2015-03-31/functions/{Function}/configuration",
    updateFunctionConfiguration,
  ],
  ["ListVersionsByFunction", "GET", "/2015-03-31/functions/{Function}/versions", listVersionsByFunction],
  ["PublishVersion", "POST", "/2015-03-31/functions/{Function}/versions", publishVersion],
  ["Invoke", "POST", "/2015-03-31/functions/{Function}/invocations", "invoke"],
  ["ListAliases", "GET", "/2015-03-31/functions/{Function}/aliases", listAliases],
  ["CreateAlias", "POST", "/2015-03-31/functions/{Function}/aliases", createAlias],
  ["GetAlias", "GET", "/2015-03-31/functions/{Function}/aliases/{Item}", getAlias],
  ["UpdateAlias", "PUT", "/2015-03-31/functions/{Function}/aliases/{Item}", updateAlias],
  ["DeleteAlias", "DELETE", "/2015-03-31/functions/{Function}/aliases/{Item}", deleteAlias],
  ["GetPolicy", "GET", "/2015-03-31/functions/{Function}/policy", getPolicy],
  ["AddPermission", "POST", "/2015-03-31/functions/{Function}/policy", addPermission],
  ["RemovePermission", "DELETE", "/2015-03-31/functions/{Function}/policy/{Item}", removePermission],
  ["GetFunctionUrlConfig", "GET", "/2021-10-31/functions/{Function}/url", getUrlConfig],
  ["CreateFunctionUrlConfig", "POST", "/2021-10-31/functions/{Function}/url", createUrlConfig],
  ["UpdateFunctionUrlConfig", "PUT", "/2021-10-31/functions/{Function}/url", updateUrlConfig],
  ["DeleteFunctionUrlConfig", "DELETE", "/2021-10-31/functions/{Function}/url", deleteUrlConfig],
  ["ListFunctionUrlConfigs", "GET", "/2021-10-31/functions/{Function}/urls", listUrlConfigs],
  ["PutFunctionConcurrency", "PUT", "/2017-10-31/functions/{Function}/concurrency", putConcurrency],
  ["DeleteFunctionConcurrency", "DELETE", "/2017-10-31/functions/{Function}/concurrency", deleteConcurrency],
  ["GetFunctionConcurrency", "GET", "/2019-09-30/functions/{Function}/concurrency", getConcurrency],
  [
    "GetFunctionCodeSigningConfig",
    "GET",
    "/2020-06-30/functions/{Function}/code-signing-config",
    getCodeSigningConfig,
  ],
  ["GetAccountSettings", "GET", "/2016-08-19/account-settings", getAccountSettings],
  ["CreateEventSourceMapping", "POST", "/2015-03-31/event-source-mappings", createMapping],
  ["ListEventSourceMappings", "GET", "/2015-03-31/event-source-mappings", listMappings],
  ["GetEventSourceMapping", "GET", "/2015-03-31/event-source-mappings/{Item}", getMapping],
  ["UpdateEventSourceMapping", "PUT", "/2015-03-31/event-source-mappings/{Item}", updateMapping],
  ["DeleteEventSourceMapping", "DELETE", "/2015-03-31/event-source-mappings/{Item}", deleteMapping],
  ["ListTags", "GET", "/2017-03-31/tags/{Function}", listTagsOf],
  ["TagResource", "POST", "/2017-03-31/tags/{Function}", tagAny],
  ["UntagResource", "DELETE", "/2017-03-31/tags/{Function}", untagAny],
];

/** The operations of Lambda. */
export const lambdaOperations = table.map(([name, method, path, action]) => ({ name, method, path, action }));

/** What a call asks for. */
export interface Route {
  readonly action: Action;
  /** The function reference in the path; absent when the path names none. */
  readonly reference?: string;
  /** Empty when there is none. */
  readonly item: string;
  readonly query: URLSearchParams;
}

/**
 * Finds the operation that a call asks for.
 *
 * @throws {AwsError} 400 NotImplemented for one that the sandbox does not serve
 */
export function route(call: AwsCall): Route {
  const found = findOperation(lambdaOperations, call);
  if (!found) throw notServed(`lambda ${call.method} ${call.path.split("?")[0]}`);
  const { operation, params, query } = found;
  return { action: operation.action, reference: params.Function, item: params.Item ?? "", query };
}
