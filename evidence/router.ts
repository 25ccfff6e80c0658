import { createContext, Script } from "node:vm";

/** What the router learns of a request. */
export interface RouterRequest {
  readonly method: string;
  readonly path: string;
  /** What CloudFront says in `CloudFront-Viewer-Country`; undefined where it does not know. */
  readonly country?: string;
  /** Region that the edge location belongs to, where it is known. */
  readonly edgeRegion?: string;
  /** What the key-value store holds, by key. */
  readonly stored: Readonly<Record<string, string>>;
  /** What of CloudFront's own does not work during the request. */
  readonly fault?: Fault;
}

/**
 * What throws instead of working: reading the key-value store, `createRequestOriginGroup`, `selectRequestOriginById`, or
 * all of them.
 */
export type Fault = "store" | "group" | "origin" | "everything";

/** What the router decided. */
export type Decision =
  | {
      readonly kind: "origins";
      /** One, or a pair of which the second is asked where the first fails. Empty where the router chose none. */
      readonly ids: readonly string[];
      /** Status codes on which the second is asked. */
      readonly failoverOn: readonly number[];
      /** The value of `x-meridian-zone` that the request goes on with. */
      readonly zone?: string;
      /** Whether it goes on with the request's own id, and not with what the viewer sent. */
      readonly hasOwnId: boolean;
      /** What it goes on with as the viewer's `Authorization`. */
      readonly authorization?: string;
      /** Whether its answer is kept for no other: its own id is where {@link privateHeader} says so. */
      readonly isPrivate: boolean;
    }
  /** The router answered itself. */
  | { readonly kind: "answer"; readonly status: number }
  /** What CloudFront would answer with an error of its own, or what cannot be followed. */
  | { readonly kind: "error"; readonly message: string };

/** The same text for the same decision. */
export function decisionKey(decision: Decision): string {
  if (decision.kind === "answer") return `answer ${decision.status}`;
  if (decision.kind === "error") return `error ${decision.message}`;
  return `${decision.ids} ${decision.failoverOn} ${decision.zone} ${decision.hasOwnId} ${decision.authorization} ${decision.isPrivate}`;
}

/** Runs a router: the very code that is deployed. */
export type RunRouter = (request: RouterRequest) => Promise<Decision>;

/** The header that a router writes a viewer's zone into. */
export const zoneHeader = "x-meridian-zone";

/** The header that a router writes an id of the request into, so that no other request has the same cache key. */
export const requestHeader = "x-meridian-request";

/** The header that carries a viewer's `Authorization`, whose own place CloudFront's signature takes. */
export const authorizationHeader = "x-meridian-authorization";

/** The header that a router writes an id into where a request has an `Authorization`, for routes whose answers are kept. */
export const privateHeader = "x-meridian-private";

/**
 * What a request of the drill has as its `Authorization`: about every other one has, of each method.
 *
 * @param country of the viewer, as far as the router is told
 */
export function authorizationOf(method: string, country: string | undefined): string | undefined {
  const isOdd = ((country?.charCodeAt(1) ?? 0) + method.length) % 2 === 1;
  return isOdd ? "Bearer of the viewer" : undefined;
}

/** What every request of the drill brings along as its zone: a viewer may send anything. */
export const forgedZone = "forged";

const requestId = "request-1";

type Handler = (event: unknown) => unknown;

/** What the code has asked CloudFront for during one request. */
interface Choice {
  ids: readonly string[];
  failoverOn: readonly number[];
  mistake?: string;
}

/**
 * Loads a router into a context of its own, without anything of Node.js. It is compiled once, and a request costs
 * microseconds.
 *
 * @throws {Error} the code cannot be loaded
 */
export function loadRouter(code: string): RunRouter {
  let request: RouterRequest | undefined;
  let choice: Choice = { ids: [], failoverOn: [] };
  const failIf = (...faults: readonly Fault[]) => {
    if (request?.fault && [...faults, "everything"].includes(request.fault)) throw strange;
  };
  const cloudfront = {
    kvs: () => ({
      get: async (key: string) => {
        failIf("store");
        const value = request?.stored[key];
        if (value === undefined) throw noKey;
        return value;
      },
      exists: async (key: string) => {
        failIf("store");
        return request?.stored[key] !== undefined;
      },
    }),
    get edgeLocation() {
      return { name: "EDGE", serverIp: "192.0.2.1", region: request?.edgeRegion };
    },
    selectRequestOriginById: (id: unknown) => {
      failIf("origin");
      choice.ids = [String(id)];
      choice.failoverOn = [];
    },
    createRequestOriginGroup: (group: OriginGroup) => {
      failIf("group");
      choice.ids = group.originIds.map(({ originId }) => String(originId));
      choice.failoverOn = [...group.failoverCriteria.statusCodes].map(Number);
      if (choice.ids.length !== 2) choice.mistake = `makes a group of ${choice.ids.length} origins`;
    },
    updateRequestOrigin: () => {
      choice.mistake = "changes an origin (updateRequestOrigin), and there is no telling where that leads";
    },
  };
  const handler = compile(code)(cloudfront, { log: () => {} });
  return async (asked) => {
    request = asked;
    choice = { ids: [], failoverOn: [] };
    try {
      const result = await handler(viewerRequest(asked));
      return choice.mistake ? { kind: "error", message: choice.mistake } : decisionOf(result, choice);
    } catch (error) {
      return { kind: "error", message: `throws: ${error instanceof Error ? error.message : typeof error}` };
    }
  };
}

/** Made once: with nothing drained every request meets it, and a stack trace costs as much as the router. */
const noKey = new Error("no such key");

/** What is no error, and has nothing that one has. */
const strange: unknown = Object.freeze(Object.create(null));

interface OriginGroup {
  readonly originIds: readonly { readonly originId: unknown }[];
  readonly failoverCriteria: { readonly statusCodes: readonly unknown[] };
}

function compile(code: string): (cloudfront: object, console: object) => Handler {
  const [line = "", name = "__cloudfront"] =
    /^\s*import\s+([\w$]+)\s+from\s*["']cloudfront["'];?/.exec(code) ?? [];
  const source = `(function (${name}, console) { "use strict"; ${code.slice(line.length)}\n;return handler; })`;
  return new Script(source, { filename: "router.js" }).runInContext(createContext({}));
}

/** The event that CloudFront makes of a request: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html */
function viewerRequest({ country, method, path }: RouterRequest): object {
  const authorization = authorizationOf(method, country);
  const headers = {
    host: { value: "d111111abcdef8.cloudfront.net" },
    [zoneHeader]: { value: forgedZone },
    [requestHeader]: { value: "forged" },
    [authorizationHeader]: { value: "Bearer forged" },
    [privateHeader]: { value: "forged" },
    ...(authorization !== undefined && { authorization: { value: authorization } }),
  };
  return {
    version: "1.0",
    context: { eventType: "viewer-request", requestId },
    viewer: { ip: "198.51.100.1" },
    request: {
      method,
      uri: path,
      querystring: {},
      cookies: {},
      headers:
        country === undefined ? headers : { ...headers, "cloudfront-viewer-country": { value: country } },
    },
  };
}

function decisionOf(result: unknown, { failoverOn, ids }: Choice): Decision {
  if (typeof result !== "object" || result === null) return { kind: "error", message: "returns nothing" };
  const { headers, method, statusCode } = result as Answer;
  if (typeof statusCode === "number") return { kind: "answer", status: statusCode };
  if (method === undefined) return { kind: "error", message: "returns neither a request nor a response" };
  return {
    kind: "origins",
    ids,
    failoverOn,
    zone: headers?.[zoneHeader]?.value,
    hasOwnId: headers?.[requestHeader]?.value === requestId,
    authorization: headers?.[authorizationHeader]?.value,
    isPrivate: headers?.[privateHeader]?.value === requestId,
  };
}

/** What a handler returns: a request to go on with, or an answer. */
interface Answer {
  readonly statusCode?: number;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, { readonly value?: string } | undefined>>;
}
