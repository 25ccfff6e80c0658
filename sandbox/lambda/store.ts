import { type AwsCall, AwsError, type HttpResponse } from "../http";
import type { Limits } from "../limits";
import { jsonAnswer } from "../protocols/json";
import type { CodeStore } from "./code";
import type { Body, Version } from "./configuration";
import { type FunctionId, functionArn, functionUrlId, latestVersion } from "./names";
import type { Replicas } from "./replicas";

/** A name for a version. */
export interface Alias {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly routingConfig?: unknown;
  readonly revisionId: string;
}

/** A function URL's settings. */
export interface UrlConfig {
  readonly authType: "AWS_IAM" | "NONE";
  readonly invokeMode: "BUFFERED" | "RESPONSE_STREAM";
  readonly cors?: unknown;
  readonly created: string;
  readonly modified: string;
}

/** One statement of a function's resource policy, in IAM's words. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Principal: "*" | { readonly AWS: string } | { readonly Service: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A resource policy; every qualifier of a function has its own. */
export interface Policy {
  readonly statements: readonly Statement[];
  readonly revisionId: string;
}

/** All that is known of one function. Never changed in place: an operation puts a new one into the store. */
export interface FunctionState {
  readonly id: FunctionId;
  readonly latest: Version;
  /** Oldest first. */
  readonly published: readonly Version[];
  readonly aliases: ReadonlyMap<string, Alias>;
  /** By alias name, or `$LATEST` for the function itself. */
  readonly urls: ReadonlyMap<string, UrlConfig>;
  /** By alias name or version, or `$LATEST` for the function itself. */
  readonly policies: ReadonlyMap<string, Policy>;
  readonly tags: Body;
  readonly reservedConcurrency?: number;
}

/** A function URL and what it stands for. */
export interface FoundUrl {
  readonly state: FunctionState;
  readonly qualifier: string;
  readonly config: UrlConfig;
}

/** The functions of every account and region. */
export interface Store {
  readonly find: (id: FunctionId) => FunctionState | undefined;
  /** @throws {AwsError} 404 */
  readonly get: (id: FunctionId) => FunctionState;
  readonly put: (state: FunctionState) => void;
  readonly remove: (id: FunctionId) => void;
  readonly list: () => readonly FunctionState[];
  /** The function URL with this id, in this region. */
  readonly findUrl: (urlId: string, region: string) => FoundUrl | undefined;
  /** A version number that this function's name never had, even if it was deleted meanwhile, as Lambda promises. */
  readonly nextVersion: (id: FunctionId) => string;
}

/** An empty store. */
export function createStore(): Store {
  const functions = new Map<string, FunctionState>();
  const versions = new Map<string, number>();
  const list = () => [...functions.values()];
  return {
    find: (id) => functions.get(functionArn(id)),
    get(id) {
      const state = functions.get(functionArn(id));
      if (!state) throw notFound(id);
      return state;
    },
    put: (state) => void functions.set(functionArn(state.id), state),
    remove: (id) => void functions.delete(functionArn(id)),
    list,
    findUrl(urlId, region) {
      for (const state of list()) {
        if (state.id.region !== region) continue;
        for (const [qualifier, config] of state.urls) {
          if (functionUrlId(state.id, qualifier) === urlId) return { state, qualifier, config };
        }
      }
      return undefined;
    },
    nextVersion(id) {
      const next = (versions.get(functionArn(id)) ?? 0) + 1;
      versions.set(functionArn(id), next);
      return String(next);
    },
  };
}

/** What Lambda answers when a function, or the version or alias of it, does not exist. */
export function notFound(id: FunctionId, qualifier?: string): AwsError {
  return new AwsError(404, "ResourceNotFoundException", `Function not found: ${functionArn(id, qualifier)}`);
}

/**
 * The version that a qualifier stands for.
 *
 * @param qualifier a version, an alias, or `$LATEST`, which is also the default
 * @throws {AwsError} 404 when there is none of that name
 */
export function resolveVersion(state: FunctionState, qualifier: string = latestVersion): Version {
  const wanted = state.aliases.get(qualifier)?.version ?? qualifier;
  const version =
    wanted === latestVersion ? state.latest : state.published.find((one) => one.version === wanted);
  if (!version) throw notFound(state.id, qualifier);
  return version;
}

/** What an operation of Lambda's API works with. */
export interface OperationContext {
  readonly store: Store;
  readonly codeStore: CodeStore;
  readonly replicas: Replicas;
  readonly call: AwsCall;
  /** The function that the path, or for CreateFunction the body, names. Without a name for what concerns no function. */
  readonly id: FunctionId;
  /** The version or alias that the path or the query names. */
  readonly qualifier?: string;
  /** The rest of the path: an alias name, a statement id. Decoded. */
  readonly item: string;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** The sandbox's own address. */
  readonly endpoint: () => string;
  readonly limits: Limits;
}

/** One operation of Lambda's API that only reads and changes the store. */
export type Operation = (context: OperationContext) => HttpResponse;

/** An answer in JSON, or with no body at all. */
export function ok(body: Body | undefined, status = 200): HttpResponse {
  if (body === undefined) return { status, headers: {}, body: Buffer.alloc(0) };
  return jsonAnswer(status, body);
}
