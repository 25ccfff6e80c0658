import { setTimeout as sleep } from "node:timers/promises";
import { roleArn } from "../../fleet/account";
import { UserError } from "../../fleet/errors";
import type { Cell, Service, Target } from "../../fleet/model";
import { cellRoutes, covers } from "../../fleet/routes";
import type { Caller } from "../aws/client";
import { endpointOf } from "../aws/endpoint";
import { describeError, proxyHint } from "../aws/errors";
import { type AwsSession, deployRole } from "../aws/role-credentials";
import { type Answer, plainRequest, signedRequest } from "../aws/signed-request";
import type { StackOutputs } from "../store/store";

/** What a stage asks of what was deployed, as `rollout.<stage>.verify` of the fleet file says it. */
export interface Expected {
  /** With its query, if it has one. */
  readonly path: string;
  readonly status: number;
}

/** A URL that was asked, and what came of it at last. */
export interface AskedUrl {
  readonly url: string;
  /** Absent where nobody answered. */
  readonly status?: number;
  /** Why this is not what was expected; absent where it is. */
  readonly why?: string;
  /** Whether Lambda let nobody in: what was deployed was never asked. */
  readonly refused?: true;
}

/** Whether what was deployed answers as expected. */
export interface Verification {
  readonly ok: boolean;
  /** Empty where no service of the cell answers the path. */
  readonly asked: readonly AskedUrl[];
}

/** How long a wrong answer is borne with. */
export interface Patience {
  /** Milliseconds after the first request in which another may begin. */
  readonly total: number;
  /** Milliseconds since any time. */
  readonly now: () => number;
  /** Waits for milliseconds, or until the signal is aborted. */
  readonly pause: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * What is normal right after a deploy is over by then: a permission that IAM does not know everywhere, a configuration that
 * is not at all of CloudFront's edge locations, a function that still starts.
 */
const patient: Patience = {
  total: 30_000,
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** Milliseconds after the first wrong answer; each further pause is twice the one before, up to the longest. */
const firstPause = 1_000;
const longestPause = 8_000;

/** Seconds that an answer may take, even of a function that must be faster. */
const leastLimit = 10;

/** Seconds that an answer may take longer than the function: for the connection, and for starting it. */
const margin = 5;

/** Without one, AWS's common rules for web ACLs let nobody in. */
const headers = { "user-agent": "meridian" };

/** What {@link verifyTarget} asks. */
export interface TargetToVerify {
  readonly cell: Cell;
  readonly target: Target;
  /** Of the target's stack, by name. */
  readonly outputs: StackOutputs;
  readonly verify: Expected;
  readonly session: AwsSession;
  /** Stops the asking when aborted. */
  readonly signal?: AbortSignal;
  /** @default 30 s */
  readonly patience?: Patience;
}

/**
 * Asks the function URL that answers the path in a target, as the deploy role of its account. In a cell of several services
 * that is the one that the front would give the path to: the others need not know it.
 *
 * A wrong answer, or none, is asked again for half a minute. Redirects are answers, and not followed.
 *
 * @throws {UserError} nothing could be asked: the role cannot be assumed, or the outputs name no URL
 * @throws the signal's reason, when aborted
 */
export async function verifyTarget(input: TargetToVerify): Promise<Verification> {
  const { cell, outputs, session, signal, target, verify } = input;
  const service = serviceAt(cell, verify.path);
  if (!service) return nothingAsked;
  const { account, region } = target;
  const host = functionHost(outputs, target, service);
  const role = deployRole(cell.fleet, account);
  const ask = async () => {
    const credentials = await session.assumeRole(role);
    return answerOrError(
      signedRequest({
        ...{ endpoint: endpointOf(host, session.environment), host, service: "lambda", region },
        ...{ path: verify.path, headers, credentials, limit: limitOf(service.timeout), signal },
      }),
    );
  };
  const why = (answer: Answer | Error) =>
    isRefused(answer)
      ? `Lambda refuses ${roleArn(account)}: it has to be allowed lambda:InvokeFunctionUrl and lambda:InvokeFunction (npx meridian role ${account.name})`
      : undefined;
  return verified(await askUntil(`https://${host}`, ask, why, input));
}

/** What {@link verifyFront} asks. */
export interface FrontToVerify {
  readonly cell: Cell;
  /** Of the front's stack, by name. */
  readonly outputs: StackOutputs;
  readonly verify: Expected;
  readonly session: Caller;
  /** Stops the asking when aborted. */
  readonly signal?: AbortSignal;
  /** @default 30 s */
  readonly patience?: Patience;
}

/**
 * Asks the front of a cell as a viewer would, patient like {@link verifyTarget}. An answer that CloudFront keeps may be an
 * older one, and a read may be answered by another region than the nearest: what a region does, only its own URL tells.
 *
 * @throws {UserError} the outputs name no URL
 * @throws the signal's reason, when aborted
 */
export async function verifyFront(input: FrontToVerify): Promise<Verification> {
  const { cell, outputs, session, signal, verify } = input;
  const service = serviceAt(cell, verify.path);
  if (!service) return nothingAsked;
  const { host } = new URL(frontUrl(outputs, cell));
  const ask = () =>
    answerOrError(
      plainRequest({
        ...{ endpoint: endpointOf(host, session.environment), method: "GET", path: verify.path },
        headers: { ...headers, host },
        // CloudFront may ask a second region after the first.
        ...{ limit: limitOf(2 * service.timeout), signal },
      }),
    );
  return verified(await askUntil(`https://${host}`, ask, () => undefined, input));
}

const nothingAsked: Verification = { ok: true, asked: [] };

function verified(...asked: readonly AskedUrl[]): Verification {
  return { ok: asked.every(({ why }) => why === undefined), asked };
}

/** The service that a front gives a path to; undefined where no route of the cell matches. */
function serviceAt({ services }: Cell, path: string): Service | undefined {
  const { pathname } = new URL(path, "https://front");
  return cellRoutes(services).find(({ route }) => covers(route.path, pathname))?.service;
}

/** Milliseconds. */
function limitOf(seconds: number): number {
  return Math.max(leastLimit, seconds + margin) * 1_000;
}

/** What the state of a target's stack says of the target, under its alias: see stacks/target-stack.ts. */
interface TargetOutput {
  readonly functions?: Readonly<Record<string, { readonly host?: unknown } | undefined>>;
}

/** @throws {UserError} there is none */
function functionHost(outputs: StackOutputs, { alias, stack }: Target, { name }: Service): string {
  const host = (outputs[alias] as TargetOutput | undefined)?.functions?.[name]?.host;
  if (typeof host === "string" && host !== "") return host;
  throw missing(`the state of ${stack} names no URL of ${name} in ${alias}`);
}

/** @throws {UserError} there is none */
function frontUrl({ url }: StackOutputs, { front }: Cell): string {
  if (typeof url === "string" && URL.canParse(url)) return url;
  throw missing(`the state of ${front.stack} names no URL`);
}

function missing(what: string): UserError {
  return new UserError(
    what,
    "what was deployed is verified by asking its URL",
    "deploy the stack to its end, and verify it then",
  );
}

async function answerOrError(answer: Promise<Answer>): Promise<Answer | Error> {
  return answer.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
}

/** Asks until the answer is as expected, or patience ends. */
async function askUntil(
  origin: string,
  ask: () => Promise<Answer | Error>,
  explain: (answer: Answer | Error) => string | undefined,
  { patience = patient, session, signal, verify }: FrontToVerify | TargetToVerify,
): Promise<AskedUrl> {
  const url = new URL(verify.path, origin).href;
  const { now, pause, total } = patience;
  const end = now() + total;
  for (let wait = firstPause; ; wait = Math.min(2 * wait, longestPause)) {
    signal?.throwIfAborted();
    const answer = await ask();
    signal?.throwIfAborted();
    if (!(answer instanceof Error) && answer.status === verify.status) return { url, status: answer.status };
    if (now() + wait > end) {
      return answer instanceof Error
        ? { url, why: `no answer: ${describeError(answer)}${proxyHint(session.environment)}` }
        : { url, status: answer.status, ...wrongAnswer(answer, explain(answer), verify) };
    }
    await pause(wait, signal);
  }
}

function wrongAnswer(answer: Answer, refusal: string | undefined, verify: Expected): Partial<AskedUrl> {
  return refusal === undefined ? { why: wrongStatus(answer, verify) } : { why: refusal, refused: true };
}

/** Whether Lambda let nobody in, or, which it does not tell apart, nobody that it knows. */
function isRefused(answer: Answer | Error): boolean {
  return (
    !(answer instanceof Error) &&
    answer.status === 403 &&
    String(answer.headers["x-amzn-errortype"] ?? "").startsWith("AccessDenied")
  );
}

function wrongStatus(
  { headers: { "x-amzn-errortype": type }, status }: Answer,
  { status: wanted }: Expected,
): string {
  return `status ${status}${type === undefined ? "" : ` (${type})`} instead of ${wanted}`;
}
