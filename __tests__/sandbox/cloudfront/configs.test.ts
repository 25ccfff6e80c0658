import { child, items, text } from "../../../sandbox/protocols/xml";
import {
  api,
  cachingDisabled,
  createAccessControl,
  createCachePolicy,
  createDistribution,
  originXml,
  sandbox,
  securityHeaders,
} from "./support";

test("a policy is read back as sent, and changed under its ETag", async () => {
  const { cloudfront } = sandbox();
  const id = await createCachePolicy(cloudfront);
  const { xml, etag } = await api(cloudfront, "GET", `/cache-policy/${id}`);
  expect(text(xml, "CachePolicyConfig", "MaxTTL")).toBe("60");
  const body = "<CachePolicyConfig><Name>renamed</Name><MinTTL>0</MinTTL></CachePolicyConfig>";
  await expect(api(cloudfront, "PUT", `/cache-policy/${id}`, body, { ifMatch: "E1" })).rejects.toMatchObject({
    status: 412,
  });
  const changed = await api(cloudfront, "PUT", `/cache-policy/${id}`, body, { ifMatch: etag });
  expect(text(changed.xml, "CachePolicyConfig", "Name")).toBe("renamed");
  // The old name is free again, and its new holder is another policy.
  expect(await createCachePolicy(cloudfront)).not.toBe(id);
});

test("names are unique within a kind", async () => {
  const { cloudfront } = sandbox();
  await createCachePolicy(cloudfront);
  await createAccessControl(cloudfront);
  await expect(createCachePolicy(cloudfront)).rejects.toMatchObject({
    status: 409,
    code: "CachePolicyAlreadyExists",
  });
  await expect(createAccessControl(cloudfront)).rejects.toMatchObject({
    code: "OriginAccessControlAlreadyExists",
  });
});

test("what is in use cannot be deleted", async () => {
  const { cloudfront } = sandbox();
  const policy = await createCachePolicy(cloudfront);
  const control = await createAccessControl(cloudfront);
  const origin = originXml("a", "eu-central-1", `<OriginAccessControlId>${control}</OriginAccessControlId>`);
  await createDistribution(cloudfront, { cachePolicy: policy, origins: [origin] });
  const drop = async (path: string) =>
    api(cloudfront, "DELETE", path, "", { ifMatch: (await api(cloudfront, "GET", path)).etag });
  await expect(drop(`/cache-policy/${policy}`)).rejects.toMatchObject({
    status: 409,
    code: "CachePolicyInUse",
  });
  await expect(drop(`/origin-access-control/${control}`)).rejects.toMatchObject({
    status: 409,
    code: "OriginAccessControlInUse",
  });
  const unused = await createCachePolicy(cloudfront, { name: "unused" });
  expect((await drop(`/cache-policy/${unused}`)).status).toBe(204);
});

test("a cache policy that caches nothing has nothing in its key", async () => {
  const { cloudfront } = sandbox();
  await expect(createCachePolicy(cloudfront, { maxTtl: 0 })).rejects.toMatchObject({
    status: 400,
    code: "InvalidArgument",
    message: "The parameter HeaderBehavior is invalid for policy with caching disabled.",
  });
});

test("AWS's policies can be read and listed, not changed", async () => {
  const { cloudfront } = sandbox();
  const disabled = await api(cloudfront, "GET", `/cache-policy/${cachingDisabled}`);
  expect(child(disabled.xml, "CachePolicyConfig")).toMatchObject({
    Name: "Managed-CachingDisabled",
    MaxTTL: "0",
  });
  const path = `/response-headers-policy/${securityHeaders}`;
  const { etag } = await api(cloudfront, "GET", path);
  await expect(api(cloudfront, "DELETE", path, "", { ifMatch: etag })).rejects.toMatchObject({
    code: "IllegalDelete",
  });
  await createCachePolicy(cloudfront);
  const { xml } = await api(cloudfront, "GET", "/cache-policy?Type=custom");
  expect(
    items(xml, "CachePolicySummary").map((item) => text(item, "CachePolicy", "CachePolicyConfig", "Name")),
  ).toEqual(["country"]);
});
