import { type RunningServer, startServer } from "../../../sandbox/gateway/server";
import { Unreachable } from "../../../sandbox/http";

let server: RunningServer;
afterEach(() => server.close());

const start = async (gateway: Parameters<typeof startServer>[0]) => {
  server = await startServer(gateway, 0, () => {});
  return `http://127.0.0.1:${server.port}`;
};

it("passes requests and answers through unchanged", async () => {
  const base = await start(async ({ method, host, path, body }) => ({
    status: 201,
    headers: { "set-cookie": ["a=1", "b=2"], "content-type": "text/plain" },
    body: Buffer.from(`${method} ${host} ${path} ${body}`),
  }));
  const answer = await fetch(`${base}/a%20b?c=d`, { method: "POST", body: "hello" });
  expect(answer.status).toBe(201);
  expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await answer.text()).toBe("POST 127.0.0.1 /a%20b?c=d hello");
});

it("keeps the length that a HEAD asks for", async () => {
  const base = await start(async () => ({
    status: 200,
    headers: { "content-length": "42" },
    body: Buffer.alloc(0),
  }));
  expect((await fetch(base, { method: "HEAD" })).headers.get("content-length")).toBe("42");
});

it("cuts the connection where nobody is to answer", async () => {
  const base = await start(async () => {
    throw new Unreachable("down");
  });
  await expect(fetch(base)).rejects.toThrow("fetch failed");
});

it("refuses a port that is taken", async () => {
  await start(async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }));
  await expect(
    startServer(
      async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }),
      server.port,
      () => {},
    ),
  ).rejects.toThrow(`port ${server.port} is in use`);
});

it("is not delayed by open connections when it closes", async () => {
  const base = await start(() => new Promise(() => {}));
  const hanging = fetch(base).catch(() => "cut");
  await new Promise((resolve) => setTimeout(resolve, 50));
  await server.close();
  expect(await hanging).toBe("cut");
  server = await startServer(
    async () => ({ status: 200, headers: {}, body: Buffer.alloc(0) }),
    0,
    () => {},
  );
});
