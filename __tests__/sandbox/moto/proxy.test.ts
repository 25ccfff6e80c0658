import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { AwsCall } from "../../../sandbox/http";
import { createMotoProxy } from "../../../sandbox/moto/proxy";

let moto: Server;
let seen: IncomingMessage[];
let answer: { readonly status: number; readonly type: string; readonly body: string };
beforeEach(async () => {
  seen = [];
  answer = { status: 200, type: "text/xml", body: "<ok/>" };
  moto = createServer((request, response) => {
    seen.push(request);
    request.resume();
    response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => moto.listen(0, "127.0.0.1", resolve));
});
afterEach(() => new Promise((resolve) => moto.close(resolve)));

const call: AwsCall = {
  service: "budgets",
  region: "us-east-1",
  account: "111111111111",
  method: "POST",
  host: "127.0.0.1",
  path: "/a%20b?c",
  headers: {
    host: "127.0.0.1:4566",
    "x-amz-target": "AWSBudgetServiceGateway.ListTagsForResource",
    connection: "close",
  },
  body: Buffer.from("{}"),
};

const proxy = () => createMotoProxy((moto.address() as AddressInfo).port, () => {});

it("passes calls on unchanged", async () => {
  expect(await proxy()(call)).toMatchObject({
    status: 200,
    headers: { "content-type": "text/xml" },
    body: Buffer.from("<ok/>"),
  });
  expect(seen[0]).toMatchObject({ method: "POST", url: "/a%20b?c" });
  expect(seen[0]?.headers).toMatchObject({ host: "127.0.0.1:4566", "content-length": "2" });
});

it("tells moto the account of the call, whatever the caller says", async () => {
  await proxy()({ ...call, headers: { ...call.headers, "x-moto-account-id": "999999999999" } });
  expect(seen[0]?.headers["x-moto-account-id"]).toBe("111111111111");
});

it("passes on what AWS would refuse, too", async () => {
  answer = { status: 404, type: "application/json", body: '{"__type":"NotFoundException"}' };
  expect(await proxy()(call)).toMatchObject({ status: 404 });
});

it.each([
  [500, "text/html", "<!doctype html>"],
  [501, "text/plain", "not yet"],
  [404, "text/html", "<!doctype html><title>404 Not Found</title>"],
])("turns moto's %i into a clear refusal", async (status, type, body) => {
  answer = { status, type, body };
  await expect(proxy()(call)).rejects.toMatchObject({
    status: 400,
    code: "NotImplemented",
    message: expect.stringContaining("budgets ListTagsForResource"),
  });
});

it("says so when moto is gone", async () => {
  const port = (moto.address() as AddressInfo).port;
  await new Promise((resolve) => moto.close(resolve));
  await expect(createMotoProxy(port, () => {})(call)).rejects.toMatchObject({
    status: 400,
    code: "SandboxError",
  });
  moto.listen(0);
});
