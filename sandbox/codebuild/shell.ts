import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { promisify } from "node:util";
import { endGroup, spawnGroup } from "../processes";

/** The shell of one build: its commands share the variables and the folder, as in one instance of a shell. */
export interface Shell {
  /**
   * Runs a command, one at a time.
   *
   * @param variables that are set over what the commands before have left
   * @returns its exit status, 128 and more for a signal; undefined if the shell itself has ended
   */
  readonly run: (
    command: string,
    variables?: Readonly<Record<string, string>>,
  ) => Promise<number | undefined>;
  /** What exported variables are now; those that are not exported are left out, as no program would find them. */
  readonly variables: (names: readonly string[]) => Promise<Readonly<Record<string, string>>>;
  /** Ends it with all that its commands have started: SIGTERM, and SIGKILL after `grace` milliseconds. */
  readonly end: (grace: number) => Promise<void>;
}

/** How a shell starts. */
export interface ShellOptions {
  /** Where it begins. */
  readonly folder: string;
  /** A folder for files of its own. */
  readonly tools: string;
  /**
   * A folder of this build alone that its environment names, such as in HOME: what has it in its environment belongs to the
   * build, and ends with it.
   */
  readonly root: string;
  /** All that its commands find; nothing of this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

/**
 * Runs one file after another, each in a process of its own, so that `exit` ends a command and not the build. What a
 * command leaves running lives on in the group of this process. SIGTERM ends the command and lets this go on, which
 * ends by itself when nothing more is to come.
 */
const loop = `exec 2>&1
trap : TERM
while IFS= read -r file <&3; do
  env -i "$BASH" "$file" </dev/null 3<&-
  printf '%s%s\\n' "$1" "$?"
done`;

/**
 * Writes down all that a command has set, as one shell would keep it: the variables of this build to the file `$1`, as they
 * are, exported or not, with functions and the folder; the options of the shell to `$2`. Left out is what bash keeps of
 * itself, of which much cannot be set.
 */
const save = `meridian_save() (
  { shopt -p; set +o; } >|"$2"
  set +efuvx
  shopt -u nocasematch
  {
    compgen -v | while IFS= read -r meridian_name; do
      case $meridian_name in
        BASH | BASHOPTS | BASHPID | BASH_[ACLSV]* | DIRSTACK | EPOCH* | EUID | FUNCNAME | GROUPS | LINENO) ;;
        PIPESTATUS | PPID | RANDOM | SECONDS | SHELLOPTS | SRANDOM | UID | _ | meridian_*) ;;
        *) declare -p "$meridian_name" ;;
      esac
    done
    unset -f meridian_save
    declare -f
    declare -F | while read -r _ meridian_flags meridian_name; do
      case $meridian_flags in *x*) printf 'export -f %s\\n' "$meridian_name" ;; esac
    done
    printf 'cd %q\\n' "$PWD"
  } >|"$1"
)`;

const run = promisify(execFile);

/** A text that a shell reads as one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function exports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join("");
}

/** Starts a shell: bash, whichever one the PATH has. */
export function startShell({ environment, folder, onLine, root, tools }: ShellOptions): Shell {
  const [state, options, command, script] = ["state.sh", "options.sh", "command.sh", "script.sh"].map(
    (name) => join(tools, name),
  ) as [string, string, string, string];
  writeFileSync(state, `${exports(environment)}cd ${quoted(folder)}\n`);
  writeFileSync(options, "");
  const mark = `meridian-${randomUUID()}:`;
  const child = spawnGroup("bash", ["-c", loop, "bash", mark], {
    cwd: folder,
    env: { PATH: environment.PATH },
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  const input = child.stdio[3] as Writable;
  // A program may have left the group, as Meridian's own Terraform does. On CodeBuild it ends with its container.
  const killStrays = () => {
    for (const pid of processesOf(root)) sendKill(pid);
  };
  process.on("exit", killStrays);
  // Whoever writes to a shell that is gone hears of it from its end.
  input.on("error", () => {});
  let answer: ((status: number | undefined) => void) | undefined;
  let hasEnded = false;
  const tell = (status: number | undefined) => {
    answer?.(status);
    answer = undefined;
  };
  readLines(child.stdout as Readable, mark, onLine, tell);
  const gone = () => {
    hasEnded = true;
    tell(undefined);
  };
  child.once("error", gone);
  child.once("exit", gone);

  return {
    run(text, variables = {}) {
      if (hasEnded) return Promise.resolve(undefined);
      // Options last, and in here: what the sandbox itself does is none of theirs, such as `set -x`.
      writeFileSync(command, `. ${quoted(options)} 2>/dev/null\n${text}\n`);
      const lines = [
        `. ${quoted(state)}`,
        exports(variables),
        save,
        // It waits for the program that it runs, which gets the signal itself, and runs no other.
        "trap 'exit 143' TERM",
        `. ${quoted(command)}`,
        `{ meridian_status=$?; meridian_save ${quoted(state)} ${quoted(options)}; set +ex; } 2>/dev/null`,
        'exit "$meridian_status"',
      ];
      // In braces, bash reads all of it before any of it runs.
      writeFileSync(script, `{\n${lines.join("\n")}\n}\n`);
      return new Promise((resolve) => {
        answer = resolve;
        input.write(`${script}\n`);
      });
    },
    async variables(names) {
      if (names.length === 0) return {};
      const { stdout } = await run("bash", ["-c", `. ${quoted(state)}; command -p env -0`], {
        env: { PATH: environment.PATH },
        maxBuffer: 16 * 1024 * 1024,
      });
      const pairs = stdout.split("\0").map((pair) => pair.split(/=(.*)/s, 2) as [string, string]);
      return Object.fromEntries(pairs.filter(([name]) => names.includes(name)));
    },
    async end(grace) {
      input.end();
      await endGroup(child, grace);
      killStrays();
      process.removeListener("exit", killStrays);
    },
  };
}

/** Splits what comes into lines. A status stands behind the mark, wherever in a line that is. */
function readLines(
  stream: Readable,
  mark: string,
  onLine: (line: string) => void,
  onStatus: (status: number) => void,
): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [before = "", status] = line.split(mark);
      if (status === undefined || before !== "") onLine(before);
      if (status !== undefined) onStatus(Number(status));
    }
  });
  stream.once("end", () => {
    if (rest !== "") onLine(rest);
  });
}

/** Processes whose environment names a folder, which is one build's alone; none where there is no /proc. */
function processesOf(folder: string): readonly number[] {
  return readProcesses().filter((pid) => {
    try {
      return pid !== process.pid && readFileSync(`/proc/${pid}/environ`).includes(folder);
    } catch {
      // Somebody else's, or gone.
      return false;
    }
  });
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

function readProcesses(): readonly number[] {
  try {
    return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}
