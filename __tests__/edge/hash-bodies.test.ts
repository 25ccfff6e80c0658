import { createHash } from "node:crypto";

type Headers = Record<string, { key: string; value: string }[]>;
interface EdgeRequest {
  readonly method: string;
  readonly uri: string;
  readonly headers: Headers;
  readonly body?: { readonly data?: string; readonly encoding: string; readonly inputTruncated: boolean };
}
interface Answer {
  readonly status?: string;
  readonly body?: string;
  readonly headers: Headers;
}

const { handler } = require("../../edge/hash-bodies.js") as {
  handler: (event: unknown) => Promise<EdgeRequest & Answer>;
};

const header = "x-amz-content-sha256";
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** What comes of a request with a body; the request itself, as CloudFront hands it over, is kept apart. */
async function sent(method: string, body?: Buffer, more: Partial<EdgeRequest> = {}) {
  const request: EdgeRequest = {
    method,
    uri: "/orders",
    headers: { host: [{ key: "Host", value: "example.lambda-url.eu-west-1.on.aws" }] },
    ...(body && { body: { data: body.toString("base64"), encoding: "base64", inputTruncated: false } }),
    ...more,
  };
  const before = structuredClone(request);
  return { before, after: await handler({ Records: [{ cf: { request } }] }) };
}

test.each(["POST", "PUT", "PATCH"])(
  "%s goes on with the hash of its bytes, and as it is otherwise",
  async (method) => {
    const body = Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a]);
    const { after, before } = await sent(method, body);
    expect(after).toEqual({
      ...before,
      headers: { ...before.headers, [header]: [{ key: header, value: sha256(body) }] },
    });
  },
);

test("text is hashed as it is sent", async () => {
  const { after } = await sent("POST", undefined, {
    body: { data: "grüße", encoding: "text", inputTruncated: false },
  });
  expect(after.headers[header]?.[0]?.value).toBe(sha256(Buffer.from("grüße")));
});

test.each([
  ["empty", Buffer.alloc(0)],
  ["no", undefined],
])("%s body has the hash of nothing", async (_, body) => {
  const { after } = await sent("POST", body);
  expect(after.headers[header]?.[0]?.value).toBe(sha256(Buffer.alloc(0)));
});

test.each(["GET", "HEAD", "OPTIONS", "DELETE"])(
  "%s stays as it is: its body is not shown",
  async (method) => {
    const { after, before } = await sent(method);
    expect(after).toEqual(before);
  },
);

test("the hash that a client sends stays, right or wrong, also where the body is cut", async () => {
  for (const inputTruncated of [false, true]) {
    const { after, before } = await sent("POST", undefined, {
      headers: { [header]: [{ key: "X-Amz-Content-Sha256", value: "abc" }] },
      body: { data: "AA==", encoding: "base64", inputTruncated },
    });
    expect(after).toEqual(before);
  }
});

test("a body that is cut cannot be hashed: the answer is 413, and says what helps", async () => {
  const { after } = await sent("POST", undefined, {
    body: { data: "AA==", encoding: "base64", inputTruncated: true },
  });
  expect(after).toMatchObject({
    status: "413",
    headers: {
      "cache-control": [{ key: "cache-control", value: "no-store" }],
      "content-type": [{ key: "content-type", value: "application/json" }],
    },
  });
  expect(JSON.parse(after.body ?? "").message).toMatch(/larger than 1 MB.*SHA-256.*x-amz-content-sha256/);
});

test("nothing about a request is logged", async () => {
  const spies = (["log", "info", "warn", "error", "debug"] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation(() => {}),
  );
  await sent("POST", Buffer.from("secret"));
  await sent("POST", undefined, { body: { data: "AA==", encoding: "base64", inputTruncated: true } });
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
});
