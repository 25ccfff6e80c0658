import { type LookupAddress, type LookupOptions, lookup } from "node:dns";
import http, { type IncomingHttpHeaders } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { Readable } from "node:stream";

/** What a lookup is answered with: one address, or, where all are asked for, a list. */
type Found = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * Looks up a host; `localhost` and everything below it is this machine (RFC 6761), which not every resolver knows.
 */
export function lookupHost(hostname: string, options: LookupOptions, found: Found): void {
  if (!/(^|\.)localhost$/i.test(hostname)) lookup(hostname, options, found);
  else if (options.all) found(null, [{ address: "127.0.0.1", family: 4 }]);
  else found(null, "127.0.0.1", 4);
}

/** How long a request may take. */
export interface TimeLimits {
  /** Milliseconds until there is a connection, with TLS. */
  readonly connection: number;
  /** Milliseconds until the last byte of the answer. */
  readonly request: number;
}

/** These commands are for when something is down: what does not answer is given up soon. */
const defaultLimits: TimeLimits = { connection: 2_000, request: 5_000 };

/** What the SDK hands over. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * A `requestHandler` for clients of the SDK that reads the answer to its end before it hands it over. The SDK's own
 * limits end with the headers, and a body that stalls or drips would keep a command waiting for ever.
 */
export function boundedHandler(limits: TimeLimits = defaultLimits) {
  const agents = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
  return {
    metadata: { handlerProtocol: "http/1.1" },
    handle: async (request: SdkRequest, { abortSignal }: { readonly abortSignal?: AbortSignal } = {}) => ({
      response: await exchange(request, limits, agents, abortSignal),
    }),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Agents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

function exchange(request: SdkRequest, limits: TimeLimits, agents: Agents, signal?: AbortSignal) {
  const { body, headers, hostname, method, port, protocol } = request;
  const options = {
    ...{ protocol, port, method, headers, signal, lookup: lookupHost, path: pathOf(request) },
    hostname: hostname.replace(/^\[|\]$/g, ""),
  };
  const isTls = protocol === "https:";
  return new Promise<ReturnType<typeof answer>>((resolve, reject) => {
    const call = isTls
      ? https.request({ ...options, agent: agents.https })
      : http.request({ ...options, agent: agents.http });
    const giveUpAfter = (limit: number, what: string) =>
      setTimeout(() => {
        const error = new Error(`${what} ${hostname} within ${limit / 1000} s`);
        error.name = "TimeoutError";
        fail(error);
        call.destroy(error);
      }, limit);
    const unconnected = giveUpAfter(limits.connection, "no connection to");
    const unanswered = giveUpAfter(limits.request, "no complete answer from");
    const stopTimers = () => {
      clearTimeout(unconnected);
      clearTimeout(unanswered);
    };
    const fail = (error: Error) => {
      stopTimers();
      reject(error);
    };
    call.once("socket", (socket: Socket) => {
      if (!socket.connecting) clearTimeout(unconnected);
      else socket.once(isTls ? "secureConnect" : "connect", () => clearTimeout(unconnected));
    });
    call.on("error", fail);
    call.once("response", (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", fail);
      incoming.once("end", () => {
        stopTimers();
        resolve(answer(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks)));
      });
    });
    call.end(body);
  });
}

function answer(statusCode: number, headers: IncomingHttpHeaders, body: Buffer) {
  const joined = Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]);
  return {
    statusCode,
    headers: Object.fromEntries(joined) as Record<string, string>,
    body: Readable.from([body], { objectMode: false }),
  };
}

function pathOf({ path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === null) return [escapeUri(name)];
    return [value].flat().map((one) => `${escapeUri(name)}=${escapeUri(one)}`);
  });
  return pairs.length > 0 ? `${path}?${pairs.join("&")}` : path;
}

/** As a signature wants it: RFC 3986, which escapes more than JavaScript does. */
function escapeUri(text: string): string {
  const hex = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}
