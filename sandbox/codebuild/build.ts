import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Identity } from "../gateway/identities";
import type { Logs } from "../lambda/logs";
import { artifactFiles, artifactSpec, ownArtifacts } from "./artifacts";
import { type AskAws, asRole, type RoleAws } from "./aws";
import { BuildError, type Buildspec, commandPhases, isInline, readBuildspec } from "./buildspec";
import type { BuildCredentials } from "./credentials";
import { environmentOf } from "./environment";
import { type BuildLog, openBuildLog } from "./log";
import { type Build, type Phase, uuidOf } from "./model";
import { logStream } from "./projects";
import { type Shell, startShell } from "./shell";
import { packZip, unpackZip } from "./zips";

/** What running a build takes of the sandbox. */
export interface BuildRunnerOptions {
  /** A folder for builds alone. */
  readonly folder: string;
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: () => string;
  /** Variables of the machine that a build finds, such as PATH. */
  readonly machine: () => Readonly<Record<string, string>>;
  readonly ask: AskAws;
  readonly assumeRole: (roleArn: string, region: string, session: string) => Promise<Identity>;
  readonly credentials: BuildCredentials;
  readonly logs: Logs;
  /** Told what goes wrong in the sandbox itself. */
  readonly onLog: (line: string) => void;
  /** Milliseconds of a minute of a time limit. @default 60000 */
  readonly minuteMs?: number;
  /** Milliseconds from SIGTERM to SIGKILL when a build is stopped; AWS does not tell its own. @default 10000 */
  readonly graceMs?: number;
}

/** Why a build ends before its time. */
export type StopStatus = "STOPPED" | "TIMED_OUT";

/** A build under way. */
export interface RunningBuild {
  /** Resolves when it is over, and its record says how it went. Never rejects. */
  readonly done: Promise<void>;
  /**
   * May be called again, to give less time; the first status stays.
   *
   * @param grace milliseconds from SIGTERM to SIGKILL, if other than those of the options
   */
  readonly stop: (status: StopStatus, grace?: number) => void;
}

/** What a build has at hand while it runs. */
interface Course {
  readonly build: Build;
  readonly options: BuildRunnerOptions;
  /** The build's own folder. */
  readonly root: string;
  /** Where each of the sources lies; the primary one first. */
  readonly sources: readonly string[];
  stopped?: { readonly status: StopStatus; readonly grace: number };
  shell?: Shell;
  log?: BuildLog;
}

/**
 * Runs a build, phase after phase: https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
 *
 * What fails before BUILD ends it. After BUILD, POST_BUILD runs in any case, and the artifacts are uploaded if they can be.
 */
export function runBuild(build: Build, options: BuildRunnerOptions): RunningBuild {
  const { graceMs = 10_000, minuteMs = 60_000 } = options;
  const root = join(options.folder, uuidOf(build.id));
  // A build without sources has a folder, too.
  const count = Math.max(1, build.request.sources.length);
  const sources = Array.from({ length: count }, (_, index) => join(root, `src${index}`, "src"));
  const course: Course = { build, options, root, sources };
  const stop: RunningBuild["stop"] = (status, grace = graceMs) => {
    if (build.status !== "IN_PROGRESS" || (course.stopped && course.stopped.grace <= grace)) return;
    course.stopped = { status: course.stopped?.status ?? status, grace };
    void course.shell?.end(grace);
  };
  const timer = setTimeout(() => stop("TIMED_OUT"), build.project.settings.timeoutInMinutes * minuteMs);
  const done = run(course)
    .catch((error) => {
      // Not the build's fault: it is over, and says so.
      const context = { code: "INTERNAL_SERVICE_ERROR", message: String(error) };
      const now = Date.now();
      build.phases.push({ type: "FINALIZING", started: now, ended: now, status: "FAULT", context });
      options.onLog(`${build.id}: ${error}`);
    })
    .then(() => finish(course))
    .finally(() => clearTimeout(timer));
  return { done, stop };
}

async function run(course: Course): Promise<void> {
  const { build, options, root } = course;
  const { project } = build;
  const now = Date.now();
  build.phases.push(
    { type: "SUBMITTED", started: build.started, ended: now, status: "SUCCEEDED" },
    { type: "QUEUED", started: now, ended: now, status: "SUCCEEDED" },
  );
  const role = await phase(course, "PROVISIONING", async () => {
    mkdirSync(join(root, "tools"), { recursive: true });
    // Its ARN is as that of CodeBuild's own sessions: assumed-role/<role>/AWSCodeBuild-<uuid>.
    const name = `AWSCodeBuild-${uuidOf(build.id)}`;
    const session = await options.assumeRole(project.settings.serviceRole, project.region, name);
    const aws = asRole(options.ask, session, project.region);
    course.log = openLog(course, aws);
    return { session, aws };
  });
  const spec = role && (await phase(course, "DOWNLOAD_SOURCE", () => downloadSources(course, role.aws)));
  if (!role || !spec) return;
  const link = options.credentials.open(role.session, options.endpoint());
  try {
    const environment = environmentOf({
      ...{ build, spec, root, sources: course.sources, session: link.variables },
      ...{ machine: options.machine(), endpoint: options.endpoint() },
    });
    course.shell = startShell({
      ...{ folder: String(course.sources[0]), tools: join(root, "tools"), root, environment },
      onLine: (line) => course.log?.write(line),
    });
    const hasBuilt = await runCommands(course, course.shell, spec);
    if (hasBuilt) await phase(course, "UPLOAD_ARTIFACTS", () => uploadArtifacts(course, role.aws, spec));
  } finally {
    link.close();
  }
}

/**
 * Runs a phase, unless the build was stopped.
 *
 * @returns what came of it; undefined where it has not succeeded
 */
async function phase<T>(course: Course, type: string, work: () => Promise<T>): Promise<T | undefined> {
  const { build, options } = course;
  if (course.stopped) return undefined;
  const one: Phase = { type, started: Date.now(), status: "IN_PROGRESS" };
  build.phases.push(one);
  let result: T | undefined;
  try {
    result = await work();
    one.status = "SUCCEEDED";
  } catch (error) {
    const isTheirs = error instanceof BuildError;
    one.status = isTheirs ? "FAILED" : "FAULT";
    const message = error instanceof Error ? error.message : String(error);
    one.context = { code: isTheirs ? error.code : "INTERNAL_SERVICE_ERROR", message };
    if (!isTheirs) options.onLog(`${build.id} ${type}: ${message}`);
  }
  if (course.stopped) {
    one.status = stoppedStatus(course);
    delete one.context;
  }
  one.ended = Date.now();
  const { code = "", message = "" } = one.context ?? {};
  course.log?.say(`Phase complete: ${type} State: ${one.status}`);
  course.log?.say(`Phase context status code: ${code} Message: ${message}`);
  return one.status === "SUCCEEDED" ? result : undefined;
}

/** Read anew: it changes while a phase runs. */
function stoppedStatus({ stopped }: Course): StopStatus | undefined {
  return stopped?.status;
}

function openLog({ build, options }: Course, aws: RoleAws): BuildLog {
  const { id, number, project } = build;
  return openBuildLog({
    ...{ account: project.account, region: project.region, project: project.name },
    ...{ buildId: id, buildNumber: number, stream: logStream(project, uuidOf(id)) },
    ...{ ask: aws.logs, logs: options.logs },
    onProblem: (problem) => options.onLog(`${id}: its lines are not in CloudWatch Logs: ${problem}`),
  });
}

/** Unpacks the sources, and reads the buildspec, which may be among them. */
async function downloadSources(course: Course, aws: RoleAws): Promise<Buildspec> {
  const { build, log, sources } = course;
  const [primary = ""] = sources;
  mkdirSync(primary, { recursive: true });
  for (const [index, source] of build.request.sources.entries()) {
    const where = `${source.bucket}/${source.key}`;
    log?.say(`Downloading ${where}`);
    const packed = await aws.getObject(source).catch(clientError);
    await unpackZip(packed, String(sources[index])).catch((error: Error) => {
      throw new BuildError("CLIENT_ERROR", `${where} cannot be unpacked: ${error.message}`);
    });
  }
  const setting = build.project.settings.source.buildspec || "buildspec.yml";
  if (isInline(setting)) return readBuildspec(setting);
  const file = join(primary, setting);
  if (!existsSync(file)) throw new BuildError("YAML_FILE_ERROR", `${setting}: no such file or directory`);
  return readBuildspec(readFileSync(file, "utf8"));
}

function clientError(error: Error): never {
  throw new BuildError("CLIENT_ERROR", error.message);
}

/**
 * Runs the commands of all phases.
 *
 * @returns whether it came to BUILD, so that there may be artifacts
 */
async function runCommands(course: Course, shell: Shell, spec: Buildspec): Promise<boolean> {
  let isSucceeding = true;
  for (const name of commandPhases) {
    const settings = spec.phases[name];
    const type = name.toUpperCase();
    course.log?.say(`Entering phase ${type}`);
    if (settings?.["runtime-versions"])
      course.log?.say("runtime-versions: the sandbox has no images; the programs are those of this machine");
    const hasSucceeded = await phase(course, type, async () => {
      const commands = settings?.commands ?? [];
      const failed = await firstFailure(course, shell, commands, isSucceeding);
      const last = await firstFailure(course, shell, settings?.finally ?? [], isSucceeding && !failed);
      if (failed ?? last) throw failed ?? last;
      return true;
    });
    if (course.stopped) return false;
    if (hasSucceeded) continue;
    // Also where it goes on: https://github.com/aws-ia/terraform-aws-control_tower_account_factory/issues/581
    isSucceeding = false;
    const onFailure = settings?.["on-failure"];
    if (onFailure === "ABORT" || (onFailure !== "CONTINUE" && name !== "build")) {
      if (name === "install" || name === "pre_build") return false;
      break;
    }
  }
  course.build.exported = await shell.variables(spec.env?.["exported-variables"] ?? []);
  return true;
}

/** Runs commands until one fails. */
async function firstFailure(
  { log }: Course,
  shell: Shell,
  commands: readonly string[],
  isSucceeding: boolean,
): Promise<BuildError | undefined> {
  for (const command of commands) {
    log?.say(`Running command ${command}`);
    const status = await shell.run(command, { CODEBUILD_BUILD_SUCCEEDING: isSucceeding ? "1" : "0" });
    if (status === 0) continue;
    const reason = status === undefined ? "the shell of the build has ended" : `exit status ${status}`;
    const message = `Error while executing command: ${command}. Reason: ${reason}`;
    return new BuildError("COMMAND_EXECUTION_ERROR", message);
  }
  return undefined;
}

async function uploadArtifacts(course: Course, aws: RoleAws, { artifacts }: Buildspec): Promise<true> {
  const { build, log, sources } = course;
  for (const zip of ownArtifacts(build)) {
    const spec = artifactSpec(zip.spec, artifacts);
    const files = artifactFiles(String(sources[0]), spec);
    log?.say(`Found ${files.length} file(s) for ${zip.name}`);
    await aws.putObject(zip, await packZip(files), zip.kmsKey).catch(clientError);
  }
  return true;
}

/** Leaves nothing of a build but its record. */
async function finish(course: Course): Promise<void> {
  const { build, log, options, root, shell } = course;
  await shell?.end(course.stopped?.grace ?? 0);
  await phase(course, "FINALIZING", async () => {});
  await log?.close();
  try {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  } catch (error) {
    options.onLog(`${build.id}: its folder ${root} cannot be removed: ${error}`);
  }
  const failed = build.phases.find(({ status }) => status === "FAILED" || status === "FAULT");
  build.phases.push({ type: "COMPLETED", started: Date.now() });
  build.ended = Date.now();
  const failure = failed?.status === "FAULT" ? "FAULT" : "FAILED";
  build.status = course.stopped?.status ?? (failed ? failure : "SUCCEEDED");
}
