import { type AwsCall, AwsError } from "../http";
import { createAlias, deleteAlias, getAlias, listAliases, updateAlias } from "./aliases";
import {
  createFunction,
  deleteConcurrency,
  deleteFunction,
  getCodeSigningConfig,
  getConcurrency,
  getFunction,
  getFunctionConfiguration,
  listFunctions,
  listTags,
  listVersionsByFunction,
  publishVersion,
  putConcurrency,
  tagResource,
  untagResource,
  updateFunctionCode,
  updateFunctionConfiguration,
} from "./functions";
import { addPermission, getPolicy, removePermission } from "./permissions";
import type { Operation } from "./store";
import {
  createUrlConfig,
  deleteUrlConfig,
  getUrlConfig,
  listUrlConfigs,
  updateUrlConfig,
} from "./url-configs";

/** Invoke is the one operation that runs code, and is not a mere change of the store. */
type Action = Operation | "invoke";

/**
 * Lambda's REST API, as far as the sandbox serves it; paths from https://docs.aws.amazon.com/lambda/latest/api/.
 * `{f}` is a function reference, `{i}` one more path element.
 */
const routes: readonly (readonly [method: string, path: string, action: Action])[] = [
  ["GET", "/2015-03-31/functions", listFunctions],
  ["POST", "/2015-03-31/functions", createFunction],
  ["GET", "/2015-03-31/functions/{f}", getFunction],
  ["DELETE", "/2015-03-31/functions/{f}", deleteFunction],
  ["PUT", "/2015-03-31/functions/{f}/code", updateFunctionCode],
  ["GET", "/2015-03-31/functions/{f}/configuration", getFunctionConfiguration],
  ["PUT", "/2015-03-31/functions/{f}/configuration", updateFunctionConfiguration],
  ["GET", "/2015-03-31/functions/{f}/versions", listVersionsByFunction],
  ["POST", "/2015-03-31/functions/{f}/versions", publishVersion],
  ["POST", "/2015-03-31/functions/{f}/invocations", "invoke"],
  ["GET", "/2015-03-31/functions/{f}/aliases", listAliases],
  ["POST", "/2015-03-31/functions/{f}/aliases", createAlias],
  ["GET", "/2015-03-31/functions/{f}/aliases/{i}", getAlias],
  ["PUT", "/2015-03-31/functions/{f}/aliases/{i}", updateAlias],
  ["DELETE", "/2015-03-31/functions/{f}/aliases/{i}", deleteAlias],
  ["GET", "/2015-03-31/functions/{f}/policy", getPolicy],
  ["POST", "/2015-03-31/functions/{f}/policy", addPermission],
  ["DELETE", "/2015-03-31/functions/{f}/policy/{i}", removePermission],
  ["GET", "/2021-10-31/functions/{f}/url", getUrlConfig],
  ["POST", "/2021-10-31/functions/{f}/url", createUrlConfig],
  ["PUT", "/2021-10-31/functions/{f}/url", updateUrlConfig],
  ["DELETE", "/2021-10-31/functions/{f}/url", deleteUrlConfig],
  ["GET", "/2021-10-31/functions/{f}/urls", listUrlConfigs],
  ["PUT", "/2017-10-31/functions/{f}/concurrency", putConcurrency],
  ["DELETE", "/2017-10-31/functions/{f}/concurrency", deleteConcurrency],
  ["GET", "/2019-09-30/functions/{f}/concurrency", getConcurrency],
  ["GET", "/2020-06-30/functions/{f}/code-signing-config", getCodeSigningConfig],
  ["GET", "/2017-03-31/tags/{f}", listTags],
  ["POST", "/2017-03-31/tags/{f}", tagResource],
  ["DELETE", "/2017-03-31/tags/{f}", untagResource],
];

const compiled = routes.map(([method, path, action]) => ({
  method,
  action,
  pattern: new RegExp(`^${path.replace("{f}", "(?<reference>[^/]+)").replace("{i}", "(?<item>[^/]+)")}/?$`),
}));

/** What a call asks for. */
export interface Route {
  readonly action: Action;
  /** The function reference in the path, decoded; absent when the path names none. */
  readonly reference?: string;
  /** Decoded; empty when there is none. */
  readonly item: string;
  readonly query: URLSearchParams;
}

/**
 * Finds the operation that a call asks for.
 *
 * @throws {AwsError} 400 NotImplemented for one that the sandbox does not serve
 */
export function route(call: AwsCall): Route {
  const [path = "", query] = call.path.split("?", 2);
  for (const { method, pattern, action } of compiled) {
    const groups = method === call.method ? pattern.exec(path) : null;
    if (!groups) continue;
    const { reference, item } = groups.groups ?? {};
    return {
      action,
      reference: reference === undefined ? undefined : decodeURIComponent(reference),
      item: decodeURIComponent(item ?? ""),
      query: new URLSearchParams(query),
    };
  }
  throw new AwsError(400, "NotImplemented", `the sandbox does not serve lambda ${call.method} ${path}`);
}
