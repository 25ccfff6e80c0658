import { apiRequest, http, load, request } from "./load";

describe("the viewer's Authorization", () => {
  const signature = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-central-1/lambda/aws4_request";
  const sees = "exports.handler = async (event) => ({ statusCode: 200, body: event.headers })";

  test.each([
    ["comes back from the header that carries it", { "x-meridian-authorization": "Bearer t" }, "Bearer t"],
    [
      "is in the place of the signature",
      { authorization: signature, "x-meridian-authorization": "Bearer t" },
      "Bearer t",
    ],
    ["is no signature of the front's", { authorization: signature }, undefined],
    ["may be a signature of the viewer's own", { "x-meridian-authorization": signature }, signature],
    ["stays where nothing carries it, as in a test of the handler", { authorization: "Basic b" }, "Basic b"],
  ])("%s", async (_, headers, expected) => {
    for (const exposeRegion of [true, false]) {
      const handler = await load(sees, "sees.js", { exposeRegion });
      const { body } = (await handler(
        { ...request, headers: { a: "b", "x-meridian-private": "-", ...headers } },
        {},
      )) as {
        body: Record<string, string>;
      };
      expect(body).toEqual({ a: "b", ...(expected && { authorization: expected }) });
    }
  });

  test.each([
    ["an API of API Gateway", apiRequest],
    ["a sender without a domain", { version: "2.0", requestContext: { http } }],
  ])("is believed of nobody but the front: %s fills its carrier in vain", async (_, event) => {
    const handler = await load(sees, "sees.js");
    for (const own of [{}, { authorization: "Basic b" }, { authorization: signature }]) {
      const forged = { "x-meridian-authorization": "Bearer forged", "x-meridian-private": "-" };
      const { body } = (await handler({ ...event, headers: { ...own, ...forged } }, {})) as {
        body: Record<string, string>;
      };
      expect(body).toEqual(own);
    }
  });

  test("is looked for in requests only", async () => {
    const handler = await load("exports.handler = async (event) => event.headers");
    const headers = { "x-meridian-authorization": "a", authorization: signature };
    expect(await handler({ headers }, {})).toEqual(headers);
  });
});
