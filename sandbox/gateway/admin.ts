import { version } from "../../package.json";
import type { CallLog } from "../calls/calls";
import type { CloudFront } from "../cloudfront/cloudfront";
import type { CodeBuild } from "../codebuild/codebuild";
import { credentialsPath } from "../codebuild/credentials";
import type { HttpRequest, HttpResponse } from "../http";
import type { Lambda } from "../lambda/lambda";
import { defaultLimits, isLimitName, type Limits } from "../limits";
import type { Outages } from "../outages";
import type { Scheduler } from "../scheduler/scheduler";

const localHost = /^(.+\.)?(localhost|127\.0\.0\.1)$/;

/**
 * Why a request to the sandbox's own API, or to that of an AWS service, is refused: undefined when it is not.
 *
 * Both can run code on this machine, so no web page may call them: neither one of another origin (which says so in a
 * header), nor one whose name was made to point to 127.0.0.1 (which keeps that name in Host).
 */
export function refusal({ host, headers }: HttpRequest): string | undefined {
  if (headers.origin !== undefined) return "requests from a web page (with an Origin header) are not served";
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "none" && site !== "same-origin") {
    return "requests from a web page of another site are not served";
  }
  return localHost.test(host) ? undefined : `Host '${host}' is not this machine's 127.0.0.1 or localhost`;
}

/** Where the sandbox's own API begins. */
export const adminPrefix = "/_sandbox/";

/** What the sandbox's own API shows and changes. */
export interface AdminOptions {
  readonly outages: Outages;
  readonly lambda: Lambda;
  readonly scheduler: Scheduler;
  readonly limits: Limits;
  readonly cloudFront: CloudFront;
  readonly codeBuild?: CodeBuild;
  readonly calls: CallLog;
}

function json(status: number, body: unknown): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/json" },
    body: Buffer.from(`${JSON.stringify(body, null, 2)}\n`),
  };
}

function outage(method: string, region: string, outages: Outages): HttpResponse {
  if (!/^[a-z]{2,3}(-[a-z]+)+-\d+$/.test(region))
    return json(400, { error: `'${region}' is not the name of a region` });
  if (method === "PUT") outages.begin(region);
  else if (method === "DELETE") outages.end(region);
  else if (method !== "GET")
    return json(405, { error: `${method} is not served here; GET, PUT and DELETE are` });
  return json(200, { region, down: outages.isDown(region) });
}

function replicasOf({ replicas }: Lambda) {
  return { seconds: replicas.seconds(), functions: replicas.list() };
}

function replicaTime(seconds: string, lambda: Lambda): HttpResponse {
  if (!/^\d{1,6}$/.test(seconds)) return json(400, { error: `'${seconds}' is not a number of seconds` });
  lambda.replicas.setSeconds(Number(seconds));
  return json(200, replicasOf(lambda));
}

/** Runs a schedule now, for whoever cannot wait for its time. */
function runSchedule(method: string, arn: string, scheduler: Scheduler): HttpResponse {
  if (method !== "POST") return json(405, { error: `${method} is not served here; POST is` });
  if (scheduler.run(arn)) return json(202, { arn });
  return json(404, { error: `there is no schedule '${arn}' in a region that is up` });
}

/** Sets a limit to the `value` of the query, everywhere or in its `account` and `region`. */
function limit(method: string, name: string, query: URLSearchParams, limits: Limits): HttpResponse {
  if (method !== "PUT") return json(405, { error: `${method} is not served here; PUT is` });
  const known = Object.keys(defaultLimits).join(", ");
  if (!isLimitName(name)) return json(400, { error: `'${name}' is no limit; there are ${known}` });
  const text = query.get("value") ?? "";
  if (!/^\d+$/.test(text)) return json(400, { error: `value=${text} is no whole number` });
  const [account, region] = [query.get("account") ?? undefined, query.get("region") ?? undefined];
  limits.set({ name, value: Number(text), account, region });
  return json(200, limits.list());
}

/**
 * The sandbox's own API, in JSON, for the command line and for tests:
 *
 * - `GET /_sandbox/health`: version, process id, regions in outage
 * - `GET /_sandbox/outages`, `GET|PUT|DELETE /_sandbox/outages/<region>`
 * - `GET|DELETE /_sandbox/limits`, `PUT /_sandbox/limits/<name>?value=&account=&region=`: limits that AWS is asked for
 * - `GET /_sandbox/logs?function=&account=&region=&requestId=&after=`: what handlers and builds wrote; `function` any number
 *   of times, a function or a CodeBuild project; `after` the number of the last line that is known
 * - `GET /_sandbox/build-credentials/<name>`: those of a build that runs, for itself
 * - `GET /_sandbox/schedules`, `POST /_sandbox/schedules/<ARN, with its slashes as %2F>`: what calls functions by the clock;
 *   the second runs one now
 * - `GET /_sandbox/functions`: deployed functions with their URLs
 * - `GET /_sandbox/distributions`: deployed distributions
 * - `GET /_sandbox/replicas`, `PUT /_sandbox/replicas/<seconds>`: functions that CloudFront has copied to its edge, and how
 *   long they cannot be deleted after the last distribution let go of them
 * - `GET /_sandbox/code/<hash>.zip`: a deployed zip
 * - `GET|DELETE /_sandbox/calls`: what was asked of AWS so far, in actions of IAM, and how many more did not fit
 */
export function answerAdmin(
  request: HttpRequest,
  { outages, lambda, scheduler, limits, cloudFront, codeBuild, calls }: AdminOptions,
): HttpResponse {
  const refused = refusal(request);
  if (refused) return json(403, { error: refused });
  const { pathname, searchParams } = new URL(request.path, "http://127.0.0.1");
  const [what, item, ...more] = pathname.slice(adminPrefix.length).split("/").map(decodeURIComponent);
  const { method } = request;
  if (more.length > 0) return json(404, { error: `there is no ${pathname}` });
  if (what === "outages" && item) return outage(method, item, outages);
  if (what === "replicas" && item && method === "PUT") return replicaTime(item, lambda);
  if (what === "schedules" && item) return runSchedule(method, item, scheduler);
  if (what === "limits" && item) return limit(method, item, searchParams, limits);
  if (what === "limits" && method === "DELETE") limits.clear();
  if (what === "limits" && (method === "GET" || method === "DELETE")) return json(200, limits.list());
  if (what === "calls" && item === undefined && method === "DELETE") {
    calls.clear();
    return json(200, { calls: [], dropped: 0 });
  }
  if (method !== "GET") return json(405, { error: `${method} is not served here` });
  if (what === credentialsPath && item) {
    const answer = codeBuild?.credentials(item, request.headers.authorization);
    return answer ? json(200, answer) : json(404, { error: "there is no build with this name and token" });
  }
  const zip = what === "code" && item ? lambda.code(item) : undefined;
  if (zip) return { status: 200, headers: { "content-type": "application/zip" }, body: zip };
  switch (item === undefined ? what : undefined) {
    case "health":
      return json(200, { version, pid: process.pid, outages: outages.regions() });
    case "outages":
      return json(200, outages.regions());
    case "logs": {
      const query = (name: string) => searchParams.get(name) ?? undefined;
      const functions = searchParams.getAll("function");
      return json(
        200,
        lambda.logs({
          functions: functions.length > 0 ? functions : undefined,
          account: query("account"),
          region: query("region"),
          requestId: query("requestId"),
          after: Number(query("after") ?? 0),
        }),
      );
    }
    case "functions":
      return json(200, lambda.functions());
    case "schedules":
      return json(200, scheduler.schedules());
    case "calls":
      return json(200, { calls: calls.list(), dropped: calls.dropped() });
    case "replicas":
      return json(200, replicasOf(lambda));
    case "distributions":
      return json(200, cloudFront.distributions());
    default:
      return json(404, { error: `there is no ${pathname}` });
  }
}
