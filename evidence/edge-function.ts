import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { createContext, Script } from "node:vm";
import { strFromU8, unzipSync } from "fflate";
import { type JsonObject, text, texts } from "./json";
import { referenceParts } from "./references";
import { type Block, blocksOf, referredBlock, type Stack } from "./stack";

/** A Lambda function that a distribution runs at the edge, with the body of each request that it sends to an origin. */
export interface EdgeFunction {
  /** As Terraform prints it. */
  readonly address: string;
  /** Whether it may call nothing of AWS, and so not write a log either. */
  readonly isPowerless: boolean;
  /** Its zip; undefined where that was not synthesized. */
  readonly zip?: Uint8Array;
}

/**
 * The function of an association; undefined where it is for something else than requests to origins, bodies included, or names
 * no published version, which AWS refuses.
 */
export function followEdgeFunction(stack: Stack, association: JsonObject): EdgeFunction | undefined {
  const { event_type, include_body, lambda_arn } = association;
  const block = referredBlock(stack, text(lambda_arn));
  const isVersion = referenceParts(text(lambda_arn))?.at(-1) === "qualified_arn";
  if (event_type !== "origin-request" || include_body !== true || !isVersion) return undefined;
  if (block?.type !== "aws_lambda_function" || block.attributes.publish !== true) return undefined;
  return {
    address: block.address,
    isPowerless: !hasPower(stack, block),
    zip: stack.file(text(block.attributes.filename) ?? ""),
  };
}

/** Whether something else in the stack gives its role a permission, or the role itself does. */
function hasPower(stack: Stack, { attributes }: Block): boolean {
  const role = referredBlock(stack, text(attributes.role));
  if (role?.type !== "aws_iam_role") return true;
  const { inline_policy, managed_policy_arns } = role.attributes;
  if (inline_policy !== undefined || managed_policy_arns !== undefined) return true;
  const kinds = ["aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_policy_attachment"];
  const isOfRole = (named: unknown) =>
    named === role.attributes.name || referredBlock(stack, text(named))?.address === role.address;
  return kinds
    .flatMap((type) => blocksOf(stack, type))
    .some(({ attributes }) => [attributes.role, ...texts(attributes.roles)].some(isOfRole));
}

/** Functions that some distribution of a stack runs at the edge, by address. */
export function edgeFunctions(stack: Stack): ReadonlySet<string> {
  const arns = blocksOf(stack, "aws_cloudfront_distribution").flatMap(({ attributes }) => [
    ...JSON.stringify(attributes).matchAll(/"lambda_arn":"([^"]*)"/g),
  ]);
  return new Set(
    arns.flatMap(([, arn]) => {
      const [type, name] = referenceParts(arn) ?? [];
      return type === "aws_lambda_function" && name !== undefined ? [`${type}.${name}`] : [];
    }),
  );
}

/** Milliseconds that the function may compute for one request of the drill. */
const longest = 2_000;

/** The header that CloudFront signs instead of a body. */
const hashHeader = "x-amz-content-sha256";

interface EdgeRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body?: { readonly data: string; readonly encoding: "base64"; readonly inputTruncated: boolean };
}

type Handler = (event: unknown) => unknown;

/** What is wrong with each code that was run, by its hash: the fronts of a fleet have the same one. */
const known = new Map<string, Promise<string | undefined>>();

/**
 * Runs the very code that is deployed, with nothing to call but hashes, and says what is wrong with it: it may put the hash of
 * a body into its header, and refuse a body that it sees a part of. Anything else would be another request than the router's.
 */
export function checkEdgeFunction({ zip }: EdgeFunction): Promise<string | undefined> {
  const key = zip ? createHash("sha256").update(zip).digest("hex") : "";
  const found = known.get(key) ?? runAndJudge(zip);
  known.set(key, found);
  return found;
}

async function runAndJudge(zip: Uint8Array | undefined): Promise<string | undefined> {
  try {
    const handler = load(zip);
    const bodies = bodyTexts();
    // What was sent, whatever the handler does to what it is given. Its bodies are the same strings, which nobody can change.
    const sent = requests(bodies);
    for (const [index, request] of requests(bodies).entries()) {
      const answer = await handler({
        Records: [{ cf: { config: { eventType: "origin-request" }, request } }],
      });
      const wrong = judgeAnswer(sent[index] as EdgeRequest, plain(answer) as Answer);
      if (wrong) return wrong;
    }
    return undefined;
  } catch (error) {
    return `cannot be run: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A copy as it would come over a wire. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function load(zip: Uint8Array | undefined): Handler {
  const code = zip && unzipSync(zip)["index.js"];
  if (!code) throw new Error("there is no index.js in its zip");
  const module: { exports: { handler?: Handler } } = { exports: {} };
  const require = (name: string) => {
    if (name === "node:crypto") return { createHash };
    throw new Error(`it asks for ${name}`);
  };
  const context = createContext({ Buffer, module, exports: module.exports, require, event: undefined });
  new Script(strFromU8(code)).runInContext(context, { timeout: longest });
  const { handler } = module.exports;
  if (typeof handler !== "function") throw new Error("its zip exports no handler");
  const call = new Script("module.exports.handler(event)");
  return (event) => {
    context.event = event;
    return call.runInContext(context, { timeout: longest });
  };
}

/** Bytes that are no text, none, and as many as CloudFront shows. */
const bodyTexts = () =>
  [Buffer.from([0xff, 0x00, 0xfe]), Buffer.alloc(0), Buffer.alloc(1 << 20, 0xe4)].map((bytes) =>
    bytes.toString("base64"),
  );

/** Every method; with a client's own hash and without; with each body, the whole and a part. */
function requests(bodies: readonly string[]): readonly EdgeRequest[] {
  const own = { [hashHeader]: [{ key: "X-Amz-Content-Sha256", value: "of the client" }] };
  return ["GET", "HEAD", "OPTIONS", "DELETE", "POST", "PUT", "PATCH"].flatMap((method) => {
    const base = {
      method,
      clientIp: "198.51.100.1",
      uri: "/orders",
      querystring: "a=b",
      origin: { custom: { domainName: "origin.example.com", path: "", port: 443, protocol: "https" } },
    };
    return [{ host: [{ key: "Host", value: "origin.example.com" }] }, own].flatMap((headers) => [
      { ...base, headers: { ...headers } },
      ...bodies.flatMap((data) =>
        [false, true].map((inputTruncated): EdgeRequest => {
          const body = { data, encoding: "base64" as const, inputTruncated };
          return { ...base, headers: { ...headers }, body };
        }),
      ),
    ]);
  });
}

interface Answer extends EdgeRequest {
  readonly status?: string;
}

function judgeAnswer(sent: EdgeRequest, answer: Answer): string | undefined {
  const isShown = ["POST", "PUT", "PATCH"].includes(sent.method);
  const hasOwn = sent.headers[hashHeader] !== undefined;
  if (answer.status !== undefined) {
    return isShown && !hasOwn && sent.body?.inputTruncated && answer.status === "413"
      ? undefined
      : `answers ${sent.method} itself, with ${answer.status}`;
  }
  const { [hashHeader]: hash, ...others } = answer.headers;
  const { [hashHeader]: _own, ...sentOthers } = sent.headers;
  if (!isDeepStrictEqual({ ...answer, headers: others }, { ...sent, headers: sentOthers }))
    return `changes ${sent.method} by more than ${hashHeader}`;
  if (isShown && !hasOwn && sent.body?.inputTruncated) return `hashes a part of the body of ${sent.method}`;
  const expected = hasOwn || !isShown ? sent.headers[hashHeader] : hashOf(sent);
  return isDeepStrictEqual(hash, expected)
    ? undefined
    : `does not put into ${hashHeader} what the body of ${sent.method} hashes to`;
}

function hashOf({ body }: EdgeRequest) {
  const bytes = Buffer.from(body?.data ?? "", "base64");
  return [{ key: hashHeader, value: createHash("sha256").update(bytes).digest("hex") }];
}
