import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../../bundles/bundle";
import { secretsEnvironment, type TargetSecret } from "../../../fleet/secrets";
import { createTestLambda, deploy, frankfurt, get, type TestLambda } from "./helpers";

const owner = {
  kind: "principal",
  account: "111111111111",
  arn: "arn:aws:sts::111111111111:assumed-role/x/y",
} as const;

type Value = string | { readonly __type: string; readonly message: string };

/** Parameters and secrets by their names, as long as a test wants them. */
let stored: Record<string, Value>;
/** The calls that were made, such as `GetSecretValue db`. */
let calls: string[];
let server: Server;
let test: TestLambda;
let folder: string;

/** A Parameter Store and a Secrets Manager that answer as AWS does, as far as functions ask them. */
function answer(operation: string, input: Record<string, unknown>): object {
  const ids = (input.Names ?? [input.SecretId]) as string[];
  calls.push(`${operation} ${ids.join(" ")}`);
  const refusal = ids.map((id) => stored[id]).find((value) => typeof value === "object");
  if (refusal) return refusal as object;
  if (operation === "GetParameters") {
    const Parameters = ids.filter((id) => id in stored).map((Name) => ({ Name, Value: stored[Name] }));
    return { Parameters, InvalidParameters: ids.filter((id) => !(id in stored)) };
  }
  const [id = ""] = ids;
  if (!(id in stored)) return { __type: "ResourceNotFoundException", message: "can't find the secret" };
  return { Name: id, SecretString: stored[id] };
}

beforeAll(async () => {
  test = createTestLambda();
  folder = mkdtempSync(join(tmpdir(), "meridian-test-"));
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const [, operation = ""] = String(request.headers["x-amz-target"]).split(".");
    const output = answer(operation, JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead("__type" in output ? 400 : 200).end(JSON.stringify(output));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  calls = [];
  stored = { "/acme/stripe": "sk-1", db: "db-1" };
});
afterAll(async () => {
  server.close();
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

type Place = Pick<TargetSecret, "at" | "name" | "store">;
const places: readonly Place[] = [
  { name: "DATABASE", store: "secret", at: "db" },
  { name: "STRIPE_KEY", store: "parameter", at: "/acme/stripe" },
];

let count = 0;

/** Deploys a handler as a fleet's cells do; returns what calls its URL, and its log. */
async function running(code: string, refresh = 300, secrets = places, event: object = {}) {
  const [name, source] = [`function-${++count}`, join(folder, `${count}.ts`)];
  writeFileSync(source, code);
  const { zip } = await bundle({
    service: "hello",
    source,
    folder,
    handler: "index.handler",
    runtime: "nodejs22.x",
    exposeRegion: true,
    hasSecrets: true,
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const host = await deploy(test.lambda, frankfurt, "", {
    FunctionName: name,
    Code: { ZipFile: Buffer.from(zip).toString("base64") },
    Environment: {
      Variables: {
        ...secretsEnvironment(secrets, refresh),
        AWS_ENDPOINT_URL_SSM: endpoint,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
      },
    },
  });
  return {
    ask: async () => {
      const { body, status } = await test.lambda.urls.request(get(host, "/", event), owner);
      return { status, body: body.toString() };
    },
    log: () => test.lambda.logs({ functions: [name] }).map(({ message }) => message),
  };
}

const reads = `import { secrets } from "meridian/secrets";
const atLoad = secrets.STRIPE_KEY;
export const handler = async () => [atLoad, secrets.STRIPE_KEY, secrets.DATABASE].join(" ");`;

it("are there before the handler's module is, and read once", async () => {
  const { ask } = await running(reads);
  expect((await ask()).body).toBe('"sk-1 sk-1 db-1"');
  stored.db = "db-2";
  expect((await ask()).body).toBe('"sk-1 sk-1 db-1"');
  expect(calls.sort()).toEqual(["GetParameters /acme/stripe", "GetSecretValue db"]);
});

const callsBack = `import { secrets } from "meridian/secrets";
exports.handler = (event, context, done) => { setTimeout(done, 1, null, secrets.DATABASE); };`;

const returnsLater = `import { secrets } from "meridian/secrets";
export const handler = async () => secrets.DATABASE;`;

it.each([
  ["calls back", callsBack],
  ["returns a promise", returnsLater],
])("are read again for a handler that %s, once they are old", async (_, code) => {
  const { ask } = await running(code, 1);
  expect((await ask()).body).toBe('"db-1"');
  stored.db = "db-2";
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect((await ask()).body).toBe('"db-2"');
});

it("stay what they were where they cannot be read again, and the log says why", async () => {
  const { ask, log } = await running(returnsLater, 1);
  expect((await ask()).body).toBe('"db-1"');
  stored.db = { __type: "InternalServiceError", message: "later" };
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect((await ask()).body).toBe('"db-1"');
  expect(log().join("\n")).toContain("DATABASE: secret db in eu-central-1: InternalServiceError: later");
});

it("fail the invocation where one is missing, and the log names it and never a value", async () => {
  stored = { "/acme/stripe": "sk-1" };
  const { ask, log } = await running(reads);
  expect((await ask()).status).toBe(502);
  const text = log().join("\n");
  expect(text).toContain("DATABASE: there is no secret db in eu-central-1");
  expect(text).not.toContain("STRIPE_KEY:");
  expect(text).not.toContain("sk-1");
});

it("are all named that cannot be read, each with AWS's reason", async () => {
  stored = { db: { __type: "AccessDeniedException", message: "not authorized to perform" } };
  const { ask, log } = await running(reads);
  expect((await ask()).status).toBe(502);
  const text = log().join("\n");
  expect(text).toContain("STRIPE_KEY: there is no parameter /acme/stripe in eu-central-1");
  expect(text).toContain(
    "DATABASE: secret db in eu-central-1: AccessDeniedException: not authorized to perform",
  );
});

it("come ten at a time, each once", async () => {
  const many = Array.from({ length: 12 }, (_, index): Place => {
    const at = `/p/${index % 11}`;
    stored[at] = String(index % 11);
    return { name: `S${index}`, store: "parameter", at };
  });
  const { ask } = await running(
    `import { secrets } from "meridian/secrets";
export const handler = async () => secrets.S10 + secrets.S11;`,
    300,
    many,
  );
  expect((await ask()).body).toBe('"100"');
  expect(calls.map((call) => call.split(" ").length - 1)).toEqual([10, 1]);
});

it("show no value when they are printed, and no other name", async () => {
  const { ask, log } = await running(`import { secrets } from "meridian/secrets";
export const handler = async () => {
  console.log(secrets, JSON.stringify({ secrets }), Object.keys(await secrets), String("DATABASE" in secrets));
  return secrets.DATABSE;
};`);
  expect((await ask()).status).toBe(502);
  const text = log().join("\n");
  expect(text).toContain('{"secrets":{}} [] true');
  for (const value of ["sk-1", "db-1"]) expect(text).not.toContain(value);
});

it("are not in the environment of the process", async () => {
  const { ask } = await running(`import { secrets } from "meridian/secrets";
export const handler = async () => JSON.stringify(process.env).includes(secrets.DATABASE);`);
  expect((await ask()).body).toBe("false");
});
