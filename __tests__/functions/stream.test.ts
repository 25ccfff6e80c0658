import { PassThrough } from "node:stream";

type Handler = (event: unknown, stream: PassThrough) => Promise<void>;

test("the example of a handler that streams has written before it ends", async () => {
  const metadata: unknown[] = [];
  const from = (stream: PassThrough, first: unknown) => {
    metadata.push(first);
    return stream;
  };
  const streamifyResponse = (handler: Handler) => handler;
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream: { from } } });
  const { handler } = require("../../functions/stream") as { handler: Handler };
  const stream = new PassThrough();
  const pieces: string[] = [];
  stream.on("data", (piece) => pieces.push(String(piece)));
  const answered = handler({}, stream);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pieces).toEqual(["1 of 5\n"]);
  await answered;
  expect(pieces).toHaveLength(5);
  expect(stream.writableEnded).toBe(true);
  expect(metadata).toMatchObject([{ statusCode: 200 }]);
});
