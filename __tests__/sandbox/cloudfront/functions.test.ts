import { text } from "../../../sandbox/protocols/xml";
import { api, createDistribution, createFunction, sandbox } from "./support";

const functionCode = "function handler(event) { return event.request; }";

test("a function has a development stage, and a live one once it is published", async () => {
  const { cloudfront } = sandbox();
  const arn = await createFunction(cloudfront, functionCode, { publish: false });
  expect(arn).toBe("arn:aws:cloudfront::111111111111:function/route");
  await expect(api(cloudfront, "GET", "/function/route/describe?Stage=LIVE")).rejects.toMatchObject({
    status: 404,
    code: "NoSuchFunctionExists",
  });
  const { etag, xml } = await api(cloudfront, "GET", "/function/route/describe?Stage=DEVELOPMENT");
  expect(text(xml, "Status")).toBe("UNPUBLISHED");
  await expect(
    api(cloudfront, "POST", "/function/route/publish", "", { ifMatch: "E1" }),
  ).rejects.toMatchObject({
    code: "PreconditionFailed",
  });
  await api(cloudfront, "POST", "/function/route/publish", "", { ifMatch: etag });
  const update = `<UpdateFunctionRequest><FunctionConfig><Comment/><Runtime>cloudfront-js-2.0</Runtime></FunctionConfig>
    <FunctionCode>${Buffer.from("// new").toString("base64")}</FunctionCode></UpdateFunctionRequest>`;
  await api(cloudfront, "PUT", "/function/route", update, { ifMatch: etag });
  expect((await api(cloudfront, "GET", "/function/route?Stage=DEVELOPMENT")).body.toString()).toBe("// new");
  expect((await api(cloudfront, "GET", "/function/route?Stage=LIVE")).body.toString()).toBe(functionCode);
});

test("code over 10 KB, a name twice and an unknown store are refused", async () => {
  const { cloudfront } = sandbox();
  await expect(createFunction(cloudfront, "x".repeat(10_241))).rejects.toMatchObject({
    status: 413,
    code: "FunctionSizeLimitExceeded",
  });
  await createFunction(cloudfront, "x".repeat(10_240));
  await expect(createFunction(cloudfront, functionCode)).rejects.toMatchObject({
    status: 409,
    code: "FunctionAlreadyExists",
  });
  await expect(
    createFunction(cloudfront, functionCode, { name: "b", store: "arn:none" }),
  ).rejects.toMatchObject({
    code: "InvalidArgument",
  });
});

test("a function in use, and a store in use, cannot be deleted", async () => {
  const { cloudfront } = sandbox();
  const store = await api(
    cloudfront,
    "POST",
    "/key-value-store/",
    "<CreateKeyValueStoreRequest><Name>drain</Name><Comment>c</Comment></CreateKeyValueStoreRequest>",
  );
  expect(text(store.xml, "Status")).toBe("READY");
  const arn = await createFunction(cloudfront, functionCode, { store: text(store.xml, "ARN") });
  await createDistribution(cloudfront, { functions: { "viewer-request": arn } });
  const { etag } = await api(cloudfront, "GET", "/function/route/describe");
  await expect(api(cloudfront, "DELETE", "/function/route", "", { ifMatch: etag })).rejects.toMatchObject({
    status: 409,
    code: "FunctionInUse",
  });
  await expect(
    api(cloudfront, "DELETE", "/key-value-store/drain", "", { ifMatch: store.etag }),
  ).rejects.toMatchObject({ status: 409, code: "CannotDeleteEntityWhileInUse" });
});
