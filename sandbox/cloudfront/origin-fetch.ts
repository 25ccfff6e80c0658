import { createHash } from "node:crypto";
import { type Caller, type FunctionUrls, type HttpRequest, type HttpResponse, Unreachable } from "../http";
import { jsonAnswer } from "../protocols/json";
import { text } from "../protocols/xml";
import type { Account, Distribution } from "./account";
import type { Origin } from "./distribution-model";
import type { OriginRequestDecision } from "./lambda-edge";

/** What came of asking an origin. */
export type OriginAnswer =
  | { readonly kind: "response"; readonly response: HttpResponse }
  /** A Lambda function has answered, or failed, so that the origin was not asked. */
  | LambdaAnswer
  | { readonly kind: "unreachable" }
  | { readonly kind: "timeout" };

type LambdaAnswer = Exclude<OriginRequestDecision, { readonly kind: "continue" }>;

/** One or two origins, and the status codes on which the second is asked. */
export interface OriginPlan {
  readonly origins: readonly Origin[];
  readonly statusCodes: readonly number[];
}

/**
 * Asks the first origin, and the second where the first fails. In an origin group a failed connection counts as
 * 503 and a timeout as 504 (developer guide, "Optimize high availability with CloudFront origin failover").
 * CloudFront's repeated connection attempts are left out: in the sandbox an origin is either there or not.
 *
 * @param mayFailOver - false for a method that CloudFront does not fail over
 */
export async function fetchWithFailover(
  plan: OriginPlan,
  mayFailOver: boolean,
  ask: (origin: Origin) => Promise<OriginAnswer>,
): Promise<OriginAnswer> {
  const [first, second] = plan.origins;
  if (first === undefined) return { kind: "unreachable" };
  const answer = await ask(first);
  if (second === undefined || !mayFailOver) return answer;
  const status = failoverStatus(answer);
  if (status === undefined || !plan.statusCodes.includes(status)) return answer;
  if (answer.kind === "response") answer.response.rest?.destroy();
  return ask(second);
}

/**
 * Sends a request to an origin as a distribution does, signed where its origin access control says so. The only
 * origins of the sandbox are Lambda function URLs; any other is unreachable.
 */
export async function askOrigin(
  urls: FunctionUrls,
  account: Account,
  distribution: Distribution,
  origin: Origin,
  request: HttpRequest,
): Promise<OriginAnswer> {
  if (!urls.owns(origin.domainName)) return { kind: "unreachable" };
  // A function URL knows no other host name; a viewer's Host that was let through ends here.
  if (request.headers.host !== origin.domainName) return forbidden("AccessDeniedException", "Forbidden");
  const signing = signs(account, origin, request);
  if (signing && !bodyIsSigned(request)) {
    return forbidden(
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
  }
  const caller: Caller = signing ? { kind: "distribution", arn: distribution.arn } : { kind: "anonymous" };
  const { authorization: _overwritten, ...headers } = request.headers;
  const sent = signing ? { ...request, headers } : request;
  return withTimeout(urls.request(sent, caller), origin.readTimeoutSeconds * 1000);
}

/** What a Lambda function says is no failure of the origin; AWS's pages leave open whether it counts as one. */
function failoverStatus(answer: OriginAnswer): number | undefined {
  switch (answer.kind) {
    case "response":
      return answer.response.status;
    case "timeout":
      return 504;
    case "unreachable":
      return 503;
    default:
      return undefined;
  }
}

function signs(account: Account, origin: Origin, request: HttpRequest): boolean {
  const config = account.configs.originAccessControl.get(origin.accessControlId)?.config ?? {};
  if (text(config, "OriginAccessControlOriginType") !== "lambda") return false;
  const behaviour = text(config, "SigningBehavior");
  return (
    behaviour === "always" || (behaviour === "no-override" && request.headers.authorization === undefined)
  );
}

/**
 * CloudFront does not hash bodies: it signs the hash that it finds in the request, else that of no body at all, and Lambda
 * takes no unsigned payload
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html).
 * A function URL answers a wrong one with `InvalidSignatureException`, as curl has it in minorun365/html-share 4; people
 * who speak of `SignatureDoesNotMatch` (aws-amplify/amplify-backend 3194) mean the same answer.
 */
function bodyIsSigned({ body, headers }: HttpRequest): boolean {
  const signed = headers["x-amz-content-sha256"];
  if (signed === undefined) return body.length === 0;
  return signed === createHash("sha256").update(body).digest("hex");
}

function forbidden(type: string, message: string): OriginAnswer {
  return { kind: "response", response: jsonAnswer(403, { message }, { "x-amzn-errortype": type }) };
}

async function withTimeout(pending: Promise<HttpResponse>, milliseconds: number): Promise<OriginAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<OriginAnswer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: "timeout" });
      // Nobody reads what comes after all.
      pending.then(
        ({ rest }) => rest?.destroy(),
        () => {},
      );
    }, milliseconds);
  });
  const answer = pending.then(
    (response): OriginAnswer => ({ kind: "response", response }),
    (error: unknown): OriginAnswer => {
      if (error instanceof Unreachable) return { kind: "unreachable" };
      throw error;
    },
  );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
    // After a timeout nobody waits for this one any more.
    answer.catch(() => {});
  }
}
