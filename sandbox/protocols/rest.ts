import type { HttpRequest } from "../http";

/** An operation of a REST API, and how it is found. */
export interface RestOperation {
  /** As AWS names it, e.g. `GetDistribution`. */
  readonly name: string;
  readonly method: string;
  /** With the version of the API; `{Id}` stands for any one element, e.g. `/2020-05-31/distribution/{Id}`. */
  readonly path: string;
  /** Tells operations with one method and path apart. @default any query will do */
  readonly when?: (query: URLSearchParams) => boolean;
}

/** What a request asks for. */
export interface RestMatch<T extends RestOperation> {
  readonly operation: T;
  /** Values of the `{...}` elements of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

function match(template: string, parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  const wanted = template.split("/").slice(1);
  if (wanted.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const name = /^\{(.+)\}$/.exec(wanted[index] ?? "")?.[1];
    if (name !== undefined) params[name] = decodeURIComponent(part);
    else if (wanted[index] !== part) return undefined;
  }
  return params;
}

/** The first of the operations that fits a request; a slash at the end of the path makes no difference. */
export function findOperation<T extends RestOperation>(
  operations: readonly T[],
  { method, path }: Pick<HttpRequest, "method" | "path">,
): RestMatch<T> | undefined {
  const [pathname = "", search = ""] = path.split(/\?(.*)/s);
  const query = new URLSearchParams(search);
  const parts = pathname.split("/").filter((part) => part !== "");
  for (const operation of operations) {
    const params = operation.method === method ? match(operation.path, parts) : undefined;
    if (params !== undefined && operation.when?.(query) !== false) return { operation, params, query };
  }
  return undefined;
}
