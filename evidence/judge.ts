import type { Cell } from "../fleet/model";
import { type Chosen, followChoice, reads } from "./chosen";
import type { SynthesizedFront } from "./front";
import type { Probe } from "./probes";
import { authorizationOf, type Decision, forgedZone, privateHeader, requestHeader } from "./router";
import type { Viewer } from "./viewers";

/** What must hold. */
export type Property =
  | "residency"
  | "drained regions"
  | "reads"
  | "writes"
  | "origins"
  | "order"
  | "routes"
  | "cache"
  | "authorization"
  | "data";

/** A request and what its router decided. */
export interface Case {
  readonly viewer: Viewer;
  readonly probe: Probe;
  readonly method: string;
  readonly decision: Decision;
}

/** Something that does not hold. */
export interface Finding {
  readonly property: Property;
  readonly expected: string;
  /** What the front would do. */
  readonly would: string;
}

/** What a decision is worth. */
export interface Verdict {
  /** What does not hold, the worst first; undefined where all is well whatever is down. */
  readonly found?: Finding;
  /** What else does not hold while some regions are down, which the router knows nothing of; absent for writes. */
  readonly whileDown?: (down: readonly string[]) => Finding | undefined;
}

/** What a case is held against. */
interface Context {
  readonly cell: Cell;
  readonly asked: Case;
  /** Regions that may answer and are not drained, the best first. */
  readonly live: readonly string[];
}

type Check = (context: Context, chosen: Chosen) => Finding | undefined;

/**
 * A region that cannot be reached counts as 503, one that does not answer in time as 504:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
 */
const lostRegionCodes = [503, 504];

/** Holds a case against what must hold while some regions are drained. */
export function judge(cell: Cell, front: SynthesizedFront, asked: Case, drained: readonly string[]): Verdict {
  const { decision, method, probe, viewer } = asked;
  const live = viewer.allowed.filter((region) => !drained.includes(region));
  const context = { cell, asked, live };
  if (decision.kind === "error")
    return { found: finding(context, "origins", `fail: the router ${decision.message}`) };
  if (decision.kind === "answer") return { found: judgeAnswer(context, decision.status) };
  if (isRefused(context)) return { found: finding(context, "routes", "send it to a service", noMethod) };
  const chosen = followChoice(front, decision.ids, asked);
  if (typeof chosen === "string") return { found: finding(context, "origins", chosen) };
  if (!probe.behaviour.allowedMethods.includes(method)) {
    const would = `refuse ${method} with 403: its behaviour does not allow it`;
    return { found: finding(context, classOf(method), would) };
  }
  for (const check of checks) {
    const found = check(context, chosen);
    if (found) return { found: found };
  }
  if (!reads.includes(method)) return {};
  return { whileDown: (down) => checkRead(context, chosen, decision.failoverOn, down) };
}

function judgeAnswer(context: Context, status: number): Finding | undefined {
  const { method, probe } = context.asked;
  const would = `answer ${status} itself`;
  if (isRefused(context)) return status === 405 ? undefined : finding(context, "routes", would, noMethod);
  if (!probe.route) return status === 404 ? undefined : finding(context, "routes", would, noRoute);
  return status === 503 && context.live.length === 0 ? undefined : finding(context, classOf(method), would);
}

/** Whether the route that a request comes by does not take its method. */
function isRefused({ asked: { method, probe } }: Context): boolean {
  const taken: readonly string[] | undefined = probe.route?.route.methods;
  return taken !== undefined && !taken.includes(method);
}

const noMethod = "a 405 from the router: the route does not take the method";

const noRoute = "a 404 from the router: no service has a route for the path";

/** In the order of their weight. */
const checks: readonly Check[] = [
  // Whether or not the first of a pair is up: what may answer is what counts.
  (context, { regions, would }) =>
    regions.some((region) => !context.asked.viewer.allowed.includes(region))
      ? finding(context, "residency", would())
      : undefined,
  (context, { regions, would }) =>
    regions.some((region) => !context.live.includes(region))
      ? finding(context, "drained regions", would())
      : undefined,
  (context, { services, would }) => {
    const { route } = context.asked.probe;
    if (!route) return finding(context, "routes", would(), noRoute);
    if (services.every((service) => service === route.service.name)) return undefined;
    return finding(context, "routes", would(), `an answer from the service ${route.service.name}`);
  },
  checkPair,
  (context, { regions, would }) => {
    const { live } = context;
    const expected = regions.map((_, index) => live[index] ?? live[0]);
    if (regions.every((region, index) => region === expected[index])) return undefined;
    return finding(context, "order", would(), `${expected.join(", then ")}: the order of the fleet file`);
  },
  checkZone,
  checkRequestId,
  checkAuthorization,
];

function checkPair(context: Context, { ids, regions, would }: Chosen): Finding | undefined {
  const { decision } = context.asked;
  if (decision.kind !== "origins" || ids.length < 2) return undefined;
  if (decision.failoverOn.length === 0)
    return finding(context, "origins", would(), "a pair with status codes to fail over on");
  if (ids[0] === ids[1]) return finding(context, "origins", would(), "a pair of different origins");
  return regions[0] === regions[1] && context.live.length > 1
    ? finding(context, "origins", would(), "a pair in different regions")
    : undefined;
}

/** In a cell of several zones, the request must go on with its viewer's zone, whatever the viewer sent. */
function checkZone(context: Context): Finding | undefined {
  const { decision, viewer } = context.asked;
  const { zones } = context.cell;
  if (zones.length === 0 || decision.kind !== "origins") return undefined;
  const { zone } = decision;
  const names = zones.map(({ name }) => name);
  const isNone = zone !== undefined && zone !== forgedZone && !names.includes(zone);
  if (viewer.zone === undefined ? isNone : zone === viewer.zone) return undefined;
  const keeping = `keep its answer for ${zone === undefined ? "viewers of any zone" : `viewers of zone "${zone}"`}`;
  return finding(
    context,
    "cache",
    keeping,
    `an answer kept only for viewers of ${viewer.zone === undefined ? "no zone" : `zone "${viewer.zone}"`}`,
  );
}

/** Where the id of a request is in the cache key, it must not be what the viewer sent. */
function checkRequestId(context: Context): Finding | undefined {
  const { decision, probe } = context.asked;
  if (decision.kind !== "origins" || decision.hasOwnId) return undefined;
  if (!probe.behaviour.cachePolicy.keyHeaders.includes(requestHeader)) return undefined;
  const would = `let the viewer choose ${requestHeader}, and so whose answer it gets`;
  return finding(context, "cache", would, "an id made for this request");
}

/** The service gets the viewer's `Authorization`, and no other; where answers are kept, none to it is for others. */
function checkAuthorization(context: Context): Finding | undefined {
  const { decision, method, probe, viewer } = context.asked;
  if (decision.kind !== "origins") return undefined;
  const sent = authorizationOf(method, probe.behaviour.forwardsCountry ? viewer.country : undefined);
  if (decision.authorization !== sent) {
    const would = `let ${sent === undefined ? "a viewer without Authorization choose" : "the viewer's Authorization become"} ${decision.authorization ?? "none"}`;
    return finding(context, "authorization", would, sent ?? "a request without Authorization");
  }
  if (sent === undefined || decision.isPrivate) return undefined;
  if (!probe.behaviour.cachePolicy.keyHeaders.includes(privateHeader)) return undefined;
  return finding(
    context,
    "authorization",
    "keep an answer to one viewer's Authorization for others",
    "an answer for this request only",
  );
}

/** With one of its regions lost and another left, a read must be answered at once. */
function checkRead(
  context: Context,
  { regions, would }: Chosen,
  failoverOn: readonly number[],
  down: readonly string[],
): Finding | undefined {
  const { live } = context;
  const [first = "", second = ""] = regions;
  if (!down.includes(first)) return undefined;
  const up = live.filter((region) => !down.includes(region));
  if (up.length === 0 || live.length - up.length > 1) return undefined;
  const missing = lostRegionCodes.filter((code) => !failoverOn.includes(code));
  if (up.includes(second) && missing.length === 0) return undefined;
  const but = up.includes(second)
    ? `, but does not fail over on ${missing.join(" and ")}`
    : ", and no other region";
  return finding(context, "reads", would() + but, `an answer from ${up.join(" or ")} at once`);
}

function classOf(method: string): Property {
  return reads.includes(method) ? "reads" : "writes";
}

function finding(
  { asked, cell, live }: Context,
  property: Property,
  would: string,
  expected?: string,
): Finding {
  const zone = asked.viewer.zone ?? cell.zone?.name;
  const within = zone === undefined ? "" : `, in zone ${zone}`;
  const answer = live.length === 0 ? "a 503 from the router" : `an answer from ${live.join(" or ")}${within}`;
  return { property, would, expected: expected ?? (asked.probe.route ? answer : noRoute) };
}
