import { type BundleInput, bundle } from "../../../bundles/bundle";
import { apiRequest, type Handler, load, region, request, sourceOf } from "./load";

/** The ways to answer that there are, each with the code of a handler that gives a value so. */
const ways: readonly (readonly [string, (value: string) => string])[] = [
  ["promise", (value) => `exports.handler = async () => (${value})`],
  ["callback", (value) => `exports.handler = (e, c, done) => { setTimeout(done, 1, null, ${value}) }`],
  ["succeed", (value) => `exports.handler = (e, c) => { setTimeout(c.succeed, 1, ${value}) }`],
  ["done", (value) => `exports.handler = (e, c) => { setTimeout(c.done, 1, null, ${value}) }`],
];

/** What a handler answers, whichever way it does. */
function answerOf(handler: Handler, event: unknown = request): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = (error: unknown, value: unknown) => (error ? reject(error) : resolve(value));
    const succeed = (value: unknown) => done(undefined, value);
    const returned = handler(event, { done, succeed }, done);
    if (returned instanceof Object && "then" in returned) resolve(returned);
  });
}

describe.each(ways)("a handler that answers by %s", (_, code) => {
  test("names the region, and keeps the rest of the answer", async () => {
    const handler = await load(code("{ statusCode: 201, headers: { a: 'b' }, cookies: ['c=1'], body: 'x' }"));
    expect(await answerOf(handler)).toEqual({
      statusCode: 201,
      headers: { a: "b", ...region },
      cookies: ["c=1"],
      body: "x",
    });
  });

  test("gives any other event what it gave before", async () => {
    const handler = await load(code("{ batchItemFailures: [], statusCode: 200 }"));
    for (const event of [{ Records: [{}] }, { "detail-type": "Scheduled Event" }, {}, null, "text"]) {
      expect(await answerOf(handler, event)).toEqual({ batchItemFailures: [], statusCode: 200 });
    }
  });
});

test("any other event reaches the handler as it came, headers of its own included", async () => {
  const handler = await load("exports.handler = async (event) => ({ event })");
  const headers = { authorization: "AWS4-HMAC-SHA256 x", "x-meridian-authorization": "Bearer y" };
  const events = [
    { Records: [{ messageId: "1", body: "{}", eventSource: "aws:sqs", messageAttributes: {} }] },
    { job: "nightly", headers },
    { requestContext: { condition: "RetriesExhausted" }, responsePayload: { headers } },
  ];
  for (const event of events) {
    expect(await answerOf(handler, structuredClone(event))).toEqual({ event });
  }
});

test("an answer to an API of API Gateway names the region, too", async () => {
  const handler = await load("exports.handler = async () => ({ statusCode: 204 })");
  expect(await answerOf(handler, apiRequest)).toEqual({ statusCode: 204, headers: region });
});

test.each(["X-Meridian-Region", "x-MERIDIAN-region", "x-meridian-region"])(
  "a handler's own %s is replaced",
  async (name) => {
    const handler = await load(
      `exports.handler = async () => ({ statusCode: 200, headers: { "${name}": "x" } })`,
    );
    expect(await answerOf(handler)).toEqual({ statusCode: 200, headers: region });
  },
);

test.each([
  ["{ message: 'hi' }", '{"message":"hi"}'],
  ["'hi'", '"hi"'],
  ["0", "0"],
  ["false", "false"],
  ["[1]", "[1]"],
  ["new Date(0)", '"1970-01-01T00:00:00.000Z"'],
  ["{ statusCode: undefined, a: 1 }", '{"a":1}'],
])("%s becomes the answer that a function URL makes of it", async (value, body) => {
  expect(await answerOf(await load(`exports.handler = async () => (${value})`))).toEqual({
    statusCode: 200,
    headers: { "content-type": "application/json", ...region },
    body,
  });
});

test.each(["null", "undefined"])("%s stays what it is", async (value) => {
  const handler = await load(`exports.handler = async () => ${value}`);
  expect(JSON.stringify(await answerOf(handler)) ?? "undefined").toBe(value);
});

test("what the runtime would send as JSON counts", async () => {
  const handler = await load(`exports.handler = async () => ({ toJSON: () => ({ statusCode: 204 }) })`);
  expect(await answerOf(handler)).toEqual({ statusCode: 204, headers: region });
});

test("errors pass as they are", async () => {
  const error = "Object.assign(new RangeError('no'), { code: 7 })";
  const failing = [
    `exports.handler = async () => { throw ${error} }`,
    `exports.handler = (e, c, done) => done(${error})`,
    `exports.handler = (e, c) => c.done(${error})`,
  ];
  for (const code of failing) {
    await expect(answerOf(await load(code))).rejects.toMatchObject({ name: "RangeError", code: 7 });
  }
  const thrower = await load(`exports.handler = () => { throw ${error} }`);
  expect(() => thrower(request, {})).toThrow(RangeError);
});

test("a value that is not promised is no answer, as before", async () => {
  const handler = await load("exports.handler = () => ({ statusCode: 200 })");
  expect(handler(request, {})).toEqual({ statusCode: 200 });
});

test("has as many parameters as the handler, which is how a runtime tells a callback", async () => {
  expect((await load("exports.handler = async () => 1")).length).toBe(0);
  expect((await load("exports.handler = (event, context, callback) => {}")).length).toBe(3);
});

describe("a handler that streams", () => {
  /** As Lambda's runtime has it, but that metadata and chunks land in a list. */
  const awslambda = () => ({
    streamifyResponse: (handler: Handler) =>
      Object.assign(handler, { [Symbol.for("aws.lambda.runtime.handler.streaming")]: "response" }),
    HttpResponseStream: {
      from: (stream: unknown[], metadata: unknown) => {
        stream.push(metadata);
        return stream;
      },
    },
  });
  beforeEach(() => Object.assign(globalThis, { awslambda: awslambda() }));
  afterEach(() => Reflect.deleteProperty(globalThis, "awslambda"));

  const source = `
    const { HttpResponseStream: { from } } = awslambda;
    exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
      const metadata = { statusCode: 201, headers: { "X-Meridian-Region": "mars", a: event.headers.authorization } };
      from(stream, metadata).push(context);
    });`;

  async function streamed(more: Partial<BundleInput> = {}) {
    const stream: unknown[] = [];
    const handler = await load(source, "streaming.js", more);
    await handler({ ...request, headers: { "x-meridian-authorization": "Bearer t" } }, stream, "context");
    return { handler, stream };
  }

  test("names the region in its metadata, and gets the rest as it was", async () => {
    const { stream } = await streamed();
    expect(stream).toEqual([{ statusCode: 201, headers: { a: "Bearer t", ...region } }, "context"]);
  });

  test("keeps the marks by which the runtime knows it", async () => {
    const { handler } = await streamed();
    expect(Object.getOwnPropertySymbols(handler)).toEqual([
      Symbol.for("aws.lambda.runtime.handler.streaming"),
    ]);
  });

  test("names no region where the front does not show it", async () => {
    const { stream } = await streamed({ exposeRegion: false });
    expect(stream[0]).toEqual({
      statusCode: 201,
      headers: { "X-Meridian-Region": "mars", a: "Bearer t" },
    });
  });
});

test.each([
  ["an ES module", "index.mjs", "export const handler = async () => 1", "handler"],
  ["a default export", "default.mjs", "export default async () => 1", "default"],
  ["TypeScript", "index.ts", "export const handler = async (): Promise<number> => 1", "handler"],
  ["a re-export", "again.ts", 'export * from "./index.mjs"', "handler"],
  ["CommonJS", "index.cjs", "module.exports = { handler: async () => 1 }", "handler"],
  [
    "CommonJS with a compiler's mark",
    "marked.js",
    "exports.__esModule = true; exports.run = async () => 1",
    "run",
  ],
])("takes %s", async (_, file, code, name) => {
  for (const runtime of ["nodejs18.x", "nodejs20.x", "nodejs22.x"] as const) {
    const loaded = await load(code, file, { handler: `index.${name}`, runtime });
    expect(await answerOf(loaded)).toMatchObject({ body: "1", headers: region });
  }
});

test("a source without the handler is refused", async () => {
  const source = load("export const other = 1; export default 2", "missing.ts");
  await expect(source).rejects.toThrow('missing.ts exports default, other, but not "handler"');
});

test("switched off, answers are what they were", async () => {
  const handler = await load("exports.handler = async () => 1", "off.js", { exposeRegion: false });
  expect(await answerOf(handler)).toBe(1);
});

test.each(["a handler of awslambda.streamifyResponse", "another"])(
  "%s is known as what it is",
  async (kind) => {
    const code = kind === "another" ? "async () => 1" : "awslambda.streamifyResponse(async () => {})";
    const { canStream } = await bundle(sourceOf(`exports.handler = ${code}`, "kind.js"));
    expect(canStream).toBe(kind !== "another");
  },
);
