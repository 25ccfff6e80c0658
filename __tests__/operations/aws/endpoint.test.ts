import { endpointOf, localEndpoint, otherEndpoint } from "../../../operations/aws/endpoint";

const host = "abc.lambda-url.eu-west-1.on.aws";
const local = "http://127.0.0.1:4566";
const vpc = "https://vpce-1.sts.eu-west-1.vpce.amazonaws.com";

test.each<[string, NodeJS.ProcessEnv, string]>([
  ["itself", {}, `https://${host}`],
  ["the endpoint of a sandbox", { AWS_ENDPOINT_URL: local }, local],
  ["itself where an endpoint is named for one service", { AWS_ENDPOINT_URL_STS: local }, `https://${host}`],
  ["itself where the endpoint is one of a VPC", { AWS_ENDPOINT_URL: vpc }, `https://${host}`],
  [
    "itself where endpoints are to be ignored",
    { AWS_ENDPOINT_URL: local, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" },
    `https://${host}`,
  ],
])("a host of something deployed is asked at %s", (_, environment, expected) => {
  expect(endpointOf(host, environment)).toBe(expected);
});

test("calls go elsewhere than to AWS where an endpoint says so that is not AWS's", () => {
  expect(otherEndpoint({ AWS_ENDPOINT_URL_S3: local, AWS_ENDPOINT_URL: vpc })).toBe(local);
  expect(otherEndpoint({ AWS_ENDPOINT_URL: vpc })).toBeUndefined();
});

test.each(["LAMBDA", "SSM", "ORGANIZATIONS", "SERVICE_QUOTAS"])(
  "also where it is that of %s alone",
  (service) => {
    const environment = { [`AWS_ENDPOINT_URL_${service}`]: local };
    expect(otherEndpoint(environment)).toBe(local);
    for (const ignored of ["true", "TRUE"])
      expect(otherEndpoint({ ...environment, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored })).toBeUndefined();
  },
);

test("the endpoint for all services is told before one of theirs", () => {
  const one = "http://127.0.0.1:1";
  expect(otherEndpoint({ AWS_ENDPOINT_URL_EC2: one, AWS_ENDPOINT_URL: local })).toBe(local);
});

describe("calls stay on this machine", () => {
  test.each<[string, NodeJS.ProcessEnv]>([
    ["with a sandbox", { AWS_ENDPOINT_URL: local }],
    [
      "with a sandbox under another name for one service",
      { AWS_ENDPOINT_URL: local, AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: "http://localhost:4566" },
    ],
    ["with a variable that is empty", { AWS_ENDPOINT_URL: local, AWS_ENDPOINT_URL_S3: "" }],
    ["over IPv6", { AWS_ENDPOINT_URL: "http://[::1]:4566" }],
  ])("%s", (_, environment) => expect(localEndpoint(environment)).toBe(environment.AWS_ENDPOINT_URL));

  test.each<[string, NodeJS.ProcessEnv]>([
    ["without an endpoint", {}],
    ["with one for a single service, for the others go to AWS", { AWS_ENDPOINT_URL_S3: local }],
    [
      "with one service at AWS",
      { AWS_ENDPOINT_URL: local, AWS_ENDPOINT_URL_LAMBDA: "https://lambda.eu-west-1.amazonaws.com" },
    ],
    [
      "where endpoints are to be ignored",
      { AWS_ENDPOINT_URL: local, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "TRUE" },
    ],
    ["with a VPC's endpoint", { AWS_ENDPOINT_URL: vpc }],
    ["with another machine", { AWS_ENDPOINT_URL: "http://localhost.example.com:4566" }],
    ["with what is no URL", { AWS_ENDPOINT_URL: "localhost" }],
  ])("but not %s", (_, environment) => expect(localEndpoint(environment)).toBeUndefined());
});
