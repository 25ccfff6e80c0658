import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { credentialScope, isSignedWith } from "../../../sandbox/gateway/signature";
import type { HttpRequest } from "../../../sandbox/http";

const host = "abc.lambda-url.eu-central-1.on.aws";
const now = new Date("2024-03-12T19:03:58Z");

async function signedRequest(path: string, body = "", secretAccessKey = "secret"): Promise<HttpRequest> {
  const signer = new SignatureV4({
    credentials: { accessKeyId: "AKIA", secretAccessKey, sessionToken: "token" },
    region: "eu-central-1",
    service: "lambda",
    sha256: Sha256,
  });
  const [pathname = "", search] = path.split("?");
  const query = Object.fromEntries(new URLSearchParams(search));
  const request = {
    method: "POST",
    protocol: "https:",
    hostname: host,
    path: pathname,
    query,
    headers: { host },
    body,
  };
  const { headers } = await signer.sign(request, { signingDate: now });
  const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { method: "POST", host, path, headers: Object.fromEntries(lowerCase), body: Buffer.from(body) };
}

it.each(["/", "/a%20b/c?x=1&y=%C3%A4", "/a//b/"])("accepts a signature over %s", async (path) => {
  expect(await isSignedWith(await signedRequest(path, "hello"), "secret", now)).toBe(true);
});

it("needs the secret, the path, the body and the headers that were signed", async () => {
  const request = await signedRequest("/a", "hello");
  expect(await isSignedWith(request, "secret", now)).toBe(true);
  expect(await isSignedWith(request, "another", now)).toBe(false);
  expect(await isSignedWith({ ...request, path: "/b" }, "secret", now)).toBe(false);
  expect(await isSignedWith({ ...request, method: "PUT" }, "secret", now)).toBe(false);
  expect(await isSignedWith({ ...request, body: Buffer.from("hallo") }, "secret", now)).toBe(false);
  const headers = { ...request.headers, "x-amz-security-token": "another" };
  expect(await isSignedWith({ ...request, headers }, "secret", now)).toBe(false);
});

it("does not mind headers that were added on the way", async () => {
  const request = await signedRequest("/a");
  const headers = { ...request.headers, "x-forwarded-for": "1.2.3.4" };
  expect(await isSignedWith({ ...request, headers }, "secret", now)).toBe(true);
});

it("refuses a signature that is old, or none at all", async () => {
  const request = await signedRequest("/a");
  expect(await isSignedWith(request, "secret", new Date(now.getTime() + 6 * 60_000))).toBe(false);
  expect(await isSignedWith({ ...request, headers: { host } }, "secret", now)).toBe(false);
});

describe("the credential scope", () => {
  const scopeOf = (authorization: string, path = "/") =>
    credentialScope({ method: "GET", host, path, headers: { authorization }, body: Buffer.alloc(0) });

  it("is read from a SigV4 header, a SigV4A header, or a presigned query", () => {
    const regional = { accessKeyId: "AK", region: "eu-west-1", service: "s3" };
    expect(
      scopeOf("AWS4-HMAC-SHA256 Credential=AK/20240312/eu-west-1/s3/aws4_request, SignedHeaders=host"),
    ).toEqual(regional);
    expect(scopeOf("", "/x?X-Amz-Credential=AK%2F20240312%2Feu-west-1%2Fs3%2Faws4_request")).toEqual(
      regional,
    );
    expect(scopeOf("AWS4-ECDSA-P256-SHA256 Credential=AK/20240312/cloudfront/aws4_request, x")).toEqual({
      accessKeyId: "AK",
      region: "us-east-1",
      service: "cloudfront",
    });
  });

  it.each(["", "Bearer x", "AWS4-HMAC-SHA256 Credential=AK/20240312"])(
    "is not there in %j",
    (authorization) => {
      expect(scopeOf(authorization)).toBeUndefined();
    },
  );
});
