import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { boundedHandler, lookupHost } from "../../../operations/aws/bounded-handler";

let server: Server;
let port: number;
let respond: (response: ServerResponse, url: string | undefined) => void;

beforeAll(async () => {
  server = createServer((request, response) => respond(response, request.url));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const limits = { connection: 200, request: 300 };
const request = { protocol: "http:", hostname: "127.0.0.1", method: "GET", path: "/", headers: {} };
async function ask(more: object = {}, options = {}) {
  const handler = boundedHandler(limits);
  const { response } = await handler.handle({ ...request, port, ...more }, options).finally(handler.destroy);
  return { ...response, body: (await response.body.toArray()).join("") };
}

test("an answer is handed over with status, headers and body", async () => {
  respond = (response, url) => response.writeHead(404, { etag: "x" }).end(url);
  const query = { "a b": ["1", "2"], "c!": "'", d: null };
  const answer = await ask({ path: "/p", query });
  expect(answer).toMatchObject({ statusCode: 404, headers: { etag: "x" } });
  expect(answer.body).toBe("/p?a%20b=1&a%20b=2&c%21=%27&d");
});

test.each<[string, (response: ServerResponse) => void]>([
  ["that does not begin", () => {}],
  ["whose body stalls", (response) => response.writeHead(200).write("{")],
  [
    "whose body drips",
    (response) => {
      const timer = setInterval(() => response.write("."), 50);
      response.once("close", () => clearInterval(timer));
    },
  ],
])("an answer %s is given up", async (_, how) => {
  respond = how;
  const began = Date.now();
  await expect(ask()).rejects.toMatchObject({ name: "TimeoutError" });
  expect(Date.now() - began).toBeLessThan(2_000);
});

test("a connection that is lost in the middle of the body is an error", async () => {
  respond = (response) => {
    response.writeHead(200, { "content-length": "9" }).write("{");
    setTimeout(() => response.destroy(), 20);
  };
  await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("a connection that is not made is given up", async () => {
  // It takes the connection, and never answers the TLS handshake.
  const mute = createNetServer(() => {});
  await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
  const failure = ask({ protocol: "https:", port: (mute.address() as AddressInfo).port });
  await expect(failure.finally(() => mute.close())).rejects.toThrow(
    "no connection to 127.0.0.1 within 0.2 s",
  );
});

test("a call that is aborted ends at once", async () => {
  respond = () => {};
  await expect(ask({}, { abortSignal: AbortSignal.timeout(20) })).rejects.toMatchObject({
    name: "AbortError",
  });
});

test("localhost and all below it is this machine, whatever the resolver says", () => {
  const found = jest.fn();
  lookupHost("333333333333.localhost", { all: true }, found);
  lookupHost("localhost", {}, found);
  expect(found.mock.calls).toEqual([
    [null, [{ address: "127.0.0.1", family: 4 }]],
    [null, "127.0.0.1", 4],
  ]);
});
