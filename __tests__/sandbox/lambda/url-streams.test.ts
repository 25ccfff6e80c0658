import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Result } from "../../../sandbox/lambda/instance";
import { metadataContentType } from "../../../sandbox/lambda/response-stream";
import { streamedUrlResponse } from "../../../sandbox/lambda/url-streams";

const ended = Promise.resolve<Result>({ kind: "succeeded", result: "null" });

function answer(chunks: readonly Buffer[], contentType = metadataContentType, maxBytes = 1000) {
  const outcome = { kind: "streamed", contentType, body: Readable.from(chunks), ended } as const;
  return streamedUrlResponse(outcome, { maxBytes, isCut: () => false });
}

it("finds the end of the metadata wherever the pieces are cut", async () => {
  const bytes = Buffer.from(`{"headers":{"X-A":"b"}}${"\0".repeat(8)}\0\0body`);
  for (let at = 1; at < bytes.length; at++) {
    const { status, headers, body, rest } = await answer([bytes.subarray(0, at), bytes.subarray(at)]);
    expect({ status, headers }).toEqual({
      status: 200,
      headers: { "content-type": "application/octet-stream", "x-a": "b" },
    });
    expect(Buffer.concat([body, rest ? await buffer(rest) : Buffer.alloc(0)])).toEqual(
      Buffer.from("\0\0body"),
    );
  }
});

it("answers 502 to metadata that is no JSON or does not end", async () => {
  expect((await answer([Buffer.from("{]"), Buffer.alloc(8)])).status).toBe(502);
  expect((await answer([Buffer.from("{}")])).status).toBe(502);
});

it("breaks off above the limit of a streamed answer", async () => {
  const chunks = [Buffer.alloc(600), Buffer.alloc(400)];
  const { rest } = await answer(chunks, "text/plain");
  expect(await buffer(rest as Readable)).toHaveLength(1000);
  const { rest: tooLong } = await answer([...chunks, Buffer.alloc(1)], "text/plain");
  await expect(buffer(tooLong as Readable)).rejects.toThrow("the response has more than 1000 bytes");
});
