import type { Finding } from "./judge";
import { type Decision, decisionKey, type Fault } from "./router";

/** What of CloudFront's own fails in a drill. */
export const faults: readonly Fault[] = ["store", "group", "origin", "everything"];

const names: Readonly<Record<Fault, string>> = {
  store: "reading the key-value store",
  group: "createRequestOriginGroup",
  origin: "selectRequestOriginById",
  everything: "everything that the router calls",
};

/** A fault in words. */
export function describeFault(fault: Fault): string {
  return `${names[fault]} throws`;
}

/**
 * Holds what a router decides while something of CloudFront's own throws against what it decides otherwise. It must
 * answer 503 by itself: a request that goes on without an origin of the router's is sent to the behaviour's own, which
 * may lie outside the viewer's zone.
 */
export function judgeFault(fault: Fault, normal: Decision, decision: Decision): Finding | undefined {
  if (normal.kind !== "origins") return undefined;
  const isUnavailable = decision.kind === "answer" && decision.status === 503;
  const isNormal = isUnused(fault, normal.ids) && decisionKey(decision) === decisionKey(normal);
  if (isUnavailable || isNormal) return undefined;
  const or = isUnused(fault, normal.ids) ? ", or its usual decision" : "";
  return { property: "residency", expected: `a 503 from the router${or}`, would: described(decision) };
}

/** Whether the router can do without. Without the store nothing is drained. */
function isUnused(fault: Fault, ids: readonly string[]): boolean {
  return fault === "store" || (fault === "group" && ids.length < 2) || (fault === "origin" && ids.length > 1);
}

function described(decision: Decision): string {
  if (decision.kind === "answer") return `answer ${decision.status} itself`;
  if (decision.kind === "error") return `fail: the router ${decision.message}`;
  return decision.ids.length === 0
    ? "let the request go through to the behaviour's own origin"
    : `ask ${decision.ids.join(", then ")}`;
}
