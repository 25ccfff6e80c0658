import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that still runs. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly program: string;
}

/**
 * Ids of the processes below one, at any depth, that run a program, e.g. `terraform`; of all of them without one. They
 * may be in groups and sessions of their own. One that has ended but was not waited for does not count.
 */
export function descendants(ancestor: number, program?: string): readonly number[] {
  const all = process.platform === "linux" ? fromProc() : fromPs();
  const below = (pid: number): readonly Process[] =>
    all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...below(child.pid)]);
  return below(ancestor)
    .filter((found) => program === undefined || found.program === program)
    .map(({ pid }) => pid);
}

/** Linux without `ps`, as in many containers: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function fromProc(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const [, program, state, parent] = /^\d+ \((.*)\) (\S) (\d+) /s.exec(statOf(pid)) ?? [];
      return program && state !== "Z" ? [{ pid: Number(pid), parent: Number(parent), program }] : [];
    });
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return ""; // It ended between the listing and the reading.
  }
}

function fromPs(): readonly Process[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, parent, state, program] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const name = program?.split("/").at(-1);
    return name && !state?.startsWith("Z")
      ? [{ pid: Number(pid), parent: Number(parent), program: name }]
      : [];
  });
}
