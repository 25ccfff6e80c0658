// One call to AWS, signed, without the SDK: loading a client of it, for one call or two, would be a part of every cold start,
// before the function's own code is loaded.

const { createHash, createHmac } = require("node:crypto");

/** Together below the 10 s that Lambda gives a function to load, after which it starts once more. */
const WHILE_LOADING = { attempts: 3, attemptMs: 2_500 };
const PAUSE_MS = 200;

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const hmac = (key, text) => createHmac("sha256", key).update(text).digest();

/**
 * The headers of a signed POST of JSON.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
function signedHeaders({ body, credentials, date, host, region, service, target }) {
  const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    host,
    "x-amz-date": time,
    ...(credentials.sessionToken && { "x-amz-security-token": credentials.sessionToken }),
    "x-amz-target": target,
  };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ["POST", "/", "", lines.join(""), names, sha256(body)].join("\n");
  const parts = [time.slice(0, 8), region, service, "aws4_request"];
  const toSign = ["AWS4-HMAC-SHA256", time, parts.join("/"), sha256(canonical)].join("\n");
  const key = parts.reduce(hmac, `AWS4${credentials.secretAccessKey}`);
  const credential = `Credential=${credentials.accessKeyId}/${parts.join("/")}`;
  const signature = hmac(key, toSign).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...headers, authorization };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointOf({ endpointId, service }, region) {
  const { env } = process;
  return (
    env[`AWS_ENDPOINT_URL_${endpointId}`] ??
    env.AWS_ENDPOINT_URL ??
    `https://${service}.${region}.amazonaws.com`
  );
}

/** An answer of AWS that says no, by AWS's own code. */
class RefusedCall extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const isThrottling = (code) => /Throttl|TooManyRequests|RequestLimit/.test(code);

async function attempt(service, operation, input, attemptMs) {
  const { AWS_REGION: region, ...env } = process.env;
  const url = new URL(endpointOf(service, region));
  const body = JSON.stringify(input);
  const credentials = {
    accessKeyId: env.AWS_ACCESS_KEY_ID,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY,
    sessionToken: env.AWS_SESSION_TOKEN,
  };
  const target = `${service.targetPrefix}.${operation}`;
  const request = {
    body,
    credentials,
    date: new Date(),
    host: url.host,
    region,
    service: service.service,
    target,
  };
  const { host: _fetchSetsIt, ...headers } = signedHeaders(request);
  const signal = AbortSignal.timeout(attemptMs);
  const response = await fetch(url, { method: "POST", body, headers, signal });
  const text = await response.text();
  if (response.ok) return { output: JSON.parse(text) };
  const { __type = `HTTP ${response.status}`, message, Message } = parsed(text);
  const code = __type.split("#").at(-1);
  const error = new RefusedCall(code, message ?? Message ?? "without a reason");
  if (response.status < 500 && !isThrottling(code)) throw error;
  return { error };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * What AWS answers to a call in the function's own region. Calls that fail on the way, or that AWS has no time for, are made
 * again.
 *
 * @param service of AWS: `service` as in host names and signatures, `targetPrefix` and `endpointId` as its API has them
 * @param patience how often to make the call, and how long to wait each time, in milliseconds
 * @default patience what there is time for while a function loads
 * @throws {RefusedCall} AWS says no
 */
async function callAws(service, operation, input, { attempts, attemptMs } = WHILE_LOADING) {
  for (let tries = 1; ; tries += 1) {
    const result = await attempt(service, operation, input, attemptMs).catch((error) => {
      if (error instanceof RefusedCall) throw error;
      return { error: new RefusedCall("NoAnswer", error.cause?.code ?? error.message) };
    });
    if (result.output) return result.output;
    if (tries === attempts) throw result.error;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries * (0.5 + Math.random() / 2)));
  }
}

module.exports = { callAws, RefusedCall, signedHeaders };
