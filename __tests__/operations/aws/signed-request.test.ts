import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { plainRequest } from "../../../operations/aws/signed-request";
import { knowErrorsOfNode } from "../../support/local-aws";

let server: Server;
let endpoint: string;
let respond: (response: ServerResponse, host: string | undefined) => void;

beforeAll(async () => {
  knowErrorsOfNode();
  server = createServer(({ headers }, response) => respond(response, headers.host));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (more: { readonly limit?: number; readonly signal?: AbortSignal } = {}) =>
  plainRequest({ endpoint, method: "GET", path: "/", headers: { host: "a.example.com" }, ...more });

test("an answer is read to its end, whatever the Host", async () => {
  respond = (response, host) => response.writeHead(404, { "X-Of": "us" }).end(host);
  expect(await ask()).toMatchObject({ status: 404, headers: { "x-of": "us" }, text: "a.example.com" });
});

test.each<[string, (response: ServerResponse) => void]>([
  ["does not begin", () => {}],
  ["stalls", (response) => response.writeHead(200).write("{")],
])("an answer that %s is given up", async (_, how) => {
  respond = how;
  await expect(ask({ limit: 50 })).rejects.toMatchObject({
    name: "TimeoutError",
    message: "no complete answer within 0.05 s",
  });
});

test("a connection that is lost is an error", async () => {
  respond = (response) => {
    response.writeHead(200, { "content-length": "9" }).write("{");
    setTimeout(() => response.destroy(), 20);
  };
  await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("a request ends at once when it is aborted", async () => {
  respond = () => {};
  await expect(ask({ signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ name: "AbortError" });
});
