import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** A process that still runs. */
interface Process {
  readonly pid: number;
  readonly group: number;
  readonly program: string;
}

/** Ids of the processes of a group that run a program, e.g. `terraform`. One that has ended but was not waited for does not count. */
export function groupMembers(group: number, program: string): readonly number[] {
  const all = process.platform === "linux" ? fromProc() : fromPs();
  return all.filter((found) => found.group === group && found.program === program).map(({ pid }) => pid);
}

/** Linux without `ps`, as in many containers: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function fromProc(): readonly Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const [, program, state, group] = /^\d+ \((.*)\) (\S) \d+ (\d+) /s.exec(statOf(pid)) ?? [];
      return program && state !== "Z" ? [{ pid: Number(pid), group: Number(group), program }] : [];
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
  const lines = execFileSync("ps", ["-A", "-o", "pid=,pgid=,stat=,comm="], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const [, pid, group, state, program] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const name = program?.split("/").at(-1);
    return name && !state?.startsWith("Z") ? [{ pid: Number(pid), group: Number(group), program: name }] : [];
  });
}
