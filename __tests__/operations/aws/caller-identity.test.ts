import { createServer, type Server } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { callerIdentity } from "../../../operations/aws/caller-identity";
import { NoCredentials, StsUnanswered } from "../../../operations/aws/role-credentials";
import { quietCaller } from "../../support/caller";
import { knowErrorsOfNode } from "../../support/local-aws";

/** What STS is asked, as `<region of the signature> <body>`, and what it answers. */
const asked: string[] = [];
let answer: (region: string) => { readonly status: number; readonly body: string };
let server: Server;
const before = { ...process.env };

beforeAll(async () => {
  knowErrorsOfNode();
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const region =
      /Credential=[^/]+\/[^/]+\/([^/]+)\/sts\//.exec(request.headers.authorization ?? "")?.[1] ?? "";
    asked.push(`${region} ${body}`);
    const { body: text, status } = answer(region);
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void server.close());

beforeEach(() => {
  asked.length = 0;
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: "https://nobody.example.com",
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "AKIA1",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
});
afterEach(() => {
  process.env = { ...before };
});

const arn = "arn:aws:sts::111111111111:assumed-role/admin/ann@example.com";
const identified = {
  status: 200,
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult><Arn>${arn}</Arn><UserId>AROA1:ann</UserId><Account>111111111111</Account>
  </GetCallerIdentityResult></GetCallerIdentityResponse>`,
};
const refused = (status: number, code: string) => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>says ${code}</Message></Error></ErrorResponse>`,
});
const identity = () => callerIdentity(["eu-west-1", "us-east-1"], quietCaller);

test("a caller is an ARN in an account", async () => {
  answer = () => identified;
  expect(await identity()).toEqual({ account: "111111111111", arn });
  expect(asked).toEqual(["eu-west-1 Action=GetCallerIdentity&Version=2011-06-15"]);
});

test.each([
  ["is down", refused(503, "ServiceUnavailable")],
  ["throttles", refused(400, "Throttling")],
  ["does not know the caller, who has not opted in to it", refused(403, "InvalidClientTokenId")],
])("where a region %s, the next is asked", async (_, first) => {
  answer = (region) => (region === "eu-west-1" ? first : identified);
  expect(await identity()).toEqual({ account: "111111111111", arn });
});

test.each(["InvalidClientTokenId", "ExpiredToken", "SignatureDoesNotMatch"])(
  "credentials that AWS does not take (%s) are none",
  async (code) => {
    answer = () => refused(403, code);
    await expect(identity()).rejects.toThrow(NoCredentials);
    await expect(identity()).rejects.toThrow(`${code}: says ${code}`);
  },
);

test("AWS is asked where endpoints are to be ignored", async () => {
  process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = "true";
  const request = jest.spyOn(https, "request").mockImplementation(() => {
    throw Object.assign(new Error("no network"), { code: "ENETUNREACH" });
  });
  await expect(identity()).rejects.toThrow("no network");
  expect(request.mock.calls.map(([options]) => (options as https.RequestOptions).hostname)).toEqual([
    "sts.eu-west-1.amazonaws.com",
    "sts.us-east-1.amazonaws.com",
  ]);
  expect(asked).toEqual([]);
  request.mockRestore();
});

test("without credentials nobody is asked", async () => {
  process.env.AWS_ACCESS_KEY_ID = "";
  await expect(identity()).rejects.toThrow(NoCredentials);
  expect(asked).toEqual([]);
});

test("where no region answers, it is said which were asked, and why", async () => {
  answer = () => refused(503, "ServiceUnavailable");
  await expect(identity()).rejects.toThrow(StsUnanswered);
  await expect(identity()).rejects.toThrow(
    /STS does not answer in any of eu-west-1, us-east-1.*why: what changes something says first/s,
  );
});
