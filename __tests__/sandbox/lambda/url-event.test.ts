import type { Caller } from "../../../sandbox/http";
import { urlEvent } from "../../../sandbox/lambda/url-event";
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
