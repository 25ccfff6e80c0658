/**
 * What Lambda's Node.js runtimes give handlers that stream. Delete this file where `@types/aws-lambda` is installed, which
 * declares the same. https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
declare namespace awslambda {
  /** The first of an answer: it goes out with the first byte of the body. */
  interface Metadata {
    readonly statusCode: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly cookies?: readonly string[];
  }

  /** A handler that answers by writing to a stream. It has to end the stream. */
  type StreamingHandler<Event> = (
    event: Event,
    stream: NodeJS.WritableStream,
    context: { readonly invokedFunctionArn: string },
  ) => Promise<void>;

  /** Marks a handler as one that streams. */
  function streamifyResponse<Event>(handler: StreamingHandler<Event>): StreamingHandler<Event>;

  const HttpResponseStream: {
    /** The stream for the body of an answer with this metadata. */
    from(stream: NodeJS.WritableStream, metadata: Metadata): NodeJS.WritableStream;
  };
}
