import { Writable } from "node:stream";
import { RuntimeError } from "./function-errors";

/** What a stream is unless its handler says otherwise. */
export const defaultContentType = "application/octet-stream";

/**
 * The content type of a stream that begins with metadata: status, headers and cookies as JSON, then
 * {@link delimiterBytes} bytes of 0, then the body.
 * https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html,
 * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client (`HttpResponseStream.js`)
 */
export const metadataContentType = "application/vnd.awslambda.http-integration-response";

/** How many zeros stand between metadata and body. */
export const delimiterBytes = 8;

/** What becomes of a stream's parts: told the content type once, then the data. */
export interface StreamSink {
  readonly begin: (contentType: string) => void;
  readonly chunk: (data: Buffer, sent: (error?: Error | null) => void) => void;
}

/**
 * What a streaming handler writes to. As with Lambda's, metadata goes out before the first `write`: a handler that only
 * calls `end` sends none (https://github.com/middyjs/middy/issues/1189).
 */
export class ResponseStream extends Writable {
  /** Set by {@link HttpResponseStream}, and by libraries that do the same. */
  _onBeforeFirstWrite?: (write: (chunk: string | Uint8Array) => void) => void;
  #contentType = defaultContentType;
  #isWritten = false;
  #isBegun = false;

  constructor(private readonly sink: StreamSink) {
    super();
  }

  setContentType(contentType: string): void {
    if (this.#isWritten) {
      throw new RuntimeError("Runtime.InvalidStreamingOperation", "Cannot set content-type, too late.");
    }
    this.#contentType = contentType;
  }

  override write(chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
    const isData = typeof chunk === "string" || chunk instanceof Uint8Array;
    const data = isData ? chunk : JSON.stringify(chunk);
    if (!this.#isWritten) {
      this.#isWritten = true;
      this._onBeforeFirstWrite?.((first) => super.write(first));
    }
    return super.write(data, encoding as BufferEncoding, callback as (error?: Error | null) => void);
  }

  override _write(chunk: Buffer, _encoding: unknown, sent: (error?: Error | null) => void): void {
    this.#begin();
    this.sink.chunk(chunk, sent);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#begin();
    done();
  }

  #begin(): void {
    if (this.#isBegun) return;
    this.#isBegun = true;
    this.sink.begin(this.#contentType);
  }
}

/** `awslambda.HttpResponseStream`: puts status, headers and cookies before what is written to a stream. */
const HttpResponseStream = {
  from(stream: ResponseStream, metadata: unknown): ResponseStream {
    stream.setContentType(metadataContentType);
    stream._onBeforeFirstWrite = (write) => {
      write(JSON.stringify(metadata));
      write(new Uint8Array(delimiterBytes));
    };
    return stream;
  },
};

/** The mark that Lambda's runtime puts on a streaming handler; libraries that wrap handlers look for it. */
const streamingMark = Symbol.for("aws.lambda.runtime.handler.streaming");

/** Whether a handler was made by `awslambda.streamifyResponse`. */
export function isStreaming(handler: object): boolean {
  return (handler as { readonly [streamingMark]?: unknown })[streamingMark] === "response";
}

/** Defines the global `awslambda`, which Lambda's Node.js runtime has. */
export function defineAwslambda(): void {
  const streamifyResponse = <T extends object>(handler: T): T =>
    Object.assign(handler, { [streamingMark]: "response" });
  Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream } });
}
