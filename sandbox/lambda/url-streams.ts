import { pipeline, type Readable, Transform } from "node:stream";
import type { HttpResponse } from "../http";
import type { Outcome, StreamedOutcome } from "./instance";
import { maxStreamedBytes } from "./payloads";
import { defaultContentType, delimiterBytes, metadataContentType } from "./response-stream";
import { badGateway, urlAnswerHead, wholePayload } from "./url-payloads";

/**
 * How far the end of the metadata may be from the beginning: 16 KB, which API Gateway has as its limit; that of function
 * URLs is not documented. https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
const maxMetadataBytes = 16 * 1024;

/** What may end a stream before its time. */
export interface StreamLimits {
  /** @default {@link maxStreamedBytes} */
  readonly maxBytes?: number;
  /** Whether the function can no longer be reached. */
  readonly isCut: () => boolean;
}

/** Passes a stream on, and fails where it becomes too long or is cut. */
function limited(body: Readable, { maxBytes = maxStreamedBytes, isCut }: StreamLimits): Readable {
  let bytes = 0;
  const passed = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (isCut()) done(new Error("the function cannot be reached any more"));
      else if (bytes > maxBytes) done(new Error(`the response has more than ${maxBytes} bytes`));
      else done(null, chunk);
    },
  });
  // It may fail when nobody reads it any more.
  passed.on("error", () => {});
  return pipeline(body, passed, () => {});
}

/** Reads the metadata at the beginning of a stream; the body is what follows. */
async function withMetadata(stream: Readable): Promise<HttpResponse> {
  let read = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf(Buffer.alloc(delimiterBytes));
    if (end >= 0) {
      const metadata = JSON.parse(read.subarray(0, end).toString()) as Record<string, unknown>;
      const head = urlAnswerHead({ statusCode: 200, ...metadata }, defaultContentType);
      if (!head) throw new Error("the status code is none");
      return { ...head, body: read.subarray(end + delimiterBytes), rest: stream };
    }
    if (read.length > maxMetadataBytes) throw new Error("the metadata does not end");
  }
  if (read.length > 0) throw new Error("the stream ended within the metadata");
  // A handler that wrote nothing, and so sent no metadata. https://github.com/middyjs/middy/issues/1189
  return { status: 200, headers: { "content-type": defaultContentType }, body: read };
}

async function fromStream(
  { contentType, body }: StreamedOutcome,
  limits: StreamLimits,
): Promise<HttpResponse> {
  const stream = limited(body, limits);
  if (contentType !== metadataContentType) {
    return { status: 200, headers: { "content-type": contentType }, body: Buffer.alloc(0), rest: stream };
  }
  try {
    return await withMetadata(stream);
  } catch {
    stream.destroy();
    return badGateway;
  }
}

/**
 * The answer of a URL with `RESPONSE_STREAM`. What a handler returns that does not stream is the body as it stands, an
 * object with a `statusCode` included: Lambda looks for metadata in streams of one content type only. So it is seen in
 * reports (https://github.com/aws/aws-lambda-go/issues/565), and documented nowhere.
 */
export function streamedUrlResponse(outcome: Outcome, limits: StreamLimits): Promise<HttpResponse> {
  if (outcome.kind === "streamed") return fromStream(outcome, limits);
  return Promise.resolve(outcome.kind === "failed" ? badGateway : wholePayload(Buffer.from(outcome.result)));
}
