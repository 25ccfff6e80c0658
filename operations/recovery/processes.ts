import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { scratchFolder } from "../terraform/environment";

/** One process, and not another one that got its id later. */
export interface KnownProcess {
  readonly pid: number;
  /**
   * When it began, in a form that only the same machine can compare: ticks since its boot on Linux, what `ps` says elsewhere.
   * Absent where that could not be found out; then any process with this id is taken for it.
   */
  readonly started?: string;
}

/** A machine, and a process on it. */
export interface HostProcess extends KnownProcess {
  /** The machine's name, as Terraform puts it into its locks. */
  readonly name: string;
  /** Another one after each start of the machine. */
  readonly boot?: string;
  /** What the ids of processes count in: of the machine itself, or of one of its containers. */
  readonly namespace?: string;
  /** Who runs it, as Terraform puts it into its locks. */
  readonly user?: string;
}

/** A Terraform that was started for a stack. */
export interface NotedProcess extends KnownProcess {
  readonly stack: string;
}

/** The namespace of systems that have none. */
const onlyNamespace = "none";

/** Linux numbers the machine's own namespace always so: `PROC_PID_INIT_INO` in include/linux/proc_ns.h. */
const machineNamespaces: readonly (string | undefined)[] = ["pid:[4026531836]", onlyNamespace];

/** Whether ids of processes are those of a machine itself, and not of a container on it. */
export function isWholeMachine({ namespace }: HostProcess): boolean {
  return machineNamespaces.includes(namespace);
}

/** This process, for a run's record. */
export function thisHost(): HostProcess {
  const { pid, platform } = process;
  return {
    name: hostname(),
    boot:
      platform === "linux"
        ? unlessFailing(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim())
        : unlessFailing(() => outputOf("sysctl", "-n", "kern.bootsessionuuid")),
    namespace: platform === "linux" ? unlessFailing(() => readlinkSync("/proc/self/ns/pid")) : onlyNamespace,
    user: unlessFailing(() => userInfo().username),
    ...{ pid, started: startOf(pid) },
  };
}

/** When a process began; undefined where there is none with this id, or it cannot be found out. */
export function startOf(pid: number): string | undefined {
  if (process.platform !== "linux")
    return unlessFailing(() => outputOf("ps", "-o", "lstart=", "-p", `${pid}`));
  const stat = unlessFailing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name of the program comes second, in brackets, and may hold anything; fields are counted behind it, from the
  // third: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const [state] = fields;
  // One that has ended and was not waited for still has its id.
  return state === undefined || "ZX".includes(state) ? undefined : fields[19];
}

/** Whether a process is still running. Where its start is not known, whoever has its id is taken for it. */
export function isRunning({ pid, started }: KnownProcess): boolean {
  const now = startOf(pid);
  if (started !== undefined) return now === started;
  return now !== undefined || (process.platform !== "linux" && hasId(pid));
}

/** A Terraform that is running. */
export interface RunningTerraform extends KnownProcess {
  /** Where it works, by an absolute path; absent where that cannot be seen. */
  readonly folder?: string;
}

/** Programs that lock states. */
const programs: readonly string[] = ["terraform", "tofu"];

/** Every Terraform that is running here, whoever started it; undefined where that cannot be seen. */
export function runningTerraforms(): readonly RunningTerraform[] | undefined {
  const pids = process.platform === "linux" ? unlessFailing(terraformsOfProc) : unlessFailing(terraformsOfPs);
  return pids?.map((pid) => ({ pid, started: startOf(pid), folder: workingFolder(pid) })).filter(isRunning);
}

/** Linux only. With `-chdir` it is where Terraform went to. */
function workingFolder(pid: number): string | undefined {
  return unlessFailing(() => readlinkSync(`/proc/${pid}/cwd`))?.replace(/ \(deleted\)$/, "");
}

function terraformsOfProc(): readonly number[] {
  const isTerraform = (pid: string) =>
    programs.includes(unlessFailing(() => readFileSync(`/proc/${pid}/comm`, "utf8").trim()) ?? "");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && isTerraform(name))
    .map(Number);
}

function terraformsOfPs(): readonly number[] {
  const lines = outputOf("ps", "-A", "-o", "pid=,comm=")?.split("\n") ?? [];
  return lines.flatMap((line) => {
    const [, pid, command = ""] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    return programs.includes(command.split("/").at(-1) ?? "") ? [Number(pid)] : [];
  });
}

function hasId(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function outputOf(command: string, ...args: readonly string[]): string | undefined {
  const env = { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
  const text = execFileSync(command, args, { encoding: "utf8", env, stdio: ["ignore", "pipe", "ignore"] });
  return text.trim() || undefined;
}

function unlessFailing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Where the processes of a run are noted. They mean nothing on another machine, so they do not lie beside the state. */
const folderOf = (folder: string, run: string) => join(folder, scratchFolder, "processes", run);

/**
 * Notes a Terraform right after it was started, so that a later deploy can tell whether it is gone. Written at once and as a
 * whole: whoever kills this process leaves a note that can be read.
 *
 * @param folder the project's
 * @param run id of the run
 */
export function noteProcess(folder: string, run: string, stack: string, pid: number): void {
  const place = folderOf(folder, run);
  mkdirSync(place, { recursive: true });
  const file = join(place, `${stack}.json`);
  const known: KnownProcess = { pid, started: startOf(pid) };
  const scratch = `${file}.${process.pid}`;
  writeFileSync(scratch, JSON.stringify([...readNotes(file), known]));
  renameSync(scratch, file);
}

/** The Terraforms of a run that were noted on this machine. */
export function processesOf(folder: string, run: string): readonly NotedProcess[] {
  const place = folderOf(folder, run);
  const files = unlessFailing(() => readdirSync(place)) ?? [];
  return files
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) =>
      readNotes(join(place, file)).map((known) => ({ ...known, stack: file.slice(0, -".json".length) })),
    );
}

function readNotes(file: string): readonly KnownProcess[] {
  return unlessFailing(() => JSON.parse(readFileSync(file, "utf8")) as KnownProcess[]) ?? [];
}

/** Forgets the processes of a run that has ended in good order. */
export function forgetProcesses(folder: string, run: string): void {
  rmSync(folderOf(folder, run), { recursive: true, force: true });
}
