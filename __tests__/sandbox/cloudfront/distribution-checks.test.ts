import {
  api,
  createDistribution,
  createFunction,
  type DistributionOptions,
  distributionXml,
  originXml,
  sandbox,
} from "./support";

const READS = ["GET", "HEAD"];

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
  expect(await refusal({ target: "reads", group, methods: READS })).toMatchObject({ code: "none" });
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
