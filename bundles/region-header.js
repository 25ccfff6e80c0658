// What Lambda loads from a bundle. It stands around the handler, which bundle.ts names in a last line.
//
// Why it exists: nothing in CloudFront tells the viewer which origin of a pair answered. Only the function knows, so its
// answers to HTTP requests name the region in a header. Whatever else a function is called for stays as it is, and so
// does a handler that streams, which sets its headers while it runs.

const HEADER = "x-meridian-region";

// How Lambda's runtime marks a handler of awslambda.streamifyResponse.
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

/** Function URLs send events of payload format 2.0, which no queue, schedule or direct call has a reason to look like. */
function isRequest(event) {
  return typeof event?.requestContext?.http === "object";
}

/**
 * What the handler gave, with the header. A plain value becomes the answer that a function URL makes of one:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
function withRegion(result) {
  // The runtime sends JSON, so that is what counts.
  const value = typeof result?.toJSON === "function" ? result.toJSON() : result;
  if (value === null || value === undefined) return value;
  const answer =
    value.statusCode === undefined
      ? { statusCode: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) }
      : value;
  const headers = Object.entries(answer.headers ?? {}).filter(([name]) => name.toLowerCase() !== HEADER);
  return { ...answer, headers: { ...Object.fromEntries(headers), [HEADER]: process.env.AWS_REGION } };
}

/** The older ways to answer, which end in the same place as a callback. */
function answerWithRegion(context) {
  const { done, succeed } = context;
  if (succeed) context.succeed = (result) => succeed(withRegion(result));
  if (done) context.done = (error, result) => done(error, withRegion(result));
}

/** A handler that does what the given one does, and names the region. */
// biome-ignore lint/correctness/noUnusedVariables: the last line calls it.
function namingRegion(handler) {
  if (typeof handler !== "function" || handler[STREAMING]) return handler;
  const named = function (event, context, callback) {
    if (!isRequest(event)) return handler.call(this, event, context, callback);
    answerWithRegion(context);
    const result = handler.call(this, event, context, (error, value) => callback(error, withRegion(value)));
    // A value that is no promise is not an answer: the runtime drops it.
    return typeof result?.then === "function" ? Promise.resolve(result).then(withRegion) : result;
  };
  // The runtime takes a handler with three parameters for one that calls back.
  return Object.defineProperty(named, "length", { value: handler.length });
}
