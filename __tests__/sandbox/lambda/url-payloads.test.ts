import type { Caller } from "../../../sandbox/http";
import { urlEvent, urlResponse } from "../../../sandbox/lambda/url-payloads";
import { get } from "./helpers";

const host = "abc.lambda-url.eu-central-1.on.aws";
const now = new Date("2024-03-12T19:03:58.390Z");
const anonymous: Caller = { kind: "anonymous" };

const event = (path: string, more = {}, caller = anonymous) =>
  urlEvent(get(host, path, more), caller, "id", now);

it("has payload format 2.0", () => {
  expect(
    event("/my/path?a=1&a=2&b=x%20y", { headers: { host, cookie: "c=1; d=2", "user-agent": "agent" } }),
  ).toMatchObject({
    version: "2.0",
    rawPath: "/my/path",
    rawQueryString: "a=1&a=2&b=x%20y",
    cookies: ["c=1", "d=2"],
    headers: { host, "user-agent": "agent", "x-forwarded-proto": "https" },
    queryStringParameters: { a: "1,2", b: "x y" },
    requestContext: {
      accountId: "anonymous",
      apiId: "abc",
      domainName: host,
      http: { method: "GET", path: "/my/path", protocol: "HTTP/1.1", userAgent: "agent" },
      requestId: "id",
      time: "12/Mar/2024:19:03:58 +0000",
      timeEpoch: 1710270238390,
    },
    isBase64Encoded: false,
  });
});

it("leaves out what is not there", () => {
  const empty = event("/");
  for (const field of ["cookies", "queryStringParameters", "body"]) expect(empty).not.toHaveProperty(field);
});

it("names the caller", () => {
  const arn = "arn:aws:sts::333333333333:assumed-role/x/y";
  expect(event("/", {}, { kind: "principal", account: "333333333333", arn } as never)).toMatchObject({
    requestContext: { accountId: "333333333333", authorizer: { iam: { userArn: arn } } },
  });
});

it.each([
  ["application/json", '{"a":"ä"}', '{"a":"ä"}', false],
  ["text/plain; charset=utf-8", "x", "x", false],
  ["application/x-www-form-urlencoded", "a=1", "YT0x", true],
  ["image/png", "x", "eA==", true],
])("passes a body of %s", (type, body, expected, isBase64Encoded) => {
  const more = { headers: { "content-type": type }, body: Buffer.from(body) };
  expect(event("/", more)).toMatchObject({ body: expected, isBase64Encoded });
});

it("passes bytes that are no text in base64, whatever their type says", () => {
  const more = { headers: { "content-type": "text/plain" }, body: Buffer.from([0xff, 0x00]) };
  expect(event("/", more)).toMatchObject({ body: "/wA=", isBase64Encoded: true });
});

const answer = (result: unknown) => urlResponse(Buffer.from(JSON.stringify(result)));

it.each([["hello"], [{ a: 1 }], [null], [[1, 2]]])("answers %j as JSON", (result) => {
  expect(answer(result)).toEqual({
    status: 200,
    headers: { "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(result)),
  });
});

it("does what an object with a status code says", () => {
  const result = {
    statusCode: 201,
    headers: { "Content-Type": "text/plain", "X-Count": 3, Connection: "close" },
    cookies: ["a=1", "b=2"],
    body: "aGk=",
    isBase64Encoded: true,
  };
  expect(answer(result)).toEqual({
    status: 201,
    headers: { "content-type": "text/plain", "x-count": "3", "set-cookie": ["a=1", "b=2"] },
    body: Buffer.from("hi"),
  });
});

it.each([[{ statusCode: "no" }], [{ statusCode: 99 }], [{ statusCode: 200, body: { a: 1 } }]])(
  "answers 502 to %j",
  (result) => {
    expect(answer(result)).toMatchObject({ status: 502, body: Buffer.from("Internal Server Error") });
  },
);
