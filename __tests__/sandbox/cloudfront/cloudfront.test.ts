import { child, items, text, textItems } from "../../../sandbox/protocols/xml";
import {
  api,
  certificateArn,
  createDistribution,
  createFunction,
  distributionXml,
  errorResponsesXml,
  sandbox,
} from "./support";

test("a distribution is deployed at once, and its configuration is read back as sent", async () => {
  const { cloudfront } = sandbox();
  const { id, arn, domain, xml } = await createDistribution(cloudfront, {
    comment: "tom &amp; &lt;jerry&gt;",
    group: { members: ["a", "b"], statusCodes: [500, 503] },
  });
  expect(arn).toBe(`arn:aws:cloudfront::111111111111:distribution/${id}`);
  expect(text(xml, "Status")).toBe("Deployed");
  const read = await api(cloudfront, "GET", `/distribution/${id}`);
  const config = child(read.xml, "DistributionConfig");
  expect(text(config, "Comment")).toBe("tom & <jerry>");
  expect(items(child(config, "Origins"), "Origin").map((origin) => text(origin, "Id"))).toEqual(["a", "b"]);
  const [group] = items(child(config, "OriginGroups"), "OriginGroup");
  expect(textItems(child(group ?? "", "FailoverCriteria", "StatusCodes"), "StatusCode")).toEqual([
    "500",
    "503",
  ]);
  expect((await api(cloudfront, "GET", `/distribution/${id}/config`)).xml).toEqual(config);
  expect(cloudfront.distributions()).toEqual([
    { id, arn, account: "111111111111", domain, aliases: [], enabled: true, cell: "staging" },
  ]);
});

test("an update needs the current ETag and gives a new one", async () => {
  const { cloudfront } = sandbox();
  const { id, etag } = await createDistribution(cloudfront);
  const change = (ifMatch?: string) =>
    api(cloudfront, "PUT", `/distribution/${id}/config`, distributionXml({ comment: "new" }), { ifMatch });
  await expect(change()).rejects.toMatchObject({ status: 400, code: "InvalidIfMatchVersion" });
  await expect(change("E0000000000000")).rejects.toMatchObject({ status: 412, code: "PreconditionFailed" });
  const changed = await change(etag);
  expect(changed.etag).not.toBe(etag);
  expect(text(changed.xml, "DistributionConfig", "Comment")).toBe("new");
  await expect(change(etag)).rejects.toMatchObject({ code: "PreconditionFailed" });
});

test("only a disabled distribution can be deleted", async () => {
  const { cloudfront } = sandbox();
  const { id, etag, domain } = await createDistribution(cloudfront);
  await expect(api(cloudfront, "DELETE", `/distribution/${id}`, "", { ifMatch: etag })).rejects.toMatchObject(
    {
      status: 409,
      code: "DistributionNotDisabled",
    },
  );
  const off = await api(
    cloudfront,
    "PUT",
    `/distribution/${id}/config`,
    distributionXml({ enabled: false }),
    {
      ifMatch: etag,
    },
  );
  expect((await api(cloudfront, "DELETE", `/distribution/${id}`, "", { ifMatch: off.etag })).status).toBe(
    204,
  );
  expect(cloudfront.owns(domain)).toBe(false);
  await expect(api(cloudfront, "GET", `/distribution/${id}`)).rejects.toMatchObject({
    status: 404,
    code: "NoSuchDistribution",
  });
});

test("tags can be listed, added and removed", async () => {
  const { cloudfront } = sandbox();
  const { arn } = await createDistribution(cloudfront);
  const tagging = `/tagging?Resource=${encodeURIComponent(arn)}`;
  const tags = async () =>
    items((await api(cloudfront, "GET", tagging)).xml, "Tag").map((tag) => [
      text(tag, "Key"),
      text(tag, "Value"),
    ]);
  await api(
    cloudfront,
    "POST",
    `${tagging}&Operation=Tag`,
    "<Tags><Items><Tag><Key>owner</Key><Value>x</Value></Tag></Items></Tags>",
  );
  expect(await tags()).toEqual([
    ["meridian:cell", "staging"],
    ["owner", "x"],
  ]);
  await api(
    cloudfront,
    "POST",
    `${tagging}&Operation=Untag`,
    "<TagKeys><Items><Key>meridian:cell</Key></Items></TagKeys>",
  );
  expect(await tags()).toEqual([["owner", "x"]]);
  expect(cloudfront.owns("staging.localhost")).toBe(false);
});

test("owns a distribution's domain, its aliases and its cell's name, and nothing else", async () => {
  const { cloudfront } = sandbox();
  const { domain } = await createDistribution(cloudfront, { aliases: ["www.example.com"] });
  const hosts = [domain, "WWW.example.com", "staging.localhost", `${domain}:4566`, "www.example.com:4566"];
  expect(hosts.filter((host) => !cloudfront.owns(host))).toEqual([]);
  expect(["localhost", "undefined.localhost", "x.cloudfront.net"].some((host) => cloudfront.owns(host))).toBe(
    false,
  );
});

test("answers to a custom domain, with or without a port", async () => {
  const { cloudfront } = sandbox();
  await createDistribution(cloudfront, { aliases: ["api.example.com"] });
  for (const host of ["api.example.com", "API.example.com:4566"]) {
    const request = { method: "GET", host, path: "/", headers: { host }, body: Buffer.alloc(0) };
    expect(await cloudfront.request(request)).toMatchObject({
      status: 200,
      body: Buffer.from('{"from":"a"}'),
    });
  }
});

test("what belongs to a custom domain, to protection and to logs is read back as sent", async () => {
  const { cloudfront } = sandbox();
  const store = text((await api(cloudfront, "POST", "/key-value-store", "<A><Name>k</Name></A>")).xml, "ARN");
  const route = await createFunction(cloudfront, "function handler(e) { return e.request; }", { store });
  const acl = "arn:aws:wafv2:us-east-1:111111111111:global/webacl/front/a-b-c";
  const more = `<WebACLId>${acl}</WebACLId>
    <Logging><Enabled>true</Enabled><IncludeCookies>false</IncludeCookies>
      <Bucket>logs.s3.amazonaws.com</Bucket><Prefix>front/</Prefix></Logging>
    ${errorResponsesXml({ 502: 0, 503: 0 })}`;
  const functions = { "viewer-request": route };
  const { id } = await createDistribution(cloudfront, {
    aliases: ["api.example.com"],
    functions,
    ordered: { "/a/*": { functions } },
    more,
  });
  const config = child((await api(cloudfront, "GET", `/distribution/${id}`)).xml, "DistributionConfig");
  expect(config).toMatchObject({
    Aliases: { Quantity: "1", Items: { CNAME: ["api.example.com"] } },
    WebACLId: acl,
    Logging: { Enabled: "true", IncludeCookies: "false", Bucket: "logs.s3.amazonaws.com", Prefix: "front/" },
    ViewerCertificate: {
      ACMCertificateArn: certificateArn,
      SSLSupportMethod: "sni-only",
      MinimumProtocolVersion: "TLSv1.2_2021",
    },
  });
  expect(items(child(config, "CustomErrorResponses"), "CustomErrorResponse")).toEqual([
    { ErrorCode: "502", ErrorCachingMinTTL: "0" },
    { ErrorCode: "503", ErrorCachingMinTTL: "0" },
  ]);
  const [ordered] = items(child(config, "CacheBehaviors"), "CacheBehavior");
  for (const behaviour of [child(config, "DefaultCacheBehavior"), ordered ?? {}]) {
    expect(items(child(behaviour, "FunctionAssociations"), "FunctionAssociation")).toEqual([
      { FunctionARN: route, EventType: "viewer-request" },
    ]);
  }
  const { xml } = await api(cloudfront, "GET", "/function/route/describe?Stage=LIVE");
  const stores = child(xml, "FunctionConfig", "KeyValueStoreAssociations");
  expect(items(stores, "KeyValueStoreAssociation")).toEqual([{ KeyValueStoreARN: store }]);
});

test("accounts are apart", async () => {
  const { cloudfront } = sandbox();
  const { id } = await createDistribution(cloudfront);
  await expect(
    api(cloudfront, "GET", `/distribution/${id}`, "", { account: "222222222222" }),
  ).rejects.toMatchObject({ code: "NoSuchDistribution" });
  const other = await api(cloudfront, "POST", "/distribution", distributionXml(), {
    account: "222222222222",
  });
  expect(text(other.xml, "Id")).not.toBe(id);
});

test("an operation that is not there is a 400 that names it", async () => {
  const { cloudfront } = sandbox();
  await expect(api(cloudfront, "POST", "/streaming-distribution", "<A/>")).rejects.toMatchObject({
    status: 400,
    code: "UnsupportedOperation",
    message: expect.stringContaining("cloudfront: POST /2020-05-31/streaming-distribution"),
  });
});

test("an invalidation is read back as completed", async () => {
  const { cloudfront } = sandbox();
  const { id } = await createDistribution(cloudfront);
  const batch =
    "<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/*</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>";
  const created = await api(cloudfront, "POST", `/distribution/${id}/invalidation`, batch);
  expect(created.status).toBe(201);
  const read = await api(cloudfront, "GET", `/distribution/${id}/invalidation/${text(created.xml, "Id")}`);
  expect(text(read.xml, "Status")).toBe("Completed");
  expect(textItems(child(read.xml, "InvalidationBatch", "Paths"), "Path")).toEqual(["/*"]);
  const listed = await api(cloudfront, "GET", `/distribution/${id}/invalidation`);
  expect(text(listed.xml, "Quantity")).toBe("1");
});
