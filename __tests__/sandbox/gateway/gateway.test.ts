import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { CloudFront } from "../../../sandbox/cloudfront/cloudfront";
import { createGateway, type Gateway } from "../../../sandbox/gateway/gateway";
import { createIdentities } from "../../../sandbox/gateway/identities";
import {
  type AwsCall,
  AwsError,
  type HttpRequest,
  type HttpResponse,
  Unreachable,
} from "../../../sandbox/http";
import { createTestLambda, deploy, frankfurt, type TestLambda } from "../lambda/helpers";

const empty: HttpResponse = { status: 200, headers: {}, body: Buffer.alloc(0) };
const session = `<AssumeRoleResponse><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey>
<SessionToken>token</SessionToken></Credentials><Arn>arn:aws:sts::111111111111:assumed-role/x/y</Arn></AssumeRoleResponse>`;

const accessKey = `<CreateAccessKeyResponse><AccessKey><UserName>x</UserName><AccessKeyId>AKIA1</AccessKeyId>
<SecretAccessKey>s3cret</SecretAccessKey></AccessKey></CreateAccessKeyResponse>`;

let test: TestLambda;
let gateway: Gateway;
let calls: AwsCall[];
let logged: string[];
beforeEach(() => {
  test = createTestLambda();
  calls = [];
  logged = [];
  const cloudFront: CloudFront = {
    operations: [],
    handle: async () => {
      throw new AwsError(404, "NoSuchDistribution", "no <such> distribution");
    },
    owns: (host) => host === "cell.localhost" || host === "333333333333.localhost",
    request: async ({ path }) => ({ ...empty, body: Buffer.from(`front ${path}`) }),
    distributions: () => [],
    keyValueStore: () => undefined,
  };
  gateway = createGateway({
    identities: createIdentities(),
    outages: test.outages,
    lambda: test.lambda,
    cloudFront,
    moto: async (call) => {
      calls.push(call);
      if (call.service === "kms") throw new TypeError("a bug of ours");
      if (call.body.includes("CreateAccessKey")) return { ...empty, body: Buffer.from(accessKey) };
      return call.service === "sts" ? { ...empty, body: Buffer.from(session) } : empty;
    },
    onLog: (line) => logged.push(line),
  });
});
afterEach(() => test.close());

function request(
  path: string,
  headers: Record<string, string> = {},
  more: Partial<HttpRequest> = {},
): HttpRequest {
  return { method: "GET", host: "127.0.0.1", path, headers, body: Buffer.alloc(0), ...more };
}

function api(service: string, headers: Record<string, string> = {}, region = "eu-central-1", key = "test") {
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/20240101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return request("/", { authorization, ...headers }, { method: "POST" });
}

const assumeRole = () => gateway(api("sts", {}, "eu-west-1"));

describe("a signed call", () => {
  it("belongs to the account that its credentials were handed out for", async () => {
    await gateway(api("iam"));
    await assumeRole();
    await gateway(api("iam", {}, "us-east-1", "ASIA1"));
    expect(calls.map(({ account, region, service }) => [account, region, service])).toEqual([
      ["123456789012", "eu-central-1", "iam"],
      ["123456789012", "eu-west-1", "sts"],
      ["111111111111", "us-east-1", "iam"],
    ]);
  });

  it("with an access key of a user belongs to the user's account", async () => {
    const body = Buffer.from("Action=CreateAccessKey&Version=2010-05-08&UserName=x");
    const type = { "content-type": "application/x-www-form-urlencoded" };
    await gateway({ ...api("iam", type, "us-east-1", "333333333333"), body });
    await gateway(api("logs", {}, "us-east-1", "AKIA1"));
    expect(calls.map(({ account }) => account)).toEqual(["333333333333", "333333333333"]);
  });

  it("of a service that is not served is refused at once, in the service's protocol", async () => {
    const json = await gateway(api("glue", { "x-amz-target": "AWSGlue.GetTables" }));
    expect(json).toMatchObject({ status: 400, headers: { "x-amzn-errortype": "NotImplemented" } });
    expect(json.body.toString()).toContain("glue GetTables");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const xml = await gateway({ ...api("autoscaling", form), body: Buffer.from("Action=DescribeTags") });
    expect(xml.status).toBe(400);
    expect(xml.body.toString()).toMatch(/<Code>NotImplemented<\/Code><Message>.*autoscaling DescribeTags/);
    const broken = await gateway({ ...api("ec2", { ...form, origin: "http://a.example" }), body: xml.body });
    expect(broken.body.toString()).toContain("<Response><Errors><Error><Code>AccessDeniedException</Code>");
    const named = await gateway(api("constructor"));
    expect(named.body.toString()).toContain("does not serve constructor POST /");
  });

  it("gets an error of its handler in the service's protocol", async () => {
    const { status, body } = await gateway(api("cloudfront"));
    expect(status).toBe(404);
    expect(body.toString()).toContain(
      "<Code>NoSuchDistribution</Code><Message>no &lt;such&gt; distribution</Message>",
    );
    const path = "/2015-03-31/functions/hello";
    const { authorization = "" } = api("lambda").headers;
    const missing = await gateway(request(path, { authorization }));
    expect(missing).toMatchObject({
      status: 404,
      headers: { "x-amzn-errortype": "ResourceNotFoundException" },
    });
  });

  it("never gets a 5xx, which would be retried, when the sandbox itself fails", async () => {
    const { status, body } = await gateway(api("kms"));
    expect(status).toBe(400);
    expect(body.toString()).toContain("SandboxError");
    expect(logged.join()).toContain("a bug of ours");
  });

  it("is cut off while its region is down, and in no other region", async () => {
    test.outages.begin("eu-central-1");
    await expect(gateway(api("iam"))).rejects.toThrow(Unreachable);
    expect(await gateway(api("iam", {}, "us-east-1"))).toMatchObject({ status: 200 });
  });

  it("is not taken from a web page", async () => {
    expect(await gateway(api("iam", { origin: "https://example.com" }))).toMatchObject({ status: 403 });
    expect(await gateway({ ...api("iam"), host: "example.com" })).toMatchObject({ status: 403 });
    expect(calls).toEqual([]);
  });
});

describe("a call for a key-value store", () => {
  const arn = encodeURIComponent("arn:aws:cloudfront::333333333333:key-value-store/abc");
  const authorization = (key: string, algorithm = "AWS4-ECDSA-P256-SHA256") =>
    `${algorithm} Credential=${key}/20240101/cloudfront-keyvaluestore/aws4_request, SignedHeaders=host, Signature=30ab`;
  const describeStore = (headers: Record<string, string> = {}, host = "333333333333.localhost") => {
    const signed = { authorization: authorization("333333333333"), "x-amz-region-set": "*", ...headers };
    return gateway(request(`/key-value-stores/${arn}`, signed, { host }));
  };

  it.each([
    ["signed with SigV4", { authorization: authorization("333333333333", "AWS4-HMAC-SHA256") }, undefined],
    ["for no set of regions", { "x-amz-region-set": "" }, undefined],
    ["by a key that nobody has", { authorization: authorization("AKIA1") }, undefined],
    ["with a token that the key does not have", { "x-amz-security-token": "token" }, undefined],
    ["without a signature", { authorization: authorization("333333333333").replace("30ab", "") }, undefined],
    ["at a host without the account", {}, "localhost"],
    ["at the host of another account", {}, "444444444444.localhost"],
  ])("is refused %s", async (_, headers, host) => {
    expect(await describeStore(headers, host)).toMatchObject({ status: 403 });
  });

  it("has the account in its host, and is not for a front that is called like it", async () => {
    expect(await describeStore()).toMatchObject({
      status: 404,
      headers: { "x-amzn-errortype": "ResourceNotFoundException" },
    });
  });

  it("is answered while any region is down", async () => {
    test.outages.begin("us-east-1");
    expect(await describeStore()).toMatchObject({ status: 404 });
  });
});

describe("the sandbox's own API", () => {
  const body = async (answer: Promise<HttpResponse>) => JSON.parse((await answer).body.toString());

  it("says how it is, and begins and ends outages", async () => {
    expect(await body(gateway(request("/_sandbox/health")))).toMatchObject({ pid: process.pid, outages: [] });
    await gateway(request("/_sandbox/outages/eu-west-1", {}, { method: "PUT" }));
    expect(await body(gateway(request("/_sandbox/health")))).toMatchObject({ outages: ["eu-west-1"] });
    await gateway(request("/_sandbox/outages/eu-west-1", {}, { method: "DELETE" }));
    expect(await body(gateway(request("/_sandbox/outages")))).toEqual([]);
    expect((await gateway(request("/_sandbox/outages/nowhere", {}, { method: "PUT" }))).status).toBe(400);
    const arn = "arn:aws:lambda:us-east-1:111111111111:function:hash:1";
    test.lambda.atEdge.associate(new Set([arn]));
    expect(await body(gateway(request("/_sandbox/replicas")))).toEqual({
      seconds: 60,
      functions: [{ arn, isAssociated: true }],
    });
    await gateway(request("/_sandbox/replicas/0", {}, { method: "PUT" }));
    test.lambda.atEdge.associate(new Set());
    expect(await body(gateway(request("/_sandbox/replicas")))).toEqual({ seconds: 0, functions: [] });
    expect((await gateway(request("/_sandbox/replicas/soon", {}, { method: "PUT" }))).status).toBe(400);
  });

  it.each([
    ["another origin", { origin: "https://example.com" }, "127.0.0.1"],
    ["no origin (a sandboxed page)", { origin: "null" }, "localhost"],
    ["another site", { "sec-fetch-site": "cross-site" }, "127.0.0.1"],
    ["a name that points here", {}, "example.com"],
  ])("is not there for a page of %s", async (_, headers, host) => {
    const put = request("/_sandbox/outages/eu-west-1", headers, { method: "PUT", host });
    expect(await gateway(put)).toMatchObject({ status: 403 });
    expect(test.outages.regions()).toEqual([]);
  });

  it("is not there on the hosts of a front", async () => {
    const answer = await gateway(request("/_sandbox/health", {}, { host: "cell.localhost" }));
    expect(answer.body.toString()).toBe("front /_sandbox/health");
  });
});

describe("a function URL", () => {
  const CODE = "exports.handler = async (event) => event.requestContext.authorizer.iam.userArn";

  async function signed(
    host: string,
    secretAccessKey = "s3cret",
    region = "eu-central-1",
  ): Promise<HttpRequest> {
    const credentials = { accessKeyId: "ASIA1", secretAccessKey, sessionToken: "token" };
    const signer = new SignatureV4({ credentials, region, service: "lambda", sha256: Sha256 });
    const { headers } = await signer.sign({
      method: "GET",
      protocol: "https:",
      hostname: host,
      path: "/",
      headers: { host },
    });
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return request("/", Object.fromEntries(lowerCase), { host });
  }

  it("runs the function for who signed the request", async () => {
    const host = await deploy(test.lambda, frankfurt, CODE);
    await assumeRole();
    const answer = await gateway(await signed(host));
    expect(answer.status).toBe(200);
    expect(answer.body.toString()).toBe('"arn:aws:sts::111111111111:assumed-role/x/y"');
  });

  it("refuses who did not sign, or not rightly", async () => {
    const host = await deploy(test.lambda, frankfurt, CODE);
    expect((await gateway(await signed(host))).body.toString()).toContain("security token");
    await assumeRole();
    const unsigned = await gateway(request("/", { host }, { host }));
    expect(unsigned).toMatchObject({ status: 403, headers: { "x-amzn-errortype": "AccessDeniedException" } });
    for (const wrong of [await signed(host, "wrong"), await signed(host, "s3cret", "us-east-1")]) {
      expect(await gateway(wrong)).toMatchObject({
        status: 403,
        headers: { "x-amzn-errortype": "InvalidSignatureException" },
      });
    }
  });

  it("is a 404 where there is none, and cut off in an outage", async () => {
    const host = `${"a".repeat(32)}.lambda-url.eu-central-1.on.aws`;
    expect(await gateway(request("/", { host }, { host }))).toMatchObject({ status: 404 });
    test.outages.begin("eu-central-1");
    await expect(gateway(request("/", { host }, { host }))).rejects.toThrow(Unreachable);
  });
});

it("says that there is nothing for a request that is neither", async () => {
  expect(await gateway(request("/"))).toMatchObject({ status: 404 });
});
