// What stands around every handler. A bundle's entry, which bundle.ts writes, hands the handler to `around`.
//
// Why it exists: some things only the function can do. CloudFront's signature takes the Authorization header, so the front
// carries the viewer's own in another one, and here it goes back. And nothing in CloudFront tells the viewer which origin of
// a pair answered, so answers to HTTP requests name their region. Whatever else a function is called for stays as it is.
// Nothing here logs.

const CARRIER = "x-meridian-authorization";
// Keeps such requests apart in CloudFront's cache, and means nothing to a handler.
const CACHE_MARK = "x-meridian-private";
const REGION = "x-meridian-region";

// How Lambda's runtime marks a handler of awslambda.streamifyResponse.
// https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/blob/main/src/UserFunction.js
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

const isPromise = (value) => typeof value?.then === "function";

/** Payload format 2.0, which no queue, schedule or direct call has a reason to look like. */
function isRequest(event) {
  return typeof event?.requestContext?.http === "object";
}

/**
 * An HTTP API of API Gateway sends the same format, for whoever asks it; what comes to a function URL, IAM has let in.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 */
function isFromFunctionUrl({ requestContext }) {
  return /\.lambda-url\./.test(requestContext.domainName ?? "");
}

/**
 * Gives a request the viewer's own Authorization. The signature that the function URL was called with, where Lambda shows
 * one, is nobody's business: a viewer who signs requests, too, has that signature in the carrier. Where the front did not
 * send the request, anybody can have filled the carrier, and Authorization is what it was.
 */
function restoreAuthorization(event) {
  const { [CARRIER]: carried, [CACHE_MARK]: _, ...rest } = event.headers ?? {};
  if (!isFromFunctionUrl(event)) {
    event.headers = rest;
    return;
  }
  const { authorization, ...headers } = rest;
  const own = carried ?? (/^AWS4-/.test(authorization) ? undefined : authorization);
  event.headers = own === undefined ? headers : { ...headers, authorization: own };
}

/** An answer's status and headers, with the region among the headers. */
function named(answer) {
  const headers = Object.entries(answer?.headers ?? {}).filter(([name]) => name.toLowerCase() !== REGION);
  return { ...answer, headers: { ...Object.fromEntries(headers), [REGION]: process.env.AWS_REGION } };
}

/**
 * What the handler gave, with the header. A plain value becomes the answer that a function URL makes of one:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
function withRegion(result) {
  // The runtime sends JSON, so that is what counts.
  const value = typeof result?.toJSON === "function" ? result.toJSON() : result;
  if (value === null || value === undefined) return value;
  if (value.statusCode !== undefined) return named(value);
  const headers = { "content-type": "application/json" };
  return named({ statusCode: 200, headers, body: JSON.stringify(value) });
}

/** The older ways to answer, which end in the same place as a callback. */
function answerWithRegion(context) {
  const { done, succeed } = context;
  if (succeed) context.succeed = (result) => succeed(withRegion(result));
  if (done) context.done = (error, result) => done(error, withRegion(result));
}

/** A handler that does what the given one does, and names the region in answers to requests. */
function namingRegion(handler) {
  return function (event, context, callback) {
    if (!isRequest(event)) return handler.call(this, event, context, callback);
    answerWithRegion(context);
    const result = handler.call(this, event, context, (error, value) => callback(error, withRegion(value)));
    // A value that is no promise is not an answer: the runtime drops it.
    return isPromise(result) ? Promise.resolve(result).then(withRegion) : result;
  };
}

/** A handler that streams sets its headers while it runs, with the runtime's HttpResponseStream. */
function nameRegionInStreams() {
  const stream = globalThis.awslambda?.HttpResponseStream;
  if (!stream) return;
  const { from } = stream;
  stream.from = (underlying, metadata) => from.call(stream, underlying, named(metadata));
}

/** Calls a handler once `ready` is, with every way to answer that it has. */
function callLater(ready, handler, [event, context, callback]) {
  if (handler[STREAMING]) return ready.then(() => handler(event, context, callback));
  return new Promise((resolve, reject) => {
    const done = (error, result) => (error ? reject(error) : resolve(result));
    Object.assign(context, { done, succeed: resolve, fail: reject });
    const call = () => {
      const result = handler(event, context, done);
      if (isPromise(result)) resolve(result);
    };
    ready.then(call).catch(reject);
  });
}

/**
 * Loads a handler and puts the rest around it.
 *
 * @param load gives what the source exports under the handler's name
 * @param exposeRegion whether answers name their region
 * @param refresh called before each invocation; the handler waits for the promise that it may return
 */
function around(load, { exposeRegion, refresh }) {
  // First, because the source may keep what it finds in `awslambda` while it loads.
  if (exposeRegion) nameRegionInStreams();
  const handler = load();
  if (typeof handler !== "function") return handler;
  const inner = exposeRegion && !handler[STREAMING] ? namingRegion(handler) : handler;
  const outer = function (event, ...rest) {
    if (isRequest(event)) restoreAuthorization(event);
    const ready = refresh?.();
    return ready ? callLater(ready, inner, [event, ...rest]) : inner.call(this, event, ...rest);
  };
  // The runtime looks at its handler's marks, and takes one with three parameters for one that calls back.
  for (const mark of Object.getOwnPropertySymbols(handler)) outer[mark] = handler[mark];
  return Object.defineProperty(outer, "length", { value: handler.length });
}

module.exports = { around };
