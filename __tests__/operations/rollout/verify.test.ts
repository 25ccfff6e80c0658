import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../../../fleet/errors";
import type { Cell, Target } from "../../../fleet/model";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import type { AwsSession, Role } from "../../../operations/aws/role-credentials";
import { type Patience, verifyFront, verifyTarget } from "../../../operations/rollout/verify";
import { isSignedWith } from "../../../sandbox/gateway/signature";
import { fleetOf, smallFile } from "../../support/fleet";
import { knowErrorsOfNode } from "../../support/local-aws";

const helloHost = "hello.lambda-url.eu-west-1.on.aws";
const apiHost = "api.lambda-url.eu-west-1.on.aws";
const frontHost = "d111111abcdef8.cloudfront.net";
const functions = { hello: { host: helloHost }, api: { host: apiHost } };
const outputs = { globex_eu_west_1: { account: "333333333333", region: "eu-west-1", functions } };
const credentials = { accessKeyId: "ASIA1", secretAccessKey: "secret", sessionToken: "token" };

interface Asked {
  readonly host: string | undefined;
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly isSigned: boolean;
}

let server: Server;
let endpoint: string;
/** What the endpoint answers. */
let respond: (response: ServerResponse, count: number) => void;
const asked: Asked[] = [];
const assumed: Role[] = [];

beforeAll(async () => {
  knowErrorsOfNode();
  server = createServer(async (request, response) => {
    const { headers, method, url } = request;
    const names = Object.entries(headers).map(([name, value]) => [name, String(value)]);
    const own = { method: method ?? "", host: headers.host ?? "", path: url ?? "" };
    const isSigned = await isSignedWith(
      { ...own, headers: Object.fromEntries(names), body: Buffer.alloc(0) },
      "secret",
      new Date(),
    );
    asked.push({ host: headers.host, method, url, headers, isSigned });
    respond(response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  assumed.length = 0;
  time = 0;
  respond = (response) => response.end("hello");
});

/** A clock that only pauses move. */
let time: number;
const patience: Patience = {
  total: 30_000,
  now: () => time,
  pause: async (milliseconds) => {
    time += milliseconds;
  },
};

const session = (environment: NodeJS.ProcessEnv = { AWS_ENDPOINT_URL: endpoint }): AwsSession => ({
  environment,
  onSlow: () => {},
  assumeRole: async (role) => {
    assumed.push(role);
    return credentials;
  },
});

function cellOf(more: Partial<FleetFile> = {}): Cell {
  const [cell] = fleetOf({ ...smallFile, ...more }).cells;
  if (!cell) throw new Error("no cell");
  return cell;
}

const twoServices: Partial<FleetFile> = {
  services: {
    hello: { source: "hello.ts", routes: ["/*"] },
    api: { source: "api.ts", routes: ["/api", "/api/*"] },
  },
};

type Given = Partial<Parameters<typeof verifyTarget>[0]>;
const verify = { path: "/", status: 200 };

function askTarget(given: Given = {}) {
  const { cell = cellOf() } = given;
  const target = cell.targets.find(({ region }) => region === "eu-west-1") as Target;
  return verifyTarget({ ...{ cell, target, outputs, verify, patience }, session: session(), ...given });
}

function askFront(given: Partial<Parameters<typeof verifyFront>[0]> = {}) {
  return verifyFront({
    ...{ cell: cellOf(), outputs: { url: `https://${frontHost}` }, verify, patience },
    session: session(),
    ...given,
  });
}

describe("a target", () => {
  test("is asked under its function URL, signed by the deploy role of its account", async () => {
    expect(await askTarget({ verify: { path: "/a%20b?x=1&x=2&y=%2F", status: 200 } })).toEqual({
      ok: true,
      asked: [{ url: `https://${helloHost}/a%20b?x=1&x=2&y=%2F`, status: 200 }],
    });
    expect(asked).toEqual([
      {
        ...{ host: helloHost, method: "GET", url: "/a%20b?x=1&x=2&y=%2F", isSigned: true },
        headers: expect.objectContaining({ "x-amz-security-token": "token" }),
      },
    ]);
    expect(asked[0]?.headers.authorization).toMatch(
      /Credential=ASIA1\/\d{8}\/eu-west-1\/lambda\/aws4_request/,
    );
    expect(assumed).toEqual([
      expect.objectContaining({
        arn: "arn:aws:iam::333333333333:role/meridian-deploy",
        sessionName: "meridian-acme",
      }),
    ]);
  });

  test.each([
    ["/", helloHost],
    ["/api/users", apiHost],
    ["/api?all", apiHost],
  ])("is asked for %s where the front would", async (path, host) => {
    const { ok } = await askTarget({ cell: cellOf(twoServices), verify: { path, status: 200 } });
    expect(ok).toBe(true);
    expect(asked.map((one) => one.host)).toEqual([host]);
  });

  test("is not asked for what no service answers", async () => {
    const cell = cellOf({ services: { api: { source: "api.ts", routes: ["/api/*"] } } });
    expect(await askTarget({ cell })).toEqual({ ok: true, asked: [] });
    expect(await askFront({ cell })).toEqual({ ok: true, asked: [] });
    expect(asked).toEqual([]);
  });

  test("is given time to answer as expected", async () => {
    respond = (response, count) => response.writeHead([403, 502][count - 1] ?? 200).end();
    expect(await askTarget()).toEqual({ ok: true, asked: [{ url: `https://${helloHost}/`, status: 200 }] });
    expect(asked).toHaveLength(3);
  });

  test("that answers wrong each time is not as expected, after half a minute", async () => {
    respond = (response) =>
      response.writeHead(502, { "x-amzn-errortype": "InternalServerErrorException" }).end("secret");
    expect(await askTarget()).toEqual({
      ok: false,
      asked: [
        {
          url: `https://${helloHost}/`,
          status: 502,
          why: "status 502 (InternalServerErrorException) instead of 200",
        },
      ],
    });
    expect(asked).toHaveLength(6);
    expect(time).toBe(23_000);
  });

  test("that is to answer with an error is as expected if it does", async () => {
    respond = (response) => response.writeHead(404).end();
    expect(await askTarget({ verify: { path: "/none", status: 404 } })).toMatchObject({ ok: true });
    expect(await askTarget()).toMatchObject({ ok: false, asked: [{ why: "status 404 instead of 200" }] });
  });

  test("that redirects is not followed", async () => {
    respond = (response) => response.writeHead(302, { location: `${endpoint}/elsewhere` }).end();
    expect(await askTarget()).toMatchObject({ ok: false, asked: [{ status: 302 }] });
    expect(new Set(asked.map(({ url }) => url))).toEqual(new Set(["/"]));
  });

  test("whose Lambda lets the role not in says which rights are missing", async () => {
    respond = (response) => response.writeHead(403, { "x-amzn-errortype": "AccessDeniedException" }).end();
    const { asked: [first] = [] } = await askTarget();
    expect(first?.why).toBe(
      "Lambda refuses arn:aws:iam::333333333333:role/meridian-deploy: it has to be allowed lambda:InvokeFunctionUrl and lambda:InvokeFunction (npx meridian role globex)",
    );
    // A handler's own refusal is nothing that a right would change.
    respond = (response) => response.writeHead(403).end();
    expect(await askTarget()).toMatchObject({ asked: [{ why: "status 403 instead of 200" }] });
  });

  test("that cuts the connection gave no answer", async () => {
    respond = (response) => response.destroy();
    expect(await askTarget()).toEqual({
      ok: false,
      asked: [{ url: `https://${helloHost}/`, why: expect.stringMatching(/^no answer: .+/) }],
    });
  });

  test("says nothing of itself where its role cannot be assumed: that is thrown", async () => {
    const failure = new UserError("the role cannot be assumed", "why", "fix");
    const refused = { ...session(), assumeRole: () => Promise.reject(failure) };
    await expect(askTarget({ session: refused })).rejects.toBe(failure);
  });

  test("without a URL in its state cannot be asked", async () => {
    await expect(askTarget({ outputs: {} })).rejects.toThrow(
      "the state of globex_globex_eu-west-1 names no URL of hello in globex_eu_west_1",
    );
  });

  test("is asked no further once that is stopped", async () => {
    const stop = new AbortController();
    respond = (response) => {
      stop.abort();
      response.writeHead(500).end();
    };
    await expect(askTarget({ signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
    expect(asked).toHaveLength(1);
    const last = { signal: AbortSignal.timeout(50), patience: { ...patience, total: 0 } };
    respond = () => {};
    await expect(askTarget(last)).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

describe("a front", () => {
  test("is asked as by a viewer: without a signature, under its own name", async () => {
    expect(await askFront()).toEqual({ ok: true, asked: [{ url: `https://${frontHost}/`, status: 200 }] });
    expect(asked).toMatchObject([{ host: frontHost, method: "GET", url: "/" }]);
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(asked[0]?.headers["user-agent"]).toBe("meridian");
    expect(assumed).toEqual([]);
  });

  test("is given time to answer as expected, and no more", async () => {
    respond = (response, count) => response.writeHead(count < 3 ? 503 : 200).end();
    expect(await askFront()).toMatchObject({ ok: true });
    respond = (response) => response.writeHead(503).end();
    expect(await askFront()).toMatchObject({ ok: false, asked: [{ why: "status 503 instead of 200" }] });
  });

  test("without a URL in its state cannot be asked", async () => {
    await expect(askFront({ outputs: {} })).rejects.toThrow("the state of globex_front names no URL");
  });
});

test("hosts of AWS are asked themselves, unless the environment sends all calls elsewhere", async () => {
  const environment = { AWS_ENDPOINT_URL: "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com" };
  const outputsOf = (host: string) => ({ globex_eu_west_1: { functions: { hello: { host } } } });
  const { asked: answers } = await askTarget({
    session: session(environment),
    outputs: outputsOf("nobody.invalid"),
    patience: { ...patience, total: 0 },
  });
  expect(answers).toEqual([
    { url: "https://nobody.invalid/", why: expect.stringMatching(/nobody\.invalid/) },
  ]);
  expect(asked).toEqual([]);
});
