import { randomUUID } from "node:crypto";
import { type CallLog, createCallLog } from "../calls/calls";
import type { CloudFront } from "../cloudfront/cloudfront";
import type { CodeBuild } from "../codebuild/codebuild";
import type { CodePipeline } from "../codepipeline/codepipeline";
import { createDeployedStacks } from "../cost-explorer/stacks";
import {
  type AwsCall,
  AwsError,
  type Caller,
  type FunctionUrls,
  type HttpRequest,
  type HttpResponse,
  notServed,
  type ServiceHandler,
  Unreachable,
} from "../http";
import type { Lambda } from "../lambda/lambda";
import { functionUrlRegion, NoSuchFunctionUrl } from "../lambda/urls";
import { createLimits, type Limits } from "../limits";
import type { Outages } from "../outages";
import { createOwnServices } from "../own-services";
import { actionOf, renderError } from "../protocols/errors";
import { jsonAnswer } from "../protocols/json";
import { createScheduler, type Scheduler } from "../scheduler/scheduler";
import { type Service, services } from "../services";
import { adminPrefix, answerAdmin, refusal } from "./admin";
import type { Identities } from "./identities";
import { credentialScope, isSignedWith } from "./signature";

/** What stands behind the gateway. */
export interface GatewayOptions {
  readonly identities: Identities;
  readonly outages: Outages;
  readonly lambda: Lambda;
  readonly cloudFront: CloudFront;
  /** @default none: it is not served */
  readonly codeBuild?: CodeBuild;
  readonly moto: ServiceHandler;
  /** @default one that runs functions of `lambda`, whatever their schedule's role trusts */
  readonly scheduler?: Scheduler;
  /** @default none: it is not served */
  readonly codePipeline?: CodePipeline;
  /** @default AWS's own */
  readonly limits?: Limits;
  /** Where calls are recorded. @default an empty one */
  readonly calls?: CallLog;
  readonly onLog: (line: string) => void;
}

/** Answers every request to the sandbox. Throws {@link Unreachable} where the connection is to be cut. */
export type Gateway = (request: HttpRequest) => Promise<HttpResponse>;

function text(status: number, message: string): HttpResponse {
  return { status, headers: { "content-type": "text/plain" }, body: Buffer.from(`${message}\n`) };
}

/** What a function URL answers where no function is asked. */
function refuseUrlCall(status: number, errorType: string, body: object): HttpResponse {
  return jsonAnswer(status, body, { "x-amzn-errortype": errorType, "x-amzn-requestid": randomUUID() });
}

const invalidToken = "The security token included in the request is invalid.";
const invalidSignature =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/** Calls a function URL for whoever signed the request; a signature that is wrong is refused, none is anonymous. */
async function callFunctionUrl(
  request: HttpRequest,
  urls: FunctionUrls,
  identities: Identities,
): Promise<HttpResponse> {
  const scope = credentialScope(request);
  let caller: Caller = { kind: "anonymous" };
  if (scope) {
    const identity = identities.find(scope.accessKeyId);
    if (!identity || identity.sessionToken !== request.headers["x-amz-security-token"]) {
      return refuseUrlCall(403, "UnrecognizedClientException", { message: invalidToken });
    }
    const isValid = await isSignedWith(request, identity.secretAccessKey, new Date());
    if (!isValid || scope.service !== "lambda" || scope.region !== functionUrlRegion(request.host)) {
      return refuseUrlCall(403, "InvalidSignatureException", { message: invalidSignature });
    }
    caller = { kind: "principal", account: identity.account, arn: identity.arn };
  }
  try {
    return await urls.request(request, caller);
  } catch (error) {
    if (!(error instanceof NoSuchFunctionUrl)) throw error;
    return refuseUrlCall(404, "ResourceNotFoundException", { Message: null });
  }
}

/** SDKs put the account in front of the host of some APIs, of key-value stores among them; no front is there. */
function isAccountHost(host: string): boolean {
  return /^\d{12}\.localhost$/.test(host);
}

/** Tells apart, by Host, path and signature, what a request is for, and hands it to who serves that. */
export function createGateway(options: GatewayOptions): Gateway {
  const {
    identities,
    outages,
    lambda,
    limits = createLimits(),
    calls = createCallLog(),
    cloudFront,
    codeBuild,
    codePipeline,
    moto,
    onLog,
  } = options;
  const { scheduler = createScheduler({ invoke: lambda.run, outages, onLog }) } = options;
  const stacks = createDeployedStacks();
  const own = createOwnServices({
    ...{ lambda, cloudFront, codeBuild, codePipeline, identities, limits, moto, outages, scheduler, stacks },
  });

  async function dispatch(call: AwsCall, service: Service | undefined): Promise<HttpResponse> {
    const served = service?.by === "own" ? own[call.service] : undefined;
    if (served) return served.handle(call);
    if (service?.by === "moto") return moto(call);
    const names = Object.keys(services).join(", ");
    throw notServed(`${call.service} ${actionOf(call)}; it serves ${names}`);
  }

  async function callService(call: AwsCall, principal: string | undefined): Promise<HttpResponse> {
    const service = Object.hasOwn(services, call.service) ? services[call.service] : undefined;
    const cutIfDown = () => {
      if (!service?.isGlobal && outages.isDown(call.region))
        throw new Unreachable(`${call.region} is in an outage`);
    };
    cutIfDown();
    try {
      const refused = refusal(call);
      if (refused) throw new AwsError(403, "AccessDeniedException", refused);
      calls.record(call, principal);
      stacks.observe(call);
      const response = await dispatch(call, service);
      if (call.service === "sts") identities.learn(response);
      if (call.service === "iam" && actionOf(call) === "CreateAccessKey") {
        identities.learnUser(response, call.account);
      }
      // The region may have gone down meanwhile: the answer is lost, whatever was done.
      cutIfDown();
      return response;
    } catch (error) {
      if (error instanceof AwsError) return renderError(call, error);
      if (error instanceof Unreachable) throw error;
      const what = `${call.service} ${actionOf(call)}`;
      onLog(`${what} failed in the sandbox: ${error instanceof Error ? error.stack : error}`);
      return renderError(call, new AwsError(400, "SandboxError", `${what} failed in the sandbox: ${error}`));
    }
  }

  return async (request) => {
    const { host, path } = request;
    if (lambda.urls.owns(host)) return callFunctionUrl(request, lambda.urls, identities);
    if (!isAccountHost(host) && cloudFront.owns(host)) return cloudFront.request(request);
    if (path.startsWith(adminPrefix))
      return answerAdmin(request, { outages, lambda, scheduler, limits, cloudFront, codeBuild, calls });
    const scope = credentialScope(request);
    if (scope) {
      const { service, region, accessKeyId } = scope;
      const call = { ...request, service, region, account: identities.accountOf(accessKeyId) };
      return callService(call, identities.find(accessKeyId)?.arn);
    }
    return text(404, `Nothing is served here for Host '${host}' without an AWS signature.`);
  };
}
