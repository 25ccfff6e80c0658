import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Secrets {
  readonly secrets: { readonly DATABASE: string };
  readonly load: () => Promise<void>;
  readonly refresh: () => Promise<void> | undefined;
}

type Handler = (event: unknown, context: unknown, callback: unknown) => unknown;

const { around } = require("../../../bundles/around/handler.js");

/** In seconds. */
const maxAge = 300;
const variables = { ...process.env };
let server: Server;
/** What the store answers; undefined is that it takes the call, and nothing more. */
let answer: readonly [status: number, text: string] | undefined;
let asked: number;
/** In seconds since the start. */
let now: number;

const value = (text: string) => [200, JSON.stringify({ SecretString: text })] as const;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked += 1;
    request.resume().on("end", () => answer && response.writeHead(answer[0]).end(answer[1]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "a",
    AWS_SECRET_ACCESS_KEY: "b",
    MERIDIAN_SECRETS: JSON.stringify({ secrets: { DATABASE: "db" }, refresh: maxAge }),
  });
});
afterAll(() => {
  process.env = { ...variables };
  server.closeAllConnections();
  server.close();
});

let warn: jest.SpyInstance;
beforeEach(() => {
  answer = value("db-1");
  asked = 0;
  now = 0;
  jest.spyOn(Date, "now").mockImplementation(() => 1_800_000_000_000 + now * 1000);
  warn = jest.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => jest.restoreAllMocks());

/** The secrets of a function that has just started. */
async function started(): Promise<Secrets> {
  let loaded: Secrets | undefined;
  jest.isolateModules(() => {
    loaded = require("../../../bundles/around/secrets.js");
  });
  await loaded?.load();
  return loaded as Secrets;
}

test("are read again once they are as old as they may be, and not before", async () => {
  const { secrets, refresh } = await started();
  answer = value("db-2");
  now = maxAge - 1;
  expect(refresh()).toBeUndefined();
  now = maxAge;
  await refresh();
  expect(secrets.DATABASE).toBe("db-2");
  now = 2 * maxAge - 1;
  expect(refresh()).toBeUndefined();
  expect(asked).toBe(2);
});

test("stay where they cannot be read again, and half a minute later the next try is made", async () => {
  const { secrets, refresh } = await started();
  answer = [400, '{"__type":"AccessDeniedException","message":"not you"}'];
  now = maxAge;
  await refresh();
  expect(secrets.DATABASE).toBe("db-1");
  expect(warn.mock.calls.join()).toContain("secret db in eu-west-1: AccessDeniedException: not you");
  answer = value("db-2");
  now = maxAge + 29;
  expect(refresh()).toBeUndefined();
  now = maxAge + 30;
  await refresh();
  expect(secrets.DATABASE).toBe("db-2");
});

test("hold up an invocation for about a second where the store does not answer", async () => {
  const { secrets, refresh } = await started();
  answer = undefined;
  now = maxAge;
  const before = performance.now();
  await refresh();
  expect(performance.now() - before).toBeLessThan(2_000);
  expect(secrets.DATABASE).toBe("db-1");
  expect(warn.mock.calls.join()).toContain("NoAnswer");
});

test("are asked for once in an invocation, also where the store has no time", async () => {
  const { refresh } = await started();
  answer = [400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'];
  now = maxAge;
  await refresh();
  expect(asked).toBe(2);
});

/** What a handler with a callback comes to that stands behind a refresh. */
function outcome(handler: Handler, { refresh }: Secrets): Promise<unknown> {
  const run: Handler = around(() => handler, { exposeRegion: false, refresh });
  return Promise.resolve(run({}, {}, () => {}));
}

describe("a handler with a callback, when they are old,", () => {
  test("sees the new ones, and answers as it did", async () => {
    const loaded = await started();
    answer = value("db-2");
    now = maxAge;
    const handler = (_event: unknown, _context: unknown, done: (error: null, value: string) => void) => {
      setTimeout(done, 1, null, loaded.secrets.DATABASE);
    };
    expect(await outcome(handler as Handler, loaded)).toBe("db-2");
  });

  test("runs with those of before where there are no new ones", async () => {
    const loaded = await started();
    answer = [400, '{"__type":"AccessDeniedException","message":"not you"}'];
    now = maxAge;
    const handler = (_event: unknown, _context: unknown, done: (error: null, value: string) => void) =>
      done(null, loaded.secrets.DATABASE);
    expect(await outcome(handler as Handler, loaded)).toBe("db-1");
  });

  test("fails as it did", async () => {
    const loaded = await started();
    now = maxAge;
    const handler = (_event: unknown, _context: unknown, done: (error: Error) => void) =>
      done(new RangeError("no"));
    await expect(outcome(handler as Handler, loaded)).rejects.toThrow(RangeError);
  });
});
