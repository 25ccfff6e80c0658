import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";
import { UserError } from "../../fleet/errors";
import { type HttpRequest, type HttpResponse, Unreachable } from "../http";
import type { Gateway } from "./gateway";

/** More than the largest code upload, which is a zip of 50 MB in base64. */
const maxBodyBytes = 256 * 1024 * 1024;

/** Where the search for a free port begins, and how far it goes. */
const defaultPort = 4566;
const portsTried = 100;

class TooLarge extends Error {}

async function read(incoming: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")]),
  );
  return {
    method: incoming.method ?? "GET",
    host: (headers.host ?? "").toLowerCase().replace(/:\d+$/, ""),
    path: incoming.url ?? "/",
    headers,
    body: Buffer.concat(chunks),
  };
}

function write(
  { status, headers, body, rest }: HttpResponse,
  method: string,
  outgoing: ServerResponse,
): void {
  outgoing.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    outgoing.setHeader(name, typeof value === "string" ? value : [...value]);
  }
  const hasNoBody = method === "HEAD" || status === 204 || status === 304;
  if (rest && !hasNoBody) {
    outgoing.flushHeaders();
    if (body.length > 0) outgoing.write(body);
    // An answer that breaks off is cut, so that the client knows.
    pipeline(rest, outgoing, () => {});
    return;
  }
  rest?.destroy();
  // The answer to a HEAD says how long the body would be.
  if (!hasNoBody) outgoing.setHeader("content-length", body.length);
  outgoing.end(hasNoBody ? undefined : body);
}

async function serve(
  gateway: Gateway,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onLog: (line: string) => void,
): Promise<void> {
  try {
    const request = await read(incoming);
    write(await gateway(request), request.method, outgoing);
  } catch (error) {
    if (!(error instanceof Unreachable)) onLog(`${incoming.method} ${incoming.url}: ${error}`);
    // Nobody answers: a region in an outage is not reached at all, and a client that went away reads no answer.
    incoming.socket.destroy();
  }
}

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off("listening", onListening);
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off("error", onError);
      resolve(true);
    };
    server.once("error", onError);
    server.once("listening", onListening);
    server.listen(port, "127.0.0.1");
  });
}

async function listenOnFreePort(server: Server, wanted: number | undefined): Promise<void> {
  const first = wanted ?? defaultPort;
  const last = wanted ?? defaultPort + portsTried - 1;
  for (let port = first; port <= last; port++) {
    if (await listen(server, port)) return;
  }
  throw new UserError(
    first === last ? `port ${first} is in use` : `none of the ports ${first} to ${last} is free`,
    "the sandbox listens on one port of 127.0.0.1",
    "choose another with --port, or end the program that has it",
  );
}

/** A listening server. */
export interface RunningServer {
  readonly port: number;
  /** Cuts what is still under way. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a gateway on one port of 127.0.0.1.
 *
 * @param port by default {@link defaultPort}, or the next free one
 * @throws {UserError} the port is not free
 */
export async function startServer(
  gateway: Gateway,
  port: number | undefined,
  onLog: (line: string) => void,
): Promise<RunningServer> {
  const server = createServer((incoming, outgoing) => void serve(gateway, incoming, outgoing, onLog));
  // Clients keep connections for a minute or more; one that is closed under a request makes them fail.
  server.keepAliveTimeout = 120_000;
  await listenOnFreePort(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
