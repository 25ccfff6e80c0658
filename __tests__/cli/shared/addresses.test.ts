import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Address, addressesOf, ask } from "../../../cli/shared/addresses";
import type { FleetFile } from "../../../fleet/schema/fleet-file";
import { fleetOf, smallFile } from "../../support/fleet";

const file: FleetFile = {
  ...smallFile,
  accounts: { globex: { id: "333333333333" }, spare: { id: "444444444444" } },
  services: {
    hello: { source: "hello.ts" },
    status: { source: "status.ts", routes: ["/status/*.json", "/status/?"] },
    // Has no address: requests do not come to it.
    worker: { source: "worker.ts", routes: [] },
  },
  cells: {
    globex: {
      stage: "production",
      tenant: "globex",
      targets: { globex: ["eu-west-1", "eu-central-1"], spare: ["eu-west-1"] },
      front: { account: "globex" },
    },
  },
};

const output = (...services: readonly string[]) => ({
  output: { functions: Object.fromEntries(services.map((name) => [name, { host: `${name}.on.aws` }])) },
});
const outputs = {
  "globex_globex_eu-west-1": { globex_eu_west_1: output("hello", "status") },
  "globex_globex_eu-central-1": { globex_eu_central_1: output("hello", "status") },
  "globex_spare_eu-west-1": { spare_eu_west_1: output("hello", "status") },
};

describe("the addresses of a deployed fleet", () => {
  const addresses = addressesOf(fleetOf(file), outputs, 4567);

  test("are a front per service, answered by the preferred target", () => {
    const front = { kind: "front", cell: "globex", host: "globex.localhost:4567" };
    expect(addresses.filter(({ kind }) => kind === "front")).toEqual([
      { ...front, service: "hello", path: "/", account: "333333333333", region: "eu-west-1" },
      { ...front, service: "status", path: "/status/.json", account: "333333333333", region: "eu-west-1" },
    ]);
  });

  test("are a function URL per target and service, answered by that target", () => {
    const urls = addresses.filter(({ kind }) => kind === "function url");
    expect(urls.map(({ account, host, region }) => `${account} ${region} ${host}`)).toEqual([
      "333333333333 eu-west-1 hello.on.aws",
      "333333333333 eu-west-1 status.on.aws",
      "333333333333 eu-central-1 hello.on.aws",
      "333333333333 eu-central-1 status.on.aws",
      "444444444444 eu-west-1 hello.on.aws",
      "444444444444 eu-west-1 status.on.aws",
    ]);
  });

  test("cannot be had of a stack that says nothing of a function", () => {
    const { "globex_spare_eu-west-1": _, ...others } = outputs;
    expect(() => addressesOf(fleetOf(file), others, 4567)).toThrow(
      "stack globex_spare_eu-west-1 has no output for hello in spare_eu_west_1",
    );
    const partial = { ...outputs, "globex_spare_eu-west-1": { spare_eu_west_1: output("hello") } };
    expect(() => addressesOf(fleetOf(file), partial, 4567)).toThrow("no output for status");
  });
});

describe("an address", () => {
  const front: Address = {
    kind: "front",
    cell: "globex",
    service: "hello",
    path: "/api/",
    host: "globex.localhost:4566",
    account: "333333333333",
    region: "eu-west-1",
  };
  const url: Address = { ...front, kind: "function url", host: "abc.lambda-url.eu-west-1.on.aws" };
  const arn = (region: string, account: string) => `arn:aws:lambda:${region}:${account}:function:hello:live`;

  /** What the sandbox answers next, and what it was asked last. */
  let answer: { readonly status: number; readonly by?: string };
  let asked: IncomingMessage;
  let server: Server;
  let endpoint: string;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked = request;
      response.writeHead(answer.status, answer.by ? { "x-sandbox-answered-by": answer.by } : {});
      response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test("a front is asked as a viewer would, without a signature", async () => {
    answer = { status: 200, by: arn("eu-west-1", "333333333333") };
    await ask(front, endpoint);
    expect(asked).toMatchObject({ method: "GET", url: "/api/", headers: { host: "globex.localhost:4566" } });
    expect(asked.headers.authorization).toBeUndefined();
  });

  test("a function URL is asked with a signature of its account, for its region", async () => {
    answer = { status: 200, by: arn("eu-west-1", "333333333333") };
    await ask(url, endpoint);
    expect(asked).toMatchObject({ method: "GET", url: "/api/", headers: { host: url.host } });
    expect(asked.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=333333333333\/\d{8}\/eu-west-1\/lambda\/aws4_request, SignedHeaders=\S*host\S*, /,
    );
  });

  test.each([
    ["the right function", 200, arn("eu-west-1", "333333333333"), true],
    ["the right function, which found nothing", 404, arn("eu-west-1", "333333333333"), true],
    ["the right function, which failed", 502, arn("eu-west-1", "333333333333"), false],
    ["another region", 200, arn("eu-central-1", "333333333333"), false],
    ["another account", 200, arn("eu-west-1", "444444444444"), false],
    ["no function, with a refusal", 403, undefined, false],
    ["no function at all", 200, undefined, false],
    ["something without an ARN", 200, "nobody", false],
  ])("an answer of %s (%d)", async (_, status, by, ok) => {
    answer = { status, by };
    for (const address of [front, url]) expect(await ask(address, endpoint)).toMatchObject({ status, ok });
  });

  test("a reply says who answered, and keeps what was asked", async () => {
    answer = { status: 200, by: arn("us-east-1", "444444444444") };
    const reply = await ask(front, endpoint);
    expect(reply).toEqual({
      ...front,
      status: 200,
      ok: false,
      answeredBy: { region: "us-east-1", account: "444444444444" },
    });
    answer = { status: 403 };
    expect((await ask(front, endpoint)).answeredBy).toBeUndefined();
  });
});
