import { text } from "../../../sandbox/protocols/xml";
import {
  api,
  createDistribution,
  createFunction,
  type DistributionOptions,
  distributionXml,
  errorResponsesXml,
  originXml,
  sandbox,
} from "./support";

const reads = ["GET", "HEAD"];

async function refusal(
  options: DistributionOptions,
): Promise<{ code: string; status: number; message: string }> {
  const { cloudfront } = sandbox();
  await createFunction(cloudfront, "function handler(event) { return event.request; }", {
    name: "draft",
    publish: false,
  });
  return api(cloudfront, "POST", "/distribution", distributionXml(options)).then(
    () => ({ code: "none", status: 0, message: "" }),
    (error) => ({ code: error.code, status: error.status, message: error.message }),
  );
}

test("writes on a behaviour of an origin group", async () => {
  expect(await refusal({ target: "reads", group: { members: ["a", "b"], statusCodes: [500] } })).toEqual({
    code: "InvalidArgument",
    status: 400,
    message:
      "The parameter AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.",
  });
});

test("reads on a behaviour of an origin group are fine", async () => {
  const group = { members: ["a", "b"], statusCodes: [500] };
  expect(await refusal({ target: "reads", group, methods: reads })).toMatchObject({ code: "none" });
});

const refused: readonly (readonly [string, DistributionOptions, string])[] = [
  ["an unknown origin", { target: "c" }, "NoSuchOrigin"],
  ["an unknown origin of a group", { group: { members: ["a", "c"], statusCodes: [500] } }, "NoSuchOrigin"],
  ["a group of one", { group: { members: ["a"], statusCodes: [500] } }, "InvalidArgument"],
  ["a group of three", { group: { members: ["a", "b", "a"], statusCodes: [500] } }, "InvalidArgument"],
  ["a failover code that is none", { group: { members: ["a", "b"], statusCodes: [418] } }, "InvalidArgument"],
  ["no failover code", { group: { members: ["a", "b"], statusCodes: [] } }, "InvalidArgument"],
  ["an odd set of methods", { methods: ["GET", "POST"] }, "InvalidArgument"],
  ["an unknown cache policy", { cachePolicy: "x" }, "NoSuchCachePolicy"],
  ["an unknown origin request policy", { originRequestPolicy: "x" }, "NoSuchOriginRequestPolicy"],
  ["an unknown response headers policy", { responseHeadersPolicy: "x" }, "NoSuchResponseHeadersPolicy"],
  [
    "an unknown origin access control",
    { origins: [originXml("a", "eu-central-1", "<OriginAccessControlId>E1</OriginAccessControlId>")] },
    "InvalidOriginAccessControl",
  ],
  [
    "a read timeout out of range",
    { origins: [originXml("a", "eu-central-1", "", 500)] },
    "InvalidOriginReadTimeout",
  ],
  [
    "an unknown function",
    { functions: { "viewer-request": "arn:aws:cloudfront::111111111111:function/none" } },
    "InvalidFunctionAssociation",
  ],
  [
    "a function that is not published",
    { functions: { "viewer-request": "arn:aws:cloudfront::111111111111:function/draft" } },
    "InvalidFunctionAssociation",
  ],
];

test.each(refused)("%s", async (_what, options, code) => {
  expect(await refusal(options)).toMatchObject({ code });
});

test.each(["arn:aws:acm:eu-west-1:111111111111:certificate/a-b-c", "arn:aws:acm::1:certificate/a"])(
  "the certificate %s, which is not in us-east-1",
  async (certificate) => {
    expect(await refusal({ aliases: ["www.example.com"], certificate })).toEqual({
      code: "InvalidViewerCertificate",
      status: 400,
      message: expect.stringContaining("isn't in us-east-1 region"),
    });
  },
);

test("an alias without a certificate", async () => {
  expect(await refusal({ aliases: ["www.example.com"], certificate: "" })).toEqual({
    code: "InvalidViewerCertificate",
    status: 400,
    message: expect.stringContaining("you must attach a trusted certificate"),
  });
});

test("a caching time for a status code that has none", async () => {
  expect(await refusal({ more: errorResponsesXml({ 429: 0 }) })).toMatchObject({ code: "InvalidErrorCode" });
  expect(await refusal({ more: errorResponsesXml({ 404: 0, 504: 0 }) })).toMatchObject({ code: "none" });
});

test("an alias of another account's distribution, on creation and on update", async () => {
  const { cloudfront } = sandbox();
  await createDistribution(cloudfront, { aliases: ["www.example.com"] });
  const other = { account: "222222222222" };
  const taken = { reference: "other", aliases: ["api.example.com", "WWW.example.com"] };
  const refused = {
    status: 409,
    code: "CNAMEAlreadyExists",
    message: expect.stringContaining("www.example.com"),
  };
  await expect(api(cloudfront, "POST", "/distribution", distributionXml(taken), other)).rejects.toMatchObject(
    refused,
  );
  const mine = distributionXml({ reference: "other", aliases: ["api.example.com"] });
  const { xml, etag } = await api(cloudfront, "POST", "/distribution", mine, other);
  const path = `/distribution/${text(xml, "Id")}/config`;
  const change = (body: string) => api(cloudfront, "PUT", path, body, { ...other, ifMatch: etag });
  await expect(change(distributionXml(taken))).rejects.toMatchObject(refused);
  expect((await change(mine)).status).toBe(200);
});

test("a second distribution with one caller reference, or one alias", async () => {
  const { cloudfront } = sandbox();
  await createDistribution(cloudfront, { aliases: ["www.example.com"] });
  await expect(createDistribution(cloudfront)).rejects.toMatchObject({
    status: 409,
    code: "DistributionAlreadyExists",
  });
  await expect(
    createDistribution(cloudfront, { reference: "second", aliases: ["www.example.com"] }),
  ).rejects.toMatchObject({ status: 409, code: "CNAMEAlreadyExists" });
});
