import { basename } from "node:path";
import {
  type HostProcess,
  isWholeMachine,
  type KnownProcess,
  type NotedProcess,
  type RunningTerraform,
} from "./processes";

/** What Terraform writes into the lock of a state. */
export interface HeldLock {
  readonly id: string;
  /** `<user>@<host>`. */
  readonly who: string;
  /** ISO. */
  readonly created: string;
  /** E.g. `OperationTypeApply`. */
  readonly operation?: string;
}

/** What of a run's record says whether a lock is its own. */
export interface LockingRun {
  readonly id: string;
  readonly host: HostProcess;
  /** ISO. */
  readonly started: string;
  /** ISO; absent while it runs, or where it was killed. */
  readonly ended?: string;
  /** ARN of the build of CodeBuild that it runs in. */
  readonly build?: string;
  readonly stacks: Readonly<
    Record<string, { readonly started?: string; readonly ended?: string; readonly state: string }>
  >;
}

/**
 * Whose a lock is. `gone`: of a run whose processes are provably no more; it may be released. `held`: of a run that is at
 * work. `foreign`: of somebody of whom nothing can be proved; it is never released here.
 */
export interface LockJudgement {
  readonly kind: "gone" | "held" | "foreign";
  /** For whoever deploys: whole sentences. */
  readonly explanation: string;
}

/** How a build of CodeBuild stands. */
export type BuildState = "over" | "at work";

/** A lock, and what is known about who may hold it. */
export interface LockCase {
  readonly stack: string;
  readonly lock: HeldLock;
  /** All that are known, this process's own among them. */
  readonly runs: readonly LockingRun[];
  /** This process. */
  readonly here: HostProcess;
  /** The Terraforms that a run noted on this machine. */
  readonly processesOf: (run: string) => readonly NotedProcess[];
  readonly isRunning: (process: KnownProcess) => boolean;
  /** All Terraforms that are running on this machine; undefined where that cannot be seen. */
  readonly terraforms: readonly RunningTerraform[] | undefined;
  /** ARN of the build of CodeBuild that this process is in. */
  readonly build?: string;
  /** How the build with an ARN stands; undefined where CodeBuild does not say. @default nobody asks CodeBuild */
  readonly buildState?: (build: string) => BuildState | undefined;
}

/** The builds that may hold a lock: what became of them has to be known to judge it. */
export function buildsToAsk({
  build: here,
  lock,
  runs,
  stack,
}: Pick<LockCase, "build" | "lock" | "runs" | "stack">): readonly string[] {
  const builds = runs.filter((run) => isOf(run, lock, stack)).flatMap(({ build }) => build ?? []);
  return [...new Set(builds)].filter((build) => build !== here);
}

/** Milliseconds by which the time in a lock and that in a record may differ, both written by one machine. */
const slack = 2_000;

/**
 * Judges a lock that a deploy has met. A lock that is released while its holder still works lets two Terraforms write one
 * state, so whatever is not proved counts as not true.
 */
export function judgeLock(given: LockCase): LockJudgement {
  const { lock, runs, stack } = given;
  const judged = runs.filter((run) => isOf(run, lock, stack)).map((run) => judgeRun(run, given));
  const [first] = judged;
  if (!first) return foreign(given, "No run of this fleet says that the lock is its own.");
  // A run that was killed has no end, so that a lock may be of it or of a later one: nobody must be left that it could be of.
  const stranger = strangerOf(given);
  return (
    judged.find(({ kind }) => kind === "held") ??
    judged.find(({ kind }) => kind === "foreign") ??
    stranger ??
    first
  );
}

function judgeRun(run: LockingRun, given: LockCase): LockJudgement {
  const { here, isRunning, lock, processesOf, stack } = given;
  if (run.build !== undefined && run.build !== given.build) return judgeBuild(run, run.build, given);
  const noted = processesOf(run.id).filter((known) => known.stack === stack);
  const unproved = whyUnproved(run, here, noted);
  if (unproved !== undefined) return foreign(given, unproved);

  const ofRun = `The lock of ${stack} is of the run ${run.id}, which ${lock.who} began ${run.started}`;
  if (run.host.boot !== here.boot) {
    return {
      kind: "gone",
      explanation: `${ofRun} on this machine. The machine was started anew since, so nothing of that run is left.`,
    };
  }
  const own = run.host.pid === here.pid && run.host.started === here.started;
  const alive = [...(own ? [] : [run.host]), ...noted].filter(isRunning);
  if (alive.length > 0) {
    const ids = alive.map(({ pid }) => pid).join(", ");
    return {
      kind: "held",
      explanation: `${ofRun} on this machine, and which is still at work (process ${ids}). Wait for it, or stop it with Ctrl-C.`,
    };
  }
  return {
    kind: "gone",
    explanation: `${ofRun} on this machine. Neither it nor any Terraform that it started for ${stack} is running any more.`,
  };
}

/** What a build has started is gone with it: its container is thrown away. */
function judgeBuild({ id, started }: LockingRun, build: string, given: LockCase): LockJudgement {
  const { buildState, lock, stack } = given;
  const ofRun = `The lock of ${stack} is of the run ${id}, which ${lock.who} began ${started} in the build ${build}`;
  const state = buildState?.(build);
  if (state === "over")
    return { kind: "gone", explanation: `${ofRun}. That build is over, and nothing of it is left.` };
  if (state === "at work") {
    return { kind: "held", explanation: `${ofRun}, which is still at work. Wait for it, or stop the build.` };
  }
  return foreign(
    given,
    `The run ${id} has taken it, in the build ${build}, and CodeBuild does not say here what became of that.`,
  );
}

/**
 * A Terraform at work in the stack's folder, or nobody knows where, that no run has noted: started by hand, or right before
 * its run was killed. It may hold the lock, and would have put the same user and machine into it.
 */
function strangerOf(given: LockCase): LockJudgement | undefined {
  const { processesOf, runs, stack, terraforms } = given;
  if (!terraforms) return foreign(given, "It cannot be seen which Terraforms are running on this machine.");
  const noted = runs.flatMap(({ id }) => processesOf(id));
  const isNoted = ({ pid, started }: KnownProcess) =>
    noted.some((known) => known.pid === pid && known.started === started);
  // Every copy of a stack is in a folder of its name: that of an output folder, or that of a release.
  const isHere = ({ folder }: RunningTerraform) => folder === undefined || basename(folder) === stack;
  const strangers = terraforms.filter((terraform) => isHere(terraform) && !isNoted(terraform));
  if (strangers.length === 0) return undefined;
  const ids = strangers.map(({ pid }) => pid).join(", ");
  return foreign(
    given,
    `A Terraform that no run has noted is at work on the stack on this machine (process ${ids}).`,
  );
}

/** Whether a lock is of a run: it names the run's machine and user, and was taken while the run worked on the stack. */
function isOf(
  { ended, host, stacks, started }: LockingRun,
  { created, who }: HeldLock,
  stack: string,
): boolean {
  const part = stacks[stack];
  if (!part) return false;
  const isWho = host.user === undefined ? who.endsWith(`@${host.name}`) : who === `${host.user}@${host.name}`;
  const at = Date.parse(created);
  const from = Date.parse(part.started ?? started);
  const until = Date.parse(part.ended ?? ended ?? "9999-12-31T00:00:00Z");
  return isWho && at >= from - slack && at <= until + slack;
}

/** Why it cannot be told here whether a run's processes are gone; undefined where it can. */
function whyUnproved(
  { host, id }: LockingRun,
  here: HostProcess,
  noted: readonly NotedProcess[],
): string | undefined {
  const ran = `The run ${id} has taken it, on ${host.name}`;
  if (host.name !== here.name) return `${ran}; only there can it be seen whether that run is still at work.`;
  if (host.boot === undefined || here.boot === undefined || host.namespace === undefined) {
    return `${ran}, and it cannot be told whether that is this very machine.`;
  }
  if (host.user !== here.user) return `${ran}, as another user, whose processes may be hidden from this one.`;
  // Names of machines are not unique. That the run noted its processes in this folder says that it was this one's disk.
  if (noted.length === 0) return `${ran}, but this folder knows of no Terraform that it started.`;
  if (host.boot !== here.boot) {
    // A container that is moved keeps its name and finds another machine's boot, while its twin may still be at work where it
    // was; a folder may be mounted in both. Only a whole machine ends all its processes when it starts anew.
    const isWhole = isWholeMachine(host) && isWholeMachine(here);
    return isWhole ? undefined : `${ran}, in a container, which may be at work on another machine now.`;
  }
  if (host.namespace !== here.namespace) {
    return `${ran}, in another container than this, whose processes cannot be seen from here.`;
  }
  return undefined;
}

function foreign({ lock, stack }: LockCase, reason: string): LockJudgement {
  const { created, id, operation, who } = lock;
  const what = operation === undefined ? "" : ` (${operation})`;
  return {
    kind: "foreign",
    explanation: `The state of ${stack} is locked by ${who} since ${created}${what}. ${reason} It is not released here. Ask them; if you are sure that nobody works on it, run \`terraform force-unlock ${id}\` in the folder of the stack.`,
  };
}
