import type { HttpResponse } from "../http";
import { child, items, text } from "../protocols/xml";
import type { Account, Distribution } from "./account";
import type { Behaviour } from "./distribution-model";
import {
  changedRequest,
  type EventContext,
  eventRequest,
  eventResponse,
  FunctionValidationError,
  functionEvent,
  functionResponse,
  isResponse,
} from "./function-events";
import { FunctionError, type FunctionOutput, type OriginSelection, runFunction } from "./function-runtime";
import type { Policies } from "./policies";
import { addedHeaders, type Viewer, type ViewerRequest } from "./viewer-request";

/** A line of what happened in an edge function, for people to read. */
export interface EdgeLog {
  readonly distributionId: string;
  readonly functionName: string;
  readonly requestId: string;
  readonly message: string;
}

/** One request on its way through a behaviour of a distribution. */
export interface EdgeRequest {
  readonly account: Account;
  readonly distribution: Distribution;
  readonly behaviour: Behaviour;
  readonly policies: Policies;
  readonly viewer: Viewer;
  readonly requestId: string;
  readonly log: (entry: EdgeLog) => void;
}

/** What a viewer request function decided. */
export type ViewerRequestDecision =
  | { readonly kind: "continue"; readonly request: ViewerRequest; readonly selection?: OriginSelection }
  | { readonly kind: "answer"; readonly response: HttpResponse }
  | EdgeFailure;

/** A function that failed; `result` is what `x-cache` says. */
export interface EdgeFailure {
  readonly kind: "failure";
  readonly status: 502 | 503;
  readonly result: "FunctionExecutionError" | "FunctionValidationError";
}

/** Runs the behaviour's viewer request function, if it has one. */
export async function onViewerRequest(
  edge: EdgeRequest,
  request: ViewerRequest,
): Promise<ViewerRequestDecision> {
  const shown = eventRequest(request, addedHeaders(edge.viewer, edge.policies));
  return guarded<ViewerRequestDecision>(edge, "viewer-request", async (run) => {
    const output = await run(functionEvent(contextOf(edge, "viewer-request"), shown));
    if (output === undefined) return { kind: "continue", request };
    const { result, selection } = output;
    if (isResponse(result)) return { kind: "answer", response: functionResponse(result) };
    const changed = changedRequest(result, request, shown);
    return { kind: "continue", request: changed, ...(selection === undefined ? {} : { selection }) };
  });
}

/** Runs the behaviour's viewer response function, if it has one. */
export async function onViewerResponse(
  edge: EdgeRequest,
  request: ViewerRequest,
  response: HttpResponse,
): Promise<{ readonly kind: "answer"; readonly response: HttpResponse } | EdgeFailure> {
  return guarded(edge, "viewer-response", async (run) => {
    const shown = eventRequest(request, addedHeaders(edge.viewer, edge.policies));
    const output = await run(
      functionEvent(contextOf(edge, "viewer-response"), shown, eventResponse(response)),
    );
    return {
      kind: "answer" as const,
      response:
        output === undefined ? response : withRest(functionResponse(output.result, response), response),
    };
  });
}

/** What streams goes on where the function has left the body as it was. */
function withRest(changed: HttpResponse, { body, rest }: HttpResponse): HttpResponse {
  if (changed.body === body) return { ...changed, rest };
  rest?.destroy();
  return changed;
}

async function guarded<T>(
  edge: EdgeRequest,
  eventType: EventContext["eventType"],
  decide: (run: (event: unknown) => Promise<FunctionOutput | undefined>) => Promise<T>,
): Promise<T | EdgeFailure> {
  const arn = edge.behaviour.functions.get(eventType);
  const fn = [...edge.account.functions.values()].find((candidate) => candidate.arn === arn);
  const log = (message: string): void => {
    const { distribution, requestId } = edge;
    edge.log({ distributionId: distribution.id, functionName: fn?.name ?? "", requestId, message });
  };
  try {
    return await decide(async (event) => {
      if (fn?.live === undefined) return undefined;
      const association = items(
        child(fn.live.config, "KeyValueStoreAssociations"),
        "KeyValueStoreAssociation",
      )[0];
      const storeArn = text(association ?? "", "KeyValueStoreARN");
      const store = [...edge.account.keyValueStores.values()].find(({ values }) => values.arn === storeArn);
      const output = await runFunction({
        name: fn.name,
        code: fn.live.code.toString("utf8"),
        event,
        originIds: [...edge.distribution.model.origins.keys()],
        edgeRegion: edge.viewer.edgeRegion,
        ...(store === undefined ? {} : { keyValueStore: store.values }),
      });
      output.logs.forEach(log);
      return output;
    });
  } catch (error) {
    if (error instanceof FunctionError) {
      error.logs.forEach(log);
      log(error.message);
      return { kind: "failure", status: 503, result: "FunctionExecutionError" };
    }
    if (error instanceof FunctionValidationError) {
      log(error.message);
      return { kind: "failure", status: 502, result: "FunctionValidationError" };
    }
    throw error;
  }
}

function contextOf(edge: EdgeRequest, eventType: EventContext["eventType"]): EventContext {
  return {
    distributionDomainName: edge.distribution.domain,
    distributionId: edge.distribution.id,
    eventType,
    requestId: edge.requestId,
    ip: edge.viewer.ip,
  };
}
