import { randomUUID } from "node:crypto";
import { AwsError, type FunctionUrls, type HttpResponse, Unreachable } from "../http";
import type { Outages } from "../outages";
import { jsonAnswer } from "../protocols/json";
import { mayCallUrl } from "./authorize";
import { functionArn } from "./names";
import { checkEventSize } from "./payloads";
import { TooManyRequests } from "./pool";
import type { Runner } from "./runner";
import type { FoundUrl, Store } from "./store";
import { badGateway, urlEvent, urlResponse } from "./url-payloads";
import { streamedUrlResponse } from "./url-streams";

const urlHost = /^([a-z0-9]+)\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;

/** Thrown when no function has the URL. */
export class NoSuchFunctionUrl extends Unreachable {}

/** The region of a function URL's host, or undefined when the host is of another kind. */
export function functionUrlRegion(host: string): string | undefined {
  return urlHost.exec(host)?.[2];
}

const forbidden = (headers: Readonly<Record<string, string>>) =>
  jsonAnswer(
    403,
    {
      Message:
        "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
    },
    { ...headers, "x-amzn-errortype": "AccessDeniedException" },
  );

const tooManyRequests = () =>
  jsonAnswer(
    429,
    { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded", Type: "User", message: "Rate Exceeded." },
    { "x-amzn-errortype": "TooManyRequestsException" },
  );

const refused = ({ status, code, message }: AwsError) =>
  jsonAnswer(status, { Message: message }, { "x-amzn-errortype": code });

/**
 * The data plane of the function URLs.
 *
 * Every answer carries `x-amzn-requestid`. Only in the sandbox, one that a function gave carries `x-sandbox-answered-by`:
 * the ARN of the function or alias behind the URL, so that a client sees which account and region answered, whatever
 * the handler returns.
 */
export function createFunctionUrls(store: Store, runner: Runner, outages: Outages): FunctionUrls {
  function find(host: string): FoundUrl {
    const [, urlId = "", region = ""] = urlHost.exec(host) ?? [];
    if (outages.isDown(region)) throw new Unreachable(`${region} is in an outage`);
    const found = store.findUrl(urlId, region);
    if (!found) throw new NoSuchFunctionUrl(`no function has the URL https://${host}/`);
    return found;
  }

  async function answer(
    { state, qualifier, config }: FoundUrl,
    event: string,
    requestId: string,
  ): Promise<HttpResponse> {
    try {
      checkEventSize(event);
      if (config.invokeMode === "RESPONSE_STREAM") {
        const { outcome } = await runner.run(state, qualifier, event, requestId);
        return await streamedUrlResponse(outcome, { isCut: () => outages.isDown(state.id.region) });
      }
      const { outcome } = await runner.runBuffered(state, qualifier, event, requestId);
      return outcome.kind === "succeeded" ? urlResponse(outcome.payload) : badGateway;
    } catch (error) {
      if (error instanceof TooManyRequests) return tooManyRequests();
      if (error instanceof AwsError) return refused(error);
      throw error;
    }
  }

  return {
    owns: (host) => urlHost.test(host),
    async request(request, caller) {
      const found = find(request.host);
      const { state, qualifier, config } = found;
      const requestId = randomUUID();
      const policy = state.policies.get(qualifier)?.statements ?? [];
      const common = { "x-amzn-requestid": requestId };
      if (!mayCallUrl(state.id, config, policy, caller)) return forbidden(common);
      const event = JSON.stringify(urlEvent(request, caller, requestId, new Date()));
      const response = await answer(found, event, requestId);
      // The region may have gone down while the function ran.
      if (outages.isDown(state.id.region)) throw new Unreachable(`${state.id.region} is in an outage`);
      return {
        ...response,
        headers: {
          ...response.headers,
          ...common,
          "x-sandbox-answered-by": functionArn(state.id, qualifier),
        },
      };
    },
  };
}
